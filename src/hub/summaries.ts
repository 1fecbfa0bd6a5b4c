import { readSite } from '../model/readSite.ts';
import { saysPlace, type Site, withException } from '../model/site.ts';
import { isEntryKind, type LogRecord, type Span, spanKindName, type SpanKindName, statusError } from '../model/span.ts';
import type { RecentSpan, SiteRecord, SummaryRecord } from '../protocol/hub.ts';
import { DurationRing } from '../stats/durationRing.ts';
import { type LatencyStats, latencyStats } from '../stats/latency.ts';
import { Holds, relativeNs } from './holds.ts';
import { netDurations } from './netDurations.ts';
import { LoggedExceptions } from './loggedExceptions.ts';
import { type Process, Processes } from './processes.ts';
import { RecentTraces } from './recentTraces.ts';
import { SiteTable } from './siteTable.ts';
import { durationNs, type KeptSpan, resourceFacts } from './spanFacts.ts';

const ringSize = 1000;
const recentSize = 50;
/** How long an entry span without a site of its own waits for a descendant that has one, and a failed span for the log that tells why. */
export const pendingMs = 2000;
const maxSummaries = 20_000;
const maxPending = 50_000;
/** What further operations are counted under: a program that puts ids into span names would fill the memory. */
const otherOperations = '(more operations)';

interface Summary {
  readonly summaryId: number;
  readonly key: string;
  readonly siteId: number | undefined;
  readonly captureId: string;
  readonly service: string;
  readonly operation: string;
  readonly kind: SpanKindName;
  readonly ring: DurationRing;
  /** In order of their ends; durations as recorded. */
  readonly recent: { readonly endUnixNano: bigint; readonly span: RecentSpan }[];
  count: number;
  errorCount: number;
  lastEndUnixNano: bigint;
  /** The one that is known to run since last. */
  newestProcess: Process | undefined;
}

interface Pending extends KeptSpan {
  readonly service: string;
  /** Its own. */
  readonly site: Site;
  readonly untilMs: number;
}

