/** Exact figures over the kept durations. `count` and `errorCount` are of all spans; the percentiles are of the ring's. */
export interface LatencyStats {
  readonly count: number;
  readonly errorCount: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly maxNs: number;
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
