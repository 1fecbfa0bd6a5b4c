import type { LogBatch } from '../decode/batch.ts';
import { logParts, spanParts } from './batchParts.ts';
import { GroupCommit } from './groupCommit.ts';
import { SeenSpans } from './seenSpans.ts';
import type { Encoding, ReceivedTraces } from './sink.ts';
import { type KeptSpan, resourceFacts } from './spanFacts.ts';
import type { NewChunk } from './store/store.ts';
import { maxRecentSpans } from './summaries.ts';
import type { SummaryKeeper } from './summaryKeeper.ts';

export interface IngestOptions {
  /** All or none. @throws StoreError */
  readonly append: (chunks: readonly NewChunk[]) => readonly number[];
  /** Reads the store in one go. @throws StoreError */
  readonly reading: (body: () => void) => void;
  /** What the store would rather have waited for. */
  readonly pause: () => Promise<void> | undefined;
  readonly keeper: SummaryKeeper;
  /** Counts what was committed. */
  readonly onSpans: (chunkId: number, spans: readonly KeptSpan[], receivedUnixMs: number) => void;
  readonly onLogs: (chunkId: number, batch: LogBatch, receivedUnixMs: number) => void;
}

/** From a decoded request to its commit: each span is kept once, and counted in the order of the commits. */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #group: GroupCommit;
  #seen = this.#emptySeen();

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#group = new GroupCommit(options.append, options.pause);
  }

  /** Whether the span is kept. */
  has(traceId: string, spanId: string): boolean {
    return this.#seen.has({ traceId, spanId });
  }

  /** Of a trace that lost spans. */
  forget(traceId: string): void {
    this.#seen.forget(traceId);
  }

  /** What only a store held that is gone is kept when it comes again. */
  storeReplaced(): void {
    this.#seen = this.#emptySeen();
  }

  /** Resolves with the spans that were new, once all are committed. @throws StoreError */
  async traces(bytes: Uint8Array, encoding: Encoding, batch: ReceivedTraces, captureOverride: string | undefined): Promise<readonly KeptSpan[]> {
    const seen = this.#seen;
    const { spans, sizes } = batch;
    const skipped = new Set<number>();
    let looked = 0;
    const rollback = () => {
      for (let ordinal = 0; ordinal < looked; ordinal++) if (!skipped.has(ordinal)) seen.remove(spans[ordinal]!);
      looked = 0;
    };
    try {
      // Of each trace that nothing is remembered of the store is asked.
      this.#options.reading(() => {
        for (; looked < spans.length; looked++) if (!seen.add(spans[looked]!)) skipped.add(looked);
      });
      // What is kept already may be on its way to the store still, with another request.
      if (skipped.size > 0) await this.#group.settled();
      if ([...skipped].some((ordinal) => !seen.has(spans[ordinal]!))) {
        rollback();
        return await this.traces(bytes, encoding, batch, captureOverride);
      }
      const ofKept = <T>(each: readonly T[]) => (skipped.size === 0 ? each : each.filter((_, ordinal) => !skipped.has(ordinal)));
      const kept = ofKept(spans).map((span): KeptSpan => ({ span, captureId: captureOverride ?? resourceFacts(span.resource).captureId }));
      if (kept.length > 0) {
        const receivedUnixMs = Date.now();
        await this.#group.add({
          signal: 'traces', encoding, bytes, receivedUnixMs, captureOverride,
          skipped: skipped.size === 0 ? undefined : Uint32Array.from(skipped),
          ...spanParts(kept, bytes.length, sizes === undefined ? undefined : ofKept(sizes)),
        }, (chunkId) => {
          // Kept, whatever becomes of what follows: were it taken back then, and the batch sent again, its spans would be kept twice.
          looked = 0;
          seen.trim();
          this.#options.onSpans(chunkId, kept, receivedUnixMs);
        });
      }
      return kept;
    } catch (error) {
      rollback();
      throw error;
    }
  }

  /** Resolves once the records are committed. @throws StoreError */
  async logs(bytes: Uint8Array, encoding: Encoding, batch: LogBatch): Promise<void> {
    if (batch.records.length === 0) return;
    const receivedUnixMs = Date.now();
    await this.#group.add({
      signal: 'logs', encoding, bytes, receivedUnixMs, captureOverride: undefined, skipped: undefined, parts: logParts(batch.records), deltas: [],
    }, (chunkId) => this.#options.onLogs(chunkId, batch, receivedUnixMs));
  }

  #emptySeen(): SeenSpans {
    return new SeenSpans(maxRecentSpans, (traceId) => this.#options.keeper.recall(traceId).map(({ span }) => span.spanId));
  }
}

