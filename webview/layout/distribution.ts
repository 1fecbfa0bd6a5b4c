const bucketCount = 24;
/** A picture needs no more; of more values some are left out evenly. */
const mostLookedAt = 5000;

export interface Distribution {
  readonly count: number;
  readonly leastNs: number;
  readonly mostNs: number;
  readonly medianNs: number;
  /** How many values fall into each of equally wide stretches of time from the least to the most. */
  readonly buckets: readonly number[];
}

/** Of at least one value, each a duration in nanoseconds. `valueAt` gives them by index. */
export function distribution(count: number, valueAt: (index: number) => number): Distribution {
  const step = Math.max(1, Math.ceil(count / mostLookedAt));
  const values = new Float64Array(Math.ceil(count / step));
  for (let index = 0; index < values.length; index++) values[index] = valueAt(index * step);
  values.sort();
  const leastNs = values[0] ?? 0;
  const mostNs = values.at(-1) ?? 0;
  const buckets = new Array<number>(bucketCount).fill(0);
  for (const value of values) {
    const bucket = bucketOf(value, leastNs, mostNs);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  return { count, leastNs, mostNs, medianNs: values[Math.floor((values.length - 1) / 2)] ?? 0, buckets };
}

export function bucketOf(valueNs: number, leastNs: number, mostNs: number): number {
  if (!(mostNs > leastNs)) return 0;
  return Math.min(bucketCount - 1, Math.max(0, Math.floor(((valueNs - leastNs) / (mostNs - leastNs)) * bucketCount)));
}
