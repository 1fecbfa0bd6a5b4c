import type { Site } from '../model/site.ts';
import type { LogRecord } from '../model/span.ts';
import { mayHoldException, readLogs, readSpanFacts } from './chunkReader.ts';
import type { Chunks } from './chunks.ts';
import { Slices } from './slices.ts';
import type { KeptSpan } from './spanFacts.ts';
import { type Store, StoreError, type SummaryPart } from './store/store.ts';
import type { SummariesState, Summaries } from './summaries.ts';
import { Summary } from './summary.ts';

/** So many spans, or so long, after a state was written the next one is begun; so many spans are counted again after a kill. */
const spansOfState = 250_000;
const stateMs = 10_000;
const partsOfStep = 8;
/** Sites that no summary has any more are left behind at the start, where they are the most. */
const mostForgotten = 0.5;
const fewSites = 500;

interface StoredState extends SummariesState {
  /** The last chunk that is counted. */
  readonly chunkId: number;
}

/** A state that is being written: as the summaries were when it was begun, whatever they have become since. */
interface Writing {
  readonly generation: number;
  readonly state: StoredState;
  readonly siteCount: number;
  /** Not encoded yet, and not changed since. */
  readonly left: Set<Summary>;
  /** Encoded when they were about to change. */
  encoded: SummaryPart[];
  readonly removed: readonly number[];
}

/**
 * Keeps the summaries across restarts: from time to time their state is written, in small steps and only what changed, with the number of the last chunk
 * it counts. A start takes the last whole state and counts the chunks after it, as they were counted when they came; so it makes no difference
 * when, or how, the process before it ended.
 */
export class SummaryKeeper {
  readonly #store: () => Store;
  readonly #summaries: Summaries;
  readonly #chunks: Chunks;
  /** Tells what failed. */
  readonly #onError: (error: unknown) => void;
  #position = 0;
  #savedChunkId = 0;
  #generation = 0;
  #savedSites = 0;
  #replaceSites = false;
  #removed: number[] = [];
  #writing: Writing | undefined;
  /** Those that the state being written has already. */
  readonly #written = new Set<Summary>();
  #saving: Promise<void> | undefined;
  #spansSince = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isCaughtUp = false;

  constructor(options: { readonly store: () => Store; readonly summaries: Summaries; readonly chunks: Chunks; readonly onError: (error: unknown) => void }) {
    this.#store = options.store;
    this.#summaries = options.summaries;
    this.#chunks = options.chunks;
    this.#onError = options.onError;
    this.#summaries.watch({ beforeChange: (summary) => this.#beforeChange(summary), removed: (summary) => this.#wasRemoved(summary) });
  }

  /** The last chunk of which a restart would know without reading it. */
  get savedChunkId(): number {
    return this.#savedChunkId;
  }

