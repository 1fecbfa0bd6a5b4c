import { errorsText, spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import type { HubStatus } from '../protocol/hub.ts';
import { droppedText } from '../client/droppedText.ts';
import { latenciesText, requestsText } from '../client/intakeText.ts';
import { commandLine } from './commandLine.ts';
import { jsonLine, print, printable, table } from './output.ts';
import { openSpans } from './openSpans.ts';

export async function status(args: readonly string[]): Promise<void> {
  const { dataDir, json } = commandLine(args, {});
  await using spans = await openSpans(dataDir);
  const report = await spans.call('status', undefined);
  print(json ? jsonLine({ running: spans.live, ...report }) : text(report, spans.live));
}

function text(report: HubStatus, running: boolean): string {
  const captures = report.captures.map((capture) => [
    `  ${capture.name}`,
    new Date(capture.startedUnixMs).toLocaleString(),
    spansText(capture.spanCount),
    errorsText(capture.errorCount),
    capture.pinned ? 'pinned' : '',
  ]);
  const lines = [
    running ? `hub ${report.version}, process ${report.pid}, since ${new Date(report.sinceUnixMs).toLocaleString()} (${durationText((Date.now() - report.sinceUnixMs) * 1e6)})` : 'no hub is running; this is what its store holds',
    `OTLP/HTTP  ${report.otlpHttp ?? 'not listening'}`,
    `OTLP/gRPC  ${report.otlpGrpc ?? 'not listening'}`,
    `data       ${report.dataDir} (${report.store.kind}, ${(report.store.bytes / 1e6).toFixed(1)} of ${(report.store.limitBytes / 1e6).toFixed(0)} MB)`,
    `spans      ${report.spans.received} received, ${report.spans.stored} stored, ${report.spans.rejected} rejected, ${report.spans.dropped} dropped${droppedText(report.spans)}`,
    `logs       ${report.logs.received} received, ${report.logs.stored} stored, ${report.logs.dropped ?? 0} dropped · metrics ${report.metrics.received} received, not kept`,
    ...(report.intake === undefined ? [] : [
      `requests   ${requestsText(report.intake)}`,
      `latencies  ${latenciesText(report.intake)}`,
    ]),
    ...(running && report.clients !== undefined ? [`clients    ${report.clients} connected, this command among them`] : []),
    ...(running && report.control !== undefined ? [`health     ${report.control.replace(/^ws/, 'http')}/healthz, /metrics (Prometheus)`] : []),
    captures.length === 0 ? 'captures   none yet' : `captures\n${table(captures)}`,
    ...report.troubles.map((trouble) => `trouble    ${printable(trouble.message)}`),
  ];
  return lines.join('\n');
}
