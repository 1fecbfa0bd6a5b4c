/** As tall as the rows of VS Code's own trees. */
export const rowHeightPx = 22;

/** Rows `first` up to, not including, `last`. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** The rows in sight and `overscan` more on either side. */
export function rowsInSight(scrollTop: number, heightPx: number, rowHeightPx: number, rowCount: number, overscan: number): RowRange {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeightPx) - overscan;
  const last = Math.ceil((Math.max(0, scrollTop) + Math.max(0, heightPx)) / rowHeightPx) + overscan;
  const end = Math.min(rowCount, Math.max(0, last));
  return { first: Math.min(end, Math.max(0, first)), last: end };
}

/** The scroll position nearest to `scrollTop` that shows row `index` whole; in the middle where it is far off. */
export function scrollTopToReveal(index: number, scrollTop: number, heightPx: number, rowHeightPx: number): number {
  const top = index * rowHeightPx;
  if (top >= scrollTop && top + rowHeightPx <= scrollTop + heightPx) return scrollTop;
  if (top < scrollTop && scrollTop - top <= heightPx / 2) return top;
  if (top > scrollTop && top + rowHeightPx - scrollTop - heightPx <= heightPx / 2) return top + rowHeightPx - heightPx;
  return Math.max(0, top - (heightPx - rowHeightPx) / 2);
}
