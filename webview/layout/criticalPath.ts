import type { TraceColumns } from '../../src/protocol/hub.ts';
import { spanAbove } from './selfTime.ts';
import type { TraceTree } from './traceTree.ts';
import { spanLengthNs, spanStartNs } from './spanTimes.ts';

/** Stretches of time by the span that was the one to wait for, in the order of nodes and, within a node, of time. */
export interface CriticalPath {
  /** The span whose duration the path explains; -1 in a trace without spans. */
  readonly root: number;
  readonly node: Int32Array;
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  /** By node: its first stretch; one longer than the nodes. */
  readonly first: Int32Array;
}

/** How many nanoseconds of the path are a node's own. */
export function criticalNs(path: CriticalPath, node: number): number {
  let sumNs = 0;
  for (let at = path.first[node] ?? 0; at < (path.first[node + 1] ?? 0); at++) sumNs += (path.endNs[at] ?? 0) - (path.startNs[at] ?? 0);
  return sumNs;
}

/**
 * What would have to be faster for the trace to be faster. Walked backwards from the end of the longest top span: the child that
 * ended last before the present moment was waited for, and before it its own last child; where no child ran it is the span itself.
 *
 *   root   |==========================|
 *   a        |=======|                      ended before b began: waited for
 *   b              : |=====:=====|          the last to end: waited for, so what overlaps it (c) was not
 *   c                   |=====|
 *   path   rr aaaaaaa bbbbbbbbbbbb rrrr
 *
 * A child is cut at its parent's end (what runs on is not waited for) and at the start of whatever waits for it. The stretches
 * never overlap and together are the root's duration. Only the children on the path are sorted; nothing recurses.
 */
export function criticalPath(columns: TraceColumns, tree: TraceTree): CriticalPath {
  const root = longestTopSpan(columns, tree);
  const stretches: { node: number; startNs: number; endNs: number }[] = [];
  const emit = (node: number, startNs: number, endNs: number): void => {
    if (endNs > startNs) stretches.push({ node, startNs, endNs });
  };
  const enter = (node: number, floorNs: number, ceilingNs: number): Step => ({ node, floorNs, atNs: ceilingNs, children: childrenByEnd(columns, tree, node, ceilingNs), next: 0 });
  const steps: Step[] = [];
  if (root >= 0) steps.push(enter(root, startOf(columns, tree, root), endOf(columns, tree, root)));
  for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
    const child = step.children[step.next++];
    if (child === undefined) {
      emit(step.node, step.floorNs, step.atNs);
      steps.pop();
    } else if (child.endNs <= step.atNs && child.endNs > step.floorNs) {
      emit(step.node, child.endNs, step.atNs);
      step.atNs = Math.max(step.floorNs, child.startNs);
      steps.push(enter(child.node, step.atNs, child.endNs));
    }
  }
  stretches.sort((a, b) => a.node - b.node || a.startNs - b.startNs);
  const first = new Int32Array(tree.nodeCount + 1);
  for (const { node } of stretches) first[node + 1] = (first[node + 1] ?? 0) + 1;
  for (let node = 0; node < tree.nodeCount; node++) first[node + 1] = (first[node + 1] ?? 0) + (first[node] ?? 0);
  return {
    root,
    node: Int32Array.from(stretches, ({ node }) => node),
    startNs: Float64Array.from(stretches, ({ startNs }) => startNs),
    endNs: Float64Array.from(stretches, ({ endNs }) => endNs),
    first,
  };
}

interface Step {
  readonly node: number;
  readonly floorNs: number;
  /** Everything after it is explained. */
  atNs: number;
  readonly children: readonly Child[];
  next: number;
}

interface Child {
  readonly node: number;
  readonly startNs: number;
  readonly endNs: number;
}

/** The spans beneath, past nodes that are none, the last to end first. One of no length holds nobody up. */
function childrenByEnd(columns: TraceColumns, tree: TraceTree, parent: number, parentEndNs: number): readonly Child[] {
  const children: Child[] = [];
  for (let node = parent + 1; node < (tree.end[parent] ?? 0); ) {
    if ((tree.row[node] ?? -1) < 0) {
      node++;
      continue;
    }
    const startNs = startOf(columns, tree, node);
    const endNs = Math.min(parentEndNs, endOf(columns, tree, node));
    if (endNs > startNs) children.push({ node, startNs, endNs });
    node = tree.end[node] ?? node + 1;
  }
  return children.sort((a, b) => b.endNs - a.endNs || a.startNs - b.startNs);
}

function longestTopSpan(columns: TraceColumns, tree: TraceTree): number {
  let longest = -1;
  let longestNs = -1;
  for (let node = 0; node < tree.nodeCount; node++) {
    const row = tree.row[node] ?? -1;
    if (row < 0 || spanAbove(tree, node) >= 0) continue;
    const lengthNs = spanLengthNs(columns, row);
    // An orphan's caller is unknown: it speaks for the trace only where there is no root.
    const isRoot = columns.parentRow[row] === -1;
    const rank = isRoot ? lengthNs : -1 / (1 + lengthNs);
    if (longest < 0 || rank > longestNs) {
      longest = node;
      longestNs = rank;
    }
  }
  return longest;
}

function startOf(columns: TraceColumns, tree: TraceTree, node: number): number {
  return spanStartNs(columns, tree.row[node] ?? 0);
}

function endOf(columns: TraceColumns, tree: TraceTree, node: number): number {
  const row = tree.row[node] ?? 0;
  return spanStartNs(columns, row) + spanLengthNs(columns, row);
}
