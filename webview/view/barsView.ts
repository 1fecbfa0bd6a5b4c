import { formatDuration } from '../layout/formatDuration.ts';
import { barLabel, openOf } from '../layout/openRows.ts';
import type { Tick } from '../layout/rulerTicks.ts';
import { timeToX } from '../layout/timeWindow.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { spanLengthNs, spanStartNs } from '../layout/spanTimes.ts';
import type { RowRange } from '../layout/virtualWindow.ts';
import { rowHeightPx } from '../layout/virtualWindow.ts';
import { drawCritical, drawGaps, drawGroupBar } from './barMarks.ts';
import { fitCanvas, setFont } from './dom.ts';
import { hatch } from './hatching.ts';
import type { Theme } from './theme.ts';

const barHeightPx = 12;
const leastBarPx = 2;
const maxEventTicks = 500;
const dimmedAlpha = 0.35;

/** The bars of the rendered rows on one canvas, which scrolls with them. */
export class BarsView {
  readonly canvas = document.createElement('canvas');

  constructor() {
    this.canvas.className = 'bars';
    this.canvas.setAttribute('aria-hidden', 'true');
  }

  /** `mostRows` is what there can be of rows in sight: a canvas that changed its size would have to be made anew. */
  draw(model: TraceModel, range: RowRange, mostRows: number, widthPx: number, ticks: readonly Tick[], theme: Theme): void {
    const heightPx = Math.max(mostRows, range.last - range.first) * rowHeightPx;
    this.canvas.style.transform = `translateY(${range.first * rowHeightPx}px)`;
    const context = fitCanvas(this.canvas, widthPx, heightPx);
    if (context === undefined || widthPx < 4) return;
    context.fillStyle = theme.grid;
    for (const tick of ticks) context.fillRect(Math.round(timeToX(model.window, widthPx, tick.ns)), 0, 1, heightPx);
    setFont(context, `11px ${theme.font}`);
    context.textBaseline = 'middle';
    for (let index = range.first; index < range.last; index++) {
      const node = model.visible[index] ?? 0;
      context.globalAlpha = model.isDimmed(node) ? dimmedAlpha : 1;
      drawRow(context, model, node, (index - range.first) * rowHeightPx, widthPx, theme);
    }
  }
}

function drawRow(context: CanvasRenderingContext2D, model: TraceModel, node: number, top: number, widthPx: number, theme: Theme): void {
  const { columns, tree } = model;
  const row = tree.row[node] ?? -1;
  const x = (ns: number): number => timeToX(model.window, widthPx, ns);
  if (model.isCollapsed(node)) {
    // What is folded away still shows where it was.
    const [left, right] = clip(x(tree.coverStartNs[node] ?? 0), x(tree.coverEndNs[node] ?? 0), widthPx);
    context.fillStyle = theme.muted;
    context.fillRect(left, top + rowHeightPx - 2, Math.max(1, right - left), 0.5);
  }
  drawCritical(context, model, node, top, widthPx, theme);
  if (row < 0) {
    drawFold(context, model, node, top, widthPx, theme);
    return;
  }
  drawGaps(context, model, node, top, widthPx, theme);
  const startNs = spanStartNs(columns, row);
  const startX = x(startNs);
  const endX = Math.max(startX + leastBarPx, x(startNs + spanLengthNs(columns, row)));
  const open = openOf(columns, row);
  const label = barLabel(open, columns.durationsNs[row] ?? NaN, model.held.ns(row));
  const error = model.isError(row);
  const middle = top + rowHeightPx / 2;
  context.fillStyle = theme.service(model.slotOf(row));
  if (endX <= 0 || startX >= widthPx) {
    drawPointer(context, endX <= 0 ? 3 : widthPx - 3, middle, endX <= 0 ? -1 : 1);
    return;
  }
  const [left, right] = clip(startX, endX, widthPx);
  if (open !== undefined) context.fillStyle = fading(context, theme.service(model.slotOf(row)), startX, endX);
  context.beginPath();
  context.roundRect(left, top + (rowHeightPx - barHeightPx) / 2, right - left, barHeightPx, Math.min(2, (right - left) / 2));
  context.fill();
  for (const { fromNs, toNs } of model.held.of(row)) {
    const [heldLeft, heldRight] = clip(x(fromNs), Math.min(endX, Math.max(x(fromNs) + 1, x(toNs))), widthPx);
    if (heldLeft < heldRight) hatch(context, theme.service(model.slotOf(row)), heldLeft, top + (rowHeightPx - barHeightPx) / 2, heldRight - heldLeft, barHeightPx, theme);
  }
  if (theme.highContrast && model.selected === node) {
    context.strokeStyle = theme.foreground;
    context.stroke();
  }
  drawEvents(context, model, row, top, widthPx, theme);
  drawLabel(context, label, error, left, right, middle, widthPx, theme);
}

