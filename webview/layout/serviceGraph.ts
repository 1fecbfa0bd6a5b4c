import { statusError } from '../../src/model/span.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import { spanAbove } from './selfTime.ts';
import { spanLengthNs } from './spanTimes.ts';
import type { TraceTree } from './traceTree.ts';

export interface ServiceNode {
  readonly service: string;
  /** Index into the columns' strings. */
  readonly serviceIndex: number;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly selfNs: number;
  /** Longest way from a service that nobody calls, in calls; services of a circle stand where they were met first. */
  readonly layer: number;
}

export interface ServiceEdge {
  /** Indices into `nodes`. */
  readonly from: number;
  readonly to: number;
  readonly callCount: number;
  readonly errorCount: number;
  readonly totalNs: number;
}

export interface ServiceGraph {
  readonly nodes: readonly ServiceNode[];
  readonly edges: readonly ServiceEdge[];
}

/** Who calls whom in this trace: an edge wherever a span's parent is of another service. */
export function serviceGraph(columns: TraceColumns, tree: TraceTree, selfNs: Float64Array): ServiceGraph {
  const nodeOf = new Map<number, { serviceIndex: number; spanCount: number; errorCount: number; selfNs: number }>();
  const edgeOf = new Map<string, { from: number; to: number; callCount: number; errorCount: number; totalNs: number }>();
  const order: number[] = [];
  for (let at = 0; at < tree.nodeCount; at++) {
    const row = tree.row[at] ?? -1;
    if (row < 0) continue;
    const serviceIndex = columns.service[row] ?? 0;
    let node = nodeOf.get(serviceIndex);
    if (node === undefined) {
      nodeOf.set(serviceIndex, (node = { serviceIndex, spanCount: 0, errorCount: 0, selfNs: 0 }));
      order.push(serviceIndex);
    }
    const failed = columns.statusCode[row] === statusError ? 1 : 0;
    node.spanCount++;
    node.errorCount += failed;
    node.selfNs += selfNs[at] ?? 0;
    const above = spanAbove(tree, at);
    const callerIndex = above < 0 ? serviceIndex : (columns.service[tree.row[above] ?? 0] ?? 0);
    if (callerIndex === serviceIndex) continue;
    const key = `${callerIndex} ${serviceIndex}`;
    let edge = edgeOf.get(key);
    if (edge === undefined) edgeOf.set(key, (edge = { from: order.indexOf(callerIndex), to: order.indexOf(serviceIndex), callCount: 0, errorCount: 0, totalNs: 0 }));
    edge.callCount++;
    edge.errorCount += failed;
    edge.totalNs += spanLengthNs(columns, row);
  }
  const edges = [...edgeOf.values()];
  const layers = layersOf(order.length, edges);
  const nodes = order.map((serviceIndex, index) => ({ ...nodeOf.get(serviceIndex)!, service: columns.strings[serviceIndex] ?? '', layer: layers[index] ?? 0 }));
  return { nodes, edges };
}

/**
 * Longest ways, with the edges that close a circle left out (an edge back to a service that is being walked). Never recurses.
 */
function layersOf(count: number, edges: readonly { readonly from: number; readonly to: number }[]): Int32Array {
  const out: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) out[from]?.push(to);
  const state = new Uint8Array(count);
  const done: number[] = [];
  const kept: number[][] = Array.from({ length: count }, () => []);
  for (let root = 0; root < count; root++) {
    if (state[root] !== 0) continue;
    const path: { readonly node: number; next: number }[] = [{ node: root, next: 0 }];
    state[root] = 1;
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const to = out[step.node]?.[step.next++];
      if (to === undefined) {
        state[step.node] = 2;
        done.push(step.node);
        path.pop();
      } else if (state[to] !== 1) {
        kept[step.node]?.push(to);
        if (state[to] === 0) {
          state[to] = 1;
          path.push({ node: to, next: 0 });
        }
      }
    }
  }
  const layer = new Int32Array(count);
  for (const node of done.reverse()) for (const to of kept[node] ?? []) layer[to] = Math.max(layer[to] ?? 0, (layer[node] ?? 0) + 1);
  return layer;
}
