import type { FunctionGroup, OperationGroup } from '../client/functionGroups.ts';
import { spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import { heldWords, netDurationNs } from '../model/netDuration.ts';
import { plainText } from '../model/plainText.ts';
import type { OpenSpanRecord, RecentSpan, TraceSummary } from '../protocol/hub.ts';
import { clockText } from './clockText.ts';
import { iconText } from './iconText.ts';

const barCells = 10;

/** `▄▄▄▄▄▁▁▁▁▁`: never empty, so that the fastest span has a bar too. */
export function bar(durationNs: number, slowestNs: number): string {
  const full = slowestNs > 0 ? Math.min(barCells, Math.max(1, Math.round((durationNs / slowestNs) * barCells))) : 1;
  return '▄'.repeat(full) + '▁'.repeat(barCells - full);
}

/** One line of the list; `slowestNs` is that of the slowest span in it. Durations are net of the debugger's holds, which are named beside. Both texts are safe where `$(…)` is an icon. */
export function recentSpanText(span: RecentSpan, slowestNs: number, trace: TraceSummary | undefined): { label: string; description: string } {
  // Figure spaces are as wide as a digit, so the bars begin at one place in most fonts.
  const duration = durationText(netDurationNs(span)).padStart(7, '\u2007');
  const words = [
    ...heldWords(span),
    ...(span.error ? [`$(error) ${iconText(span.statusMessage, 80) || 'error'}`] : []),
    trace === undefined ? `trace ${span.traceId.slice(0, 8)}` : `${iconText(trace.rootName, 60) || 'trace'} · ${spansText(trace.spanCount)}`,
  ];
  return { label: `${clockText(span.startUnixNano)}  ${duration}`, description: `${bar(netDurationNs(span), slowestNs)}  ${words.join(' · ')}` };
}

/** What to say of a trace of which spans have not ended. */
export function openWords({ open }: Pick<TraceSummary, 'open'>): readonly string[] {
  if (open === undefined) return [];
  return open.running > 0 ? ['running'] : open.neverEnded > 0 ? ['never ended'] : [];
}

/** The same of a span that has not ended: it has no figure yet, nor a bar. */
export function openSpanText(span: OpenSpanRecord, trace: TraceSummary | undefined): { label: string; description: string } {
  const words = span.state === 'running' ? '$(loading~spin) running' : '$(circle-slash) never ended';
  return {
    label: `${clockText(span.startUnixNano)}  ${durationText(netDurationNs(span)).padStart(7, '\u2007')}`,
    description: [words, ...heldWords(span), iconText(span.operation, 60) || 'unnamed', trace === undefined ? `trace ${span.traceId.slice(0, 8)}` : `${iconText(trace.rootName, 60) || 'trace'} · ${spansText(trace.spanCount)}`].join(' · '),
  };
}

/** `OrderService.reserve: 37 spans`, as its lens counts them; the other operations are counted as such. */
export function groupTitle(group: FunctionGroup): string {
  const more = group.operations.length - 1;
  return [
    `${plainText(group.function?.name ?? `line ${group.line}`, 80)}: ${spansText(group.operations[0]?.count ?? 0)}`,
    ...(more > 0 ? [`${more} more ${more === 1 ? 'operation' : 'operations'}`] : []),
  ].join(' · ');
}

/** The heading over one operation's spans; the service is named where the function serves several. */
export function operationHeading(operation: OperationGroup, group: FunctionGroup): string {
  const severalServices = group.operations.some(({ service }) => service !== operation.service);
  return [
    plainText(operation.operation, 50) || 'unnamed',
    ...(severalServices ? [plainText(operation.service, 30)] : []),
    spansText(operation.count),
  ].join(' · ');
}
