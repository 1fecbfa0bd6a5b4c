import type { ServiceGraph } from './serviceGraph.ts';

export const nodeWidthPx = 170;
export const nodeHeightPx = 54;
const columnGapPx = 110;
const rowGapPx = 26;
const padPx = 24;

export interface GraphLayout {
  readonly widthPx: number;
  readonly heightPx: number;
  /** By node: its left upper corner. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * A column for each layer, callers on the left. Within a column the services stand in the order of the middle of their callers, so that
 * few edges cross; each column is centred.
 */
export function graphLayout({ nodes, edges }: ServiceGraph): GraphLayout {
  const columns: number[][] = [];
  nodes.forEach(({ layer }, node) => (columns[layer] ??= []).push(node));
  const place = new Float64Array(nodes.length);
  for (const column of columns) {
    const middles = new Map(column.map((node) => {
      const callers = edges.filter(({ from, to }) => to === node && (nodes[from]?.layer ?? 0) < (nodes[node]?.layer ?? 0));
      return [node, callers.length === 0 ? node : callers.reduce((sum, { from }) => sum + (place[from] ?? 0), 0) / callers.length];
    }));
    column.sort((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0) || a - b);
    column.forEach((node, at) => (place[node] = at - (column.length - 1) / 2));
  }
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  const heightPx = tallest * (nodeHeightPx + rowGapPx) - rowGapPx + 2 * padPx;
  return {
    widthPx: columns.length * (nodeWidthPx + columnGapPx) - columnGapPx + 2 * padPx,
    heightPx,
    x: nodes.map(({ layer }) => padPx + layer * (nodeWidthPx + columnGapPx)),
    y: nodes.map((_, node) => heightPx / 2 + (place[node] ?? 0) * (nodeHeightPx + rowGapPx) - nodeHeightPx / 2),
  };
}
