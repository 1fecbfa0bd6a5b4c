import { type LogBatch, type TraceBatch } from '../decode/batch.ts';
import { traceRequestJson } from '../decode/otlpJsonWriter.ts';
import { decodeProbeReport, type ProbeReport } from '../decode/probeReport.ts';
import { spansText } from '../model/countText.ts';
import { readSite } from '../model/readSite.ts';
import { withException } from '../model/site.ts';
import { isEntryKind, type LogRecord, type Span } from '../model/span.ts';
import {
  type CaptureRecord, type Feed, type HubCaller, type HubRequests, type HubStatus, type IntakeFigures, type OpenSpanRecord, type SpanDetails, type TraceColumns, type TraceQuery, type TraceSummary,
  type Trouble,
} from '../protocol/hub.ts';
import type { Handlers } from '../protocol/rpc.ts';
import { logParts, spanParts } from './batchParts.ts';
import { Captures, checkCaptureId } from './captures.ts';
import { decodeTraces, mayHoldException, mayHoldSpan, readLogs, readSpans } from './chunkReader.ts';
import { Holds } from './holds.ts';
import type { Intake } from './intake.ts';
import type { HubLog } from './log.ts';
import { linksTo } from './linksTo.ts';
import { loggedStack } from './loggedExceptions.ts';
import { type OpenSpan, shownEnd } from './openSpans.ts';
import { byTrace, isWanted, openSpanRecord, sitesBeneathOpen, traceSummary } from './openTraces.ts';
import { nowUnixNano, Probes } from './probes.ts';
import { RateMeter } from './rateMeter.ts';
import { SeenSpans } from './seenSpans.ts';
import { type Encoding, type Sink, SinkError } from './sink.ts';
import { Slices } from './slices.ts';
import { spanDetails } from './spanDetails.ts';
import { type KeptSpan, resourceFacts } from './spanFacts.ts';
import { MemoryStore } from './store/memoryStore.ts';
import { openStore } from './store/openStore.ts';
import { type Dropped, type NewChunk, type Store, type StoredChunk, StoreError, type TraceRow } from './store/store.ts';
import { Summaries } from './summaries.ts';
import { TraceColumnsBuilder } from './traceColumns.ts';
import { traceLogs } from './traceLogs.ts';
import { TraceSearch } from './traceSearch.ts';
import type { TraceSource } from './traceSource.ts';

export const defaultLimitBytes = 512 * 1024 * 1024;

