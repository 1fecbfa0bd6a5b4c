import { readSite } from '../model/readSite.ts';
import type { LogRecord, Span } from '../model/span.ts';
import { traceOrder } from '../model/traceOrder.ts';
import { inferredSiteBit, type TraceColumns } from '../protocol/hub.ts';
import type { SiteTable } from './siteTable.ts';
import { durationNs, isEntryKind, resourceFacts } from './spanFacts.ts';

const noSite = -1;
const maxCount = 0xffff;

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
  readonly #siteHasStack: boolean[] = [];
  readonly #eventCounts: number[] = [];
  readonly #logCounts = new Map<string, number>();
  readonly #strings = new Map<string, number>();

  constructor(sites: SiteTable) {
    this.#sites = sites;
  }

  get spanCount(): number {
    return this.#spanIds.length;
  }

  addSpan(span: Span): void {
    if (this.#rowOf.has(span.spanId)) return;
    this.#rowOf.set(span.spanId, this.#spanIds.length);
    const site = readSite(span.attributes, span.resource.attributes);
    this.#spanIds.push(span.spanId);
    this.#parentIds.push(span.parentSpanId);
    this.#starts.push(span.startUnixNano);
    this.#durations.push(durationNs(span));
    this.#names.push(this.#string(span.name));
    this.#services.push(this.#string(resourceFacts(span.resource).service));
    this.#kinds.push(Math.min(span.kind, 0xff));
    this.#statusCodes.push(Math.min(span.status.code, 0xff));
    this.#siteIds.push((site === undefined ? undefined : this.#sites.idOf(site)) ?? noSite);
    this.#siteHasStack.push(site?.stacktrace !== undefined);
    this.#eventCounts.push(Math.min(span.events.length, maxCount));
  }

  addLog(record: LogRecord): void {
    if (record.spanId !== undefined) this.#logCounts.set(record.spanId, (this.#logCounts.get(record.spanId) ?? 0) + 1);
  }

  /** Of at least one span. */
  build(traceId: string, version: number): TraceColumns {
    const count = this.spanCount;
    const start = this.#starts.reduce((a, b) => (b < a ? b : a));
    const startNs = Float64Array.from(this.#starts, (time) => Number(time - start));
    const { order, parentRow, depth } = traceOrder(this.#spanIds, this.#parentIds, startNs);
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
      logCount,
    };
    inferSites(columns, inRows(new Uint8Array(count), this.#siteHasStack.map(Number)));
    return columns;
  }

  #string(text: string): number {
    let index = this.#strings.get(text);
    if (index === undefined) this.#strings.set(text, (index = this.#strings.size));
    return index;
  }
}

/**
 * Entry spans without a site get that of the earliest-started descendant with a stack, as the summaries do
 * (recentTraces.ts): rows are walked from the last to the first, so a row has heard of all its descendants when it
 * tells its parent.
 */
function inferSites({ parentRow, service, kind, startNs, site }: TraceColumns, hasStack: Uint8Array): void {
  const count = parentRow.length;
  const best = new Int32Array(count).fill(noSite);
  for (let row = count - 1; row >= 0; row--) {
    const isEntry = isEntryKind(kind[row]!);
    const below = best[row]!;
    if (isEntry && site[row] === noSite && below !== noSite) site[row] = site[below]! | inferredSiteBit;
    const parent = parentRow[row]!;
    if (isEntry || parent < 0 || service[parent] !== service[row]) continue;
    let candidate = below;
    if (hasStack[row] === 1 && site[row] !== noSite && (below === noSite || startNs[row]! <= startNs[below]!)) candidate = row;
    if (candidate === noSite) continue;
    const known = best[parent]!;
    // On equal starts the earlier row goes first, and rows come here last to first.
    if (known === noSite || startNs[candidate]! <= startNs[known]!) best[parent] = candidate;
  }
}
