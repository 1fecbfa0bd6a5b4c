import type { TraceColumns } from '../../src/protocol/hub.ts';
import { distinct, hashWith } from './distinct.ts';

/** Spans that are the same thing again: same name, service, kind and site. */
export interface Alike {
  readonly count: number;
  /** By row: the number of its kind of span, from 0 on in order of appearance. */
  readonly ofRow: Int32Array;
}

export function alikeSpans({ spanCount, name, service, kind, site }: TraceColumns): Alike {
  const { count, numbers } = distinct(
    spanCount,
    (row) => hashWith(hashWith(hashWith(name[row] ?? 0, service[row] ?? 0), kind[row] ?? 0), site[row] ?? -1),
    (a, b) => name[a] === name[b] && site[a] === site[b] && service[a] === service[b] && kind[a] === kind[b],
  );
  return { count, ofRow: numbers };
}

/** The rows alike to each other, found once for all. */
export class AlikeRows {
  readonly #first: Uint32Array;
  readonly #rows: Uint32Array;
  readonly #ofRow: Int32Array;

  constructor({ count, ofRow }: Alike) {
    this.#ofRow = ofRow;
    this.#first = new Uint32Array(count + 1);
    for (const kind of ofRow) this.#first[kind + 1] = (this.#first[kind + 1] ?? 0) + 1;
    for (let kind = 0; kind < count; kind++) this.#first[kind + 1] = (this.#first[kind + 1] ?? 0) + (this.#first[kind] ?? 0);
    const next = this.#first.slice();
    this.#rows = new Uint32Array(ofRow.length);
    ofRow.forEach((kind, row) => {
      this.#rows[next[kind] ?? 0] = row;
      next[kind] = (next[kind] ?? 0) + 1;
    });
  }

  /** With the row itself, ascending. */
  of(row: number): Uint32Array {
    const kind = this.#ofRow[row] ?? 0;
    return this.#rows.subarray(this.#first[kind], this.#first[kind + 1]);
  }
}
