import type { Injection } from '../client/injection.ts';
import type { HubPort } from '../client/liveRows.ts';
import { errorsText, spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import type { SummaryRecord } from '../protocol/hub.ts';
import { printable, table } from './output.ts';

const operationLimit = 5;

/** What a capture holds, for a terminal: counts, services, the slowest operations; or why it holds nothing and what to do. */
export async function runSummary(hub: Pick<HubPort, 'call'>, captureId: string, name: string, injection: Injection): Promise<string> {
  const status = await hub.call('status', undefined);
  const capture = status.captures.find((each) => each.captureId === captureId);
  if (capture === undefined || capture.spanCount === 0) return nothingCame(name, injection);
  const { summaries } = await hub.call('summaries', undefined);
  const operations = byOperation(summaries.filter((summary) => summary.captureId === captureId));
  const latencies = await hub.call('latencies', { groups: operations.map((operation) => operation.map((summary) => summary.summaryId)) });
  const rows = operations
    .map((operation, i) => ({ first: operation[0] as SummaryRecord, stats: latencies[i] }))
    .flatMap(({ first, stats }) => (stats === undefined ? [] : [{ first, stats }]))
    .sort((a, b) => b.stats.p95Ns - a.stats.p95Ns);
  const services = [...new Set(rows.map((row) => row.first.service))].sort();
  const lines = [`${spansText(capture.spanCount)}, ${errorsText(capture.errorCount)} · ${services.map(printable).join(', ')} · ${printable(name)}`];
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

function nothingCame(name: string, injection: Injection): string {
  const lines = [`no spans came from ${printable(name)}.`];
  if (injection.spansWillCome) {
    lines.push(
      'It has no OpenTelemetry SDK, or sets its exporter up in code with another endpoint, or ended before the SDK had sent anything.',
      adviceFor(name),
    );
  }
  return [...lines, ...injection.notes.map(printable)].join('\n  ');
}

/** What brings spans, by what the command looks like. */
function adviceFor(name: string): string {
  if (/(?:^|[\s/\\])(?:python[\d.]*|uvicorn|gunicorn|hypercorn|flask|django-admin|celery|poetry|pipenv|uv)(?:\.exe)?(?:\s|$)|\.py(?:\s|$)/.test(name)) {
    return 'A Python program (3.8 or newer) is traced where opentelemetry-distro, opentelemetry-exporter-otlp and the instrumentations of its libraries are installed (`opentelemetry-bootstrap -a install`), or where it sets up the SDK itself. Not with -E, -I or -S.';
  }
  if (/(?:^|[\s/\\])(?:java|mvnw?|gradlew?)(?:\.exe|\.cmd|\.bat)?(?:\s|$)/.test(name)) {
    return 'A Java program is traced by the OpenTelemetry agent: give it `-javaagent:opentelemetry-javaagent.jar`.';
  }
  if (/(?:^|[\s/\\])go(?:\.exe)?\s/.test(name)) return 'A Go program is traced where its code sets up the SDK: nothing can be loaded into it from outside.';
  return 'Let the SDK be set up from the environment (NodeSDK without a traceExporter), and shut it down before the program ends.';
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
