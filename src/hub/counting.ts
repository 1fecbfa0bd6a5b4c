import type { LogRecord } from '../model/span.ts';
import type { Chunks } from './chunks.ts';
import type { LiveStore } from './liveStore.ts';
import { SinkError } from './sink.ts';
import type { KeptSpan } from './spanFacts.ts';
import type { Summaries } from './summaries.ts';
import { SummaryKeeper } from './summaryKeeper.ts';

/** How often it is looked for what has waited long enough. */
const expiryMs = 500;

export interface CountingOptions {
  readonly store: LiveStore;
  readonly chunks: Chunks;
  readonly summaries: Summaries;
  readonly readOnly: boolean;
  readonly onChange: () => void;
}

/** Counts in the summaries what is stored: what was there first, then what comes, in the order of the commits. */
export class Counting {
  readonly keeper: SummaryKeeper;
  readonly #options: CountingOptions;
  #catchingUp: Promise<void> | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: CountingOptions) {
    this.#options = options;
    const { store, summaries, chunks } = options;
    this.keeper = new SummaryKeeper({ store: () => store.now, summaries, chunks, onError: (error) => store.report(error) });
  }

  /** Reads the stored summaries, and what they do not count yet, in slices; whoever asks for summaries waits for it. */
  catchUp(): Promise<void> {
    return (this.#catchingUp ??= this.#catchUp());
  }

  spans(chunkId: number, spans: readonly KeptSpan[], receivedUnixMs: number): void {
    // Until then they are among what is read.
    if (!this.keeper.isCaughtUp) return;
    this.#options.summaries.add(spans, receivedUnixMs);
    this.keeper.counted(chunkId, spans.length);
    this.#expireSoon();
  }

  logs(chunkId: number, records: readonly LogRecord[], receivedUnixMs: number): void {
    if (!this.keeper.isCaughtUp) return;
    this.#options.summaries.addLogs(records, receivedUnixMs);
    this.keeper.counted(chunkId, 0);
  }

  /** What is let go has to be counted in what a restart finds: it could not be counted again. @throws StoreError */
  beforeDropping(): void {
    if (this.keeper.isCaughtUp) this.keeper.save();
  }

  dropOld(cutoffUnixMs: number): void {
    const pinned = this.#options.store.now.captures().filter(({ pinned: isPinned }) => isPinned).map(({ captureId }) => captureId);
    this.#options.summaries.removeBefore(cutoffUnixMs, new Set(pinned));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#expiry);
    await Promise.allSettled([this.keeper.close({ save: !this.#options.readOnly }), this.#catchingUp]);
  }

  async #catchUp(): Promise<void> {
    const { store, summaries, readOnly, onChange } = this.#options;
    try {
      await this.keeper.catchUp();
    } catch (error) {
      // A damaged store is being replaced; what was read of it stays counted.
      const reported = store.failure(error);
      if (!SinkError.is(reported)) throw reported;
      this.keeper.giveUp();
    }
    // Nothing more comes where the store is only read.
    summaries.expirePending(readOnly ? Infinity : Date.now());
    this.#expireSoon();
    onChange();
  }

  #expireSoon(): void {
    const { summaries, readOnly, onChange } = this.#options;
    if (!summaries.hasPending || this.#expiry !== undefined || this.#isClosed || readOnly) return;
    this.#expiry = setTimeout(() => {
      this.#expiry = undefined;
      const before = summaries.version;
      summaries.expirePending(Date.now());
      if (summaries.version !== before) onChange();
      this.#expireSoon();
    }, expiryMs);
  }
}
