import type { TraceColumns } from '../../src/protocol/hub.ts';
import { spanLengthNs } from './traceTree.ts';
import type { TraceTree } from './traceTree.ts';

/** One side of a comparison. */
export interface ComparedTrace {
  readonly columns: TraceColumns;
  readonly tree: TraceTree;
}

/**
 * Two traces as one tree, rows in order (a parent before its children). A row is a span of both, or of one alone: what is new
 * stands only in `after`, what is gone only in `before`.
 */
export interface MatchedTraces {
  readonly rowCount: number;
  /** The row in that trace's columns, or -1. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
}

/**
 * Matches spans from the roots down: children of matched spans match where service, kind and name are the same, the first such
 * child with the first, the second with the second. Orphans are matched as roots are.
 *
 *   before      after          matched
 *   a           a              a   before + after
 *   ├─ q        ├─ q           ├─ q   before + after
 *   ├─ q        ├─ new         ├─ q   gone
 *   └─ z        └─ z           ├─ new
 *                              └─ z   before + after
 *
 * Siblings stand in the order of `after`, with what is gone where it was before. Takes linear time but for looking children up;
 * never recurses.
 */
export function matchTraces(before: ComparedTrace, after: ComparedTrace): MatchedTraces {
  const beforeRows: number[] = [];
  const afterRows: number[] = [];
  const parents: number[] = [];
  const depths: number[] = [];
  const waiting: Pair[] = [];
  const put = (pairs: readonly Pair[]): void => {
    for (let at = pairs.length - 1; at >= 0; at--) waiting.push(pairs[at] as Pair);
  };
  put(pairChildren(before, after, topNodes(before), topNodes(after), -1));
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const row = beforeRows.length;
    beforeRows.push(pair.before < 0 ? -1 : (before.tree.row[pair.before] ?? -1));
    afterRows.push(pair.after < 0 ? -1 : (after.tree.row[pair.after] ?? -1));
    parents.push(pair.parent);
    depths.push(pair.parent < 0 ? 0 : (depths[pair.parent] ?? 0) + 1);
    put(pairChildren(before, after, childNodes(before, pair.before), childNodes(after, pair.after), row));
  }
  return { rowCount: beforeRows.length, before: Int32Array.from(beforeRows), after: Int32Array.from(afterRows), parent: Int32Array.from(parents), depth: Int32Array.from(depths) };
}

/** What a matched span took longer, negative where it got faster; undefined where it is in one trace only. */
export function slowerByNs(matched: MatchedTraces, row: number, before: TraceColumns, after: TraceColumns): number | undefined {
  const was = matched.before[row] ?? -1;
  const is = matched.after[row] ?? -1;
  return was < 0 || is < 0 ? undefined : spanLengthNs(after, is) - spanLengthNs(before, was);
}

interface Pair {
  /** Nodes, or -1. */
  readonly before: number;
  readonly after: number;
  /** Row of the matched parent, or -1. */
  readonly parent: number;
}

function pairChildren(before: ComparedTrace, after: ComparedTrace, beforeNodes: readonly number[], afterNodes: readonly number[], parent: number): readonly Pair[] {
  const waitingByKey = new Map<string, number[]>();
  for (const node of beforeNodes) {
    const key = keyOf(before, node);
    const nodes = waitingByKey.get(key);
    if (nodes === undefined) waitingByKey.set(key, [node]);
    else nodes.push(node);
  }
  for (const nodes of waitingByKey.values()) nodes.reverse();
  const partner = new Map<number, number>();
  for (const node of afterNodes) {
    const match = waitingByKey.get(keyOf(after, node))?.pop();
    if (match !== undefined) partner.set(node, match);
  }
  const matched = new Set(partner.values());
  const pairs: Pair[] = [];
  let next = 0;
  // What is gone comes before the first partner that stood after it.
  const gone = (until: number): void => {
    for (; next < beforeNodes.length && (beforeNodes[next] ?? 0) < until; next++) {
      const node = beforeNodes[next] ?? -1;
      if (!matched.has(node)) pairs.push({ before: node, after: -1, parent });
    }
  };
  for (const node of afterNodes) {
    const was = partner.get(node);
    if (was !== undefined) gone(was);
    pairs.push({ before: was ?? -1, after: node, parent });
  }
  gone(Infinity);
  return pairs;
}

function keyOf({ columns, tree }: ComparedTrace, node: number): string {
  const row = tree.row[node] ?? 0;
  return `${columns.kind[row]}\0${columns.strings[columns.service[row] ?? -1] ?? ''}\0${columns.strings[columns.name[row] ?? -1] ?? ''}`;
}

/** The spans right beneath a node, past nodes that are none. */
function childNodes({ tree }: ComparedTrace, parent: number): readonly number[] {
  return parent < 0 ? [] : spansIn(tree, parent + 1, tree.end[parent] ?? 0);
}

function topNodes({ tree }: ComparedTrace): readonly number[] {
  return spansIn(tree, 0, tree.nodeCount);
}

function spansIn(tree: TraceTree, from: number, to: number): readonly number[] {
  const nodes: number[] = [];
  for (let node = from; node < to; ) {
    const isSpan = (tree.row[node] ?? -1) >= 0;
    if (isSpan) nodes.push(node);
    node = isSpan ? (tree.end[node] ?? node + 1) : node + 1;
  }
  return nodes;
}
