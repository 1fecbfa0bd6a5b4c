import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { FoldGroups } from './foldGroups.ts';
import { rowsOfSpans, spanIdOf } from './spanIds.ts';
import type { TraceTree } from './traceTree.ts';

/** The placeholder's name among the ids of nodes. */
export const orphansId = 'orphans';
const groupPrefix = 'group ';

export interface NamedNodes {
  readonly columns: TraceColumns;
  readonly tree: TraceTree;
  readonly groups: FoldGroups;
}

/** What stands for a node from one snapshot to the next: the span's id, `group` and the id of its first span, or `orphans`. */
export function idOfNode({ columns, tree, groups }: NamedNodes, node: number): string {
  const group = tree.group[node] ?? -1;
  if (group >= 0) return groupPrefix + spanIdOf(columns, groups.firstRow[group] ?? 0);
  const row = tree.row[node] ?? -1;
  return row < 0 ? orphansId : spanIdOf(columns, row);
}

/** The nodes of those that are here. One pass over the spans, however many ids. */
export function nodesOfIds({ columns, tree, groups }: NamedNodes, ids: readonly string[]): number[] {
  const ofGroups = ids.filter((id) => id.startsWith(groupPrefix)).map((id) => id.slice(groupPrefix.length));
  const nodes = rowsOfSpans(columns, ids.filter((id) => id !== orphansId && !id.startsWith(groupPrefix))).map((row) => tree.nodeOfRow[row] ?? -1);
  for (const row of rowsOfSpans(columns, ofGroups)) {
    const node = tree.nodeOfGroup[groups.ofRow[row] ?? -1];
    if (node !== undefined) nodes.push(node);
  }
  if (tree.placeholder >= 0 && ids.includes(orphansId)) nodes.push(tree.placeholder);
  return nodes;
}
