import { traceRequestJson } from '../decode/otlpJsonWriter.ts';
import { readSite } from '../model/readSite.ts';
import { withException } from '../model/site.ts';
import { isEntryKind, type LogRecord, type Span } from '../model/span.ts';
import type { HubRequests, OpenSpanRecord, SpanDetails } from '../protocol/hub.ts';
import { mayHoldSpan, readLogs, readSpans } from './chunkReader.ts';
import type { Chunks } from './chunks.ts';
import type { Holds } from './holds.ts';
import { isSpanId, isTraceId } from './ids.ts';
import { loggedStack } from './loggedExceptions.ts';
import { type OpenSpan, shownEnd } from './openSpans.ts';
import { byTrace, openSpanRecord, sitesBeneathOpen } from './openTraces.ts';
import { nowUnixNano, type Probes } from './probes.ts';
import { Slices } from './slices.ts';
import { spanDetails } from './spanDetails.ts';
import type { KeptSpan } from './spanFacts.ts';
import type { Store } from './store/store.ts';
import type { Summaries } from './summaries.ts';
import type { TraceQueries } from './traceQueries.ts';

const exportPartBytes = 8 * 1024 * 1024;
/** A trace is asked for as one document; this is where even that is cut. */
const exportTracePartBytes = 256 * 1024 * 1024;

export interface SpanQueriesOptions {
  readonly store: () => Store;
  readonly chunks: Chunks;
  readonly summaries: Summaries;
  readonly probes: Probes;
  readonly holds: Holds;
  readonly traces: TraceQueries;
}

/** What clients ask of single spans, and all spans as text. */
export class SpanQueries {
  readonly #options: SpanQueriesOptions;

  constructor(options: SpanQueriesOptions) {
    this.#options = options;
  }

  async details(traceId: string, spanId: string): Promise<SpanDetails | undefined> {
    if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined;
    const { store, chunks, probes } = this.#options;
    const slices = new Slices();
    for (const chunkId of store().chunksOfTrace(traceId, 'traces')) {
      const spans = chunks.read(chunkId, readSpans, (chunk) => mayHoldSpan(chunk, spanId));
      const found = spans.find(({ span }) => span.spanId === spanId && span.traceId === traceId);
      if (found !== undefined) return this.#detailsOf(found);
      await slices.pause();
    }
    const open = probes.open.get(traceId, spanId);
    return open === undefined ? undefined : this.#openDetails(open);
  }

  /** By the id alone, the newest chunk first. */
  async find(spanId: string): Promise<SpanDetails | undefined> {
    if (!isSpanId(spanId)) return undefined;
    const { store, chunks, probes } = this.#options;
    const open = probes.open.all().find(({ span }) => span.spanId === spanId);
    if (open !== undefined) return this.#openDetails(open);
    const slices = new Slices();
    let chunkId = store().previousChunk(Number.MAX_SAFE_INTEGER, 'traces');
    while (chunkId !== undefined) {
      const spans = chunks.read(chunkId, readSpans, (chunk) => mayHoldSpan(chunk, spanId));
      const found = spans.find(({ span }) => span.spanId === spanId);
      if (found !== undefined) return this.#detailsOf(found);
      await slices.pause();
      chunkId = store().previousChunk(chunkId, 'traces');
    }
    return undefined;
  }

  open(): readonly OpenSpanRecord[] {
    const { probes, summaries, holds } = this.#options;
    const now = nowUnixNano();
    const open = probes.open.all();
    const traces = byTrace(open);
    const siteOf = ({ span }: OpenSpan) => (readSite(span).stacktrace === undefined ? undefined : summaries.sites.idOf(readSite(span)));
    return open.toReversed().map((each) => {
      const { span } = each;
      const beneath = !isEntryKind(span.kind) ? [] : sitesBeneathOpen(each, traces.get(span.traceId) ?? [], siteOf, (spanId, service) => summaries.sitesBeneath(span.traceId, spanId, service));
      const siteId = beneath.length > 0 ? summaries.sites.entryId(readSite(span), beneath) : summaries.sites.idOf(readSite(span));
      return openSpanRecord(each, siteId, holds.heldNs(each.captureId, { startUnixNano: span.startUnixNano, endUnixNano: shownEnd(each, now) }), now);
    });
  }

  async exportOtlpJson(traceIds: readonly string[] | undefined, afterChunk = 0): Promise<HubRequests['exportOtlpJson'][1]> {
    const { store, chunks } = this.#options;
    const slices = new Slices();
    const wanted = traceIds === undefined ? undefined : new Set(traceIds.map((id) => id.toLowerCase()).filter(isTraceId));
    const chunkIds = wanted === undefined ? undefined : this.#chunksOf(wanted).filter((chunkId) => chunkId > afterChunk);
    const limit = wanted === undefined ? exportPartBytes : exportTracePartBytes;
    const spans: Span[] = [];
    let bytes = 0;
    let last = afterChunk;
    for (;;) {
      const chunkId = chunkIds === undefined ? store().nextChunk(last, 'traces') : chunkIds.shift();
      if (chunkId === undefined) return { json: JSON.stringify(traceRequestJson(spans)), nextChunk: undefined };
      const inChunk = chunks.read(chunkId, (chunk) => {
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
    const all = new Set([...traceIds].flatMap((traceId) => this.#options.store().chunksOfTrace(traceId, 'traces')));
    return [...all].sort((a, b) => a - b);
  }

  #openDetails(open: OpenSpan): Promise<SpanDetails> {
    return this.#detailsOf({ span: { ...open.span, endUnixNano: shownEnd(open, nowUnixNano()) }, captureId: open.captureId }, open);
  }

  async #detailsOf(kept: KeptSpan, open?: OpenSpan): Promise<SpanDetails> {
    const { store, chunks, summaries, holds } = this.#options;
    const { span } = kept;
    const logs: LogRecord[] = [];
    for (const chunkId of store().chunksOfTrace(span.traceId, 'logs')) {
      const records = chunks.read(chunkId, readLogs, (chunk) => mayHoldSpan(chunk, span.spanId));
      logs.push(...records.filter((record) => record.traceId === span.traceId && record.spanId === span.spanId));
    }
    const exception = logs.map(loggedStack).find((stack) => stack !== undefined);
    const siteId = isEntryKind(span.kind) ? await this.#siteInTrace(span) : summaries.sites.idOf(withException(readSite(span), exception));
    return spanDetails(kept, logs, siteId === undefined ? undefined : summaries.sites.get(siteId), holds.heldNs(kept.captureId, span), open?.state);
  }

  /** With what the spans beneath it say. */
  async #siteInTrace(span: Span): Promise<number | undefined> {
    const columns = await this.#options.traces.columns(span.traceId);
    if (columns === undefined) return undefined;
    const ids = Buffer.from(columns.spanId.buffer, columns.spanId.byteOffset, columns.spanId.byteLength);
    const wanted = Buffer.from(span.spanId, 'hex');
    let at = ids.indexOf(wanted);
    while (at >= 0 && at % 8 !== 0) at = ids.indexOf(wanted, at + 1);
    const site = at < 0 ? -1 : (columns.site[at / 8] ?? -1);
    return site < 0 ? undefined : site;
  }
}