/** A group of alike spans: one bar with a stripe for each. */
function drawFold(context: CanvasRenderingContext2D, model: TraceModel, node: number, top: number, widthPx: number, theme: Theme): void {
  const { tree } = model;
  if ((tree.group[node] ?? -1) < 0) return;
  const startX = timeToX(model.window, widthPx, tree.coverStartNs[node] ?? 0);
  const endX = Math.max(startX + leastBarPx, timeToX(model.window, widthPx, tree.coverEndNs[node] ?? 0));
  const colour = theme.service(model.slotOf(model.rowFor(node)));
  const middle = top + rowHeightPx / 2;
  if (endX <= 0 || startX >= widthPx) {
    context.fillStyle = colour;
    drawPointer(context, endX <= 0 ? 3 : widthPx - 3, middle, endX <= 0 ? -1 : 1);
    return;
  }
  const [left, right] = clip(startX, endX, widthPx);
  drawGroupBar(context, model, node, top + (rowHeightPx - barHeightPx) / 2, barHeightPx, left, right, widthPx, colour);
  if (theme.highContrast && model.selected === node) {
    context.strokeStyle = theme.foreground;
    context.strokeRect(left, top + (rowHeightPx - barHeightPx) / 2, right - left, barHeightPx);
  }
  const lengthNs = (tree.coverEndNs[node] ?? 0) - (tree.coverStartNs[node] ?? 0);
  drawLabel(context, formatDuration(lengthNs), false, left, right, middle, widthPx, theme);
}

/** A bar whose end is not known: its last part fades. */
function fading(context: CanvasRenderingContext2D, colour: string, startX: number, endX: number): CanvasGradient {
  const gradient = context.createLinearGradient(Math.max(startX, endX - Math.max(24, (endX - startX) * 0.6)), 0, endX, 0);
  gradient.addColorStop(0, colour);
  gradient.addColorStop(1, transparent(colour));
  return gradient;
}

/** `#rrggbb` and `rgb(r, g, b)`, as the theme writes colours, without a trace of black in between. */
function transparent(colour: string): string {
  return colour.startsWith('#') ? `${colour.slice(0, 7)}00` : colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0)');
}

function clip(left: number, right: number, widthPx: number): [number, number] {
  return [Math.max(-4, left), Math.min(widthPx + 4, right)];
}

// The span lies outside the zoomed stretch, on this side.
function drawPointer(context: CanvasRenderingContext2D, tipX: number, middle: number, direction: 1 | -1): void {
  context.beginPath();
  context.moveTo(tipX, middle);
  context.lineTo(tipX - direction * 5, middle - 4);
  context.lineTo(tipX - direction * 5, middle + 4);
  context.fill();
}

function drawEvents(context: CanvasRenderingContext2D, model: TraceModel, row: number, top: number, widthPx: number, theme: Theme): void {
  const { eventNs, eventCount } = model.columns;
  const first = model.firstEvent?.[row];
  if (eventNs === undefined || first === undefined) return;
  const count = Math.min(maxEventTicks, eventCount[row] ?? 0);
  context.fillStyle = theme.foreground;
  for (let index = first; index < first + count; index++) {
    const x = timeToX(model.window, widthPx, eventNs[index] ?? NaN);
    if (x >= -1 && x <= widthPx) context.fillRect(Math.round(x), top + 3, 2, rowHeightPx - 6);
  }
}

function drawLabel(
  context: CanvasRenderingContext2D, label: string, error: boolean, left: number, right: number, middle: number, widthPx: number, theme: Theme,
): void {
  const signPx = error ? 14 : 0;
  const labelPx = context.measureText(label).width + signPx;
  let x = right + 5;
  if (x + labelPx > widthPx - 2) x = left - 5 - labelPx;
  let inside = false;
  if (x < 2) {
    // No room on either side: a plate inside the bar's end.
    inside = true;
    x = Math.max(4, Math.min(right, widthPx) - labelPx - 6);
  }
  if (inside) {
    context.fillStyle = theme.background;
    context.beginPath();
    context.roundRect(x - 3, middle - 7, labelPx + 6, 14, 3);
    context.fill();
  }
  if (error) drawErrorSign(context, x + 4.5, middle, theme);
  context.fillStyle = error ? theme.errorText : theme.muted;
  context.fillText(label, x + signPx, middle + 0.5);
}

function drawErrorSign(context: CanvasRenderingContext2D, x: number, y: number, theme: Theme): void {
  context.strokeStyle = theme.errorText;
  context.lineWidth = 1.3;
  context.beginPath();
  context.arc(x, y, 4.5, 0, Math.PI * 2);
  context.moveTo(x - 3, y - 3);
  context.lineTo(x + 3, y + 3);
  context.stroke();
  context.lineWidth = 1;
}
