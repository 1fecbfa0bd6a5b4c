import type { HubStatus, LatencyHistogram } from '../protocol/hub.ts';

/**
 * The hub's figures as Prometheus reads them (text exposition format 0.0.4). Nothing of a span is in them: no service, no name, and no
 * label whose values a sender chooses.
 */
export function metricsText(status: HubStatus, nowUnixMs: number): string {
  const { spans, logs, store, intake, clients } = status;
  const lines: string[] = [];
  const family = (name: string, type: 'counter' | 'gauge' | 'histogram', help: string, samples: readonly (readonly [labels: string, value: number])[]) => {
    lines.push(`# HELP traceline_${name} ${help}`, `# TYPE traceline_${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`traceline_${name}${labels} ${value}`);
  };
  const one = (value: number) => [['', value]] as const;
  family('uptime_seconds', 'gauge', 'Since the hub started.', one(Math.max(0, nowUnixMs - status.sinceUnixMs) / 1000));
  family('spans_received_total', 'counter', 'Spans received, rejected ones and ones sent twice among them.', one(spans.received));
  family('spans_rejected_total', 'counter', 'Spans rejected for what they are.', one(spans.rejected));
  family('spans_dropped_total', 'counter', 'Spans let go to stay within the limit, since the data folder was made.', one(spans.dropped));
  if (spans.droppedFor !== undefined) family('spans_dropped_for_total', 'counter', 'Those of them that a hub of this version let go, by the limit that was passed.', Object.entries(spans.droppedFor).map(([reason, count]) => [`{reason="${reason}"}`, count]));
  family('spans_stored', 'gauge', 'Spans kept now.', one(spans.stored));
  family('logs_received_total', 'counter', 'Log records received.', one(logs.received));
  family('logs_rejected_total', 'counter', 'Log records rejected.', one(logs.rejected));
  family('logs_dropped_total', 'counter', 'Log records let go with the spans.', one(logs.dropped ?? 0));
  family('logs_stored', 'gauge', 'Log records kept now.', one(logs.stored));
  family('metric_points_received_total', 'counter', 'Metric points received; they are not kept.', one(status.metrics.received));
  family('store_bytes', 'gauge', 'What the store takes.', one(store.bytes));
  family('store_limit_bytes', 'gauge', 'What the store may take.', one(store.limitBytes));
  family('troubles', 'gauge', 'What is wrong now.', status.troubles.map(({ code }) => [`{code="${code}"}`, 1]));
  if (clients !== undefined) family('clients', 'gauge', 'Windows and commands connected.', one(clients));
  if (intake === undefined) return `${lines.join('\n')}\n`;
  family('requests_kept_total', 'counter', 'Requests kept, all or in part.', one(intake.requests));
  family('request_bytes_total', 'counter', 'Bytes of the requests kept, inflated.', one(intake.bytes));
  family('requests_refused_total', 'counter', 'Requests of which nothing was kept.', Object.entries(intake.refused).map(([reason, count]) => [`{reason="${reason}"}`, count]));
  family('pending_bytes', 'gauge', 'Bytes of requests under way.', one(intake.pendingBytes));
  family('pending_limit_bytes', 'gauge', 'Past this, requests are refused.', one(intake.maxPendingBytes));
  for (const [what, histogram] of [['decode', intake.decode], ['commit', intake.commit]] as const) {
    family(`${what}_seconds`, 'histogram', `How long it took to ${what} a request.`, []);
    lines.push(...histogramLines(`traceline_${what}_seconds`, histogram));
  }
  return `${lines.join('\n')}\n`;
}

/** Buckets of the format are cumulative. */
function histogramLines(name: string, { boundsSeconds, counts, sumSeconds }: LatencyHistogram): string[] {
  let total = 0;
  const buckets = counts.map((count, i) => `${name}_bucket{le="${boundsSeconds[i] ?? '+Inf'}"} ${(total += count)}`);
  return [...buckets, `${name}_sum ${sumSeconds}`, `${name}_count ${total}`];
}
