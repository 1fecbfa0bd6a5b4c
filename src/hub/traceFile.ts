import { jaegerJson } from '../decode/jaegerJsonWriter.ts';
import { traceRequestJson } from '../decode/otlpJsonWriter.ts';
import type { TraceFile } from '../decode/traceFile.ts';
import type { LogRecord, Span } from '../model/span.ts';
import type { SpanDetails, TraceColumns, TraceQuery, TraceSummary } from '../protocol/hub.ts';
import type { Handlers } from '../protocol/rpc.ts';
import type { TraceFileRequests, TraceFileSummary } from '../protocol/traceFile.ts';
import { spanParts } from './batchParts.ts';
import { Holds } from './holds.ts';
import { linksTo } from './linksTo.ts';
import { isWanted, traceSummary } from './openTraces.ts';
import { SiteTable } from './siteTable.ts';
import { spanDetails } from './spanDetails.ts';
import type { KeptSpan } from './spanFacts.ts';
import type { TraceRow } from './store/store.ts';
import { newestFirst } from './store/traceRow.ts';
import { TraceColumnsBuilder } from './traceColumns.ts';
import { traceLogs } from './traceLogs.ts';
import { TraceSearch } from './traceSearch.ts';
import { rowsBySpan, type TraceSource } from './traceSource.ts';

/** A file knows no captures. */
const captureId = 'file';
const version = 1;
/** Of a trace: who reads all of it pauses in between, so that other questions are answered. */
const spansAtOnce = 1000;
const mostParts = 1_000_000;

interface FileTrace {
  /** In the order in which they first come. */
  readonly number: number;
  readonly spans: KeptSpan[];
  readonly logs: LogRecord[];
}

interface BuiltTrace {
  readonly columns: TraceColumns;
  /** Gathered when a span is first asked for: the rows are shown before. */
  spans?: {
    readonly rowOf: ReadonlyMap<string, number>;
    /** Of a span id that comes twice the first one counts, as in the columns. */
    readonly byId: ReadonlyMap<string, KeptSpan>;
  };
}

/**
 * The traces of one file, answered as a hub answers (HubCore), from the spans as decoded: a file is read once, shown, and let go, so
 * nothing is stored or summarised.
 */
export class TraceFileContents {
  readonly summary: TraceFileSummary;
  readonly #traces = new Map<string, FileTrace>();
  /** By their numbers. */
  readonly #numbered: readonly FileTrace[];
  /** Newest first, as the hub lists them. */
  readonly #rows: readonly TraceRow[];
  readonly #sites = new SiteTable();
  readonly #holds = new Holds();
  readonly #built = new Map<string, BuiltTrace>();
  /** Its chunks are parts of traces: the trace's number and the part's. */
  readonly #source: TraceSource = {
    columns: (traceId) => Promise.resolve(this.#trace(traceId)?.columns),
    chunks: (traceId, signal) => {
      const { number, spans } = this.#traces.get(traceId) ?? { number: 0, spans: [] };
      const parts = signal === 'logs' ? Math.min(1, spans.length) : Math.ceil(spans.length / spansAtOnce);
      return Array.from({ length: parts }, (_, part) => number * mostParts + part);
    },
    spans: (chunkId) => this.#numbered[Math.floor(chunkId / mostParts)]?.spans.slice((chunkId % mostParts) * spansAtOnce, ((chunkId % mostParts) + 1) * spansAtOnce) ?? [],
    logs: (chunkId) => this.#numbered[Math.floor(chunkId / mostParts)]?.logs ?? [],
  };
  readonly #search = new TraceSearch(this.#source);

