/** parentRow of a root: it names no parent. */
export const noParent = -1;
/** parentRow of an orphan: its parent has not arrived (or the parents lead round in a circle). */
export const missingParent = -2;

export interface TraceOrder {
  /** Row → index of the span in the input. */
  readonly order: Uint32Array;
  /** By row: the parent's row, `noParent` or `missingParent`. A parent's row is always less than its child's. */
  readonly parentRow: Int32Array;
  /** By row, 0 for roots and orphans; what passes 65535 stays there. */
  readonly depth: Uint16Array;
}

const maxDepth = 0xffff;

/**
 * The spans of one trace in tree order: each before its children, siblings (and roots) by start, then by span id. Orphans and
 * what hangs under them come after the roots' trees. Of parents that lead round in a circle the earliest span counts as an orphan.
 * Takes O(n log n) time and does not recurse.
 *
 * @param indexOf of each span id its index: their order is the keys', so that they are distinct
 * @param starts in any unit, on one scale
 */
export function traceOrder(indexOf: ReadonlyMap<string, number>, parentIds: readonly (string | undefined)[], starts: ArrayLike<number>): TraceOrder {
  const spanIds = [...indexOf.keys()];
  const count = spanIds.length;
  const sorted = byStart(spanIds, starts);
  const parent = parents(indexOf, parentIds);
  breakCircles(parent, rankOf(sorted));

  // Children of i: sortedChildren[first[i] .. first[i + 1]), in order of start because they are handed out in that order.
  const first = new Uint32Array(count + 1);
  for (const p of parent) if (p >= 0) first[p + 1]! += 1;
  for (let i = 0; i < count; i++) first[i + 1]! += first[i]!;
  const next = first.slice();
  const sortedChildren = new Uint32Array(first[count]!);
  for (const i of sorted) {
    const p = parent[i]!;
    if (p >= 0) sortedChildren[next[p]!++] = i;
  }

  const order = new Uint32Array(count);
  const parentRow = new Int32Array(count);
  const depth = new Uint16Array(count);
  const rowOf = new Uint32Array(count);
  const stack = new Uint32Array(count);
  let row = 0;
  for (const kind of [noParent, missingParent]) {
    for (const top of sorted) {
      if (parent[top] !== kind) continue;
      let height = 0;
      stack[height++] = top;
      while (height > 0) {
        const i = stack[--height]!;
        const p = parent[i]!;
        order[row] = i;
        rowOf[i] = row;
        parentRow[row] = p >= 0 ? rowOf[p]! : p;
        depth[row] = p >= 0 ? Math.min(depth[rowOf[p]!]! + 1, maxDepth) : 0;
        row++;
        // The last child first, so that the first comes off the stack first.
        for (let c = first[i + 1]! - 1; c >= first[i]!; c--) stack[height++] = sortedChildren[c]!;
      }
    }
  }
  return { order, parentRow, depth };
}

function byStart(spanIds: readonly string[], starts: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(spanIds.keys()).sort((a, b) => starts[a]! - starts[b]! || (spanIds[a]! < spanIds[b]! ? -1 : 1));
}

function rankOf(sorted: Uint32Array): Uint32Array {
  const rank = new Uint32Array(sorted.length);
  sorted.forEach((i, at) => (rank[i] = at));
  return rank;
}

function parents(indexOf: ReadonlyMap<string, number>, parentIds: readonly (string | undefined)[]): Int32Array {
  return Int32Array.from(parentIds, (id) => (id === undefined ? noParent : (indexOf.get(id) ?? missingParent)));
}

/**
 * Walks up from every span until a walked one. Meeting the walk's own steps again means a circle:
 *
 *   a → b → c → d      the walk from a
 *       ↑       |      b is marked with this walk: b, c, d are the circle, a only hangs on it
 *       └───────┘
 */
function breakCircles(parent: Int32Array, rank: Uint32Array): void {
  const walkOf = new Uint32Array(parent.length);
  for (let start = 0; start < parent.length; start++) {
    const walk = start + 1;
    let i = start;
    while (i >= 0 && walkOf[i] === 0) {
      walkOf[i] = walk;
      i = parent[i]!;
    }
    if (i < 0 || walkOf[i] !== walk) continue;
    let earliest = i;
    for (let step = parent[i]!; step !== i; step = parent[step]!) if (rank[step]! < rank[earliest]!) earliest = step;
    parent[earliest] = missingParent;
  }
}
