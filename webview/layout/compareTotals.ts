import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { ComparedTrace, Comparison } from './compareTraces.ts';
import { type CriticalPath, criticalPath } from './criticalPath.ts';

/** What one operation has to do with the difference between two traces. */
export interface OperationDifference {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly before: OperationFigures;
  readonly after: OperationFigures;
  /** How much more time its spans took themselves: without what was called from them, and net of the debugger's holds. */
  readonly selfByNs: number;
  /** How much more of the wait was theirs. Over all operations these add up to the difference of the two durations, where neither was held. */
  readonly waitByNs: number;
  /** The matched row of it with the largest difference of self time. */
  readonly row: number;
}

export interface OperationFigures {
  readonly count: number;
  readonly selfNs: number;
  /** Its part in the critical path. */
  readonly waitNs: number;
}

/** Where the time went: by operation, the largest difference of self time first, whichever way. Every operation of either trace is there. */
export function operationDifferences(comparison: Comparison): readonly OperationDifference[] {
  const byKey = new Map<string, Sum>();
  const { matched, before, after, was, is } = comparison;
  const sums: [before: Sum[], after: Sum[]] = [sumsOf(byKey, before, 'before'), sumsOf(byKey, after, 'after')];
  const largest = new Map<Sum, { row: number; byNs: number }>();
  for (let row = 0; row < matched.rowCount; row++) {
    const span = matched.after.rows[matched.after.first[row] ?? 0] ?? 0;
    const sum = (is.counts[row] ?? 0) > 0 ? sums[1][span] : sums[0][matched.before.rows[matched.before.first[row] ?? 0] ?? 0];
    const byNs = Math.abs((is.selfNs[row] ?? 0) - (was.selfNs[row] ?? 0));
    if (sum !== undefined && byNs > (largest.get(sum)?.byNs ?? -1)) largest.set(sum, { row, byNs });
  }
  return [...byKey.values()]
    .map((sum) => ({
      service: sum.service, name: sum.name, kind: sum.kind, before: { ...sum.before }, after: { ...sum.after },
      selfByNs: sum.after.selfNs - sum.before.selfNs, waitByNs: sum.after.waitNs - sum.before.waitNs, row: largest.get(sum)?.row ?? -1,
    }))
    .sort((a, b) => Math.abs(b.selfByNs) - Math.abs(a.selfByNs) || Math.abs(b.waitByNs) - Math.abs(a.waitByNs) || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.service < b.service ? -1 : 1));
}

interface Sum {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly before: { count: number; selfNs: number; waitNs: number };
  readonly after: { count: number; selfNs: number; waitNs: number };
}

/** By row of that trace, the sum it is in. */
function sumsOf(byKey: Map<string, Sum>, { columns, tree, selfNs, held }: ComparedTrace, side: 'before' | 'after'): Sum[] {
  const path = criticalPath(columns, tree);
  const known = new Map<number, Sum>();
  return Array.from({ length: columns.spanCount }, (_, row) => {
    const sum = sumOf(byKey, known, columns, row);
    sum[side].count++;
    sum[side].selfNs += selfNs[row] ?? 0;
    sum[side].waitNs += waitedForNs(path, tree.nodeOfRow[row] ?? 0, held.of(row));
    return sum;
  });
}

function sumOf(byKey: Map<string, Sum>, known: Map<number, Sum>, { strings, service, name, kind }: TraceColumns, row: number): Sum {
  // Within a trace the strings' numbers tell operations apart, and no text need be built for each span.
  const number = ((service[row] ?? 0) * (strings.length + 1) + (name[row] ?? 0)) * 256 + (kind[row] ?? 0);
  const there = known.get(number);
  if (there !== undefined) return there;
  const [serviceText, nameText] = [strings[service[row] ?? -1] ?? '', strings[name[row] ?? -1] ?? ''];
  const key = JSON.stringify([serviceText, nameText, kind[row] ?? 0]);
  let sum = byKey.get(key);
  if (sum === undefined) {
    sum = { service: serviceText, name: nameText, kind: kind[row] ?? 0, before: { count: 0, selfNs: 0, waitNs: 0 }, after: { count: 0, selfNs: 0, waitNs: 0 } };
    byKey.set(key, sum);
  }
  known.set(number, sum);
  return sum;
}

/** A node's part in the critical path, without what the debugger held of it. */
function waitedForNs(path: CriticalPath, node: number, held: readonly { readonly fromNs: number; readonly toNs: number }[]): number {
  let sumNs = 0;
  for (let at = path.first[node] ?? 0; at < (path.first[node + 1] ?? 0); at++) {
    const [startNs, endNs] = [path.startNs[at] ?? 0, path.endNs[at] ?? 0];
    sumNs += endNs - startNs;
    for (const { fromNs, toNs } of held) sumNs -= Math.max(0, Math.min(toNs, endNs) - Math.max(fromNs, startNs));
  }
  return sumNs;
}
