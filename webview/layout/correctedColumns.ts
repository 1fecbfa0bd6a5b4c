import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { ClockSkew } from './clockSkew.ts';
import type { TraceTree } from './traceTree.ts';

/**
 * The trace as it would stand had all clocks agreed: each skewed span and what is beneath it is moved, shifts of nested ones added up.
 * A copy; what was recorded stays as it is.
 *
 *   caller            |-----------|               caller   |-----------|
 *   callee     |-------|                 becomes  callee   |-------|
 *   query        |--|                             query      |--|
 */
export function correctedColumns(columns: TraceColumns, tree: TraceTree, skews: readonly ClockSkew[]): TraceColumns {
  const { spanCount } = columns;
  const ownNs = new Float64Array(spanCount);
  for (const { node, shiftNs } of skews) ownNs[tree.row[node] ?? -1] = shiftNs;
  const shiftNs = new Float64Array(spanCount);
  const startNs = columns.startNs.slice();
  for (let row = 0; row < spanCount; row++) {
    const parent = columns.parentRow[row] ?? -1;
    shiftNs[row] = (ownNs[row] ?? 0) + (parent >= 0 && parent < row ? (shiftNs[parent] ?? 0) : 0);
    startNs[row] = (startNs[row] ?? 0) + (shiftNs[row] ?? 0);
  }
  return {
    ...columns,
    startNs,
    ...(columns.eventNs === undefined ? {} : { eventNs: shifted(columns.eventNs, columns.eventCount, 1, shiftNs) }),
    ...(columns.heldNs === undefined || columns.heldCount === undefined ? {} : { heldNs: shifted(columns.heldNs, columns.heldCount, 2, shiftNs) }),
  };
}

/** Moments that belong to rows: `counts` times `each` of them a row, one row after the other. */
function shifted(timesNs: Float64Array, counts: Uint16Array, each: number, shiftNs: Float64Array): Float64Array {
  const moved = timesNs.slice();
  let at = 0;
  counts.forEach((count, row) => {
    for (let left = count * each; left > 0; left--, at++) moved[at] = (moved[at] ?? 0) + (shiftNs[row] ?? 0);
  });
  return moved;
}
