import type { Injection } from '../client/injection.ts';
import type { HubPort } from '../client/liveRows.ts';
import { errorsText, spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import type { ProgramRecord, SummaryRecord } from '../protocol/hub.ts';
import { printable, table } from './output.ts';

const operationLimit = 5;

/** What a capture holds, for a terminal: counts, services, the slowest operations; or why it holds nothing and what to do. */
export async function runSummary(hub: Pick<HubPort, 'call'>, captureId: string, name: string, injection: Injection): Promise<string> {
  const status = await hub.call('status', undefined);
  const capture = status.captures.find((each) => each.captureId === captureId);
  if (capture === undefined || capture.spanCount === 0) {
    const open = await openSpans(hub, captureId);
    return open > 0 ? `${spansText(open)} of ${printable(name)} never ended, and nothing else came.` : nothingCame(name, injection, capture?.programs ?? []);
  }
  const { summaries } = await hub.call('summaries', undefined);
  const operations = byOperation(summaries.filter((summary) => summary.captureId === captureId));
  const latencies = await hub.call('latencies', { groups: operations.map((operation) => operation.map((summary) => summary.summaryId)) });
  const rows = operations
    .map((operation, i) => ({ first: operation[0] as SummaryRecord, stats: latencies[i] }))
    .flatMap(({ first, stats }) => (stats === undefined ? [] : [{ first, stats }]))
    .sort((a, b) => b.stats.p95Ns - a.stats.p95Ns);
  const services = [...new Set(rows.map((row) => row.first.service))].sort();
  const said = [`${spansText(capture.spanCount)}, ${errorsText(capture.errorCount)}`, services.map(printable).join(', '), printable(name)];
  const lines = [said.filter((part) => part !== '').join(' · ')];
  if (rows.length > 0) {
    const shown = rows.slice(0, operationLimit).map(({ first, stats }) => [
      `  ${durationText(stats.p50Ns)} p50`,
      `${durationText(stats.p95Ns)} p95`,
      spansText(stats.count),
      stats.errorCount === 0 ? '' : errorsText(stats.errorCount),
      `${first.operation} (${first.kind}, ${first.service})`,
    ]);
    lines.push(table(shown));
    if (rows.length > shown.length) lines.push(`  and ${rows.length - shown.length} faster operation${rows.length - shown.length === 1 ? '' : 's'}`);
  }
  return [...lines, ...injection.notes.map((note) => `  ${printable(note)}`)].join('\n');
}

/** Spans that its probe told of and that have not come. */
async function openSpans(hub: Pick<HubPort, 'call'>, captureId: string): Promise<number> {
  const traces = await hub.call('traces', { captureId });
  return traces.reduce((sum, { open }) => sum + (open?.running ?? 0) + (open?.neverEnded ?? 0), 0);
}

function nothingCame(name: string, injection: Injection, programs: readonly ProgramRecord[]): string {
  const lines = [`no spans came from ${printable(name)}.`];
  if (injection.spansWillCome) lines.push(...reasonFor(name, programs));
  return [...lines, ...injection.notes.map(printable)].join('\n  ');
}

/** Why none came and what brings spans, by what its processes have said of themselves, else by what the command looks like. */
function reasonFor(name: string, programs: readonly ProgramRecord[]): readonly string[] {
  const own = programs.find(({ sdk }) => sdk === 'own');
  if (own !== undefined) {
    return [
      `It traces itself${own.reason === undefined ? '' : ` (${printable(own.reason)})`}, and sends its spans elsewhere, or ended before it had sent any.`,
      'Let its exporter read the endpoint from the environment, and shut the SDK down before the program ends.',
    ];
  }
  const none = programs.find(({ sdk }) => sdk === 'none');
  if (none !== undefined) return [`${printable(none.runtime)} ${printable(none.version)} is not traced: Node programs are from 18.19 and 20.6 on.`];
  if (programs.length > 0) {
    return ['It did nothing that is traced: it neither answered nor sent a request, and asked no database, through a library that we know.', 'Spans of its own making come through @opentelemetry/api.'];
  }
  if (isNode(name)) {
    return [
      'It did nothing that is traced (no request answered or sent, no query made through a library that we know), or traces itself and sends its spans elsewhere or without the resource attributes of the environment (they are under “external” then), or ended too soon.',
      'Where it sets up an SDK, let that be from the environment (NodeSDK without a traceExporter), and shut it down before the program ends.',
    ];
  }
  return ['It has no OpenTelemetry SDK, or sends its spans elsewhere, or ended before the SDK had sent anything.', adviceFor(name)];
}

function isNode(name: string): boolean {
  if (/(?:^|[\s/\\])(?:bunx?|deno)(?:\.exe)?(?:\s|$)/.test(name)) return false;
  return /(?:^|[\s/\\])(?:node|npm|npx|pnpm|yarn|tsx|ts-node|next|nest|vite|nodemon)(?:\.exe|\.cmd)?(?:\s|$)|\.[cm]?[jt]s(?:\s|$)/.test(name);
}

/** What brings spans, by what the command looks like. */
function adviceFor(name: string): string {
  if (/(?:^|[\s/\\])(?:python[\d.]*|uvicorn|gunicorn|hypercorn|flask|django-admin|celery|poetry|pipenv|uv)(?:\.exe)?(?:\s|$)|\.py(?:\s|$)/.test(name)) {
    return 'A Python program (3.8 or newer) is traced where opentelemetry-distro, opentelemetry-exporter-otlp and the instrumentations of its libraries are installed (`opentelemetry-bootstrap -a install`), or where it sets up the SDK itself. Not with -E, -I or -S.';
  }
  if (/(?:^|[\s/\\])(?:java|mvnw?|gradlew?)(?:\.exe|\.cmd|\.bat)?(?:\s|$)/.test(name)) {
    return 'A Java program is traced by the OpenTelemetry agent: give it `-javaagent:opentelemetry-javaagent.jar`.';
  }
  if (/(?:^|[\s/\\])bunx?(?:\.exe)?(?:\s|$)/.test(name)) return 'A Bun program is traced where its code sets up the SDK: Bun has none built in, and ours is for Node.';
  if (/(?:^|[\s/\\])deno(?:\.exe)?(?:\s|$)/.test(name)) return 'A Deno program is traced from Deno 2.2 on (OTEL_DENO) where it has no SDK of its own.';
  if (/(?:^|[\s/\\])go(?:\.exe)?\s/.test(name)) return 'A Go program is traced where its code sets up the SDK: nothing can be loaded into it from outside.';
  return 'Let the SDK read its endpoint from the environment, and shut it down before the program ends.';
}

function byOperation(summaries: readonly SummaryRecord[]): readonly SummaryRecord[][] {
  const operations = new Map<string, SummaryRecord[]>();
  for (const summary of summaries) {
    const key = JSON.stringify([summary.service, summary.operation, summary.kind]);
    const members = operations.get(key);
    if (members === undefined) operations.set(key, [summary]);
    else members.push(summary);
  }
  return [...operations.values()];
}
