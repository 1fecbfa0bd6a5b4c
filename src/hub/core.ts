import type { LogBatch, TraceBatch } from '../decode/batch.ts';
import { decodeProbeReport, type ProbeReport } from '../decode/probeReport.ts';
import type { Feed, HubRequests, HubStatus, Trouble } from '../protocol/hub.ts';
import type { Handlers } from '../protocol/rpc.ts';
import { Answers } from './answers.ts';
import { Captures, checkCaptureId } from './captures.ts';
import { decodeTraces } from './chunkReader.ts';
import { Chunks } from './chunks.ts';
import { Counting } from './counting.ts';
import { Holds } from './holds.ts';
import { Housekeeping } from './housekeeping.ts';
import { Ingest } from './ingest.ts';
import type { Intake } from './intake.ts';
import { LiveStore } from './liveStore.ts';
import type { HubLog } from './log.ts';
import { Probes } from './probes.ts';
import { RateMeter } from './rateMeter.ts';
import { Retention } from './retention.ts';
import type { Encoding, ReceivedTraces, Sink } from './sink.ts';
import { Slices } from './slices.ts';
import type { KeptSpan } from './spanFacts.ts';
import type { Limits } from './store/fairShare.ts';
import type { Dropped, NewChunk, Store } from './store/store.ts';
import { Summaries } from './summaries.ts';
import { overloadTrouble, rejectedTrouble, Troubles } from './troubles.ts';

export const defaultLimitBytes = 512 * 1024 * 1024;
/** Some gigabytes of the smallest spans: whoever raises the limit of bytes should not end at another. */
const maxSpans = 20_000_000;
const maxAgeMs = 30 * 24 * 60 * 60 * 1000;
/** Behind on letting go by this much the sender waits a little, rather than the disk filling up. */
const farPastLimit = 1.25;
/** Parts of a capture that are deleted at a time. */
const deletionSteps = 8;

export interface HubCoreOptions {
  readonly dataDir: string;
  readonly version: string;
  readonly limitBytes: number;
  readonly store: Store;
  /** The store is another's: it is neither changed nor, where it is damaged, replaced. */
  readonly readOnly: boolean;
  readonly troubles: readonly Trouble[];
  readonly log: HubLog;
  /** What the receivers share; absent where there are none. */
  readonly intake?: Intake;
  /** Something in the snapshot changed; `flowed` where spans came. */
  onChange(flowed: boolean): void;
}

type Endpoints = Pick<HubStatus, 'otlpHttp' | 'otlpGrpc' | 'control'>;

/** Everything a hub knows: takes in what the receivers decoded, answers what clients ask. */
export class HubCore implements Sink {
  readonly answers: Answers;
  readonly #options: HubCoreOptions;
  readonly #troubles: Troubles;
  readonly #store: LiveStore;
  readonly #chunks: Chunks;
  readonly #holds = new Holds();
  readonly #captures: Captures;
  readonly #summaries = new Summaries(this.#holds);
  readonly #counting: Counting;
  readonly #ingest: Ingest;
  readonly #retention: Retention;
  readonly #housekeeping: Housekeeping;
  readonly #probes = new Probes({ hasCome: (traceId, spanId) => this.#ingest.has(traceId, spanId), onChange: () => this.#changed() });
  readonly #rate = new RateMeter();
  readonly #sinceUnixMs = Date.now();
  readonly #received = { spans: 0, rejected: 0, logs: 0, rejectedLogs: 0, metrics: 0 };
  #limits: Limits;
  #endpoints: Endpoints = { otlpHttp: undefined, otlpGrpc: undefined, control: undefined };
  #clients = 0;
  #feedVersion = 0;
  #lastReceivedMs = performance.now();

