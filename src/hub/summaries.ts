import { readSite } from '../model/readSite.ts';
import { saysPlace, type Site, withException } from '../model/site.ts';
import { isEntryKind, type LogRecord, type Span, spanKindName, statusError } from '../model/span.ts';
import type { RecentSpan, SiteRecord, SummaryRecord } from '../protocol/hub.ts';
import { type LatencyStats, latencyStats } from '../stats/latency.ts';
import { Holds, relativeNs } from './holds.ts';
import { netDurations } from './netDurations.ts';
import { LoggedExceptions } from './loggedExceptions.ts';
import { type PendingSpan, PendingSpans } from './pendingSpans.ts';
import { Processes } from './processes.ts';
import { RecentTraces } from './recentTraces.ts';
import { SiteTable } from './siteTable.ts';
import { SkimmedSpan, type SpanShape } from './skimmedSpan.ts';
import { durationNs, type KeptSpan, resourceFacts } from './spanFacts.ts';
import type { SummaryPart } from './store/store.ts';
import { Summary } from './summary.ts';
import { SummaryTable } from './summaryTable.ts';

/** How long an entry span without a site of its own waits for a descendant that has one, and a failed span for the log that tells why. */
export const pendingMs = 2000;
const maxPending = 50_000;
/** As SeenSpans: what is forgotten there is recalled here. */
export const maxRecentSpans = 200_000;

/** A span that waits, by where it is found again. */
export interface PendingState {
  readonly traceId: string;
  readonly spanId: string;
  readonly untilMs: number;
}

/** What is found once for all spans that are alike. */
interface OwnSite {
  readonly site: Site;
  /** undefined until it is asked for, or where there is no room for it. */
  siteId: number | undefined;
  /** The last of theirs. */
  summary: Summary | undefined;
}

/** Hears of each summary that is about to change, and of each that is gone. */
export interface SummaryWatcher {
  beforeChange(summary: Summary): void;
  removed(summary: Summary): void;
}

/** What the summaries are beside the table of them. */
export interface SummariesState {
  readonly nextId: number;
  readonly pending: readonly PendingState[];
  readonly processes: readonly (readonly [string, string])[];
}

/**
 * The running figures of every (site, operation, capture), of all spans that came: what is let go later stays counted. No input and no output; the clock
 * comes with the calls. What they are follows from the calls in their order and the times they name, so that the same calls after a restart give the same.
 */
export class Summaries {
  readonly sites: SiteTable;
  readonly #holds: Holds;
  readonly #processes = new Processes();
  readonly #recentTraces = new RecentTraces(maxRecentSpans);
  readonly #logged = new LoggedExceptions();
  readonly #table = new SummaryTable();
  /** Entry spans, counted with what the rest of the batch says of them, or when a descendant comes; and failed spans that say nothing. */
  readonly #pending = new PendingSpans(pendingMs);
  readonly #ownSites = new WeakMap<SpanShape, OwnSite>();
  #watcher: SummaryWatcher | undefined;
  /** When what is being counted came. */
  #nowMs = 0;
  #version = 0;

