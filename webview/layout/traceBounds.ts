import { statusError } from '../../src/model/span.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { TimeWindow } from './timeWindow.ts';
import type { TraceTree } from './traceTree.ts';

/** The tree's own cover, not the columns' duration: a wrong one must not push spans out of sight. At least a microsecond, to divide by. */
export function fullWindow(tree: TraceTree): TimeWindow {
  let startNs = 0;
  let endNs = 0;
  for (let node = 0; node < tree.nodeCount; node = tree.end[node] ?? node + 1) {
    startNs = Math.min(startNs, tree.coverStartNs[node] ?? 0);
    endNs = Math.max(endNs, tree.coverEndNs[node] ?? 0);
  }
  return { startNs, endNs: Math.max(endNs, startNs + 1000) };
}

/** The failed nodes, ascending. */
export function errorNodes(tree: TraceTree, columns: TraceColumns): Int32Array {
  const errors = new Int32Array(tree.errorsBefore[tree.nodeCount] ?? 0);
  for (let node = 0, count = 0; node < tree.nodeCount; node++) {
    const row = tree.row[node] ?? -1;
    if (row >= 0 && columns.statusCode[row] === statusError) errors[count++] = node;
  }
  return errors;
}

/** By row, where its events start in the columns' `eventNs`; undefined where they are not there. */
export function firstEvents(columns: TraceColumns): Int32Array | undefined {
  if (columns.eventNs === undefined) return undefined;
  const first = new Int32Array(columns.spanCount);
  for (let row = 1; row < columns.spanCount; row++) first[row] = (first[row - 1] ?? 0) + (columns.eventCount[row - 1] ?? 0);
  return first;
}
