import type { HubRequests, SpanDetails, TraceColumns, TraceQuery, TraceSummary } from '../protocol/hub.ts';
import type { Handlers } from '../protocol/rpc.ts';
import { readSpans } from './chunkReader.ts';
import type { Chunks } from './chunks.ts';
import type { Holds } from './holds.ts';
import { linksTo } from './linksTo.ts';
import type { Probes } from './probes.ts';
import { SpanQueries } from './spanQueries.ts';
import type { Store } from './store/store.ts';
import type { Summaries } from './summaries.ts';
import { traceLogs } from './traceLogs.ts';
import { TraceQueries } from './traceQueries.ts';
import { TraceSearch } from './traceSearch.ts';
import type { TraceSource } from './traceSource.ts';

export interface AnswersOptions {
  readonly store: () => Store;
  readonly chunks: Chunks;
  readonly summaries: Summaries;
  readonly probes: Probes;
  readonly holds: Holds;
  /** Resolves once the summaries count all that is stored. */
  readonly caughtUp: () => Promise<void>;
}

type Methods = 'traces' | 'trace' | 'spanDetails' | 'searchTrace' | 'traceLogs' | 'linksTo' | 'findSpan' | 'exportOtlpJson' | 'summaries' | 'sites' | 'latencies' | 'recentSpans' | 'openSpans';

/** What clients ask of what is kept. Ids are taken in upper case too. */
export class Answers {
  readonly #options: AnswersOptions;
  readonly #traces: TraceQueries;
  readonly #spans: SpanQueries;
  readonly #source: TraceSource;
  readonly #search: TraceSearch;

  constructor(options: AnswersOptions) {
    this.#options = options;
    const { store, chunks } = options;
    this.#traces = new TraceQueries(options);
    this.#spans = new SpanQueries({ ...options, traces: this.#traces });
    this.#source = {
      columns: (traceId) => this.trace(traceId),
      chunks: (traceId, signal) => store().chunksOfTrace(traceId, signal),
      spans: (chunkId) => chunks.spans(chunkId),
      logs: (chunkId) => chunks.logs(chunkId),
    };
    this.#search = new TraceSearch(this.#source);
  }

  /** Of a trace that lost spans. */
  forget(traceId: string): void {
    this.#traces.forget(traceId);
  }

  traceList(query: TraceQuery): readonly TraceSummary[] {
    return this.#traces.list(query);
  }

  /** undefined where no span of that trace is kept. */
  trace(traceId: string): Promise<TraceColumns | undefined> {
    return this.#traces.columns(traceId.toLowerCase());
  }

  spanDetails(traceId: string, spanId: string): Promise<SpanDetails | undefined> {
    return this.#spans.details(traceId.toLowerCase(), spanId.toLowerCase());
  }

  /** By its id alone, the newest of them. */
  findSpan(spanId: string): Promise<SpanDetails | undefined> {
    return this.#spans.find(spanId.toLowerCase());
  }

  /** All spans, or those of some traces, from behind a chunk on. */
  exportOtlpJson(traceIds: readonly string[] | undefined, afterChunk?: number): Promise<HubRequests['exportOtlpJson'][1]> {
    return this.#spans.exportOtlpJson(traceIds, afterChunk);
  }

  /** Those that are kept still, the newest end first. */
  recentSpans({ summaryIds, limit }: HubRequests['recentSpans'][0]): Promise<HubRequests['recentSpans'][1]> {
    const { store, summaries } = this.#options;
    return this.#counted(() => {
      const kept: HubRequests['recentSpans'][1][number][] = [];
      for (const span of summaries.recentSpans(summaryIds)) {
        if (kept.length >= limit) break;
        // The limit may have let the trace go since.
        if (store().trace(span.traceId) !== undefined) kept.push(span);
      }
      return kept;
    });
  }

  handlers(): Pick<Handlers<HubRequests>, Methods> {
    const { store, chunks, summaries } = this.#options;
    return {
      traces: (query) => (query.attribute === undefined ? this.traceList(query) : this.#traces.search({ ...query, attribute: query.attribute })),
      trace: ({ traceId }) => this.trace(traceId),
      spanDetails: ({ traceId, spanId }) => this.spanDetails(traceId, spanId),
      searchTrace: ({ traceId, terms }) => this.#search.answer(traceId.toLowerCase(), terms),
      traceLogs: ({ traceId }) => traceLogs(this.#source, traceId.toLowerCase()),
      linksTo: ({ traceId, spanId }) => linksTo({
        previous: (chunkId) => store().previousChunk(chunkId, 'traces'),
        spans: (chunkId, wanted) => chunks.read(chunkId, readSpans, wanted),
      }, traceId.toLowerCase(), spanId.toLowerCase()),
      findSpan: ({ spanId }) => this.findSpan(spanId),
      exportOtlpJson: ({ traceIds, afterChunk }) => this.exportOtlpJson(traceIds, afterChunk),
      summaries: () => this.#counted(() => ({ version: summaries.version, summaries: summaries.records() })),
      sites: ({ afterSiteId }) => this.#counted(() => summaries.sitesAfter(afterSiteId)),
      latencies: ({ groups }) => this.#counted(() => groups.map((summaryIds) => summaries.latencies(summaryIds))),
      recentSpans: (request) => this.recentSpans(request),
      openSpans: () => this.#counted(() => this.#spans.open()),
    };
  }

  /** Once all that is stored is counted. */
  async #counted<T>(answer: () => T): Promise<T> {
    await this.#options.caughtUp();
    return answer();
  }
}
