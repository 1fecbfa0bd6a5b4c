import { heldStretches } from '../model/heldTime.ts';
import { readSite } from '../model/readSite.ts';
import { isEntryKind, type LogRecord } from '../model/span.ts';
import { traceOrder } from '../model/traceOrder.ts';
import { saysPlace, type Site, withException } from '../model/site.ts';
import { openStates, type TraceColumns } from '../protocol/hub.ts';
import { EarliestSites } from './earliestSites.ts';
import { type OpenSpan, shownEnd } from './openSpans.ts';
import { loggedStack } from './loggedExceptions.ts';
import type { SiteTable } from './siteTable.ts';
import { type Holds, relativeNs } from './holds.ts';
import { durationNs, type KeptSpan, resourceFacts } from './spanFacts.ts';

const noSite = -1;
const noTimes: readonly bigint[] = [];
const maxCount = 0xffff;
/** How far beneath an entry span is looked: a trace of very many entries must not cost the square of its rows. */
const maxRowsBeneath = 20_000;

/**
 * Gathers a trace's spans as columns, chunk by chunk, so that the decoded spans of a chunk can go before the next one is read.
 * Of a span id that comes twice the first one counts.
 */
export class TraceColumnsBuilder {
  readonly #sites: SiteTable;
  readonly #rowOf = new Map<string, number>();
  readonly #spanIds: string[] = [];
  readonly #parentIds: (string | undefined)[] = [];
  readonly #starts: bigint[] = [];
  readonly #durations: number[] = [];
  readonly #names: number[] = [];
  readonly #services: number[] = [];
  readonly #kinds: number[] = [];
  readonly #statusCodes: number[] = [];
  readonly #siteIds: number[] = [];
  /** Of entry spans: theirs is known when what is beneath them is. */
  readonly #entrySites = new Map<string, Site>();
  /** Of spans that say no place: a log may tell of an exception. */
  readonly #silentSites = new Map<string, Site>();
  readonly #eventCounts: number[] = [];
  readonly #eventNs: (readonly bigint[])[] = [];
  readonly #logCounts = new Map<string, number>();
  readonly #strings = new Map<string, number>();
  readonly #holds: Holds;
  readonly #captures: string[] = [];
  /** By index, of those that have not ended. */
  readonly #open = new Map<number, number>();

  constructor(sites: SiteTable, holds: Holds) {
    this.#sites = sites;
    this.#holds = holds;
  }

