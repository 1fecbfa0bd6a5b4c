import { spanAbove } from './selfTime.ts';
import type { TraceTree } from './traceTree.ts';

/**
 * The spans from the top down to the error that lies deepest, of equally deep ones the first; empty where none failed. `errors` are the
 * failed nodes, ascending.
 *
 *   checkout
 *   ├─ ⊘ charge          checkout, charge, authorize: it failed there, and the ones above because of it
 *   │  └─ ⊘ authorize
 *   └─ ⊘ audit
 */
export function errorPath(tree: TraceTree, errors: Int32Array): Int32Array {
  let deepest = -1;
  for (const node of errors) if (deepest < 0 || (tree.depth[node] ?? 0) > (tree.depth[deepest] ?? 0)) deepest = node;
  const path: number[] = [];
  for (let node = deepest; node >= 0; node = spanAbove(tree, node)) path.push(node);
  return Int32Array.from(path.reverse());
}
