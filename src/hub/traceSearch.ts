import type { LogRecord, Resource } from '../model/span.ts';
import type { QueryTerm } from '../model/spanQuery.ts';
import { spanText, textMatches } from '../model/spanText.ts';
import type { TraceColumns } from '../protocol/hub.ts';
import type { SearchAnswer } from '../protocol/traceSearch.ts';
import { Slices } from './slices.ts';
import { logsOf, rowsBySpan, type TraceSource } from './traceSource.ts';

/** What the texts of the trace searched last may take; a trace with more is read again for every question. */
const defaultLimitBytes = 128 * 1024 * 1024;
const mostKeys = 300;
const mostCountedKeys = 10_000;
/** No person types more. */
const mostTerms = 50;
const noLogs: readonly LogRecord[] = [];

interface Kept {
  readonly traceId: string;
  readonly version: number;
  readonly read: Promise<Read>;
}

interface Read {
  /** By row; undefined where they would take too much. */
  readonly texts: readonly string[] | undefined;
  readonly keys: readonly string[];
}

/** Looks for texts in what the spans of one trace hold beyond their columns. The texts of the trace asked for last are kept. */
export class TraceSearch {
  readonly #source: TraceSource;
  readonly #limitBytes: number;
  #kept: Kept | undefined;

  constructor(source: TraceSource, limitBytes = defaultLimitBytes) {
    this.#source = source;
    this.#limitBytes = limitBytes;
  }

  /** undefined where no span of that trace is kept. The work is done in slices; other requests come in between. */
  async answer(traceId: string, terms: readonly QueryTerm[]): Promise<SearchAnswer | undefined> {
    const columns = await this.#source.columns(traceId);
    if (columns === undefined) return undefined;
    const { version } = columns;
    if (this.#kept?.traceId !== traceId || this.#kept.version !== version) {
      this.#kept = { traceId, version, read: this.#read(traceId, columns) };
      this.#kept.read.catch(() => (this.#kept = undefined));
    }
    const { texts, keys } = await this.#kept.read;
    const wanted = terms.slice(0, mostTerms);
    const found = wanted.map((): number[] => []);
    if (texts !== undefined) {
      const slices = new Slices();
      for (const [at, term] of wanted.entries()) {
        for (let row = 0; row < texts.length; row++) {
          if (textMatches(texts[row] ?? '', term)) found[at]?.push(row);
          if (row % 500 === 499) await slices.pause();
        }
      }
    } else if (wanted.length > 0) {
      await this.#eachText(traceId, columns, (row, text) => wanted.forEach((term, at) => {
        if (textMatches(text, term)) found[at]?.push(row);
      }));
    }
    return { version, rows: found.map((rows) => Uint32Array.from(rows).sort()), keys };
  }

  async #read(traceId: string, columns: TraceColumns): Promise<Read> {
    let texts: string[] | undefined = new Array<string>(columns.spanCount).fill('');
    let bytes = 0;
    const counts = new Map<string, number>();
    const count = (key: string): void => {
      const before = counts.get(key);
      if (before !== undefined || counts.size < mostCountedKeys) counts.set(key, (before ?? 0) + 1);
    };
    const resources = new Set<Resource>();
    await this.#eachText(traceId, columns, (row, text, keys, resource) => {
      for (const { key } of keys) count(key);
      if (!resources.has(resource)) for (const { key } of resources.add(resource) && resource.attributes) count(key);
      // As the engine keeps them: two bytes a character where any is beyond Latin-1.
      bytes += text.length * 2;
      if (bytes > this.#limitBytes) texts = undefined;
      if (texts !== undefined) texts[row] = text;
    });
    const keys = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, mostKeys).map(([key]) => key);
    return { texts, keys };
  }

  async #eachText(traceId: string, columns: TraceColumns, take: (row: number, text: string, attributes: readonly { readonly key: string }[], resource: Resource) => void): Promise<void> {
    const slices = new Slices();
    const logs = new Map<string, LogRecord[]>();
    for await (const record of logsOf(this.#source, traceId, slices)) {
      if (record.spanId === undefined) continue;
      const known = logs.get(record.spanId);
      if (known === undefined) logs.set(record.spanId, [record]);
      else known.push(record);
    }
    const rows = rowsBySpan(columns);
    for (const chunkId of this.#source.chunks(traceId, 'traces')) {
      for (const { span } of this.#source.spans(chunkId)) {
        const row = span.traceId === traceId ? rows.get(span.spanId) : undefined;
        if (row !== undefined) take(row, spanText(span, logs.get(span.spanId) ?? noLogs), span.attributes, span.resource);
      }
      await slices.pause();
    }
  }
}