  /** Of the spans that were added. */
  get captureIds(): ReadonlySet<string> {
    return new Set(this.#captures);
  }

  get spanCount(): number {
    return this.#spanIds.length;
  }

  /** After those that have ended. */
  addOpen(open: OpenSpan, nowUnixNano: bigint): void {
    const index = this.spanCount;
    this.addSpan({ span: { ...open.span, endUnixNano: shownEnd(open, nowUnixNano) }, captureId: open.captureId });
    if (this.spanCount > index) this.#open.set(index, openStates[open.state]);
  }

  addSpan({ span, captureId }: KeptSpan): void {
    if (this.#rowOf.has(span.spanId)) return;
    this.#captures.push(captureId);
    this.#rowOf.set(span.spanId, this.#spanIds.length);
    const site = readSite(span);
    const isEntry = isEntryKind(span.kind);
    this.#spanIds.push(span.spanId);
    this.#parentIds.push(span.parentSpanId);
    this.#starts.push(span.startUnixNano);
    this.#durations.push(durationNs(span));
    this.#names.push(this.#string(span.name));
    this.#services.push(this.#string(resourceFacts(span.resource).service));
    this.#kinds.push(Math.min(span.kind, 0xff));
    this.#statusCodes.push(Math.min(span.status.code, 0xff));
    this.#siteIds.push((isEntry ? undefined : this.#sites.idOf(site)) ?? noSite);
    if (isEntry) this.#entrySites.set(span.spanId, site);
    if (site.exception === undefined && !saysPlace(site)) this.#silentSites.set(span.spanId, site);
    this.#eventNs.push(span.events.length === 0 ? noTimes : span.events.slice(0, maxCount).map((event) => event.timeUnixNano));
    this.#eventCounts.push(Math.min(span.events.length, maxCount));
  }

  /** When all spans were added. */
  addLog(record: LogRecord): void {
    const { spanId } = record;
    if (spanId === undefined) return;
    this.#logCounts.set(spanId, (this.#logCounts.get(spanId) ?? 0) + 1);
    const silent = this.#silentSites.get(spanId);
    const exception = silent === undefined ? undefined : loggedStack(record);
    if (silent === undefined || exception === undefined) return;
    const site = withException(silent, exception);
    this.#silentSites.delete(spanId);
    if (this.#entrySites.has(spanId)) this.#entrySites.set(spanId, site);
    else this.#siteIds[this.#rowOf.get(spanId)!] = this.#sites.idOf(site) ?? noSite;
  }

  /** Of at least one span. */
  build(traceId: string, version: number): TraceColumns {
    const count = this.spanCount;
    const start = this.#starts.reduce((a, b) => (b < a ? b : a));
    const startNs = Float64Array.from(this.#starts, (time) => Number(time - start));
    const { order, parentRow, depth } = traceOrder(this.#rowOf, this.#parentIds, startNs);
    const inRows = <T extends { [row: number]: number }>(rows: T, values: ArrayLike<number>): T => {
      for (let row = 0; row < count; row++) rows[row] = values[order[row]!]!;
      return rows;
    };
    const spanId = Buffer.alloc(count * 8);
    const logCount = new Uint16Array(count);
    let durationOfTrace = 0;
    for (let row = 0; row < count; row++) {
      const index = order[row]!;
      const id = this.#spanIds[index]!;
      spanId.write(id, row * 8, 8, 'hex');
      logCount[row] = Math.min(this.#logCounts.get(id) ?? 0, maxCount);
      durationOfTrace = Math.max(durationOfTrace, startNs[index]! + this.#durations[index]!);
    }
    const columns = {
      traceId,
      version,
      startUnixNano: start.toString(),
      durationNs: durationOfTrace,
      spanCount: count,
      strings: [...this.#strings.keys()],
      spanId,
      parentRow,
      depth,
      startNs: inRows(new Float64Array(count), startNs),
      durationsNs: inRows(new Float64Array(count), this.#durations),
      name: inRows(new Uint32Array(count), this.#names),
      service: inRows(new Uint32Array(count), this.#services),
      kind: inRows(new Uint8Array(count), this.#kinds),
      statusCode: inRows(new Uint8Array(count), this.#statusCodes),
      site: inRows(new Int32Array(count), this.#siteIds),
      eventCount: inRows(new Uint16Array(count), this.#eventCounts),
      eventNs: this.#eventMoments(order, start),
      logCount,
      ...this.#heldColumns(order, relativeNs(start), startNs),
      ...(this.#open.size === 0 ? {} : { open: Uint8Array.from(order, (index) => this.#open.get(index) ?? 0) }),
    };
    for (let row = 0; row < count; row++) {
      if (isEntryKind(columns.kind[row]!)) columns.site[row] = this.#entrySite(columns, row, this.#spanIds[order[row]!]!);
    }
    return columns;
  }

  #eventMoments(order: Uint32Array, start: bigint): Float64Array {
    const moments: number[] = [];
    for (const index of order) for (const time of this.#eventNs[index]!) moments.push(Number(time - start));
    return Float64Array.from(moments);
  }

  #heldColumns(order: Uint32Array, traceStartNs: number, startNs: Float64Array): Pick<TraceColumns, 'heldCount' | 'heldNs'> {
    if (this.#holds.version(this.captureIds) === 0) return {};
    const heldCount = new Uint16Array(order.length);
    const heldNs: number[] = [];
    order.forEach((index, row) => {
      const spanStartNs = traceStartNs + startNs[index]!;
      const held = heldStretches(spanStartNs, spanStartNs + this.#durations[index]!, this.#holds.of(this.#captures[index]!)).slice(0, maxCount);
      heldCount[row] = held.length;
      for (const { fromNs, toNs } of held) heldNs.push(fromNs - traceStartNs, toNs - traceStartNs);
    });
    return heldNs.length === 0 ? {} : { heldCount, heldNs: Float64Array.from(heldNs) };
  }

  /** What the summaries take for it too (RecentTraces.sitesBeneath). A row's descendants are the deeper rows right after it. */
  #entrySite({ depth, kind, service, startNs, site, spanCount }: TraceColumns, entry: number, spanId: string): number {
    const beneath = new EarliestSites<number>();
    for (let row = entry + 1; row < Math.min(spanCount, entry + maxRowsBeneath) && depth[row]! > depth[entry]!; row++) {
      if (isEntryKind(kind[row]!) || service[row] !== service[entry]) {
        const other = depth[row]!;
        while (row + 1 < spanCount && depth[row + 1]! > other) row++;
      } else if (site[row] !== noSite && this.#sites.get(site[row]!)?.stacktrace !== undefined) {
        beneath.add(site[row]!, startNs[row]!);
      }
    }
    const own = this.#entrySites.get(spanId);
    return (own === undefined ? undefined : this.#sites.entryId(own, beneath.siteIds())) ?? noSite;
  }

  #string(text: string): number {
    let index = this.#strings.get(text);
    if (index === undefined) this.#strings.set(text, (index = this.#strings.size));
    return index;
  }
}
