import type { Trouble } from '../protocol/hub.ts';
import type { Retention } from './retention.ts';
import { Slices } from './slices.ts';
import type { Limits } from './store/fairShare.ts';
import type { Store } from './store/store.ts';

/** How often it is looked for what is too old. */
const ageCheckMs = 10 * 60 * 1000;

export interface HousekeepingOptions {
  readonly store: () => Store;
  readonly retention: Retention;
  readonly limits: () => Limits;
  /** Once before anything is let go. */
  readonly beforeDropping: () => void;
  /** After what is too old was let go. */
  readonly onAged: (cutoffUnixMs: number) => void;
  readonly onTrouble: (trouble: Trouble | undefined) => void;
  readonly onError: (error: unknown) => void;
}

/** Keeps the store within its limits, off the way of requests: in steps so small that none waits long. */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  /** The clock as it was at the start and has gone on since: one that is set forth must not make all that is kept old. */
  readonly #start = { unixMs: Date.now(), ms: performance.now() };
  #running: Promise<void> | undefined;
  #isClosed = false;
  #isFull = false;
  #agedMs = -Infinity;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /** After something was stored, or a limit changed. @throws StoreError */
  look(): void {
    const { retention, limits, onTrouble } = this.#options;
    if (retention.isDue(limits()) || performance.now() - this.#agedMs > ageCheckMs) {
      this.start();
    } else if (this.#isFull) {
      this.#isFull = false;
      onTrouble(undefined);
    }
  }

  start(): void {
    if (this.#isClosed) return;
    this.#running ??= this.#run().catch(this.#options.onError).finally(() => (this.#running = undefined));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const { store, retention, limits, beforeDropping } = this.#options;
    await this.#dropAged();
    const slices = new Slices();
    let isBegun = false;
    while (!this.#isClosed) {
      if (!isBegun && retention.isDue(limits())) {
        isBegun = true;
        beforeDropping();
      }
      const step = retention.step(limits());
      if (step === 'full') {
        this.#sayFull();
        return;
      }
      if (step === 'done' && !store().shrink()) break;
      await store().pause();
      await slices.pause();
    }
  }

  async #dropAged(): Promise<void> {
    const { store, retention, limits, onAged, beforeDropping } = this.#options;
    const sinceMs = performance.now() - this.#agedMs;
    if (sinceMs < ageCheckMs) return;
    this.#agedMs = performance.now();
    const nowUnixMs = Math.min(Date.now(), this.#start.unixMs + performance.now() - this.#start.ms);
    const slices = new Slices();
    let isBegun = false;
    while (!this.#isClosed && retention.isAged(limits(), nowUnixMs)) {
      if (!isBegun) beforeDropping();
      isBegun = true;
      retention.stepOfAge(limits(), nowUnixMs);
      await store().pause();
      await slices.pause();
    }
    onAged(nowUnixMs - limits().ageMs);
  }

  #sayFull(): void {
    if (this.#isClosed || this.#isFull) return;
    this.#isFull = true;
    const megabytes = Math.round(this.#options.limits().bytes / 1e6);
    this.#options.onTrouble({ code: 'store-full', message: `Pinned captures fill the whole limit of ${megabytes} MB. Unpin or delete some, or raise the limit.` });
  }
}
