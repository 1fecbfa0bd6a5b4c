import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { TraceTree } from './traceTree.ts';

export const noSite = -1;

/**
 * The nodes, ascending, whose name, service or place holds `text` in any case. Every distinct text is looked at once,
 * every span by number.
 */
export function searchSpans(columns: TraceColumns, tree: TraceTree, placeLabels: ReadonlyMap<number, string>, text: string): Int32Array {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return new Int32Array(0);
  const holds = Uint8Array.from(columns.strings, (candidate) => (candidate.toLowerCase().includes(wanted) ? 1 : 0));
  const sites = new Set<number>();
  for (const [site, label] of placeLabels) if (label.toLowerCase().includes(wanted)) sites.add(site);
  const matches = new Int32Array(tree.nodeCount);
  let count = 0;
  for (let node = 0; node < tree.nodeCount; node++) {
    const row = tree.row[node] ?? -1;
    if (row < 0) continue;
    const found = holds[columns.name[row] ?? 0] === 1 || holds[columns.service[row] ?? 0] === 1 || (sites.size > 0 && sites.has(columns.site[row] ?? noSite));
    if (found) matches[count++] = node;
  }
  return matches.subarray(0, count);
}

/** The first match after `node`, or before it, wrapping around; undefined where there is none. */
export function nextMatch(matches: Int32Array, node: number, direction: 1 | -1): number | undefined {
  if (matches.length === 0) return undefined;
  if (direction === 1) {
    for (let low = 0, high = matches.length; ; ) {
      if (low >= high) return matches[low % matches.length];
      const middle = (low + high) >>> 1;
      if ((matches[middle] ?? 0) > node) high = middle;
      else low = middle + 1;
    }
  }
  for (let low = 0, high = matches.length; ; ) {
    if (low >= high) return matches[(low - 1 + matches.length) % matches.length];
    const middle = (low + high) >>> 1;
    if ((matches[middle] ?? 0) >= node) high = middle;
    else low = middle + 1;
  }
}
