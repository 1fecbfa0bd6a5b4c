import { statusError } from '../../src/model/span.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import { percentile } from '../../src/stats/latency.ts';
import type { HeldRows } from './heldRows.ts';
import { spanLengthNs } from './spanTimes.ts';
import type { TraceTree } from './traceTree.ts';

/** What the spans of a trace have in common, as one row of the table. */
export interface OperationRow {
  readonly label: string;
  /** Absent where its spans are of several services. */
  readonly service: string | undefined;
  readonly count: number;
  readonly errorCount: number;
  /** Sum of the durations; of spans that ran at once it is more than the clock's time. */
  readonly totalNs: number;
  readonly selfNs: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly maxNs: number;
  /** The nodes, in the order of rows. */
  readonly nodes: Int32Array;
}

export const operationGroupings = ['operation', 'service', 'function'] as const;
export type OperationGrouping = (typeof operationGroupings)[number];

/**
 * The table's rows, the most self time first. Durations are net of what the debugger held. `functionOf` names a row's function (or place), undefined where it has none.
 * Percentiles are exact (nearest rank).
 */
export function operationRows(
  columns: TraceColumns,
  tree: TraceTree,
  selfNs: Float64Array,
  grouping: OperationGrouping,
  functionOf: (row: number) => string | undefined,
  held?: HeldRows,
): readonly OperationRow[] {
  const nodesOf = new Map<string | number, number[]>();
  for (let node = 0; node < tree.nodeCount; node++) {
    const row = tree.row[node] ?? -1;
    if (row < 0) continue;
    const key =
      grouping === 'service' ? (columns.service[row] ?? 0)
      : grouping === 'operation' ? ((columns.service[row] ?? 0) * columns.strings.length + (columns.name[row] ?? 0)) * 256 + (columns.kind[row] ?? 0)
      : (functionOf(row) ?? '');
    const nodes = nodesOf.get(key);
    if (nodes === undefined) nodesOf.set(key, [node]);
    else nodes.push(node);
  }
  const rows = [...nodesOf].map(([key, nodes]) => {
    const first = tree.row[nodes[0] ?? 0] ?? 0;
    const label =
      grouping === 'service' ? textOf(columns, columns.service[first])
      : grouping === 'operation' ? textOf(columns, columns.name[first])
      : String(key);
    return rowOf(columns, tree, selfNs, label, nodes, held);
  });
  return rows.sort((a, b) => b.selfNs - a.selfNs || b.totalNs - a.totalNs || (a.label < b.label ? -1 : 1));
}

function rowOf(columns: TraceColumns, tree: TraceTree, selfNs: Float64Array, label: string, nodes: readonly number[], held?: HeldRows): OperationRow {
  const durationsNs = new Float64Array(nodes.length);
  const services = new Set<number>();
  let errorCount = 0;
  let ownNs = 0;
  nodes.forEach((node, at) => {
    const row = tree.row[node] ?? 0;
    durationsNs[at] = Math.max(0, spanLengthNs(columns, row) - (held?.ns(row) ?? 0));
    services.add(columns.service[row] ?? 0);
    ownNs += selfNs[node] ?? 0;
    if (columns.statusCode[row] === statusError) errorCount++;
  });
  durationsNs.sort();
  const [service] = services;
  return {
    label,
    service: services.size === 1 ? textOf(columns, service) : undefined,
    count: nodes.length,
    errorCount,
    totalNs: durationsNs.reduce((sum, ns) => sum + ns, 0),
    selfNs: ownNs,
    p50Ns: percentile(durationsNs, 0.5),
    p95Ns: percentile(durationsNs, 0.95),
    maxNs: durationsNs.at(-1) ?? 0,
    nodes: Int32Array.from(nodes),
  };
}

function textOf(columns: TraceColumns, index: number | undefined): string {
  return columns.strings[index ?? -1] ?? '';
}
