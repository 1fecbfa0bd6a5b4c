import type { Span } from '../model/span.ts';
import { idFirst, idLast } from './idWords.ts';
import { RecentMap } from './recentMap.ts';
import { SpanIds } from './spanIds.ts';

/** A trace costs about as much as this many spans. */
export const traceWeight = 20;

type SpanName = Pick<Span, 'traceId' | 'spanId'>;

/**
 * Which spans are kept already, for the traces that were active lately. A sender that got no answer sends its batch again; those spans
 * must count once. Of a trace this has no memory of, `stored` gives the ids the store holds.
 */
export class SeenSpans {
  readonly #traces: RecentMap<SpanIds>;
  readonly #stored: (traceId: string) => Iterable<string>;

  constructor(maxSpans: number, stored: (traceId: string) => Iterable<string>) {
    this.#traces = new RecentMap(maxSpans, (ids) => traceWeight + ids.size);
    this.#stored = stored;
  }

  /** False where it was added before, or is stored. It counts as seen from now on. */
  add(span: SpanName): boolean {
    const isNew = this.#idsOf(span.traceId).add(idFirst(span), idLast(span));
    if (isNew) this.#traces.grew(1);
    return isNew;
  }

  /** What was added was not stored: it is as if it had never come. */
  remove(span: SpanName): void {
    if (this.#traces.get(span.traceId)?.delete(idFirst(span), idLast(span)) === true) this.#traces.grew(-1);
  }

  /** Between batches: forgets what is too much. */
  trim(): void {
    this.#traces.trim();
  }

  has(span: SpanName): boolean {
    return this.#idsOf(span.traceId).has(idFirst(span), idLast(span));
  }

  /** Of a trace that lost spans: what is left of it is read from the store when it speaks again. */
  forget(traceId: string): void {
    this.#traces.delete(traceId);
  }

  #idsOf(traceId: string): SpanIds {
    const known = this.#traces.get(traceId);
    if (known !== undefined) return known;
    const ids = new SpanIds(this.#stored(traceId));
    this.#traces.set(traceId, ids);
    return ids;
  }
}
