import type { TraceColumns } from '../../src/protocol/hub.ts';

/** Where a span starts, from the trace's start; 0 where the column holds no number. */
export function spanStartNs(columns: TraceColumns, row: number): number {
  const startNs = columns.startNs[row] ?? 0;
  return Number.isFinite(startNs) ? startNs : 0;
}

/** How long a span is drawn: never negative, 0 where the column holds no number. */
export function spanLengthNs(columns: TraceColumns, row: number): number {
  const durationNs = columns.durationsNs[row] ?? 0;
  return Number.isFinite(durationNs) && durationNs > 0 ? durationNs : 0;
}