const maxSeenSpans = 300_000;
const dropSteps = 8;
const exportPartBytes = 8 * 1024 * 1024;
/** A trace is asked for as one document; this is where even that is cut. */
const exportTracePartBytes = 256 * 1024 * 1024;
const defaultTraceLimit = 100;
const maxCachedColumns = 4;

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
  #seen = this.#emptySeen();
  readonly #holds = new Holds();
  readonly #captures = new Captures(() => this.#store, this.#holds);
  readonly #summaries = new Summaries(this.#holds);
  readonly #probes = new Probes({ hasCome: (traceId, spanId) => this.#seen.has(traceId, spanId), onChange: () => this.#changed() });
  readonly #source: TraceSource = {
    columns: (traceId) => this.trace(traceId),
    chunks: (traceId, signal) => this.#store.chunksOfTrace(traceId, signal),
    spans: (chunkId) => this.#spansOf(chunkId),
    logs: (chunkId) => this.#logsOf(chunkId),
  };
  readonly #search = new TraceSearch(this.#source);
  readonly #rate = new RateMeter();
  readonly #troubles = new Map<Trouble['code'], Trouble>();
  readonly #columns = new Map<string, { readonly columns: TraceColumns; readonly captureIds: ReadonlySet<string> }>();
  readonly #sinceUnixMs = Date.now();
  readonly #received = { spans: 0, rejected: 0, logs: 0, rejectedLogs: 0, metrics: 0 };
  #store: Store;
  #limitBytes: number;
  #endpoints: Endpoints = { otlpHttp: undefined, otlpGrpc: undefined, control: undefined };
  #clients = 0;
  #feedVersion = 0;
  #lastReceivedMs = performance.now();
  /** Until then the summaries are being rebuilt from the store, new spans among them. */
  #isCaughtUp = false;
  #catchingUp: Promise<void> | undefined;
  #housekeeping: Promise<void> | undefined;
  #recovering: Promise<void> | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HubCoreOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#limitBytes = options.limitBytes;
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

  /** Reads the stored spans into the summaries, in slices; whoever asks for summaries waits for it. */
  catchUp(): Promise<void> {
    return (this.#catchingUp ??= this.#rebuildSummaries());
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#expiry);
    this.#probes.close();
    await Promise.allSettled([this.#housekeeping, this.#recovering, this.#catchingUp]);
    this.#store.close();
  }

  // Sink

  async traces(bytes: Uint8Array, encoding: Encoding, batch: TraceBatch): Promise<void> {
    await this.#addTraces(bytes, encoding, batch, undefined);
  }

  async logs(bytes: Uint8Array, encoding: Encoding, batch: LogBatch): Promise<void> {
    if (batch.records.length > 0) {
      const now = Date.now();
      await this.#append({
        signal: 'logs', encoding, bytes, receivedUnixMs: now, captureOverride: undefined, skipped: undefined, parts: logParts(batch.records), deltas: [],
      });
    }
    const rejected = batch.rejections.reduce((sum, { count }) => sum + count, 0);
    if (this.#isCaughtUp) this.#summaries.addLogs(batch.records, performance.now());
    this.#received.logs += batch.records.length + rejected;
    this.#received.rejectedLogs += rejected;
    this.#changed();
    this.#keepHouse();
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
  async #addTraces(bytes: Uint8Array, encoding: Encoding, batch: TraceBatch, captureOverride: string | undefined): Promise<number> {
    // Not below: of two requests with the same spans, the second would be answered by what the first has not stored yet.
    while (this.#recovering !== undefined) await this.#recovering;
    const step = this.#seen.begin();
    const kept: KeptSpan[] = [];
    const skipped: number[] = [];
    try {
      batch.spans.forEach((span, ordinal) => {
        if (step.isNew(span.traceId, span.spanId)) kept.push({ span, captureId: captureOverride ?? resourceFacts(span.resource).captureId });
        else skipped.push(ordinal);
      });
      if (kept.length > 0) {
        await this.#append({
          signal: 'traces', encoding, bytes, receivedUnixMs: Date.now(), captureOverride,
          skipped: skipped.length === 0 ? undefined : Uint32Array.from(skipped),
          ...spanParts(kept),
        });
      }
    } catch (error) {
      step.rollback();
      throw this.#sinkError(error);
    }
    // What follows is not what was asked for: were it to fail, and the batch be sent again, its spans would be kept twice.
    step.commit();
    this.#attempt(() => this.#captures.stored(new Set(kept.map(({ captureId }) => captureId))));
    this.#probes.came(kept);
    this.#countReceived(batch);
    if (this.#isCaughtUp) {
      this.#summaries.add(kept, performance.now());
      this.#expireSoon();
    }
    this.#changed(true);
    this.#keepHouse();
    return kept.length;
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

  async #append(chunk: NewChunk): Promise<void> {
    if (this.#recovering !== undefined) await this.#recovering;
    try {
      // Behind on deletions: the sender waits a little, rather than the disk filling up.
      if (this.#store.bytes() > this.#limitBytes * 1.25) this.#dropOldest();
      this.#store.append(chunk);
    } catch (error) {
      throw this.#sinkError(error);
    }
    this.#lastReceivedMs = performance.now();
    if (this.#troubles.get('store-failed') !== undefined && this.#store.kind === 'sqlite') this.#troubles.delete('store-failed');
  }

  #attempt(body: () => void): void {
    try {
      body();
    } catch (error) {
      const reported = this.#sinkError(error);
      if (!SinkError.is(reported)) throw reported;
    }
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
      // What only the damaged store held is kept when it comes again.
      this.#seen = this.#emptySeen();
      const { store, troubles } = await openStore(this.#options.dataDir, { readOnly: false, isDamaged: true });
      this.#store = store;
      for (const trouble of troubles) this.addTrouble(trouble);
      this.#attempt(() => {
        for (const { captureId, ...named } of captures) store.putCapture(captureId, named, Date.now());
      });
    })().finally(() => (this.#recovering = undefined)));
  }

  #emptySeen(): SeenSpans {
    return new SeenSpans(maxSeenSpans, (traceId) => this.#storedSpanIds(traceId));
  }

  *#storedSpanIds(traceId: string): Iterable<string> {
    if (this.#store.trace(traceId) === undefined) return;
    for (const chunkId of this.#store.chunksOfTrace(traceId, 'traces')) {
      for (const { span } of this.#spansOf(chunkId)) if (span.traceId === traceId) yield span.spanId;
    }
  }

  #spansOf(chunkId: number): KeptSpan[] {
    return this.#read(chunkId, readSpans);
  }

  #logsOf(chunkId: number): LogRecord[] {
    return this.#read(chunkId, readLogs);
  }

  /** Nothing where the chunk was deleted since, or is no longer readable. */
  #read<T>(chunkId: number, read: (chunk: StoredChunk) => T[], wanted: (chunk: StoredChunk) => boolean = () => true): T[] {
    const chunk = this.#store.chunk(chunkId);
    if (chunk === undefined || !wanted(chunk)) return [];
    try {
      return read(chunk);
    } catch (error) {
      this.#options.log.error(`stored batch ${chunkId} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
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

  async #rebuildSummaries(): Promise<void> {
    const slices = new Slices();
    try {
      let last = { traces: 0, logs: 0 };
      // Asked for again only when it was read: a store without logs is not searched for them after every chunk.
      let logs = this.#store.nextChunk(0, 'logs');
      while (!this.#closed) {
        const traces = this.#store.nextChunk(last.traces, 'traces');
        if (traces === undefined) logs ??= this.#store.nextChunk(last.logs, 'logs');
        if (logs !== undefined && logs < (traces ?? Infinity)) {
          this.#summaries.addLogs(this.#read(logs, readLogs, mayHoldException), performance.now());
          last = { ...last, logs };
          logs = this.#store.nextChunk(logs, 'logs');
        } else if (traces !== undefined) {
          this.#summaries.add(this.#spansOf(traces), performance.now());
          last = { ...last, traces };
        } else {
          break;
        }
        await slices.pause();
      }
    } catch (error) {
      // A damaged store is being replaced; what was read of it stays counted.
      const reported = this.#sinkError(error);
      if (!SinkError.is(reported)) throw reported;
    }
    // From here on spans are counted as they come: nothing can have come in between, since nothing was awaited.
    this.#isCaughtUp = true;
    this.#summaries.expirePending(Infinity);
    this.#changed();
  }

  #expireSoon(): void {
    if (!this.#summaries.hasPending || this.#expiry !== undefined) return;
    this.#expiry = setTimeout(() => {
      this.#expiry = undefined;
      const before = this.#summaries.version;
      this.#summaries.expirePending(performance.now());
      if (this.#summaries.version !== before) this.#changed();
      this.#expireSoon();
    }, 500);
  }

  // Retention

  #keepHouse(): void {
    this.#attempt(() => {
      if (this.#store.bytes() > this.#limitBytes) this.#startHousekeeping();
      else if (this.#troubles.delete('store-full')) this.#changed();
    });
  }

  #startHousekeeping(): void {
    if (this.#closed) return;
    this.#housekeeping ??= this.#dropUntilWithin()
      .catch((error: unknown) => {
        if (!SinkError.is(this.#sinkError(error))) this.#options.log.error(`letting old spans go failed: ${String(error)}`);
      })
      .finally(() => (this.#housekeeping = undefined));
  }

  /** Off the way of requests, in steps so small that none waits long. */
  async #dropUntilWithin(): Promise<void> {
    const slices = new Slices();
    while (!this.#closed) {
      if (this.#store.bytes() > this.#limitBytes) {
        if (this.#dropOldest() === undefined) break;
      } else if (!this.#store.shrink()) {
        return;
      }
      await slices.pause();
    }
    if (this.#closed || this.#troubles.has('store-full')) return;
    this.#troubles.set('store-full', {
      code: 'store-full',
      message: `Pinned captures fill the whole limit of ${Math.round(this.#limitBytes / 1e6)} MB. Unpin or delete some, or raise the limit.`,
    });
    this.#changed();
  }

  #dropOldest(): Dropped | undefined {
    const dropped = this.#store.dropOldest(dropSteps);
    if (dropped !== undefined) this.#forget(dropped);
    return dropped;
  }

  #forget({ traceIds, captureIds }: Dropped): void {
    for (const traceId of traceIds) {
      this.#seen.forget(traceId);
      this.#columns.delete(traceId);
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
      store: { kind: this.#store.kind, bytes: this.#store.bytes(), limitBytes: this.#limitBytes },
      spans: { received: this.#received.spans, stored: counts.spans, rejected: this.#received.rejected, dropped: counts.droppedSpans },
      logs: { received: this.#received.logs, stored: counts.logs, rejected: this.#received.rejectedLogs },
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
    const limit = query.limit ?? defaultTraceLimit;
    const matches: TraceSummary[] = [];
    const now = nowUnixNano();
    const open = byTrace(this.#probes.open.all());
    const heldNs = (captureId: string, startUnixNano: bigint, endUnixNano: bigint) => this.#holds.heldNs(captureId, { startUnixNano, endUnixNano });
    const take = (row: TraceRow | undefined, ofTrace: readonly OpenSpan[]): void => {
      const summary = traceSummary(row, ofTrace, now, heldNs);
      const services = [...(row?.services ?? []), ...ofTrace.map(({ span }) => resourceFacts(span.resource).service)];
      const { captureId } = query;
      const isInCapture = captureId === undefined || ofTrace.some((each) => each.captureId === captureId) || (row !== undefined && this.#store.isInCapture(row.traceId, captureId));
      if (isInCapture && isWanted(summary, services, query)) matches.push(summary);
    };
    // Nothing of these has come.
    const onlyOpen = [...open].filter(([traceId]) => this.#store.trace(traceId) === undefined).map(([, members]) => members);
    const startOf = (members: readonly OpenSpan[]): bigint => members.reduce((least, { span }) => (span.startUnixNano < least ? span.startUnixNano : least), members[0]!.span.startUnixNano);
    onlyOpen.sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
    for (const row of this.#store.traces()) {
      if (matches.length >= limit) break;
      while (onlyOpen.length > 0 && startOf(onlyOpen.at(-1)!) >= row.startUnixNano) take(undefined, onlyOpen.pop()!);
      take(row, open.get(row.traceId) ?? []);
    }
    while (onlyOpen.length > 0 && matches.length < limit) take(undefined, onlyOpen.pop()!);
    return matches.slice(0, limit);
  }

  /** undefined where no span of that trace is kept. */
  async trace(traceId: string): Promise<TraceColumns | undefined> {
    if (!isTraceId(traceId)) return undefined;
    const row = this.#store.trace(traceId);
    const open = this.#probes.open.ofTrace(traceId);
    if (row === undefined && open.length === 0) return undefined;
    const version = (row?.version ?? 0) + this.#probes.open.versionOf(traceId);
    const cached = this.#columns.get(traceId);
    if (cached !== undefined && cached.columns.version === version + this.#holds.version(cached.captureIds)) return cached.columns;
    const slices = new Slices();
    const builder = new TraceColumnsBuilder(this.#summaries.sites, this.#holds);
    for (const chunkId of this.#store.chunksOfTrace(traceId, 'traces')) {
      for (const kept of this.#spansOf(chunkId)) if (kept.span.traceId === traceId) builder.addSpan(kept);
      await slices.pause();
    }
    for (const chunkId of this.#store.chunksOfTrace(traceId, 'logs')) {
      for (const record of this.#logsOf(chunkId)) if (record.traceId === traceId) builder.addLog(record);
      await slices.pause();
    }
    const now = nowUnixNano();
    for (const each of open) builder.addOpen(each, now);
    if (builder.spanCount === 0) return undefined;
    // A hold changes what is shown of the trace as new spans do.
    const columns = builder.build(traceId, version + this.#holds.version(builder.captureIds));
    this.#columns.delete(traceId);
    // Of what runs, the next one to ask gets what it is then.
    if (open.some(({ state }) => state === 'running')) return columns;
    this.#columns.set(traceId, { columns, captureIds: builder.captureIds });
    for (const [oldest] of this.#columns) {
      if (this.#columns.size <= maxCachedColumns) break;
      this.#columns.delete(oldest);
    }
    return columns;
  }

  async spanDetails(traceId: string, spanId: string): Promise<SpanDetails | undefined> {
    if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined;
    const slices = new Slices();
    for (const chunkId of this.#store.chunksOfTrace(traceId, 'traces')) {
      const spans = this.#read(chunkId, readSpans, (chunk) => mayHoldSpan(chunk, spanId));
      const found = spans.find(({ span }) => span.spanId === spanId && span.traceId === traceId);
      if (found !== undefined) return this.#detailsOf(found);
      await slices.pause();
    }
    const open = this.#probes.open.get(traceId, spanId);
    return open === undefined ? undefined : this.#openDetails(open);
  }

  async findSpan(spanId: string): Promise<SpanDetails | undefined> {
    if (!isSpanId(spanId)) return undefined;
    const open = this.#probes.open.all().find(({ span }) => span.spanId === spanId);
    if (open !== undefined) return this.#openDetails(open);
    const slices = new Slices();
    let chunkId = this.#store.previousChunk(Number.MAX_SAFE_INTEGER, 'traces');
    while (chunkId !== undefined) {
      const spans = this.#read(chunkId, readSpans, (chunk) => mayHoldSpan(chunk, spanId));
      const found = spans.find(({ span }) => span.spanId === spanId);
      if (found !== undefined) return this.#detailsOf(found);
      await slices.pause();
      chunkId = this.#store.previousChunk(chunkId, 'traces');
    }
    return undefined;
  }

  #openDetails(open: OpenSpan): Promise<SpanDetails> {
    return this.#detailsOf({ span: { ...open.span, endUnixNano: shownEnd(open, nowUnixNano()) }, captureId: open.captureId }, open);
  }

  openSpans(): readonly OpenSpanRecord[] {
    const now = nowUnixNano();
    const open = this.#probes.open.all();
    const traces = byTrace(open);
    const siteOf = ({ span }: OpenSpan) => (readSite(span).stacktrace === undefined ? undefined : this.#summaries.sites.idOf(readSite(span)));
    return open.toReversed().map((each) => {
      const { span } = each;
      const beneath = !isEntryKind(span.kind) ? [] : sitesBeneathOpen(each, traces.get(span.traceId) ?? [], siteOf, (spanId, service) => this.#summaries.sitesBeneath(span.traceId, spanId, service));
      const siteId = beneath.length > 0 ? this.#summaries.sites.entryId(readSite(span), beneath) : this.#summaries.sites.idOf(readSite(span));
      return openSpanRecord(each, siteId, this.#holds.heldNs(each.captureId, { startUnixNano: span.startUnixNano, endUnixNano: shownEnd(each, now) }), now);
    });
  }

  async #detailsOf(kept: KeptSpan, open?: OpenSpan): Promise<SpanDetails> {
    const { span } = kept;
    const logs: LogRecord[] = [];
    for (const chunkId of this.#store.chunksOfTrace(span.traceId, 'logs')) {
      const records = this.#read(chunkId, readLogs, (chunk) => mayHoldSpan(chunk, span.spanId));
      logs.push(...records.filter((record) => record.traceId === span.traceId && record.spanId === span.spanId));
    }
    const exception = logs.map(loggedStack).find((stack) => stack !== undefined);
    const siteId = isEntryKind(span.kind) ? await this.#siteInTrace(span) : this.#summaries.sites.idOf(withException(readSite(span), exception));
    return spanDetails(kept, logs, siteId === undefined ? undefined : this.#summaries.sites.get(siteId), this.#holds.heldNs(kept.captureId, span), open?.state);
  }

  /** With what the spans beneath it say. */
  async #siteInTrace(span: Span): Promise<number | undefined> {
    const columns = await this.trace(span.traceId);
    if (columns === undefined) return undefined;
    const ids = Buffer.from(columns.spanId.buffer, columns.spanId.byteOffset, columns.spanId.byteLength);
    const wanted = Buffer.from(span.spanId, 'hex');
    let at = ids.indexOf(wanted);
    while (at >= 0 && at % 8 !== 0) at = ids.indexOf(wanted, at + 1);
    const site = at < 0 ? -1 : (columns.site[at / 8] ?? -1);
    return site < 0 ? undefined : site;
  }

  async exportOtlpJson(traceIds: readonly string[] | undefined, afterChunk = 0): Promise<HubRequests['exportOtlpJson'][1]> {
    const slices = new Slices();
    const wanted = traceIds === undefined ? undefined : new Set(traceIds.map((id) => id.toLowerCase()).filter(isTraceId));
    const chunkIds = wanted === undefined ? undefined : this.#chunksOf(wanted).filter((chunkId) => chunkId > afterChunk);
    const limit = wanted === undefined ? exportPartBytes : exportTracePartBytes;
    const spans: Span[] = [];
    let bytes = 0;
    let last = afterChunk;
    for (;;) {
      const chunkId = chunkIds === undefined ? this.#store.nextChunk(last, 'traces') : chunkIds.shift();
      if (chunkId === undefined) return { json: JSON.stringify(traceRequestJson(spans)), nextChunk: undefined };
      const inChunk = this.#read(chunkId, (chunk) => {
        const all = readSpans(chunk);
        const mine = wanted === undefined ? all : all.filter(({ span }) => wanted.has(span.traceId));
        bytes += (chunk.bytes.length * mine.length) / Math.max(1, all.length);
        return mine;
      });
      for (const { span } of inChunk) spans.push(span);
      last = chunkId;
      if (bytes >= limit) return { json: JSON.stringify(traceRequestJson(spans)), nextChunk: last };
      await slices.pause();
    }
  }

  #chunksOf(traceIds: ReadonlySet<string>): number[] {
    const all = new Set([...traceIds].flatMap((traceId) => this.#store.chunksOfTrace(traceId, 'traces')));
    return [...all].sort((a, b) => a - b);
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
    this.#captures.remember(captureId);
    const slices = new Slices();
    for (;;) {
      const dropped = this.#store.deleteFromCapture(captureId, dropSteps);
      if (dropped === undefined) break;
      this.#forget(dropped);
      if (dropped.captureIds.length > 0) break;
      await slices.pause();
    }
    this.#startHousekeeping();
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
      traces: (query) => this.traceList(query),
      trace: ({ traceId }) => this.trace(traceId.toLowerCase()),
      spanDetails: ({ traceId, spanId }) => this.spanDetails(traceId.toLowerCase(), spanId.toLowerCase()),
      searchTrace: ({ traceId, terms }) => this.#search.answer(traceId.toLowerCase(), terms),
      traceLogs: ({ traceId }) => traceLogs(this.#source, traceId.toLowerCase()),
      linksTo: ({ traceId, spanId }) => linksTo({
        previous: (chunkId) => this.#store.previousChunk(chunkId, 'traces'),
        spans: (chunkId, wanted) => this.#read(chunkId, readSpans, wanted),
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
        return this.openSpans();
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
        this.#keepHouse();
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
        this.#limitBytes = limitBytes;
        this.#changed();
        this.#keepHouse();
        return undefined;
      },
    };
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

function isTraceId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}

function isSpanId(id: string): boolean {
  return /^[0-9a-f]{16}$/.test(id);
}
