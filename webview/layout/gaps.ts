import type { TraceColumns } from '../../src/protocol/hub.ts';
import { spanAbove } from './selfTime.ts';
import { spanLengthNs, spanStartNs } from './spanTimes.ts';
import type { TraceTree } from './traceTree.ts';

/** A stretch of a span, between or beside its children, in which nothing that was traced ran. */
export interface Gap {
  readonly node: number;
  readonly startNs: number;
  readonly endNs: number;
}

/** A gap is worth a mark from this share of the whole trace. */
const leastShare = 0.1;
const leastNs = 1e6;

/**
 * The gaps of spans that have children (a span without any is itself the work), from a tenth of the trace's length and a
 * millisecond on, by node and time.
 *
 *   parent  |==================|
 *   a         |==|
 *   b                  |=====|
 *   gap          <----->
 */
export function gaps(columns: TraceColumns, tree: TraceTree, traceNs: number): readonly Gap[] {
  const least = Math.max(leastNs, traceNs * leastShare);
  const coveredUntilNs = new Float64Array(tree.nodeCount).fill(NaN);
  const found: Gap[] = [];
  const note = (node: number, startNs: number, endNs: number): void => {
    if (endNs - startNs >= least) found.push({ node, startNs, endNs });
  };
  // By rows: siblings stand by their start there, folded or not.
  for (let row = 0; row < columns.spanCount; row++) {
    const above = spanAbove(tree, tree.nodeOfRow[row] ?? 0);
    if (above < 0) continue;
    const parentRow = tree.row[above] ?? 0;
    const parentEndNs = spanStartNs(columns, parentRow) + spanLengthNs(columns, parentRow);
    if (Number.isNaN(coveredUntilNs[above])) coveredUntilNs[above] = spanStartNs(columns, parentRow);
    const startNs = spanStartNs(columns, row);
    const endNs = startNs + spanLengthNs(columns, row);
    note(above, coveredUntilNs[above] ?? 0, Math.min(startNs, parentEndNs));
    coveredUntilNs[above] = Math.max(coveredUntilNs[above] ?? 0, endNs);
  }
  for (let node = 0; node < tree.nodeCount; node++) {
    const row = tree.row[node] ?? -1;
    const untilNs = coveredUntilNs[node] ?? NaN;
    if (row >= 0 && !Number.isNaN(untilNs)) note(node, untilNs, spanStartNs(columns, row) + spanLengthNs(columns, row));
  }
  return found.sort((a, b) => a.node - b.node || a.startNs - b.startNs);
}
