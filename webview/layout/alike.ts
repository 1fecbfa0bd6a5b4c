import type { TraceColumns } from '../../src/protocol/hub.ts';

/** Spans that are the same thing again: same name, service, kind and site. */
export interface Alike {
  readonly count: number;
  /** By row: the number of its kind of span, from 0 on. */
  readonly ofRow: Uint32Array;
}

/** Linear; the numbers are given in order of appearance. */
export function alikeSpans(columns: TraceColumns): Alike {
  const { spanCount, strings } = columns;
  const operations = new Map<number, number>();
  const kinds = new Map<number, number>();
  const sites = new Map<number, number>();
  const ofRow = new Uint32Array(spanCount);
  for (let row = 0; row < spanCount; row++) {
    // In three steps, so that no key passes 2^53 however many texts and sites there are.
    const operation = numberOf(operations, (columns.name[row] ?? 0) * (strings.length + 1) + (columns.service[row] ?? 0));
    const kind = numberOf(kinds, operation * 256 + (columns.kind[row] ?? 0));
    ofRow[row] = numberOf(sites, kind * 0x8000_0000 + (columns.site[row] ?? -1) + 1);
  }
  return { count: sites.size, ofRow };
}

/** The rows alike to each other, found once for all. */
export class AlikeRows {
  readonly #first: Uint32Array;
  readonly #rows: Uint32Array;
  readonly #ofRow: Uint32Array;

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

function numberOf(numbers: Map<number, number>, key: number): number {
  let number = numbers.get(key);
  if (number === undefined) numbers.set(key, (number = numbers.size));
  return number;
}
