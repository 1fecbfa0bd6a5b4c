import type { TraceColumns, TraceQuery, TraceSummary } from '../protocol/hub.ts';
import { tracesWithAttribute } from './attributeSearch.ts';
import type { Chunks } from './chunks.ts';
import type { Holds } from './holds.ts';
import { isTraceId } from './ids.ts';
import type { OpenSpan } from './openSpans.ts';
import { byTrace, isWanted, traceSummary } from './openTraces.ts';
import { nowUnixNano, type Probes } from './probes.ts';
import { Slices } from './slices.ts';
import { resourceFacts } from './spanFacts.ts';
import type { Store, TraceRow } from './store/store.ts';
import { newestFirst } from './store/traceRow.ts';
import type { Summaries } from './summaries.ts';
import { TraceColumnsBuilder } from './traceColumns.ts';

const defaultTraceLimit = 100;
const maxCachedColumns = 4;
/** Of a larger trace one is enough to keep. */
const maxCachedSpans = 100_000;

export interface TraceQueriesOptions {
  readonly store: () => Store;
  readonly chunks: Chunks;
  readonly summaries: Summaries;
  readonly probes: Probes;
  readonly holds: Holds;
}

/** What clients ask of traces. */
export class TraceQueries {
  readonly #options: TraceQueriesOptions;
  readonly #cached = new Map<string, { readonly columns: TraceColumns; readonly captureIds: ReadonlySet<string> }>();

  constructor(options: TraceQueriesOptions) {
    this.#options = options;
  }

  /** Of a trace that lost spans. */
  forget(traceId: string): void {
    this.#cached.delete(traceId);
  }

  list(query: TraceQuery): readonly TraceSummary[] {
    const { store: theStore, probes, holds } = this.#options;
    const store = theStore();
    const limit = query.limit ?? defaultTraceLimit;
    const matches: TraceSummary[] = [];
    const now = nowUnixNano();
    const open = byTrace(probes.open.all());
    const heldNs = (captureId: string, startUnixNano: bigint, endUnixNano: bigint) => holds.heldNs(captureId, { startUnixNano, endUnixNano });
    const take = (row: TraceRow | undefined, ofTrace: readonly OpenSpan[]): void => {
      const summary = traceSummary(row, ofTrace, now, heldNs);
      const services = [...(row?.services ?? []), ...ofTrace.map(({ span }) => resourceFacts(span.resource).service)];
      const { captureId } = query;
      const isInCapture = captureId === undefined || ofTrace.some((each) => each.captureId === captureId) || (row !== undefined && store.isInCapture(row.traceId, captureId));
      if (isInCapture && isWanted(summary, services, query)) matches.push(summary);
    };
    // Nothing of these has come.
    const onlyOpen = [...open].filter(([traceId]) => store.trace(traceId) === undefined).map(([, members]) => members);
    const startOf = (members: readonly OpenSpan[]): bigint => members.reduce((least, { span }) => (span.startUnixNano < least ? span.startUnixNano : least), members[0]!.span.startUnixNano);
    onlyOpen.sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
    for (const row of store.traces()) {
      if (matches.length >= limit) break;
      while (onlyOpen.length > 0 && startOf(onlyOpen.at(-1)!) >= row.startUnixNano) take(undefined, onlyOpen.pop()!);
      take(row, open.get(row.traceId) ?? []);
    }
    while (onlyOpen.length > 0 && matches.length < limit) take(undefined, onlyOpen.pop()!);
    return matches.slice(0, limit);
  }

  /** As `list`, of traces with the query's attribute; one that has not ended is not among them. */
  async search(query: TraceQuery & Required<Pick<TraceQuery, 'attribute'>>): Promise<readonly TraceSummary[]> {
    const { store: theStore, chunks, probes, holds } = this.#options;
    const store = theStore();
    const limit = query.limit ?? defaultTraceLimit;
    const now = nowUnixNano();
    const matches: { readonly row: TraceRow; readonly summary: TraceSummary }[] = [];
    for await (const traceId of tracesWithAttribute(store, chunks, query.attribute)) {
      const row = store.trace(traceId);
      if (row === undefined) continue;
      const summary = traceSummary(row, probes.open.ofTrace(traceId), now, (captureId, startUnixNano, endUnixNano) => holds.heldNs(captureId, { startUnixNano, endUnixNano }));
      const isInCapture = query.captureId === undefined || store.isInCapture(traceId, query.captureId);
      if (isInCapture && isWanted(summary, row.services, query)) matches.push({ row, summary });
      if (matches.length >= limit) break;
    }
    return matches.sort((a, b) => newestFirst(a.row, b.row)).map(({ summary }) => summary);
  }

  /** undefined where no span of that trace is kept. */
  async columns(traceId: string): Promise<TraceColumns | undefined> {
    if (!isTraceId(traceId)) return undefined;
    const { store, chunks, summaries, probes, holds } = this.#options;
    const row = store().trace(traceId);
    const open = probes.open.ofTrace(traceId);
    if (row === undefined && open.length === 0) return undefined;
    const version = (row?.version ?? 0) + probes.open.versionOf(traceId);
    const cached = this.#cached.get(traceId);
    if (cached !== undefined && cached.columns.version === version + holds.version(cached.captureIds)) return cached.columns;
    const slices = new Slices();
    const builder = new TraceColumnsBuilder(summaries.sites, holds);
    for (const chunkId of store().chunksOfTrace(traceId, 'traces')) {
      for (const kept of chunks.spans(chunkId)) if (kept.span.traceId === traceId) builder.addSpan(kept);
      await slices.pause();
    }
    for (const chunkId of store().chunksOfTrace(traceId, 'logs')) {
      for (const record of chunks.logs(chunkId)) if (record.traceId === traceId) builder.addLog(record);
      await slices.pause();
    }
    const now = nowUnixNano();
    for (const each of open) builder.addOpen(each, now);
    if (builder.spanCount === 0) return undefined;
    // A hold changes what is shown of the trace as new spans do.
    const columns = builder.build(traceId, version + holds.version(builder.captureIds));
    this.#cached.delete(traceId);
    // Of what runs, the next one to ask gets what it is then.
    if (open.some(({ state }) => state === 'running')) return columns;
    this.#cached.set(traceId, { columns, captureIds: builder.captureIds });
    const most = columns.spanCount > maxCachedSpans ? 1 : maxCachedColumns;
    for (const [oldest] of this.#cached) {
      if (this.#cached.size <= most) break;
      this.#cached.delete(oldest);
    }
    return columns;
  }
}
