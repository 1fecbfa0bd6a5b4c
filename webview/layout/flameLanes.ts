import type { TraceColumns } from '../../src/protocol/hub.ts';
import { sortedOrder } from './sortedOrder.ts';
import { spanLengthNs, spanStartNs } from './spanTimes.ts';

/** Deeper lanes than this share the last one, whatever overlaps there. */
const mostLanes = 4000;
/** So many lanes are tried before a span goes beneath all others: a bound for very many spans at once. */
const mostTries = 64;

/** Every span in a lane: beneath its parent's, and beside nothing that ran at the same time. */
export interface FlameLanes {
  readonly laneCount: number;
  /** By row. */
  readonly lane: Uint16Array;
  /** By lane: where its rows start in `rows`; one longer than the lanes. */
  readonly first: Uint32Array;
  /** Rows by lane and, within a lane, by start. */
  readonly rows: Uint32Array;
}

/**
 * By start, each span goes into the first free lane under its parent's:
 *
 *   lane 0  |== root ==============================|
 *   lane 1     |== a ====|  |== c ======|             c is free to stand beside a
 *   lane 2        |= a1 =|                            under a
 *   lane 3       |== b ========|                      overlaps a, so it stands lower
 *
 * Takes a sort and, for each span, at most a bounded number of looks.
 */
export function flameLanes(columns: TraceColumns): FlameLanes {
  const { spanCount } = columns;
  const startNs = Float64Array.from({ length: spanCount }, (_, row) => spanStartNs(columns, row));
  // Equal starts stay in the order of rows, in which a parent comes before its children.
  const order = sortedOrder(startNs);
  const lane = new Uint16Array(spanCount);
  const placed = new Uint8Array(spanCount);
  const freeFromNs: number[] = [];
  const counts: number[] = [];
  for (const row of order) {
    const parent = columns.parentRow[row] ?? -1;
    // A parent that starts after its child, by a clock that is off, is not placed yet: the depth says enough.
    const least = Math.min(mostLanes - 1, parent < 0 ? 0 : placed[parent] === 1 ? (lane[parent] ?? 0) + 1 : (columns.depth[row] ?? 0));
    let at = least;
    const start = startNs[row] ?? 0;
    while (at < freeFromNs.length && at - least < mostTries && (freeFromNs[at] ?? 0) > start) at++;
    if (at - least >= mostTries) at = freeFromNs.length;
    at = Math.min(mostLanes - 1, at);
    while (freeFromNs.length <= at) {
      freeFromNs.push(-Infinity);
      counts.push(0);
    }
    lane[row] = at;
    placed[row] = 1;
    freeFromNs[at] = Math.max(freeFromNs[at] ?? -Infinity, start + Math.max(1, spanLengthNs(columns, row)));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const first = new Uint32Array(counts.length + 1);
  counts.forEach((count, at) => (first[at + 1] = (first[at] ?? 0) + count));
  const next = first.slice();
  const rows = new Uint32Array(spanCount);
  for (const row of order) rows[next[lane[row] ?? 0]!++] = row;
  return { laneCount: counts.length, lane, first, rows };
}

/** The index in `rows` of the first span of a lane that ends after `ns`, or of the next lane's. Spans of a lane do not overlap. */
export function firstEndingAfter(lanes: FlameLanes, columns: TraceColumns, lane: number, ns: number, from = lanes.first[lane] ?? 0): number {
  let low = from;
  let high = lanes.first[lane + 1] ?? 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = lanes.rows[middle] ?? 0;
    if (spanStartNs(columns, row) + spanLengthNs(columns, row) <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}
