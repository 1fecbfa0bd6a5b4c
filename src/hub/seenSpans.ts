import type { Span } from '../model/span.ts';
import { idFirst, idLast } from './idWords.ts';
import { RecentMap } from './recentMap.ts';
import { SpanIds } from './spanIds.ts';

/** A trace costs about as much as this many spans. */
export const traceWeight = 20;

type SpanName = Pick<Span, 'traceId' | 'spanId'>;

/** One batch against the memory; ends with `commit` or `rollback`. */
export interface SeenSpansStep {
  /** True the first time; the id counts as seen from then on. */
  isNew(span: SpanName): boolean;
  commit(): void;
  rollback(): void;
}

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

  begin(): SeenSpansStep {
    // By turns the ids of a trace and the span whose was added to them.
    const added: (SpanIds | SpanName)[] = [];
    return {
      isNew: (span) => {
        const ids = this.#idsOf(span.traceId);
        if (!ids.add(idFirst(span), idLast(span))) return false;
        added.push(ids, span);
        this.#traces.grew(1);
        return true;
      },
      commit: () => this.#traces.trim(),
      rollback: () => {
        this.#traces.grew(-added.length / 2);
        for (let at = 0; at < added.length; at += 2) {
          const span = added[at + 1] as SpanName;
          (added[at] as SpanIds).delete(idFirst(span), idLast(span));
        }
        added.length = 0;
      },
    };
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
