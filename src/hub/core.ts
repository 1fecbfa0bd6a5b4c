import type { LogBatch, TraceBatch } from '../decode/batch.ts';
import { decodeProbeReport, type ProbeReport } from '../decode/probeReport.ts';
import { spansText } from '../model/countText.ts';
import type { CaptureRecord, Feed, HubCaller, HubRequests, HubStatus, IntakeFigures, SpanDetails, TraceColumns, TraceQuery, TraceSummary, Trouble } from '../protocol/hub.ts';
import type { Handlers } from '../protocol/rpc.ts';
import { Captures, checkCaptureId } from './captures.ts';
import { decodeTraces, readSpans } from './chunkReader.ts';
import { Chunks } from './chunks.ts';
import { Holds } from './holds.ts';
import { Housekeeping } from './housekeeping.ts';
import { Ingest } from './ingest.ts';
import type { Intake } from './intake.ts';
import type { HubLog } from './log.ts';
import { linksTo } from './linksTo.ts';
import { Probes } from './probes.ts';
import { RateMeter } from './rateMeter.ts';
import { Retention } from './retention.ts';
import { type Encoding, type ReceivedTraces, type Sink, SinkError } from './sink.ts';
import { Slices } from './slices.ts';
import type { KeptSpan } from './spanFacts.ts';
import { SpanQueries } from './spanQueries.ts';
import type { Limits } from './store/fairShare.ts';
import { MemoryStore } from './store/memoryStore.ts';
import { openStore } from './store/openStore.ts';
import { type Dropped, type NewChunk, type Store, StoreError } from './store/store.ts';
import { Summaries } from './summaries.ts';
import { SummaryKeeper } from './summaryKeeper.ts';
import { traceLogs } from './traceLogs.ts';
import { TraceQueries } from './traceQueries.ts';
import { TraceSearch } from './traceSearch.ts';
import type { TraceSource } from './traceSource.ts';

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
  readonly #options: HubCoreOptions;
  readonly #holds = new Holds();
  readonly #captures = new Captures(() => this.#store, this.#holds);
  readonly #summaries = new Summaries(this.#holds);
  readonly #chunks: Chunks;
  readonly #keeper: SummaryKeeper;
  readonly #ingest: Ingest;
  readonly #retention: Retention;
  readonly #housekeeping: Housekeeping;
  readonly #probes = new Probes({ hasCome: (traceId, spanId) => this.#ingest.has(traceId, spanId), onChange: () => this.#changed() });
  readonly #traces: TraceQueries;
  readonly #spans: SpanQueries;
  readonly #source: TraceSource = {
    columns: (traceId) => this.trace(traceId),
    chunks: (traceId, signal) => this.#store.chunksOfTrace(traceId, signal),
    spans: (chunkId) => this.#chunks.spans(chunkId),
    logs: (chunkId) => this.#chunks.logs(chunkId),
  };
  readonly #search = new TraceSearch(this.#source);
  readonly #rate = new RateMeter();
  readonly #troubles = new Map<Trouble['code'], Trouble>();
  readonly #sinceUnixMs = Date.now();
  readonly #received = { spans: 0, rejected: 0, logs: 0, rejectedLogs: 0, metrics: 0 };
  #store: Store;
  #limits: Limits;
  #endpoints: Endpoints = { otlpHttp: undefined, otlpGrpc: undefined, control: undefined };
  #clients = 0;
  #feedVersion = 0;
  #lastReceivedMs = performance.now();
  #catchingUp: Promise<void> | undefined;
  #recovering: Promise<void> | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HubCoreOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#limits = { bytes: options.limitBytes, spans: maxSpans, ageMs: maxAgeMs };
    const store = () => this.#store;
    const onError = (error: unknown) => this.#report(error);
    this.#chunks = new Chunks(store, options.log);
    this.#keeper = new SummaryKeeper({ store, summaries: this.#summaries, chunks: this.#chunks, onError });
    this.#ingest = new Ingest({
      keeper: this.#keeper,
      append: (chunks) => this.#append(chunks),
      pause: () => this.#store.pause(),
      onSpans: (chunkId, spans, receivedUnixMs) => this.#countSpans(chunkId, spans, receivedUnixMs),
      onLogs: (chunkId, batch, receivedUnixMs) => this.#countLogs(chunkId, batch, receivedUnixMs),
    });
    this.#retention = new Retention({ store, rewrite: (chunk) => this.#chunks.withoutDropped(chunk), onDropped: (dropped) => this.#forget(dropped) });
    this.#housekeeping = new Housekeeping({
      store, retention: this.#retention, onError, limits: () => this.#limits,
      beforeDropping: () => this.#beforeDropping(),
      onAged: (cutoffUnixMs) => this.#dropOldSummaries(cutoffUnixMs),
      onTrouble: (trouble) => (trouble === undefined ? this.#removeTrouble('store-full') : this.addTrouble(trouble)),
    });
    const asked = { store, chunks: this.#chunks, summaries: this.#summaries, probes: this.#probes, holds: this.#holds };
    this.#traces = new TraceQueries(asked);
    this.#spans = new SpanQueries({ ...asked, traces: this.#traces });
    for (const trouble of options.troubles) this.#troubles.set(trouble.code, trouble);
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
    this.#troubles.set(trouble.code, trouble);
    this.#changed();
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

  /** Reads the stored summaries, and what they do not count yet, in slices; whoever asks for summaries waits for it. */
  catchUp(): Promise<void> {
    return (this.#catchingUp ??= this.#catchUp());
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#expiry);
    this.#probes.close();
    await Promise.allSettled([this.#housekeeping.close(), this.#recovering, this.#keeper.close({ save: !this.#options.readOnly }), this.#catchingUp]);
    this.#store.close();
  }

  // Sink

  async traces(bytes: Uint8Array, encoding: Encoding, batch: ReceivedTraces): Promise<void> {
    await this.#addTraces(bytes, encoding, batch, undefined);
  }

  async logs(bytes: Uint8Array, encoding: Encoding, batch: LogBatch): Promise<void> {
    while (this.#recovering !== undefined) await this.#recovering;
    try {
      await this.#ingest.logs(bytes, encoding, batch);
    } catch (error) {
      throw this.#sinkError(error);
    }
    const rejected = batch.rejections.reduce((sum, { count }) => sum + count, 0);
    this.#received.logs += batch.records.length + rejected;
    this.#received.rejectedLogs += rejected;
    this.#changed();
    this.#attempt(() => this.#housekeeping.look());
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
    while (this.#recovering !== undefined) await this.#recovering;
    let kept: readonly KeptSpan[];
    try {
      kept = await this.#ingest.traces(bytes, encoding, batch, captureOverride);
    } catch (error) {
      throw this.#sinkError(error);
    }
    this.#countReceived(batch);
    this.#changed(true);
    this.#attempt(() => this.#housekeeping.look());
    return kept.length;
  }

  #countSpans(chunkId: number, spans: readonly KeptSpan[], receivedUnixMs: number): void {
    const captureIds = new Set<string>();
    for (const { captureId } of spans) captureIds.add(captureId);
    this.#attempt(() => this.#captures.stored(captureIds));
    this.#probes.came(spans);
    if (!this.#keeper.isCaughtUp) return;
    this.#summaries.add(spans, receivedUnixMs);
    this.#keeper.counted(chunkId, spans.length);
    this.#expireSoon();
  }

  #countLogs(chunkId: number, batch: LogBatch, receivedUnixMs: number): void {
    if (!this.#keeper.isCaughtUp) return;
    this.#summaries.addLogs(batch.records, receivedUnixMs);
    this.#keeper.counted(chunkId, 0);
  }

  #countReceived({ spans, rejections }: TraceBatch): void {
    const rejected = rejections.reduce((sum, { count }) => sum + count, 0);
    this.#received.spans += spans.length + rejected;
    this.#received.rejected += rejected;
    this.#rate.add(spans.length, performance.now());
    if (rejected === 0) return;
    const reasons = rejections.map(({ reason, count }) => `${count}: ${reason}`).join('; ');
    this.#troubles.set('rejected-spans', {
      code: 'rejected-spans',
      message: `${spansText(this.#received.rejected)} rejected since the hub started; the last ones: ${reasons.slice(0, 500)}. Whatever sent them is at fault; its log may say more.`,
    });
  }

  /** @throws StoreError */
  #append(chunks: readonly NewChunk[]): readonly number[] {
    if (this.#store.bytes() > this.#limits.bytes * farPastLimit) {
      this.#beforeDropping();
      this.#retention.step(this.#limits);
    }
    const ids = this.#store.append(chunks);
    this.#lastReceivedMs = performance.now();
    if (this.#store.kind === 'sqlite') this.#removeTrouble('store-failed');
    return ids;
  }

  #attempt(body: () => void): void {
    try {
      body();
    } catch (error) {
      const reported = this.#sinkError(error);
      if (!SinkError.is(reported)) throw reported;
    }
  }

  /** Of work that nobody waits for. */
  #report(error: unknown): void {
    if (!SinkError.is(this.#sinkError(error))) this.#options.log.error(error instanceof Error ? error : String(error));
  }

  #sinkError(error: unknown): unknown {
    if (!StoreError.is(error) || this.#options.readOnly) return error;
    this.#options.log.error(`the store failed: ${error.message}`);
    if (error.kind === 'corrupt') {
      void this.#recover();
      return new SinkError('unavailable', 'the store is damaged and being replaced', 1);
    }
    const whatToDo = error.kind === 'locked'
      ? `Another program has the store in ${this.#options.dataDir} for itself; close it there.`
      : `Make room on the disk of ${this.#options.dataDir}, or see that it can be written to.`;
    this.#troubles.set('store-failed', { code: 'store-failed', message: `Spans cannot be stored (${error.message}) and are being refused. ${whatToDo}` });
    this.#changed();
    return new SinkError('unavailable', `the spans cannot be stored: ${error.message}`, 5);
  }

  /** A damaged store is set aside and a fresh one takes its place. What the summaries have counted stays counted. */
  #recover(): Promise<void> {
    return (this.#recovering ??= (async () => {
      const damaged = this.#store;
      const captures = namedCaptures(damaged);
      this.#attempt(() => damaged.close());
      this.#store = new MemoryStore();
      this.#ingest.storeReplaced();
      const { store, troubles } = await openStore(this.#options.dataDir, { readOnly: false, isDamaged: true });
      this.#store = store;
      this.#keeper.storeReplaced();
      for (const trouble of troubles) this.addTrouble(trouble);
      this.#attempt(() => {
        for (const { captureId, ...named } of captures) store.putCapture(captureId, named, Date.now());
      });
    })().finally(() => (this.#recovering = undefined)));
  }

  // Summaries

  /** Holds are few and small: they are all there before the first figure is asked for. */
  #readHolds(): void {
    try {
      for (const { captureId, ...hold } of this.#store.holds()) this.#holds.put(captureId, hold);
    } catch (error) {
      this.#options.log.error(`the debugger's holds cannot be read, so durations are as recorded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #catchUp(): Promise<void> {
    try {
      await this.#keeper.catchUp();
    } catch (error) {
      // A damaged store is being replaced; what was read of it stays counted.
      const reported = this.#sinkError(error);
      if (!SinkError.is(reported)) throw reported;
      this.#keeper.giveUp();
    }
    // Nothing more comes where the store is only read.
    this.#summaries.expirePending(this.#options.readOnly ? Infinity : Date.now());
    this.#expireSoon();
    this.#changed();
  }

  #expireSoon(): void {
    if (!this.#summaries.hasPending || this.#expiry !== undefined || this.#closed || this.#options.readOnly) return;
    this.#expiry = setTimeout(() => {
      this.#expiry = undefined;
      const before = this.#summaries.version;
      this.#summaries.expirePending(Date.now());
      if (this.#summaries.version !== before) this.#changed();
      this.#expireSoon();
    }, 500);
  }

  // Retention

  /** What is let go has to be counted in what a restart finds: it could not be counted again. */
  #beforeDropping(): void {
    if (this.#keeper.isCaughtUp) this.#keeper.save();
  }

  #dropOldSummaries(cutoffUnixMs: number): void {
    const pinned = this.#store.captures().filter(({ pinned: isPinned }) => isPinned).map(({ captureId }) => captureId);
    this.#summaries.removeBefore(cutoffUnixMs, new Set(pinned));
  }

  #forget({ traceIds, captureIds }: Dropped): void {
    for (const traceId of traceIds) {
      this.#ingest.forget(traceId);
      this.#traces.forget(traceId);
    }
    for (const captureId of captureIds) {
      this.#summaries.removeCapture(captureId);
      this.#holds.removeCapture(captureId);
      this.#probes.removeCapture(captureId);
    }
    this.#changed();
  }

  // What clients ask

  status(): HubStatus {
    const counts = this.#store.counts();
    const intake = this.#options.intake?.figures();
    return {
      version: this.#options.version,
      pid: process.pid,
      dataDir: this.#options.dataDir,
      ...this.#endpoints,
      sinceUnixMs: this.#sinceUnixMs,
      store: { kind: this.#store.kind, bytes: this.#store.bytes(), limitBytes: this.#limits.bytes },
      spans: { received: this.#received.spans, stored: counts.spans, rejected: this.#received.rejected, dropped: counts.droppedSpans, droppedFor: counts.droppedFor },
      logs: { received: this.#received.logs, stored: counts.logs, rejected: this.#received.rejectedLogs, dropped: counts.droppedLogs },
      metrics: { received: this.#received.metrics },
      ...(intake !== undefined && { intake, clients: this.#clients }),
      captures: this.#store.captures().map((capture) => {
        const programs = this.#probes.programs.of(capture.captureId);
        return programs.length === 0 ? capture : { ...capture, programs };
      }),
      ...this.#openCounts(),
      troubles: [...this.#troubles.values(), ...overloadTrouble(intake)],
    };
  }

  /** Each snapshot has a version of its own, greater than those before it: the rate changes even when nothing comes. */
  feed(): Feed {
    return { version: ++this.#feedVersion, spansPerSecond: this.#rate.perSecond(performance.now()), status: this.status() };
  }

  #openCounts(): Pick<HubStatus, 'open'> {
    const { open } = this.#probes;
    if (open.version === 0) return {};
    const running = open.all().filter(({ state }) => state === 'running').length;
    return { open: { version: open.version, running, neverEnded: open.size - running } };
  }

  traceList(query: TraceQuery): readonly TraceSummary[] {
    return this.#traces.list(query);
  }

  /** undefined where no span of that trace is kept. */
  trace(traceId: string): Promise<TraceColumns | undefined> {
    return this.#traces.columns(traceId);
  }

  spanDetails(traceId: string, spanId: string): Promise<SpanDetails | undefined> {
    return this.#spans.details(traceId, spanId);
  }

  findSpan(spanId: string): Promise<SpanDetails | undefined> {
    return this.#spans.find(spanId);
  }

  exportOtlpJson(traceIds: readonly string[] | undefined, afterChunk?: number): Promise<HubRequests['exportOtlpJson'][1]> {
    return this.#spans.exportOtlpJson(traceIds, afterChunk);
  }

  /** @throws DecodeError, SinkError */
  async importOtlp({ bytes, encoding, captureId }: HubRequests['importOtlp'][0]): Promise<HubRequests['importOtlp'][1]> {
    checkCaptureId(captureId);
    const batch = decodeTraces(bytes, encoding);
    const accepted = await this.#addTraces(bytes, encoding, batch, captureId);
    return {
      accepted,
      rejected: batch.rejections.reduce((sum, { count }) => sum + count, 0),
      errorMessage: batch.rejections.map(({ reason, count }) => `${count}: ${reason}`).join('; '),
    };
  }

  async recentSpans({ summaryIds, limit }: HubRequests['recentSpans'][0]): Promise<HubRequests['recentSpans'][1]> {
    await this.catchUp();
    const kept: HubRequests['recentSpans'][1][number][] = [];
    for (const span of this.#summaries.recentSpans(summaryIds)) {
      if (kept.length >= limit) break;
      // The limit may have let the trace go since.
      if (this.#store.trace(span.traceId) !== undefined) kept.push(span);
    }
    return kept;
  }

  async #deleteCapture(captureId: string): Promise<undefined> {
    await this.catchUp();
    this.#captures.remember(captureId);
    // A restart must not count again what is gone, nor what was counted of it.
    this.#beforeDropping();
    const slices = new Slices();
    for (;;) {
      const dropped = this.#store.deleteFromCapture(captureId, deletionSteps);
      if (dropped === undefined) break;
      this.#forget(dropped);
      if (dropped.captureIds.length > 0) break;
      await slices.pause();
    }
    this.#housekeeping.start();
  }

  /** Every method of the control channel but the one that ends the process. */
  handlers(): Omit<Handlers<HubRequests>, 'shutdown'> {
    const handlers = this.#handlers();
    const noticing = Object.entries(handlers).map(([method, handler]) => [method, async (params: never): Promise<unknown> => {
      try {
        return await (handler as (params: never) => unknown)(params);
      } catch (error) {
        throw this.#sinkError(error);
      }
    }]);
    return Object.fromEntries(noticing) as typeof handlers;
  }

  #handlers(): Omit<Handlers<HubRequests>, 'shutdown'> {
    return {
      hello: () => ({ version: this.#options.version, pid: process.pid }),
      status: () => this.status(),
      traces: (query) => (query.attribute === undefined ? this.traceList(query) : this.#traces.search({ ...query, attribute: query.attribute })),
      trace: ({ traceId }) => this.trace(traceId.toLowerCase()),
      spanDetails: ({ traceId, spanId }) => this.spanDetails(traceId.toLowerCase(), spanId.toLowerCase()),
      searchTrace: ({ traceId, terms }) => this.#search.answer(traceId.toLowerCase(), terms),
      traceLogs: ({ traceId }) => traceLogs(this.#source, traceId.toLowerCase()),
      linksTo: ({ traceId, spanId }) => linksTo({
        previous: (chunkId) => this.#store.previousChunk(chunkId, 'traces'),
        spans: (chunkId, wanted) => this.#chunks.read(chunkId, readSpans, wanted),
      }, traceId.toLowerCase(), spanId.toLowerCase()),
      findSpan: ({ spanId }) => this.findSpan(spanId.toLowerCase()),
      exportOtlpJson: ({ traceIds, afterChunk }) => this.exportOtlpJson(traceIds, afterChunk),
      importOtlp: (request) => this.importOtlp(request),
      summaries: async () => {
        await this.catchUp();
        return { version: this.#summaries.version, summaries: this.#summaries.records() };
      },
      sites: async ({ afterSiteId }) => {
        await this.catchUp();
        return this.#summaries.sitesAfter(afterSiteId);
      },
      latencies: async ({ groups }) => {
        await this.catchUp();
        return groups.map((summaryIds) => this.#summaries.latencies(summaryIds));
      },
      recentSpans: (request) => this.recentSpans(request),
      openSpans: async () => {
        await this.catchUp();
        return this.#spans.open();
      },
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
    };
  }

  #removeTrouble(code: Trouble['code']): void {
    if (this.#troubles.delete(code)) this.#changed();
  }

  #changedIf(isChanged: boolean): undefined {
    if (isChanged) this.#changed();
  }

  #changed(flowed = false): void {
    this.#options.onChange(flowed);
  }
}

/** The programs that run while their store is replaced: what they send belongs to a capture of that name. */
function namedCaptures(damaged: Store): Pick<CaptureRecord, 'captureId' | 'name' | 'kind' | 'startedUnixMs' | 'pinned'>[] {
  try {
    return damaged.captures().filter(({ endedUnixMs, kind }) => endedUnixMs === undefined && kind !== 'external')
      .map(({ captureId, name, kind, startedUnixMs, pinned }) => ({ captureId, name, kind, startedUnixMs, pinned }));
  } catch {
    // That page is damaged too.
    return [];
  }
}

function overloadTrouble(intake: IntakeFigures | undefined): Trouble[] {
  if (intake?.overloaded !== true) return [];
  const { overloaded } = intake.refused;
  return [{
    code: 'overloaded',
    message: `Spans come faster than they can be stored: ${overloaded} ${overloaded === 1 ? 'request was' : 'requests were'} refused since the hub started. Programs were told to send them again in a moment; those that do lose nothing.`,
  }];
}

export interface HubReader extends HubCaller {
  close(): Promise<void>;
}

const silent: HubLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Answers from the store of a data folder in which no hub runs; whatever would change it is refused.
 * @throws StoreError where the store cannot be read
 */
export async function openReader(dataDir: string, version: string): Promise<HubReader> {
  const { store, troubles } = await openStore(dataDir, { readOnly: true });
  const core = new HubCore({ dataDir, version, limitBytes: defaultLimitBytes, store, readOnly: true, troubles, log: silent, onChange: () => {} });
  const refuse = (): never => {
    throw new Error('no hub is running: this store is only being read');
  };
  const handlers: Handlers<HubRequests> = {
    ...core.handlers(), importOtlp: refuse, startCapture: refuse, endCapture: refuse, renameCapture: refuse, pinCapture: refuse, hold: refuse, probeReport: refuse,
    deleteCapture: refuse, setLimit: refuse, shutdown: refuse,
  };
  return {
    call: async (method, params) => handlers[method](params),
    close: () => core.close(),
  };
}
