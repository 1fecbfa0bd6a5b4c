import { spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import { spanKindName, statusError } from '../model/span.ts';
import { openStates, type TraceColumns } from '../protocol/hub.ts';
import { commandLine } from './commandLine.ts';
import { jsonLine, print, printable } from './output.ts';
import { openSpans } from './openSpans.ts';
import { CommandError, UsageError } from './usage.ts';

export async function trace(args: readonly string[]): Promise<void> {
  const { dataDir, json, options, positionals } = commandLine(args, { format: 'string' }, { min: 1, max: 1 });
  const traceId = (positionals[0] ?? '').toLowerCase();
  const format = options.format ?? 'text';
  if (format !== 'text' && format !== 'otlp-json') throw new UsageError(`--format is text or otlp-json, not ${JSON.stringify(format)}`);
  await using spans = await openSpans(dataDir);
  const columns = await spans.call('trace', { traceId });
  if (columns === undefined) throw new CommandError(`no trace ${positionals[0]} is kept in ${dataDir}; \`traceline traces\` lists what is`);
  // `--json` alone asks for one JSON document, and the trace has one form in JSON.
  if (format === 'otlp-json' || json) {
    const { json: text } = await spans.call('exportOtlpJson', { traceIds: [traceId] });
    print(jsonLine(JSON.parse(text)));
    return;
  }
  print(tree(columns));
}

function tree(columns: TraceColumns): string {
  const { strings } = columns;
  const lines = [`${columns.traceId} · ${durationText(columns.durationNs)} · ${spansText(columns.spanCount)}`];
  for (let row = 0; row < columns.spanCount; row++) {
    const orphan = columns.parentRow[row] === -2 ? ' (its parent has not arrived)' : '';
    const error = columns.statusCode[row] === statusError ? ' ⊘ error' : '';
    const open = columns.open?.[row] === openStates.running ? ' · running' : columns.open?.[row] === openStates.neverEnded ? ' · never ended' : '';
    const name = strings[columns.name[row] ?? 0] ?? '';
    const service = strings[columns.service[row] ?? 0] ?? '';
    const spanId = Buffer.from(columns.spanId.subarray(row * 8, row * 8 + 8)).toString('hex');
    lines.push(
      `${'  '.repeat(Math.min(columns.depth[row] ?? 0, 60))}${printable(name)} · ${printable(service)} · ${spanKindName(columns.kind[row] ?? 0)} · ` +
      `+${durationText(columns.startNs[row] ?? 0)} · ${durationText(columns.durationsNs[row] ?? 0)} · ${spanId}${error}${open}${orphan}`,
    );
  }
  return lines.join('\n');
}
