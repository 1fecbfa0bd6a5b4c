import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { Alike } from './alike.ts';
import { distinct, hashWith } from './distinct.ts';
import { spanLengthNs, spanStartNs } from './spanTimes.ts';

/** So many children of one span that are alike stand as one row until it is opened. */
export const leastFolded = 5;
/** Spans that ran one after another share no more of their time than this. */
const mostShared = 0.05;
const clientKind = 3;

/** Arrays are by group, groups in the order of their first rows. */
export interface FoldGroups {
  readonly count: number;
  /** By row: its group, or -1. */
  readonly ofRow: Int32Array;
  readonly firstRow: Int32Array;
  readonly size: Int32Array;
  /** The durations together, and the time in which any of them ran. */
  readonly sumNs: Float64Array;
  readonly ranNs: Float64Array;
}

/**
 * Five or more children of one span that are alike, wherever they stand among their siblings:
 *
 *   reserve                      reserve
 *   ├─ SELECT  |==|              ├─ 5 × SELECT  |== == == == ==|
 *   ├─ SELECT     |==|           └─ cache.set
 *   ├─ cache.set    |=|
 *   └─ 3 × SELECT     …          the group stands where its first span stood
 *
 * Linear. Roots and orphans have no parent in common, so they are left as they are.
 */
export function foldGroups(columns: TraceColumns, alike: Alike): FoldGroups {
  const { spanCount, parentRow } = columns;
  const childCount = new Int32Array(spanCount);
  for (let row = 0; row < spanCount; row++) {
    const parent = parentRow[row] ?? -1;
    if (parent >= 0 && parent < row) childCount[parent] = (childCount[parent] ?? 0) + 1;
  }
  // Children of one span by what they are: only where there are enough of them.
  const candidates = distinct(
    spanCount,
    (row) => {
      const parent = parentRow[row] ?? -1;
      return parent < 0 || parent >= row || (childCount[parent] ?? 0) < leastFolded ? undefined : hashWith(parent, alike.ofRow[row] ?? 0);
    },
    (a, b) => parentRow[a] === parentRow[b] && alike.ofRow[a] === alike.ofRow[b],
  );
  const candidateOf = candidates.numbers;
  const members = new Int32Array(candidates.count);
  for (const candidate of candidateOf) if (candidate >= 0) members[candidate] = (members[candidate] ?? 0) + 1;
  const groupOf = new Int32Array(members.length).fill(-1);
  let count = 0;
  members.forEach((size, candidate) => {
    if (size >= leastFolded) groupOf[candidate] = count++;
  });
  const groups = {
    count, ofRow: new Int32Array(spanCount).fill(-1), firstRow: new Int32Array(count).fill(-1), size: new Int32Array(count),
    sumNs: new Float64Array(count), ranNs: new Float64Array(count),
  };
  const ranUntilNs = new Float64Array(count).fill(-Infinity);
  for (let row = 0; row < spanCount && count > 0; row++) {
    const group = groupOf[candidateOf[row] ?? -1] ?? -1;
    if (group < 0) continue;
    groups.ofRow[row] = group;
    if (groups.firstRow[group] === -1) groups.firstRow[group] = row;
    groups.size[group] = (groups.size[group] ?? 0) + 1;
    const startNs = spanStartNs(columns, row);
    const endNs = startNs + spanLengthNs(columns, row);
    groups.sumNs[group] = (groups.sumNs[group] ?? 0) + (endNs - startNs);
    // Siblings stand by their start.
    groups.ranNs[group] = (groups.ranNs[group] ?? 0) + Math.max(0, endNs - Math.max(startNs, ranUntilNs[group] ?? 0));
    ranUntilNs[group] = Math.max(ranUntilNs[group] ?? 0, endNs);
  }
  return groups;
}

/** N+1: the same call out, one after another, where one call might have done. */
export function isNPlusOne(groups: FoldGroups, group: number, columns: TraceColumns): boolean {
  const isClient = columns.kind[groups.firstRow[group] ?? -1] === clientKind;
  return isClient && (groups.sumNs[group] ?? 0) * (1 - mostShared) <= (groups.ranNs[group] ?? 0);
}
