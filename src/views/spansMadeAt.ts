import { fileKey } from '../client/liveRows.ts';
import type { Location } from '../locate/location.ts';

/**
 * The row of a span that was made at a line (1-based) of a file; where no span was, of one made in the innermost function around the line that
 * has any. With several it is the one after the selected row, and after the last the first again.
 */
export function nextRowMadeAt(
  sites: Int32Array,
  locationOf: (site: number) => Location | undefined,
  at: { readonly file: string; readonly line: number },
  isSelected: (row: number) => boolean,
): number | undefined {
  const wanted = fileKey(at.file);
  const inFile = new Map([...new Set(sites)].flatMap((site) => {
    const location = site < 0 ? undefined : locationOf(site);
    return location !== undefined && fileKey(location.file) === wanted ? [[site, location] as const] : [];
  }));
  const around = [...inFile.values()].flatMap(({ function: range }) => (range !== undefined && range.startLine <= at.line && at.line <= range.endLine ? [range.startLine] : []));
  const innermost = around.reduce((a, b) => Math.max(a, b), 0);
  const onLine = rowsWhere(sites, (site) => inFile.get(site)?.line === at.line);
  const rows = onLine.length > 0 ? onLine : around.length === 0 ? [] : rowsWhere(sites, (site) => inFile.get(site)?.function?.startLine === innermost);
  const selected = rows.findIndex(isSelected);
  return rows[(selected + 1) % rows.length];
}

function rowsWhere(sites: Int32Array, isWanted: (site: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < sites.length; row++) if (isWanted(sites[row] ?? -1)) rows.push(row);
  return rows;
}
