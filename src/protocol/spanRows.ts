import type { TraceColumns } from './hub.ts';

type Ids = Pick<TraceColumns, 'spanId' | 'spanCount'>;

/** The rows of a trace by span id: a hash table over a typed array, since a Map of 100,000 texts would be felt. Rows have distinct ids. */
export class SpanRows {
  readonly #ids: Uint8Array;
  readonly #slots: Int32Array;

  constructor({ spanId, spanCount }: Ids) {
    this.#ids = spanId;
    let size = 16;
    while (size < spanCount * 2) size *= 2;
    this.#slots = new Int32Array(size).fill(-1);
    for (let row = 0; row < spanCount; row++) {
      let slot = hashOf(spanId, row) & (size - 1);
      while (this.#slots[slot] !== -1) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = row;
    }
  }

  /** The row here of the span that is in row `row` of other ids; -1 where it is not here. */
  find(ids: Uint8Array, row: number): number {
    const last = this.#slots.length - 1;
    for (let slot = hashOf(ids, row) & last; ; slot = (slot + 1) & last) {
      const found = this.#slots[slot] ?? -1;
      if (found < 0 || isSameId(this.#ids, found, ids, row)) return found;
    }
  }
}

/** Whether two rows are the same span. */
export function isSameId(ids: Uint8Array, row: number, otherIds: Uint8Array, otherRow: number): boolean {
  for (let index = 0; index < 8; index++) if (ids[row * 8 + index] !== otherIds[otherRow * 8 + index]) return false;
  return true;
}

/** By row of the one snapshot, the row of the same span in the other, or -1. */
export function rowsNow(before: Ids, now: Ids): Int32Array {
  const rows = new SpanRows(now);
  return Int32Array.from({ length: before.spanCount }, (_, row) => rows.find(before.spanId, row));
}

function hashOf(ids: Uint8Array, row: number): number {
  let hash = 0x811c9dc5;
  for (let index = row * 8; index < row * 8 + 8; index++) hash = Math.imul(hash ^ (ids[index] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
