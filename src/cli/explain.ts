import type { LocateResult } from '../locate/location.ts';
import { commandLine } from './commandLine.ts';
import { openSpans, type Spans } from './openSpans.ts';
import type { SeenSite } from '../locate/placeNow.ts';
import type { SpanDetails } from '../protocol/hub.ts';
import { openWorkspace, type Workspace } from './openWorkspace.ts';
import { jsonLine, print, printable } from './output.ts';
import { CommandError } from './usage.ts';
import { workspaceRead } from './workspaceRead.ts';

export async function explain(args: readonly string[]): Promise<void> {
  const { dataDir, json, options, positionals } = commandLine(args, { workspace: 'string' }, { min: 1, max: 1 });
  await using workspace = await openWorkspace(options.workspace, dataDir);
  await using spans = await openSpans(dataDir);
  const span = await spans.call('findSpan', { spanId: (positionals[0] ?? '').toLowerCase() });
  if (span === undefined) throw new CommandError(`no span ${positionals[0]} is kept in ${dataDir}`);
  const result: LocateResult = span.site === undefined
    ? { location: undefined, steps: [{ rule: 'attributes', input: 'code.*', result: 'the span says nothing of where it was made' }], outcome: unplaced(span.kind) }
    : await settledExplain(workspace, { ...span.site, seen: await seenOf(spans, span) });
  if (json) {
    print(jsonLine({ traceId: span.traceId, spanId: span.spanId, name: span.name, service: span.service, kind: span.kind, ...result }));
    return;
  }
  print(`${printable(span.name)} · ${printable(span.service)} · ${span.kind}`);
  for (const step of result.steps) print(`  ${printable(step.rule)}: ${printable(step.input)} → ${printable(step.result)}`);
  print(printable(result.outcome));
}

async function settledExplain({ locator }: Workspace, site: SeenSite): Promise<LocateResult> {
  const result = await locator.call('explain', site);
  return (await workspaceRead(locator)) ? locator.call('explain', site) : result;
}

async function seenOf(spans: Spans, { captureId, endUnixNano }: SpanDetails): Promise<SeenSite['seen']> {
  const { captures } = await spans.call('status', undefined);
  const capture = captures.find((each) => each.captureId === captureId && (each.kind === 'debug' || each.kind === 'run'));
  return { startedUnixMs: capture?.startedUnixMs, lastEndUnixMs: Number(BigInt(endUnixNano) / 1_000_000n) };
}

function unplaced(kind: string): string {
  return kind === 'server' || kind === 'consumer'
    ? 'No place: the span has no code attributes, and no span under it (in the same service) says a place either. Start the program with F5 or `traceline run`, so that spans say their line.'
    : 'No place: the span has no code attributes. Start the program with F5 or `traceline run`, so that spans say their line.';
}
