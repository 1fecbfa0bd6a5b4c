import { statusError } from '../../src/model/span.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { FoldGroups } from './foldGroups.ts';
import { spanLengthNs, spanStartNs } from './spanTimes.ts';

/**
 * The rows of a trace as they stand under each other. A node is a span, a group of alike ones (layout/foldGroups), or the
 * placeholder over the orphans:
 *
 *   node  depth                     end
 *   0     0  POST /checkout         4     a subtree is the nodes [node, end)
 *   1     1    validate cart        2
 *   2     1    POST                 4
 *   3     2      POST /orders       4
 *   4     0  late or orphaned       6     the placeholder
 *   5     1    mail.send            6
 *
 * Arrays are by node, and everything over them is a linear pass, so that 100,000 spans stay cheap.
 */
export interface TraceTree {
  readonly nodeCount: number;
  /** The span's row in the columns, or -1 for a node that is no span. */
  readonly row: Int32Array;
  /** The group a node stands for, or -1. */
  readonly group: Int32Array;
  readonly nodeOfGroup: Int32Array;
  /** By row: its node. */
  readonly nodeOfRow: Int32Array;
  /** The node above, or -1. */
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly end: Int32Array;
  /** The node of the placeholder, or -1 where there are no orphans. */
  readonly placeholder: number;
  /** Failed spans among the nodes before; one longer than the nodes. */
  readonly errorsBefore: Int32Array;
  /** The time a subtree covers, from the trace's start. */
  readonly coverStartNs: Float64Array;
  readonly coverEndNs: Float64Array;
}

/** Rows whose parent is missing, themselves, or after them (a cycle) come under the placeholder. Never recurses. */
export function buildTraceTree(columns: TraceColumns, groups?: FoldGroups): TraceTree {
  const rowCount = columns.spanCount;
  // An item is a row or, from `rowCount` on, a group.
  const itemCount = rowCount + (groups?.count ?? 0);
  const firstChild = new Int32Array(itemCount).fill(-1);
  const nextSibling = new Int32Array(itemCount).fill(-1);
  const parentRowOf = (row: number): number => {
    const parent = columns.parentRow[row] ?? -2;
    return parent >= 0 && parent < row ? parent : -1;
  };
  const itemAbove = (item: number): number => {
    if (item >= rowCount) return parentRowOf(groups?.firstRow[item - rowCount] ?? -1);
    const group = groups?.ofRow[item] ?? -1;
    return group >= 0 ? rowCount + group : parentRowOf(item);
  };
  const putUnder = (parent: number, item: number): void => {
    nextSibling[item] = firstChild[parent] ?? -1;
    firstChild[parent] = item;
  };
  let firstRoot = -1;
  let firstOrphan = -1;
  // Backwards, so that each list reads forwards; a group is put in its place when its first row comes.
  for (let row = rowCount - 1; row >= 0; row--) {
    const parent = itemAbove(row);
    if (parent >= 0) {
      putUnder(parent, row);
      if (parent >= rowCount && groups?.firstRow[parent - rowCount] === row) putUnder(parentRowOf(row), parent);
    } else if (columns.parentRow[row] === -1) {
      nextSibling[row] = firstRoot;
      firstRoot = row;
    } else {
      nextSibling[row] = firstOrphan;
      firstOrphan = row;
    }
  }

  const nodeCount = itemCount + (firstOrphan >= 0 ? 1 : 0);
  const row = new Int32Array(nodeCount);
  const group = new Int32Array(nodeCount).fill(-1);
  const nodeOfItem = new Int32Array(itemCount);
  const parent = new Int32Array(nodeCount);
  const depth = new Int32Array(nodeCount);
  let node = 0;
  const walk = (head: number, above: number): void => {
    for (let at = head; at >= 0; ) {
      const upItem = itemAbove(at);
      const up = upItem >= 0 ? (nodeOfItem[upItem] ?? -1) : above;
      row[node] = at < rowCount ? at : -1;
      if (at >= rowCount) group[node] = at - rowCount;
      nodeOfItem[at] = node;
      parent[node] = up;
      depth[node] = up >= 0 ? (depth[up] ?? 0) + 1 : 0;
      node++;
      let next = firstChild[at] ?? -1;
      for (let back = at; next < 0 && back >= 0; back = itemAbove(back)) next = nextSibling[back] ?? -1;
      at = next;
    }
  };
  walk(firstRoot, -1);
  let placeholder = -1;
  if (firstOrphan >= 0) {
    placeholder = node++;
    row[placeholder] = -1;
    parent[placeholder] = -1;
    walk(firstOrphan, placeholder);
  }

  const end = new Int32Array(nodeCount);
  const errorsBefore = new Int32Array(nodeCount + 1);
  const coverStartNs = new Float64Array(nodeCount).fill(Infinity);
  const coverEndNs = new Float64Array(nodeCount).fill(-Infinity);
  for (let at = 0; at < nodeCount; at++) {
    const spanRow = row[at] ?? -1;
    errorsBefore[at + 1] = (errorsBefore[at] ?? 0) + (spanRow >= 0 && columns.statusCode[spanRow] === statusError ? 1 : 0);
  }
  for (let at = nodeCount - 1; at >= 0; at--) {
    const spanRow = row[at] ?? -1;
    if (spanRow >= 0) {
      const startNs = spanStartNs(columns, spanRow);
      coverStartNs[at] = Math.min(coverStartNs[at] ?? startNs, startNs);
      coverEndNs[at] = Math.max(coverEndNs[at] ?? startNs, startNs + spanLengthNs(columns, spanRow));
    }
    if ((end[at] ?? 0) === 0) end[at] = at + 1;
    const up = parent[at] ?? -1;
    if (up >= 0) {
      end[up] = Math.max(end[up] ?? 0, end[at] ?? 0);
      coverStartNs[up] = Math.min(coverStartNs[up] ?? 0, coverStartNs[at] ?? 0);
      coverEndNs[up] = Math.max(coverEndNs[up] ?? 0, coverEndNs[at] ?? 0);
    }
  }
  const nodeOfRow = nodeOfItem.subarray(0, rowCount);
  const nodeOfGroup = nodeOfItem.subarray(rowCount);
  return { nodeCount, row, nodeOfRow, group, nodeOfGroup, parent, depth, end, placeholder, errorsBefore, coverStartNs, coverEndNs };
}

export function hasChildren(tree: TraceTree, node: number): boolean {
  return (tree.end[node] ?? 0) > node + 1;
}

/** The nodes under no collapsed one, in order. `collapsed` is by node, 1 for collapsed; with `wanted`, likewise, no others are there at all. */
export function visibleNodes(tree: TraceTree, collapsed: Uint8Array, wanted?: Uint8Array): Int32Array {
  const visible = new Int32Array(tree.nodeCount);
  let count = 0;
  for (let node = 0; node < tree.nodeCount; ) {
    const isThere = wanted === undefined || wanted[node] === 1;
    if (isThere) visible[count++] = node;
    // Nothing is wanted beneath what is not.
    node = isThere && collapsed[node] !== 1 ? node + 1 : (tree.end[node] ?? node + 1);
  }
  return visible.subarray(0, count);
}

/** By node, 1 for the given ones and all above them. */
export function withAncestors(tree: TraceTree, nodes: Int32Array): Uint8Array {
  const wanted = new Uint8Array(tree.nodeCount);
  for (const node of nodes) for (let up = node; up >= 0 && wanted[up] !== 1; up = tree.parent[up] ?? -1) wanted[up] = 1;
  return wanted;
}

/** The index of the last of the ascending `sorted` at or before `value`; -1 where all are after it. */
export function lastAtOrBefore(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
