import { errorsText, spansText } from '../model/countText.ts';
import { plainText } from '../model/plainText.ts';
import { durationText } from '../model/durationText.ts';
import type { HubStatus } from '../protocol/hub.ts';
import { droppedText } from '../client/droppedText.ts';
import { latenciesText, requestsText } from '../client/intakeText.ts';
import { captureName } from './receiverState.ts';

/** The status in words, as Markdown. */
export function hubStatusText(status: HubStatus): string {
  const lines = [
    '# Traceline hub',
    '',
    ...status.troubles.map(({ message }) => `**Trouble:** ${plainText(message, 500)}\n`),
    `* OTLP/HTTP: ${status.otlpHttp ?? 'not listening'}`,
    `* OTLP/gRPC: ${status.otlpGrpc ?? 'not listening'}`,
    `* Process ${status.pid}, version ${status.version}, since ${new Date(status.sinceUnixMs).toISOString()} (${durationText((Date.now() - status.sinceUnixMs) * 1e6)})`,
    `* Store: ${status.store.kind}, ${status.store.bytes} of ${status.store.limitBytes} bytes, in ${status.dataDir}`,
    `* Spans: ${status.spans.received} received, ${status.spans.stored} stored, ${status.spans.rejected} rejected, ${status.spans.dropped} dropped${droppedText(status.spans)}`,
    `* Logs: ${status.logs.received} received, ${status.logs.stored} stored, ${status.logs.rejected} rejected, ${status.logs.dropped ?? 0} dropped`,
    `* Metric points: ${status.metrics.received} received (they are not kept)`,
    ...(status.intake === undefined ? [] : [
      `* Requests: ${requestsText(status.intake)}`,
      `* Latencies: ${latenciesText(status.intake)}`,
    ]),
    ...(status.clients === undefined ? [] : [`* Windows and commands connected: ${status.clients}`]),
    ...(status.control === undefined ? [] : [`* For machines: ${status.control.replace(/^ws/, 'http')}/healthz and /metrics (Prometheus)`]),
    '',
    '## Captures',
    '',
    ...status.captures.map((capture) => `* ${plainText(captureName(capture), 100)} (${capture.kind}): ${spansText(capture.spanCount)}, ${errorsText(capture.errorCount)}${capture.pinned ? ', pinned' : ''}`),
    '',
  ];
  return lines.join('\n');
}