  /** Of `holds`, which others fill, each answer takes what is there then. */
  constructor(holds = new Holds(), sites = new SiteTable()) {
    this.#holds = holds;
    this.sites = sites;
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  get hasPending(): boolean {
    return this.#pending.count > 0;
  }

  /** Counts spans, each of which must be new; `nowMs` is when they came. What had waited long enough by then is counted before. */
  add(spans: readonly KeptSpan[], nowMs: number): void {
    this.#nowMs = nowMs;
    this.expirePending(nowMs);
    const traceIds = new Set<string>();
    const held: PendingSpan[] = [];
    let lastTraceId = '';
    for (const { span, captureId } of spans) {
      if (span.traceId !== lastTraceId) traceIds.add((lastTraceId = span.traceId));
      const { service } = resourceFacts(span.resource);
      const own = this.#ownSite(span);
      const site = withException(own.site, this.#logged.of(span));
      // An entry span's is known when what is beneath it is.
      const isHeld = isEntryKind(span.kind) || awaitsLog(span, site);
      const siteId = isHeld ? undefined : site === own.site ? (own.siteId ??= this.sites.idOf(site)) : this.sites.idOf(site);
      this.#remember(span, service, site, siteId);
      // The whole batch has to be known before a span looks for its descendants.
      if (isHeld) held.push({ span, captureId, service, site: own.site, untilMs: saysPlace(site) ? nowMs : nowMs + pendingMs });
      else this.#count(span, site === own.site ? this.#ownSummary(own, span, captureId, service) : this.#summary(span, captureId, service, siteId));
    }
    for (const each of held) this.#hold(each);
    if (this.hasPending) for (const traceId of traceIds) this.#settle(traceId, nowMs);
    this.#recentTraces.trim();
  }

  /** Takes note of the exceptions that logs tell of spans, which may have come already or not; `nowMs` as of `add`. */
  addLogs(records: readonly LogRecord[], nowMs: number): void {
    this.expirePending(nowMs);
    for (const traceId of this.#logged.add(records)) this.#settle(traceId, nowMs);
  }

  /** Whether spans of the trace are remembered that may be above or beneath others. */
  remembers(traceId: string): boolean {
    return this.#recentTraces.has(traceId);
  }

  /** What is stored of a trace that nothing is remembered of, before more of it is added. Nothing of it counts again. */
  recall(traceId: string, spans: readonly KeptSpan[], logs: readonly LogRecord[]): void {
    this.#logged.add(logs);
    if (this.#recentTraces.has(traceId)) return;
    for (const { span } of spans) {
      const site = readSite(span);
      this.#remember(span, resourceFacts(span.resource).service, site, site.stacktrace === undefined ? undefined : this.sites.idOf(site));
    }
  }

  /** Of a trace that lost spans or logs: what is left of it has to be recalled where a span of it waits, or comes. */
  forget(traceId: string): void {
    this.#recentTraces.forget(traceId);
    this.#logged.forget(traceId);
  }

  /** Whether a span of the trace is counted when more is known of it. */
  isWaiting(traceId: string): boolean {
    return this.#pending.ofTrace(traceId).length > 0;
  }

  /** Counts by its own site, or none, what has waited long enough; `Infinity` counts everything that waits. */
  expirePending(nowMs: number): void {
    for (const entry of this.#pending.takeDue(nowMs)) this.#countEntry(entry, []);
  }

  /** As `expirePending`, for all that waits in a capture whose programs have ended: what was to come has come. */
  expireCapture(captureId: string): void {
    for (const entry of [...this.#pending.all()]) {
      if (entry.captureId !== captureId) continue;
      this.#pending.remove(entry);
      this.#countEntry(entry, []);
    }
  }

  records(): readonly SummaryRecord[] {
    return Array.from(this.#table.all(), (summary) => ({
      summaryId: summary.summaryId,
      siteId: summary.siteId,
      captureId: summary.captureId,
      service: summary.service,
      operation: summary.operation,
      kind: summary.kind,
      count: summary.count,
      errorCount: summary.errorCount,
      lastEndUnixMs: Number(summary.lastEndUnixNano / 1_000_000n),
      ...(summary.newestProcess === undefined ? {} : { runningUnixMs: Number(summary.newestProcess.firstStartUnixNano / 1_000_000n) }),
      ...this.#heldOften(summary.captureId),
    }));
  }

  /** The sites of stored spans beneath one, as RecentTraces finds them. */
  sitesBeneath(traceId: string, spanId: string, service: string): readonly number[] {
    return this.#recentTraces.sitesBeneath(traceId, spanId, service);
  }

  sitesAfter(siteId: number): readonly SiteRecord[] {
    return this.sites.after(siteId);
  }

  /** Over all the named summaries together; ones that are gone count nothing. */
  latencies(summaryIds: readonly number[]): LatencyStats {
    const members = this.#table.named(summaryIds);
    const net = members.map(({ ring, captureId }) => netDurations(ring, this.#holds.of(captureId)));
    return latencyStats(
      members.reduce((sum, { count }) => sum + count, 0),
      members.reduce((sum, { errorCount }) => sum + errorCount, 0),
      net.map(({ durationsNs }) => durationsNs),
      net.reduce((sum, { heldNs }) => sum + heldNs, 0),
    );
  }

  /** Newest end first. */
  recentSpans(summaryIds: readonly number[]): readonly RecentSpan[] {
    const all = this.#table.named(summaryIds).flatMap((summary) => Array.from({ length: summary.recent.count }, (_, index) => ({ summary, index, endUnixNano: summary.recent.endOf(index) })));
    all.sort((a, b) => (a.endUnixNano < b.endUnixNano ? 1 : a.endUnixNano > b.endUnixNano ? -1 : 0));
    return all.map(({ summary, index, endUnixNano }) => {
      const span = summary.recent.span(index, summary);
      const heldNs = this.#holds.heldNs(span.captureId, { startUnixNano: BigInt(span.startUnixNano), endUnixNano });
      return heldNs > 0 ? { ...span, heldNs } : span;
    });
  }

  /** There are other holds now. */
  holdsChanged(): void {
    this.#version++;
  }

  removeCapture(captureId: string): void {
    this.#remove((summary) => summary.captureId === captureId);
    for (const entry of [...this.#pending.all()]) if (entry.captureId === captureId) this.#pending.remove(entry);
  }

  /** Those whose last span came before, but for the captures that are named. */
  removeBefore(cameUnixMs: number, except: ReadonlySet<string>): void {
    this.#remove((summary) => summary.lastCameUnixMs < cameUnixMs && !except.has(summary.captureId));
  }

  // What outlives the process (summaryKeeper.ts)

  watch(watcher: SummaryWatcher): void {
    this.#watcher = watcher;
  }

  all(): Iterable<Summary> {
    return this.#table.all();
  }

  state(): SummariesState {
    return {
      nextId: this.#table.nextId,
      pending: Array.from(this.#pending.all(), ({ span, untilMs }) => ({ traceId: span.traceId, spanId: span.spanId, untilMs })),
      processes: this.#processes.state(),
    };
  }

  /** Takes over what another had, into one that is new; sites are restored before, under the numbers that `siteOf` gives. */
  restore(state: Pick<SummariesState, 'nextId' | 'processes'>, encoded: Iterable<SummaryPart>, siteOf: (siteId: number) => number | undefined): void {
    this.#processes.restore(state.processes);
    for (const each of encoded) this.#table.put(Summary.decode(each, siteOf, (identity) => this.#processes.known(identity)));
    this.#table.nextId = state.nextId;
    this.#version++;
  }

  /** One that waited, as it was found again. */
  restorePending({ span, captureId }: KeptSpan, untilMs: number): void {
    const { service } = resourceFacts(span.resource);
    this.#hold({ span, captureId, service, site: readSite(span), untilMs });
  }

  /** Of spans that are alike it is read once. */
  #ownSite(span: Span): OwnSite {
    if (!(span instanceof SkimmedSpan)) return { site: readSite(span), siteId: undefined, summary: undefined };
    let own = this.#ownSites.get(span.shape);
    if (own === undefined) this.#ownSites.set(span.shape, (own = { site: readSite(span.shape), siteId: undefined, summary: undefined }));
    return own;
  }

  #remember(span: Span, service: string, site: Site, siteId: number | undefined): void {
    this.#recentTraces.add(span, service, site.stacktrace === undefined ? undefined : siteId);
  }

  #remove(isWanted: (summary: Summary) => boolean): void {
    for (const summary of [...this.#table.all()]) {
      if (!isWanted(summary)) continue;
      this.#table.remove(summary);
      this.#watcher?.removed(summary);
      this.#version++;
    }
  }

  #hold(entry: PendingSpan): void {
    if (this.#pending.count >= maxPending) this.expirePending(Infinity);
    this.#pending.add(entry);
  }

  /** Counts those waiting spans of the trace of which a site is known now, and those that need none. */
  #settle(traceId: string, nowMs: number): void {
    for (const entry of this.#pending.ofTrace(traceId)) {
      const isEntry = isEntryKind(entry.span.kind);
      const beneath = isEntry ? this.#recentTraces.sitesBeneath(traceId, entry.span.spanId, entry.service) : [];
      const isKnown = isEntry ? beneath.length > 0 : this.#logged.of(entry.span) !== undefined;
      if (!isKnown && entry.untilMs > nowMs) continue;
      this.#pending.remove(entry);
      this.#countEntry(entry, beneath);
    }
  }

  #countEntry({ span, captureId, service, site }: PendingSpan, beneath: readonly number[]): void {
    this.#count(span, this.#summary(span, captureId, service, this.sites.entryId(withException(site, this.#logged.of(span)), beneath)));
  }

  #summary(span: Span, captureId: string, service: string, siteId: number | undefined): Summary {
    return this.#table.of(siteId, captureId, service, spanKindName(span.kind), span.name);
  }

  #ownSummary(own: OwnSite, span: Span, captureId: string, service: string): Summary {
    const last = own.summary;
    if (last !== undefined && !last.isRemoved && last.captureId === captureId) return last;
    const summary = this.#summary(span, captureId, service, own.siteId);
    // One that is for all further operations is so only as long as there is no room.
    own.summary = summary.operation === span.name ? summary : undefined;
    return summary;
  }

  #count(span: Span, summary: Summary): void {
    this.#watcher?.beforeChange(summary);
    summary.isDirty = true;
    const isError = span.status.code === statusError;
    summary.count++;
    if (isError) summary.errorCount++;
    summary.addDuration(durationNs(span), relativeNs(span.startUnixNano));
    summary.lastCameUnixMs = this.#nowMs;
    if (span.endUnixNano > summary.lastEndUnixNano) summary.lastEndUnixNano = span.endUnixNano;
    const process = this.#processes.of(span);
    if (process !== undefined && process.firstStartUnixNano > (summary.newestProcess?.firstStartUnixNano ?? -1n)) summary.newestProcess = process;
    this.#version++;
    summary.recent.add(span, isError);
  }

  #heldOften(captureId: string): { readonly holds?: number } {
    const holds = this.#holds.of(captureId).length;
    return holds > 0 ? { holds } : {};
  }
}

/** A span that failed and says neither where it was made nor why may have a log that does. */
function awaitsLog(span: Span, site: Site): boolean {
  return span.status.code === statusError && site.exception === undefined && !saysPlace(site);
}