/** The running figures of every (site, operation, capture). No input and no output; the clock comes with the calls. */
export class Summaries {
  readonly sites: SiteTable;
  readonly #holds: Holds;
  readonly #processes = new Processes();
  readonly #recentTraces = new RecentTraces(200_000);
  readonly #logged = new LoggedExceptions();
  readonly #byKey = new Map<string, Summary>();
  readonly #byId = new Map<number, Summary>();
  /** By trace: entry spans, counted with what the rest of the batch says of them, or when a descendant comes; and failed spans that say nothing. */
  readonly #pending = new Map<string, Pending[]>();
  #pendingCount = 0;
  #nextId = 1;
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
    return this.#pendingCount > 0;
  }

  /** Counts spans, each of which must be new. */
  add(spans: readonly KeptSpan[], nowMs: number): void {
    const traceIds = new Set<string>();
    const held: Pending[] = [];
    for (const { span, captureId } of spans) {
      traceIds.add(span.traceId);
      const { service } = resourceFacts(span.resource);
      const site = withException(readSite(span), this.#logged.of(span.traceId, span.spanId));
      // An entry span's is known when what is beneath it is.
      const isEntry = isEntryKind(span.kind);
      const isHeld = isEntry || awaitsLog(span, site);
      const siteId = isHeld ? undefined : this.sites.idOf(site);
      this.#recentTraces.add(span.traceId, {
        spanId: span.spanId, parentSpanId: span.parentSpanId, service, kind: span.kind, startUnixNano: span.startUnixNano,
        stackSiteId: site.stacktrace === undefined ? undefined : siteId,
      });
      // The whole batch has to be known before a span looks for its descendants.
      if (isHeld) held.push({ span, captureId, service, site, untilMs: saysPlace(site) ? nowMs : nowMs + pendingMs });
      else this.#count(span, captureId, service, siteId);
    }
    for (const each of held) this.#hold(each);
    for (const traceId of traceIds) this.#settle(traceId, nowMs);
    this.#recentTraces.trim();
  }

  /** Takes note of the exceptions that logs tell of spans, which may have come already or not. */
  addLogs(records: readonly LogRecord[], nowMs: number): void {
    for (const traceId of this.#logged.add(records)) this.#settle(traceId, nowMs);
  }

  /** Counts by its own site, or none, what has waited long enough; `Infinity` counts everything that waits. */
  expirePending(nowMs: number): void {
    this.#countWaiting((entry) => entry.untilMs <= nowMs);
  }

  /** As `expirePending`, for all that waits in a capture whose programs have ended: what was to come has come. */
  expireCapture(captureId: string): void {
    this.#countWaiting((entry) => entry.captureId === captureId);
  }

  records(): readonly SummaryRecord[] {
    return Array.from(this.#byKey.values(), (summary) => ({
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
    const members = this.#named(summaryIds);
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
    const all = this.#named(summaryIds).flatMap(({ recent }) => recent);
    all.sort((a, b) => (a.endUnixNano < b.endUnixNano ? 1 : a.endUnixNano > b.endUnixNano ? -1 : 0));
    return all.map(({ span, endUnixNano }) => {
      const heldNs = this.#holds.heldNs(span.captureId, { startUnixNano: BigInt(span.startUnixNano), endUnixNano });
      return heldNs > 0 ? { ...span, heldNs } : span;
    });
  }

  /** There are other holds now. */
  holdsChanged(): void {
    this.#version++;
  }

  removeCapture(captureId: string): void {
    for (const summary of [...this.#byKey.values()]) {
      if (summary.captureId !== captureId) continue;
      this.#byKey.delete(summary.key);
      this.#byId.delete(summary.summaryId);
      this.#version++;
    }
    for (const [traceId, waiting] of [...this.#pending]) {
      this.#setPending(traceId, waiting, waiting.filter((entry) => entry.captureId !== captureId));
    }
  }

  #countWaiting(isDue: (entry: Pending) => boolean): void {
    for (const [traceId, waiting] of this.#pending) {
      const left = waiting.filter((entry) => {
        if (!isDue(entry)) return true;
        this.#countEntry(entry, []);
        return false;
      });
      this.#setPending(traceId, waiting, left);
    }
  }

  #hold(entry: Pending): void {
    if (this.#pendingCount >= maxPending) this.expirePending(Infinity);
    const waiting = this.#pending.get(entry.span.traceId);
    if (waiting === undefined) this.#pending.set(entry.span.traceId, [entry]);
    else waiting.push(entry);
    this.#pendingCount++;
  }

  /** Counts those waiting spans of the trace of which a site is known now, and those that need none. */
  #settle(traceId: string, nowMs: number): void {
    const waiting = this.#pending.get(traceId);
    if (waiting === undefined) return;
    const left = waiting.filter((entry) => {
      const isEntry = isEntryKind(entry.span.kind);
      const beneath = isEntry ? this.#recentTraces.sitesBeneath(traceId, entry.span.spanId, entry.service) : [];
      const isKnown = isEntry ? beneath.length > 0 : this.#logged.of(traceId, entry.span.spanId) !== undefined;
      if (!isKnown && entry.untilMs > nowMs) return true;
      this.#countEntry(entry, beneath);
      return false;
    });
    this.#setPending(traceId, waiting, left);
  }

  #setPending(traceId: string, before: readonly Pending[], left: Pending[]): void {
    this.#pendingCount -= before.length - left.length;
    if (left.length === 0) this.#pending.delete(traceId);
    else this.#pending.set(traceId, left);
  }

  #countEntry({ span, captureId, service, site }: Pending, beneath: readonly number[]): void {
    this.#count(span, captureId, service, this.sites.entryId(withException(site, this.#logged.of(span.traceId, span.spanId)), beneath));
  }

  #count(span: Span, captureId: string, service: string, siteId: number | undefined): void {
    const summary = this.#summaryOf(span, captureId, service, siteId);
    const isError = span.status.code === statusError;
    const duration = durationNs(span);
    summary.count++;
    if (isError) summary.errorCount++;
    summary.ring.add(duration, relativeNs(span.startUnixNano));
    if (span.endUnixNano > summary.lastEndUnixNano) summary.lastEndUnixNano = span.endUnixNano;
    const process = this.#processes.of(span);
    if (process !== undefined && process.firstStartUnixNano > (summary.newestProcess?.firstStartUnixNano ?? -1n)) summary.newestProcess = process;
    this.#version++;
    this.#addRecent(summary, span.endUnixNano, () => ({
      traceId: span.traceId,
      spanId: span.spanId,
      service,
      operation: span.name,
      startUnixNano: span.startUnixNano.toString(),
      durationNs: duration,
      error: isError,
      statusMessage: span.status.message,
      captureId,
    }));
  }

  #addRecent({ recent }: Summary, endUnixNano: bigint, make: () => RecentSpan): void {
    const isFull = recent.length === recentSize;
    if (isFull && endUnixNano < (recent[0]?.endUnixNano ?? 0n)) return;
    let at = recent.length;
    while (at > 0 && (recent[at - 1]?.endUnixNano ?? 0n) > endUnixNano) at--;
    recent.splice(at, 0, { endUnixNano, span: make() });
    if (isFull) recent.shift();
  }

  #summaryOf(span: Span, captureId: string, service: string, siteId: number | undefined): Summary {
    const kind = spanKindName(span.kind);
    const keyOf = (operation: string) => JSON.stringify([siteId, captureId, kind, service, operation]);
    let operation = span.name;
    let key = keyOf(operation);
    let summary = this.#byKey.get(key);
    if (summary === undefined && this.#byKey.size >= maxSummaries) {
      operation = otherOperations;
      key = keyOf(operation);
      summary = this.#byKey.get(key);
    }
    if (summary === undefined) {
      summary = {
        summaryId: this.#nextId++, key, siteId, captureId, service, operation, kind,
        ring: new DurationRing(ringSize), recent: [], count: 0, errorCount: 0, lastEndUnixNano: 0n, newestProcess: undefined,
      };
      this.#byKey.set(key, summary);
      this.#byId.set(summary.summaryId, summary);
    }
    return summary;
  }

  #heldOften(captureId: string): { readonly holds?: number } {
    const holds = this.#holds.of(captureId).length;
    return holds > 0 ? { holds } : {};
  }

  #named(summaryIds: readonly number[]): Summary[] {
    return summaryIds.map((id) => this.#byId.get(id)).filter((summary) => summary !== undefined);
  }
}

/** A span that failed and says neither where it was made nor why may have a log that does. */
function awaitsLog(span: Span, site: Site): boolean {
  return span.status.code === statusError && site.exception === undefined && !saysPlace(site);
}