  /** @throws Error where the file holds no span */
  constructor({ format, spans, logs, rejections }: TraceFile) {
    const kept = spans.map((span): KeptSpan => ({ span, captureId }));
    for (const each of kept) {
      let trace = this.#traces.get(each.span.traceId);
      if (trace === undefined) this.#traces.set(each.span.traceId, (trace = { number: this.#traces.size, spans: [], logs: [] }));
      trace.spans.push(each);
    }
    this.#numbered = [...this.#traces.values()];
    for (const record of logs) if (record.traceId !== undefined) this.#traces.get(record.traceId)?.logs.push(record);
    this.#rows = spanParts(kept, 0).deltas.map((delta): TraceRow => ({ ...delta, version })).sort(newestFirst);
    this.summary = { format, traceCount: this.#traces.size, spanCount: spans.length, logCount: logs.length, rejections };
    if (spans.length === 0) throw new Error(`the file holds no span${rejections.map(({ reason, count }) => `; ${count} refused: ${reason}`).join('')}`);
  }

  handlers(): Omit<Handlers<TraceFileRequests>, 'open'> {
    return {
      traces: (query) => this.#list(query),
      trace: ({ traceId }) => this.#trace(traceId.toLowerCase())?.columns,
      spanDetails: ({ traceId, spanId }) => this.#details(traceId.toLowerCase(), spanId.toLowerCase()),
      searchTrace: ({ traceId, terms }) => this.#search.answer(traceId.toLowerCase(), terms),
      traceLogs: ({ traceId }) => traceLogs(this.#source, traceId.toLowerCase()),
      linksTo: ({ traceId, spanId }) => linksTo({
        previous: (number) => (number > 0 ? Math.min(number, this.#numbered.length) - 1 : undefined),
        spans: (number) => this.#numbered[number]?.spans ?? [],
      }, traceId.toLowerCase(), spanId.toLowerCase()),
      findSpan: ({ spanId }) => this.#find(spanId.toLowerCase()),
      sites: ({ afterSiteId }) => this.#sites.after(afterSiteId),
      exportOtlpJson: ({ traceIds }) => ({ json: JSON.stringify(traceRequestJson(this.#spansOf(traceIds))), nextChunk: undefined }),
      exportJaegerJson: () => JSON.stringify(jaegerJson(this.#spansOf(undefined))),
    };
  }

  #list(query: TraceQuery): TraceSummary[] {
    const summaries = this.#rows.map((row) => ({ row, summary: traceSummary(row, [], 0n, () => 0) }));
    return summaries.filter(({ row, summary }) => isWanted(summary, row.services, query)).map(({ summary }) => summary).slice(0, query.limit);
  }

  #trace(traceId: string): BuiltTrace | undefined {
    const known = this.#built.get(traceId);
    const trace = this.#traces.get(traceId);
    if (known !== undefined || trace === undefined) return known;
    const builder = new TraceColumnsBuilder(this.#sites, this.#holds);
    for (const kept of trace.spans) builder.addSpan(kept);
    for (const record of trace.logs) builder.addLog(record);
    const built = { columns: builder.build(traceId, version) };
    this.#built.set(traceId, built);
    return built;
  }

  #byId(traceId: string, built: BuiltTrace): NonNullable<BuiltTrace['spans']> {
    if (built.spans === undefined) {
      const byId = new Map<string, KeptSpan>();
      for (const kept of this.#traces.get(traceId)?.spans ?? []) if (!byId.has(kept.span.spanId)) byId.set(kept.span.spanId, kept);
      built.spans = { rowOf: rowsBySpan(built.columns), byId };
    }
    return built.spans;
  }

  #details(traceId: string, spanId: string): SpanDetails | undefined {
    const trace = this.#trace(traceId);
    if (trace === undefined) return undefined;
    const { rowOf, byId } = this.#byId(traceId, trace);
    const kept = byId.get(spanId);
    if (kept === undefined) return undefined;
    const logs = this.#traces.get(traceId)?.logs.filter((record) => record.spanId === spanId) ?? [];
    const site = trace.columns.site[rowOf.get(spanId) ?? -1] ?? -1;
    return spanDetails(kept, logs, this.#sites.get(site), 0, undefined);
  }

  #find(spanId: string): SpanDetails | undefined {
    for (const { traceId } of this.#rows) {
      if (this.#traces.get(traceId)?.spans.some(({ span }) => span.spanId === spanId) === true) return this.#details(traceId, spanId);
    }
    return undefined;
  }

  *#spansOf(traceIds: readonly string[] | undefined): Iterable<Span> {
    const wanted = traceIds === undefined ? this.#traces.keys() : new Set(traceIds.map((id) => id.toLowerCase()));
    for (const traceId of wanted) for (const { span } of this.#traces.get(traceId)?.spans ?? []) yield span;
  }
}
