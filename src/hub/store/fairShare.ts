import type { DropReason, Rank, Usage } from './store.ts';

/** What a store may keep. Pinned captures count for all of it, and are never let go. */
export interface Limits {
  readonly bytes: number;
  readonly spans: number;
  readonly ageMs: number;
}

/** An operation's ordinary traces may take so much of its share, against one part each for slow ones and for errors, which are rarer and so last longer. */
const ordinaryParts = 2;

/** What has to give next. */
export interface Giver {
  readonly operation: number;
  readonly rank: Rank;
}

/**
 * Who has the most: the service that takes most, of it the operation that takes most, of that the rank that takes most for its parts. So each service gets
 * an equal share, what it leaves goes to the others, and the same within a service among its operations: however much one sends, what
 * another keeps is no less than its equal share. What a trace takes is the larger of its shares of the two limits.
 * undefined where all is pinned.
 */
export function nextGiver(usage: readonly Usage[], { bytes, spans }: Pick<Limits, 'bytes' | 'spans'>): Giver | undefined {
  const mayGive = usage.filter(({ rank, bytes: taken }) => rank !== 'pinned' && taken > 0);
  const share = (each: Usage) => Math.max(each.bytes / bytes, each.spans / spans);
  const service = largest(mayGive, ({ service: of }) => of, share);
  const ofService = mayGive.filter((each) => each.service === service);
  const operation = largest(ofService, (each) => each.operation, share);
  const ofOperation = ofService.filter((each) => each.operation === operation);
  const rank = largest(ofOperation, (each) => each.rank, (each) => share(each) / (each.rank === 'ordinary' ? ordinaryParts : 1));
  return operation === undefined || rank === undefined ? undefined : { operation, rank };
}

/** The key whose members take most together. */
function largest<K>(usage: readonly Usage[], keyOf: (each: Usage) => K, shareOf: (each: Usage) => number): K | undefined {
  const sums = new Map<K, number>();
  let most: K | undefined;
  for (const each of usage) {
    const sum = (sums.get(keyOf(each)) ?? 0) + shareOf(each);
    sums.set(keyOf(each), sum);
  }
  for (const [key, sum] of sums) if (most === undefined || sum > (sums.get(most) ?? 0)) most = key;
  return most;
}

/** Of traces that are to go, first of an operation's ordinary ones: those above the 95th percentile of `peers`, which are kept as slow, and the others. */
export function slowest<T extends { readonly durationNs: bigint }>(traces: readonly T[], peers: readonly T[]): { readonly slow: readonly T[]; readonly others: readonly T[] } {
  const sorted = peers.toSorted((a, b) => (a.durationNs < b.durationNs ? -1 : a.durationNs > b.durationNs ? 1 : 0));
  const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1]?.durationNs ?? 0n;
  return { slow: traces.filter(({ durationNs }) => durationNs > p95), others: traces.filter(({ durationNs }) => durationNs <= p95) };
}

/** Which limit is passed by what is kept; undefined where none is. */
export function passedLimit(kept: { readonly bytes: number; readonly spans: number }, { bytes, spans }: Pick<Limits, 'bytes' | 'spans'>): DropReason | undefined {
  return kept.bytes > bytes ? 'size' : kept.spans > spans ? 'count' : undefined;
}