  /** Takes the stored state over and counts what came after it, in slices. @throws StoreError */
  async catchUp(): Promise<void> {
    const slices = new Slices();
    const state = this.#restore();
    if (state !== undefined) await this.#restorePending(state, slices);
    for (let next = this.#store().nextChunk(this.#position); next !== undefined && !this.#isClosed; next = this.#store().nextChunk(this.#position)) {
      this.#recount(next);
      await slices.pause();
    }
    // From here on chunks are counted as they come: none can have come in between, since nothing was awaited.
    this.#isCaughtUp = true;
  }

  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  /** A chunk was counted as it came. */
  counted(chunkId: number, spans: number): void {
    this.#position = chunkId;
    this.#spansSince += spans;
    if (this.#spansSince >= spansOfState) this.#saveSoon(0);
    else this.#saveSoon(stateMs);
  }

  /** A trace whose spans are not remembered gets more of them: those that are stored are recalled. */
  recall(traceId: string, before = Infinity): readonly KeptSpan[] {
    const store = this.#store();
    if (!store.holdsTrace(traceId)) return [];
    const of = (signal: 'traces' | 'logs') => store.chunksOfTrace(traceId, signal).filter((chunkId) => chunkId < before);
    const spans = of('traces').flatMap((chunkId) => this.#chunks.read(chunkId, readSpanFacts).filter(({ span }) => span.traceId === traceId));
    const logs = of('logs').flatMap((chunkId) => this.#chunks.read(chunkId, readLogs, mayHoldException).filter((record) => record.traceId === traceId));
    this.#summaries.recall(traceId, spans, logs);
    return spans;
  }

  /** Traces lost spans or logs: from here on their other spans are told by what a restart would find. @throws StoreError */
  forget(traceIds: readonly string[]): void {
    for (const traceId of traceIds) this.#summaries.forget(traceId);
    for (const traceId of traceIds) if (this.#summaries.isWaiting(traceId)) this.recall(traceId);
  }

  /** Another store, which has nothing, took the place of a damaged one. */
  storeReplaced(): void {
    this.#abandon();
    for (const summary of this.#summaries.all()) summary.isDirty = true;
    this.#position = 0;
    this.#savedChunkId = 0;
    this.#replaceSites = true;
  }

  /** Writes the state as it is now, with `pause` after each step, in which more may be counted. @throws StoreError */
  async saveInSteps(pause: () => Promise<void>): Promise<void> {
    this.#abandon();
    const writing = this.#begin();
    try {
      while (this.#writing === writing && this.#step(writing)) await pause();
      if (this.#writing === writing) this.#commit(writing);
    } catch (error) {
      this.#abandon();
      throw error;
    }
  }

  /** Writes the state as it is, at once. @throws StoreError */
  save(): void {
    this.#abandon();
    if (this.#store().kind === 'memory') return;
    const writing = this.#begin();
    while (this.#step(writing));
    this.#commit(writing);
  }

  /** The stored summaries cannot be read: what comes is counted all the same. */
  giveUp(): void {
    this.#isCaughtUp = true;
  }

  /** Writes the state where it changed and may be written, and writes no more. */
  async close({ save }: { readonly save: boolean }): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#saving;
    if (!save || !this.#isCaughtUp) return;
    if (this.#spansSince > 0 || this.#removed.length > 0) this.#try(() => this.save());
  }

  #restore(): StoredState | undefined {
    const stored = this.#store().summaries();
    if (stored === undefined) return undefined;
    const state = JSON.parse(Buffer.from(stored.state).toString('utf8')) as StoredState;
    this.#generation = stored.generation;
    const used = new Set(stored.parts.map((part) => Summary.siteOf(part.state)));
    const kept = stored.sites.length > fewSites && used.size < stored.sites.length * (1 - mostForgotten) ? stored.sites.filter(({ siteId }) => used.has(siteId)) : stored.sites;
    this.#summaries.sites.restore(kept.map(({ record }) => JSON.parse(record) as Site));
    const isRenumbered = kept.some(({ siteId }, at) => siteId !== at);
    const numbers = isRenumbered ? new Map(kept.map(({ siteId }, at) => [siteId, at])) : undefined;
    this.#summaries.restore(state, stored.parts, numbers === undefined ? (siteId) => siteId : (siteId) => numbers.get(siteId));
    if (isRenumbered) for (const summary of this.#summaries.all()) summary.isDirty = true;
    this.#replaceSites = isRenumbered;
    this.#savedSites = isRenumbered ? 0 : kept.length;
    this.#position = state.chunkId;
    this.#savedChunkId = state.chunkId;
    return state;
  }

  /** Finds what waited again, and what was there of its traces. */
  async #restorePending({ pending, chunkId: last }: StoredState, slices: Slices): Promise<void> {
    const traces = new Map(pending.map(({ traceId }) => [traceId, { spans: new Map<string, KeptSpan>(), logs: [] as LogRecord[] }]));
    // Many of them came together: each chunk is read once.
    const chunkIds = new Set<number>();
    for (const traceId of traces.keys()) {
      for (const signal of ['traces', 'logs'] as const) for (const chunkId of this.#store().chunksOfTrace(traceId, signal)) if (chunkId <= last) chunkIds.add(chunkId);
      await slices.pause();
    }
    for (const chunkId of [...chunkIds].sort((a, b) => a - b)) {
      const chunk = this.#store().chunk(chunkId);
      if (chunk?.signal === 'traces') for (const kept of this.#chunks.of(chunk, readSpanFacts)) traces.get(kept.span.traceId)?.spans.set(kept.span.spanId, kept);
      else if (chunk !== undefined && mayHoldException(chunk)) for (const record of this.#chunks.of(chunk, readLogs)) traces.get(record.traceId ?? '')?.logs.push(record);
      await slices.pause();
    }
    for (const [traceId, { spans, logs }] of traces) this.#summaries.recall(traceId, [...spans.values()], logs);
    // In the order in which they began to wait.
    for (const { traceId, spanId, untilMs } of pending) {
      const found = traces.get(traceId)?.spans.get(spanId);
      if (found !== undefined) this.#summaries.restorePending(found, untilMs);
    }
  }

  /** Counts a stored chunk as it was counted when it came. */
  #recount(chunkId: number): void {
    this.#position = chunkId;
    const chunk = this.#store().chunk(chunkId);
    if (chunk === undefined) return;
    if (chunk.signal === 'logs') {
      if (mayHoldException(chunk)) this.#summaries.addLogs(this.#chunks.of(chunk, readLogs), chunk.receivedUnixMs);
      return;
    }
    const spans = this.#chunks.of(chunk, readSpanFacts);
    for (const traceId of new Set(spans.map(({ span }) => span.traceId))) if (!this.#summaries.remembers(traceId)) this.recall(traceId, chunkId);
    this.#summaries.add(spans, chunk.receivedUnixMs);
    this.#spansSince += spans.length;
  }

  #saveSoon(waitMs: number): void {
    if (this.#saving !== undefined || this.#isClosed || this.#store().kind === 'memory') return;
    if (waitMs > 0 && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const slices = new Slices();
      this.#saving = this.saveInSteps(() => slices.pause()).catch(this.#onError).finally(() => (this.#saving = undefined));
    }, waitMs);
  }

  #begin(): Writing {
    const writing: Writing = {
      generation: ++this.#generation,
      state: { chunkId: this.#position, ...this.#summaries.state() },
      siteCount: this.#summaries.sites.count,
      left: new Set([...this.#summaries.all()].filter(({ isDirty }) => isDirty)),
      encoded: [],
      removed: this.#removed,
    };
    this.#removed = [];
    this.#spansSince = 0;
    this.#writing = writing;
    return writing;
  }

  /** False where all parts are written. @throws StoreError */
  #step(writing: Writing): boolean {
    for (const summary of writing.left) {
      if (writing.encoded.length >= partsOfStep) break;
      this.#encode(writing, summary);
    }
    if (writing.encoded.length === 0) return false;
    this.#store().putSummaries(writing.generation, writing.encoded);
    writing.encoded = [];
    return true;
  }

  /** @throws StoreError */
  #commit({ generation, state, siteCount, removed }: Writing): void {
    const { sites } = this.#summaries;
    const first = this.#replaceSites ? 0 : this.#savedSites;
    const records = sites.after(first - 1).slice(0, siteCount - first).map(({ siteId, ...site }) => ({ siteId, record: JSON.stringify(site) }));
    this.#store().commitSummaries({ generation, state: Buffer.from(JSON.stringify(state)) }, { removed, sites: records, replaceSites: this.#replaceSites });
    this.#savedSites = siteCount;
    this.#replaceSites = false;
    this.#savedChunkId = state.chunkId;
    this.#writing = undefined;
    this.#written.clear();
  }

  #encode(writing: Writing, summary: Summary): void {
    writing.left.delete(summary);
    writing.encoded.push({ summaryId: summary.summaryId, captureId: summary.captureId, state: summary.encode() });
    summary.isDirty = false;
    this.#written.add(summary);
  }

  #beforeChange(summary: Summary): void {
    const writing = this.#writing;
    if (writing?.left.has(summary) === true) this.#encode(writing, summary);
  }

  #wasRemoved(summary: Summary): void {
    this.#removed.push(summary.summaryId);
    const writing = this.#writing;
    if (writing === undefined) return;
    writing.left.delete(summary);
    writing.encoded = writing.encoded.filter(({ summaryId }) => summaryId !== summary.summaryId);
  }

  /** What was being written does not count; all of it is written again with the next. */
  #abandon(): void {
    for (const summary of this.#written) summary.isDirty = true;
    this.#written.clear();
    if (this.#writing !== undefined) this.#removed.push(...this.#writing.removed);
    this.#writing = undefined;
  }

  #try(body: () => void): void {
    try {
      body();
    } catch (error) {
      if (!StoreError.is(error)) throw error;
      this.#onError(error);
    }
  }
}
