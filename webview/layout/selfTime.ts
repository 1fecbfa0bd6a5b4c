import type { Stretch } from '../../src/model/heldTime.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { HeldRows } from './heldRows.ts';
import type { TraceTree } from './traceTree.ts';
import { spanLengthNs, spanStartNs } from './spanTimes.ts';

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
 * Linear: rows of siblings stand by their start.
 */
export function selfTimesNs(columns: TraceColumns, tree: TraceTree): Float64Array {
  const selfNs = new Float64Array(tree.nodeCount);
  const coveredUntilNs = new Float64Array(tree.nodeCount);
  // By rows, not nodes: only there do siblings stand by their start where some of them are folded into a group.
  for (let row = 0; row < columns.spanCount; row++) {
    const node = tree.nodeOfRow[row] ?? 0;
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

/** The same without what the debugger held: of each stretch it held a span, what none of its children covers. */
export function netSelfTimesNs(columns: TraceColumns, tree: TraceTree, held: HeldRows): Float64Array {
  const selfNs = selfTimesNs(columns, tree);
  for (const [row, stretches] of held.rows) {
    const node = tree.nodeOfRow[row] ?? 0;
    const children = childStretches(columns, tree, node);
    for (const { fromNs, toNs } of stretches) {
      let ownNs = 0;
      let untilNs = fromNs;
      for (const child of children) {
        if (child.fromNs >= toNs) break;
        ownNs += Math.max(0, child.fromNs - untilNs);
        untilNs = Math.max(untilNs, child.toNs);
      }
      ownNs += Math.max(0, toNs - untilNs);
      selfNs[node] = Math.max(0, (selfNs[node] ?? 0) - ownNs);
    }
  }
  return selfNs;
}

function childStretches(columns: TraceColumns, tree: TraceTree, parent: number): Stretch[] {
  const children: Stretch[] = [];
  for (let node = parent + 1; node < (tree.end[parent] ?? 0); ) {
    const row = tree.row[node] ?? -1;
    if (row < 0) {
      node++;
      continue;
    }
    const fromNs = spanStartNs(columns, row);
    children.push({ fromNs, toNs: fromNs + spanLengthNs(columns, row) });
    node = tree.end[node] ?? node + 1;
  }
  return children.sort((a, b) => a.fromNs - b.fromNs);
}

/** The nearest node above that is a span, or -1. */
export function spanAbove(tree: TraceTree, node: number): number {
  let above = tree.parent[node] ?? -1;
  while (above >= 0 && (tree.row[above] ?? -1) < 0) above = tree.parent[above] ?? -1;
  return above;
}
