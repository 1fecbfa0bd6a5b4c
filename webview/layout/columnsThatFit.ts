/** Between columns, and at both ends of a row, as main.css has it. */
const gapPx = 12;
const endsPx = 28;
/** Names need more than their least before anything extra is worth its place; some have more beside them. */
const usualComfortPx = 50;

export interface SizedColumn {
  /** As CSS grid writes it; its first length is the least. */
  readonly width: string;
  /** Left out where the table has little room, the last first. */
  readonly isExtra?: boolean;
  /** Of the column with the names: what it needs above its least before anything extra is worth its place. */
  readonly comfortPx?: number;
}

/** By column: whether there is room for it. Those that are not extra always have some. */
export function columnsThatFit(columns: readonly SizedColumn[], widthPx: number): readonly boolean[] {
  const least = columns.map(({ width }) => Number(/\d+/.exec(width)?.[0] ?? 0));
  const shown = columns.map(() => true);
  const comfortPx = columns.find((column) => column.comfortPx !== undefined)?.comfortPx ?? usualComfortPx;
  let neededPx = least.reduce((sum, px) => sum + px + gapPx, endsPx - gapPx) + comfortPx;
  for (let at = columns.length - 1; at >= 0 && neededPx > widthPx; at--) {
    if (columns[at]?.isExtra !== true) continue;
    shown[at] = false;
    neededPx -= (least[at] ?? 0) + gapPx;
  }
  return shown;
}