  constructor(options: HubCoreOptions) {
    this.#options = options;
    const { dataDir, readOnly, log } = options;
    this.#limits = { bytes: options.limitBytes, spans: maxSpans, ageMs: maxAgeMs };
    this.#troubles = new Troubles(options.troubles, () => this.#changed());
    this.#store = new LiveStore({
      dataDir, store: options.store, readOnly, troubles: this.#troubles, log,
      onDamaged: () => this.#ingest.storeReplaced(),
      onReplaced: () => this.#counting.keeper.storeReplaced(),
    });
    const store = () => this.#store.now;
    this.#captures = new Captures(store, this.#holds);
    this.#chunks = new Chunks(store, log);
    this.#counting = new Counting({ store: this.#store, chunks: this.#chunks, summaries: this.#summaries, readOnly, onChange: () => this.#changed() });
    this.#ingest = new Ingest({
      keeper: this.#counting.keeper,
      append: (chunks) => this.#append(chunks),
      reading: (body) => this.#store.now.reading(body),
      pause: () => this.#store.now.pause(),
      onSpans: (chunkId, spans, receivedUnixMs) => this.#stored(chunkId, spans, receivedUnixMs),
      onLogs: (chunkId, { records }, receivedUnixMs) => this.#counting.logs(chunkId, records, receivedUnixMs),
    });
    this.#retention = new Retention({ store, rewrite: (chunk) => this.#chunks.withoutDropped(chunk), onDropped: (dropped) => this.#forget(dropped) });
    this.#housekeeping = new Housekeeping({
      store, retention: this.#retention, limits: () => this.#limits,
      onError: (error) => this.#store.report(error),
      beforeDropping: () => this.#counting.beforeDropping(),
      onAged: (cutoffUnixMs) => this.#counting.dropOld(cutoffUnixMs),
      onTrouble: (trouble) => (trouble === undefined ? this.#troubles.remove('store-full') : this.#troubles.add(trouble)),
    });
    this.answers = new Answers({ store, chunks: this.#chunks, summaries: this.#summaries, probes: this.#probes, holds: this.#holds, caughtUp: () => this.catchUp() });
    this.#readHolds();
  }

  /** `performance.now()` of the last request that brought something. */
  get lastReceivedMs(): number {
    return this.#lastReceivedMs;
  }

  setEndpoints(endpoints: Endpoints): void {
    this.#endpoints = endpoints;
    this.#changed();
  }

  addTrouble(trouble: Trouble): void {
    this.#troubles.add(trouble);
  }

  /** The receivers began, or ended, to refuse what comes for want of room. */
  overloadChanged(): void {
    if (this.#options.intake?.figures().overloaded === true) this.#options.log.warn('overloaded: requests are refused until those before them are stored');
    this.#changed();
  }

  clientsChanged(count: number): void {
    this.#clients = count;
    this.#changed();
  }

  /** Resolves once all that is stored is counted; whoever asks for summaries waits for it. */
  catchUp(): Promise<void> {
    return this.#counting.catchUp();
  }

  async close(): Promise<void> {
    this.#probes.close();
    await Promise.allSettled([this.#housekeeping.close(), this.#store.settled(), this.#counting.close()]);
    this.#store.close();
  }

  // Sink

  async traces(bytes: Uint8Array, encoding: Encoding, batch: ReceivedTraces): Promise<void> {
    await this.#addTraces(bytes, encoding, batch, undefined);
  }

  async logs(bytes: Uint8Array, encoding: Encoding, batch: LogBatch): Promise<void> {
    await this.#store.settled();
    try {
      await this.#ingest.logs(bytes, encoding, batch);
    } catch (error) {
      throw this.#store.failure(error);
    }
    const rejected = batch.rejections.reduce((sum, { count }) => sum + count, 0);
    this.#received.logs += batch.records.length + rejected;
    this.#received.rejectedLogs += rejected;
    this.#changed();
    this.#store.attempt(() => this.#housekeeping.look());
  }

  metrics(dataPoints: number): void {
    this.#received.metrics += dataPoints;
    this.#lastReceivedMs = performance.now();
    this.#changed();
  }

  /** What a probe says of its process. Nothing of it is stored. */
  probeReport(report: ProbeReport): void {
    this.#probes.report(report);
  }

  /** How many spans of the batch were new. */
  async #addTraces(bytes: Uint8Array, encoding: Encoding, batch: ReceivedTraces, captureOverride: string | undefined): Promise<number> {
    // Not below: of two requests with the same spans, the second would be answered by what the first has not stored yet.
    await this.#store.settled();
    let kept: readonly KeptSpan[];
    try {
      kept = await this.#ingest.traces(bytes, encoding, batch, captureOverride);
    } catch (error) {
      throw this.#store.failure(error);
    }
    this.#countReceived(batch);
    this.#changed(true);
    this.#store.attempt(() => this.#housekeeping.look());
    return kept.length;
  }

  /** @throws StoreError */
  #append(chunks: readonly NewChunk[]): readonly number[] {
    const store = this.#store.now;
    if (store.bytes() > this.#limits.bytes * farPastLimit) {
      this.#counting.beforeDropping();
      this.#retention.step(this.#limits);
    }
    const ids = store.append(chunks);
    this.#lastReceivedMs = performance.now();
    if (store.kind === 'sqlite') this.#troubles.remove('store-failed');
    return ids;
  }

  #stored(chunkId: number, spans: readonly KeptSpan[], receivedUnixMs: number): void {
    const captureIds = new Set<string>();
    let last: string | undefined;
    for (const { captureId } of spans) if (captureId !== last) captureIds.add((last = captureId));
    this.#store.attempt(() => this.#captures.stored(captureIds));
    this.#probes.came(spans);
    this.#counting.spans(chunkId, spans, receivedUnixMs);
  }

  #countReceived({ spans, rejections }: TraceBatch): void {
    const rejected = rejections.reduce((sum, { count }) => sum + count, 0);
    this.#received.spans += spans.length + rejected;
    this.#received.rejected += rejected;
    this.#rate.add(spans.length, performance.now());
    if (rejected > 0) this.#troubles.add(rejectedTrouble(this.#received.rejected, rejections.map(({ reason, count }) => `${count}: ${reason}`).join('; ')));
  }

  /** Holds are few and small: they are all there before the first figure is asked for. */
  #readHolds(): void {
    try {
      for (const { captureId, ...hold } of this.#store.now.holds()) this.#holds.put(captureId, hold);
    } catch (error) {
      this.#options.log.error(`the debugger's holds cannot be read, so durations are as recorded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #forget({ traceIds, captureIds }: Dropped): void {
    for (const traceId of traceIds) {
      this.#ingest.forget(traceId);
      this.answers.forget(traceId);
    }
    for (const captureId of captureIds) {
      this.#summaries.removeCapture(captureId);
      this.#holds.removeCapture(captureId);
      this.#probes.removeCapture(captureId);
    }
    // Reads the store, and comes last: where that fails, all else is forgotten.
    this.#store.attempt(() => this.#counting.keeper.forget(traceIds));
    this.#changed();
  }

  // The control channel

  status(): HubStatus {
    const store = this.#store.now;
    const counts = store.counts();
    const intake = this.#options.intake?.figures();
    return {
      version: this.#options.version,
      pid: process.pid,
      dataDir: this.#options.dataDir,
      ...this.#endpoints,
      sinceUnixMs: this.#sinceUnixMs,
      store: { kind: store.kind, bytes: store.bytes(), limitBytes: this.#limits.bytes },
      spans: { received: this.#received.spans, stored: counts.spans, rejected: this.#received.rejected, dropped: counts.droppedSpans, droppedFor: counts.droppedFor },
      logs: { received: this.#received.logs, stored: counts.logs, rejected: this.#received.rejectedLogs, dropped: counts.droppedLogs },
      metrics: { received: this.#received.metrics },
      ...(intake !== undefined && { intake, clients: this.#clients }),
      captures: store.captures().map((capture) => {
        const programs = this.#probes.programs.of(capture.captureId);
        return programs.length === 0 ? capture : { ...capture, programs };
      }),
      ...this.#openCounts(),
      troubles: [...this.#troubles.all(), ...(intake?.overloaded === true ? [overloadTrouble(intake)] : [])],
    };
  }

  /** Each snapshot has a version of its own, greater than those before it: the rate changes even when nothing comes. */
  feed(): Feed {
    return { version: ++this.#feedVersion, spansPerSecond: this.#rate.perSecond(performance.now()), status: this.status() };
  }

  /** Every method but the one that ends the process. */
  handlers(): Omit<Handlers<HubRequests>, 'shutdown'> {
    const handlers = { ...this.answers.handlers(), ...this.#handlers() };
    const noticing = Object.entries(handlers).map(([method, handler]) => [method, async (params: never): Promise<unknown> => {
      try {
        return await (handler as (params: never) => unknown)(params);
      } catch (error) {
        throw this.#store.failure(error);
      }
    }]);
    return Object.fromEntries(noticing) as typeof handlers;
  }

  /** What is not an answer alone. */
  #handlers() {
    return {
      hello: () => ({ version: this.#options.version, pid: process.pid }),
      status: () => this.status(),
      importOtlp: (request) => this.#import(request),
      probeReport: ({ json }) => {
        this.probeReport(decodeProbeReport(json));
        return undefined;
      },
      startCapture: (capture) => this.#changedIf(this.#captures.start(capture)),
      endCapture: ({ captureId }) => {
        this.#probes.captureEnded(captureId);
        this.#summaries.expireCapture(captureId);
        return this.#changedIf(this.#captures.end(captureId));
      },
      renameCapture: ({ captureId, name }) => this.#changedIf(this.#captures.change(captureId, { name })),
      pinCapture: ({ captureId, pinned }) => {
        this.#changedIf(this.#captures.change(captureId, { pinned }));
        this.#housekeeping.look();
        return undefined;
      },
      deleteCapture: ({ captureId }) => this.#deleteCapture(captureId),
      hold: (hold) => {
        const counts = this.#captures.hold(hold);
        if (counts) this.#summaries.holdsChanged();
        return this.#changedIf(counts);
      },
      setLimit: ({ limitBytes }) => {
        if (!Number.isFinite(limitBytes) || limitBytes <= 0) throw new RangeError(`a limit of ${limitBytes} bytes`);
        this.#limits = { ...this.#limits, bytes: limitBytes };
        this.#changed();
        this.#housekeeping.look();
        return undefined;
      },
    } satisfies Partial<Handlers<HubRequests>>;
  }

  /** @throws DecodeError, SinkError */
  async #import({ bytes, encoding, captureId }: HubRequests['importOtlp'][0]): Promise<HubRequests['importOtlp'][1]> {
    checkCaptureId(captureId);
    const batch = decodeTraces(bytes, encoding);
    const accepted = await this.#addTraces(bytes, encoding, batch, captureId);
    return {
      accepted,
      rejected: batch.rejections.reduce((sum, { count }) => sum + count, 0),
      errorMessage: batch.rejections.map(({ reason, count }) => `${count}: ${reason}`).join('; '),
    };
  }

  async #deleteCapture(captureId: string): Promise<undefined> {
    await this.catchUp();
    this.#captures.remember(captureId);
    // A restart must not count again what is gone, nor what was counted of it.
    this.#counting.beforeDropping();
    const slices = new Slices();
    for (;;) {
      const dropped = this.#store.now.deleteFromCapture(captureId, deletionSteps);
      if (dropped === undefined) break;
      this.#forget(dropped);
      if (dropped.captureIds.length > 0) break;
      await slices.pause();
    }
    this.#housekeeping.start();
  }

  #openCounts(): Pick<HubStatus, 'open'> {
    const { open } = this.#probes;
    if (open.version === 0) return {};
    const running = open.all().filter(({ state }) => state === 'running').length;
    return { open: { version: open.version, running, neverEnded: open.size - running } };
  }

  #changedIf(isChanged: boolean): undefined {
    if (isChanged) this.#changed();
  }

  #changed(flowed = false): void {
    this.#options.onChange(flowed);
  }
}
