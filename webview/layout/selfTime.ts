import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { TraceTree } from './traceTree.ts';
import { spanLengthNs, spanStartNs } from './traceTree.ts';

/**
 * By node, the part of a span's duration in which none of its children ran; 0 for a node that is no span. What of a child lies
 * outside its parent does not count.
 *
 *   parent  |================|
 *   a           |====|                  children that overlap are counted once
 *   b             |=====|
 *   c                     |======|      and one that outlasts its parent only to the parent's end
 *   self     ===          =
 *
 * Linear: siblings stand by their start.
 */
export function selfTimesNs(columns: TraceColumns, tree: TraceTree): Float64Array {
  const selfNs = new Float64Array(tree.nodeCount);
  const coveredUntilNs = new Float64Array(tree.nodeCount);
  for (let node = 0; node < tree.nodeCount; node++) {
    const row = tree.row[node] ?? -1;
    if (row < 0) continue;
    const startNs = spanStartNs(columns, row);
    const endNs = startNs + spanLengthNs(columns, row);
    selfNs[node] = endNs - startNs;
    coveredUntilNs[node] = startNs;
    const parent = spanAbove(tree, node);
    if (parent < 0) continue;
    const parentRow = tree.row[parent] ?? 0;
    const parentEndNs = spanStartNs(columns, parentRow) + spanLengthNs(columns, parentRow);
    const fromNs = Math.max(startNs, coveredUntilNs[parent] ?? 0);
    const toNs = Math.min(endNs, parentEndNs);
    if (toNs <= fromNs) continue;
    // Sums and differences of large numbers may leave a crumb below zero.
    selfNs[parent] = Math.max(0, (selfNs[parent] ?? 0) - (toNs - fromNs));
    coveredUntilNs[parent] = toNs;
  }
  return selfNs;
}

/** The nearest node above that is a span, or -1. */
export function spanAbove(tree: TraceTree, node: number): number {
  let above = tree.parent[node] ?? -1;
  while (above >= 0 && (tree.row[above] ?? -1) < 0) above = tree.parent[above] ?? -1;
  return above;
}
