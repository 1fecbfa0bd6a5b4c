/** Exact figures over the kept durations, net of the time the debugger held their program. `count` and `errorCount` are of all spans; the percentiles are of the ring's. */
export interface LatencyStats {
  readonly count: number;
  readonly errorCount: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly maxNs: number;
  /** What the debugger's holds took out of the kept durations together; absent where nothing. */
  readonly heldNs?: number;
}

/**
 * The nearest-rank percentile of ascending values: the smallest value with at least `fraction` of all values at or below it.
 * @throws RangeError where there is no value
 */
export function percentile(ascending: ArrayLike<number>, fraction: number): number {
  const rank = Math.max(1, Math.ceil(fraction * ascending.length));
  const value = ascending[rank - 1];
  if (value === undefined) throw new RangeError('a percentile of nothing');
  return value;
}

/** The figures over the kept durations of several rings together; `heldNs` is what was taken out of them. All zeros where there is none. */
export function latencyStats(count: number, errorCount: number, rings: readonly Float64Array[], heldNs = 0): LatencyStats {
  const all = new Float64Array(rings.reduce((sum, ring) => sum + ring.length, 0));
  let end = 0;
  for (const ring of rings) {
    all.set(ring, end);
    end += ring.length;
  }
  if (all.length === 0) return { count, errorCount, p50Ns: 0, p95Ns: 0, maxNs: 0 };
  all.sort();
  return { count, errorCount, p50Ns: percentile(all, 0.5), p95Ns: percentile(all, 0.95), maxNs: percentile(all, 1), ...(heldNs > 0 ? { heldNs } : {}) };
}
