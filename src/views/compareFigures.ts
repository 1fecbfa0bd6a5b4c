import { durationText } from '../model/durationText.ts';
import { netDurationNs } from '../model/netDuration.ts';
import type { RecentSpan, SummaryRecord } from '../protocol/hub.ts';
import type { LatencyStats } from '../stats/latency.ts';

/** One operation of two captures; of a capture that has none of its spans there are no summaries. */
export interface ComparedOperation {
  readonly service: string;
  readonly operation: string;
  readonly kind: SummaryRecord['kind'];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** What the hub has summarised of both captures, by service, operation and kind; `isWanted` leaves out the others. */
export function comparedOperations(
  summaries: readonly SummaryRecord[], beforeId: string, afterId: string, isWanted: (summary: SummaryRecord) => boolean = () => true,
): readonly ComparedOperation[] {
  const byKey = new Map<string, { readonly service: string; readonly operation: string; readonly kind: SummaryRecord['kind']; readonly before: number[]; readonly after: number[] }>();
  for (const summary of summaries) {
    const { service, operation, kind, captureId, summaryId } = summary;
    if ((captureId !== beforeId && captureId !== afterId) || !isWanted(summary)) continue;
    const key = JSON.stringify([service, operation, kind]);
    let compared = byKey.get(key);
    if (compared === undefined) byKey.set(key, (compared = { service, operation, kind, before: [], after: [] }));
    compared[captureId === beforeId ? 'before' : 'after'].push(summaryId);
  }
  return [...byKey.values()];
}

/** Of the recent spans of an operation the one that took closest to `durationNs`, net of holds; the newest where several did. They come newest first. */
export function spanNearest<T extends Pick<RecentSpan, 'durationNs' | 'heldNs'>>(spans: readonly T[], durationNs: number): T | undefined {
  const offBy = (span: T): number => Math.abs(netDurationNs(span) - durationNs);
  return spans.reduce<T | undefined>((nearest, each) => (nearest === undefined || offBy(each) < offBy(nearest) ? each : nearest), undefined);
}

/** The newest of the spans that began before this one. */
export function previousSpan<T extends Pick<RecentSpan, 'startUnixNano' | 'spanId'>>(spans: readonly T[], span: T): T | undefined {
  const earlier = spans.filter(({ spanId, startUnixNano }) => spanId !== span.spanId && BigInt(startUnixNano) < BigInt(span.startUnixNano));
  return earlier.reduce<T | undefined>((newest, each) => (newest === undefined || BigInt(each.startUnixNano) > BigInt(newest.startUnixNano) ? each : newest), undefined);
}

/** A difference of p50 below this is taken for chance. */
const leastShare = 0.05;

/** `▲ 35 %`, `▼ 12 %`, `=`: how p50 changed. */
export function changeText(beforeNs: number, afterNs: number): string {
  if (beforeNs <= 0) return afterNs > 0 ? '▲' : '=';
  const share = afterNs / beforeNs - 1;
  if (Math.abs(share) < leastShare) return '=';
  return share >= 1 ? `▲ ×${Number((share + 1).toPrecision(2))}` : `${share > 0 ? '▲' : '▼'} ${Math.round(Math.abs(share) * 100)} %`;
}

/** `p50 12 ms → 18 ms · p95 24 ms → 40 ms · 38 → 41 spans · 0 → 2 errors`. */
export function figuresText(before: LatencyStats, after: LatencyStats): string {
  return [
    `p50 ${durationText(before.p50Ns)} → ${durationText(after.p50Ns)}`,
    `p95 ${durationText(before.p95Ns)} → ${durationText(after.p95Ns)}`,
    `${before.count} → ${after.count} spans`,
    ...(before.errorCount + after.errorCount > 0 ? [`$(error) ${before.errorCount} → ${after.errorCount} errors`] : []),
  ].join(' · ');
}
