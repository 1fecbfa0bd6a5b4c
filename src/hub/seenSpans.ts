import { RecentMap } from './recentMap.ts';

/** One batch against the memory; ends with `commit` or `rollback`. */
export interface SeenSpansStep {
  /** True the first time; the id counts as seen from then on. */
  isNew(traceId: string, spanId: string): boolean;
  commit(): void;
  rollback(): void;
}

/**
 * Which spans are kept already, for the traces that were active lately. A sender that got no answer sends its batch again; those spans
 * must count once. Of a trace this has no memory of, `stored` gives the ids the store holds.
 */
export class SeenSpans {
  readonly #traces: RecentMap<Set<string>>;
  readonly #stored: (traceId: string) => Iterable<string>;

  constructor(maxSpans: number, stored: (traceId: string) => Iterable<string>) {
    this.#traces = new RecentMap(maxSpans, (ids) => 1 + ids.size);
    this.#stored = stored;
  }

  begin(): SeenSpansStep {
    const added: (readonly [Set<string>, string])[] = [];
    return {
      isNew: (traceId, spanId) => {
        const ids = this.#idsOf(traceId);
        if (ids.has(spanId)) return false;
        ids.add(spanId);
        added.push([ids, spanId]);
        this.#traces.grew(1);
        return true;
      },
      commit: () => this.#traces.trim(),
      rollback: () => {
        for (const [ids, spanId] of added) ids.delete(spanId);
        this.#traces.grew(-added.length);
      },
    };
  }

  has(traceId: string, spanId: string): boolean {
    return this.#idsOf(traceId).has(spanId);
  }

  /** Of a trace that lost spans: what is left of it is read from the store when it speaks again. */
  forget(traceId: string): void {
    this.#traces.delete(traceId);
  }

  #idsOf(traceId: string): Set<string> {
    const known = this.#traces.get(traceId);
    if (known !== undefined) return known;
    const ids = new Set(this.#stored(traceId));
    this.#traces.set(traceId, ids);
    return ids;
  }
}
