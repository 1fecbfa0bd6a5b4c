import { type Limits, nextGiver, passedLimit, slowest } from './store/fairShare.ts';
import { type Dropped, type DropReason, type Store, StoreError, type StoredChunk } from './store/store.ts';

/** Below the limits by this much there is peace again: what is let go is let go in larger lots, whose chunks go as a whole. */
const roomAfter = 0.95;
/** A step takes as many traces, or chunks, as it can in a few milliseconds: requests wait for a step, not for all. */
const tracesOfStep = 100;
const chunksOfStep = 2;
const lotOfLimit = 0.01;

/**
 * Keeps the store within its limits, a small step at a time: by size and by count those give who have most (store/fairShare.ts), by age the oldest. What
 * was let go still takes room in chunks that others share until they are rewritten.
 */
export class Retention {
  readonly #store: () => Store;
  readonly #rewrite: (chunk: StoredChunk) => Uint8Array | undefined;
  readonly #onDropped: (dropped: Dropped) => void;
  /** Some limit was passed, and it goes on until there is room. */
  #isMakingRoom = false;

  /** `store` gives the store of the moment. `rewrite` gives a chunk's bytes without what was let go; undefined where that cannot be. */
  constructor(options: { readonly store: () => Store; readonly rewrite: (chunk: StoredChunk) => Uint8Array | undefined; readonly onDropped: (dropped: Dropped) => void }) {
    this.#store = options.store;
    this.#rewrite = options.rewrite;
    this.#onDropped = options.onDropped;
  }

  isDue(limits: Limits): boolean {
    const store = this.#store();
    return this.#isMakingRoom || passedLimit({ bytes: store.bytes(), spans: store.counts().spans }, limits) !== undefined;
  }

  /** One step. 'full': there is nothing left that may go. @throws StoreError */
  step(limits: Limits): 'more' | 'done' | 'full' {
    const store = this.#store();
    const bytes = store.bytes();
    const { spans } = store.counts();
    this.#isMakingRoom ||= passedLimit({ bytes, spans }, limits) !== undefined;
    if (!this.#isMakingRoom) return 'done';
    const goal = { bytes: limits.bytes * roomAfter, spans: limits.spans * roomAfter };
    const reason = passedLimit({ bytes: bytes - store.deadBytes(), spans }, goal);
    if (reason !== undefined) {
      if (this.#letGo(limits, reason, { bytes: bytes - store.deadBytes() - goal.bytes, spans: spans - goal.spans })) return 'more';
    } else if (bytes <= goal.bytes) {
      this.#isMakingRoom = false;
      return 'done';
    }
    if (bytes > goal.bytes && store.rewrite(chunksOfStep, this.#rewrite)) return 'more';
    this.#isMakingRoom = false;
    return passedLimit({ bytes: store.bytes(), spans }, limits) === undefined ? 'done' : 'full';
  }

  /** Whether something is too old. @throws StoreError */
  isAged(limits: Limits, nowUnixMs: number): boolean {
    return this.#store().tracesBefore(nowUnixMs - limits.ageMs).length > 0;
  }

  /** One step of what is too old. @throws StoreError */
  stepOfAge(limits: Limits, nowUnixMs: number): void {
    const traceIds = this.#store().tracesBefore(nowUnixMs - limits.ageMs).slice(0, tracesOfStep);
    if (traceIds.length > 0) this.#onDropped(this.#store().dropTraces(traceIds, 'age'));
  }

  /** No more than there has to be, and a small part of the limit: then somebody else may have most. */
  #letGo(limits: Limits, reason: DropReason, excess: { readonly bytes: number; readonly spans: number }): boolean {
    const store = this.#store();
    const giver = nextGiver(store.usage(), limits);
    if (giver === undefined) return false;
    const found = store.oldestTraces(giver.operation, giver.rank, tracesOfStep);
    const isBySize = reason === 'size';
    let left = isBySize ? Math.min(excess.bytes, limits.bytes * lotOfLimit) : Math.min(excess.spans, limits.spans * lotOfLimit);
    const oldest = found.filter((trace) => {
      if (left <= 0) return false;
      left -= isBySize ? trace.bytes : trace.spans;
      return true;
    });
    if (oldest.length === 0) throw new StoreError('failed', 'the store counts traces that it does not have');
    const { slow, others } = giver.rank === 'ordinary' ? slowest(oldest, found) : { slow: [], others: oldest };
    if (slow.length > 0) store.markSlow(slow.map(({ traceId }) => traceId));
    this.#onDropped(store.dropTraces(others.map(({ traceId }) => traceId), reason));
    return true;
  }
}
