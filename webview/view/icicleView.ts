import { formatDuration } from '../layout/formatDuration.ts';
import { firstEndingAfter, type FlameLanes, flameLanes } from '../layout/flameLanes.ts';
import { rulerTicks } from '../layout/rulerTicks.ts';
import { panWindow, timeToX, xToTime, zoomWindow } from '../layout/timeWindow.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { spanLengthNs, spanStartNs } from '../layout/spanTimes.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element, fitCanvas } from './dom.ts';
import { hatch } from './hatching.ts';
import { IcicleTree } from './icicleTree.ts';
import { hasModifier } from './rowKeys.ts';
import { RulerView, type ZoomTarget } from './rulerView.ts';
import type { Theme } from './theme.ts';
import type { TraceView, ViewHost } from './traceView.ts';

const laneHeightPx = 18;
const leastLabelPx = 32;
const dimmedAlpha = 0.35;

/** The trace as a flame chart: time to the right, what was called beneath its caller. Drawn on a canvas; read as a tree. */
export class IcicleView implements TraceView {
  readonly root: HTMLElement;
  readonly #scroller = element('div', 'icicle-scroller');
  readonly #sizer = element('div', 'icicle-sizer');
  readonly #canvas = document.createElement('canvas');
  readonly #tree = new IcicleTree();
  readonly #ruler: RulerView;
  readonly #host: ViewHost;
  #model: TraceModel | undefined;
  #lanes: FlameLanes | undefined;

  constructor(host: ViewHost, zoom: ZoomTarget) {
    this.#host = host;
    this.#ruler = new RulerView(zoom);
    this.#canvas.className = 'icicle-canvas';
    this.#canvas.setAttribute('aria-hidden', 'true');
    this.#sizer.append(this.#canvas);
    this.#scroller.append(this.#sizer);
    const tree = this.#tree.root;
    tree.append(this.#scroller);
    this.root = element('div', 'icicle', element('div', 'heads', this.#ruler.root), tree);
    this.#scroller.addEventListener('scroll', () => host.requestDraw(), { passive: true });
    this.#scroller.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.#scroller.addEventListener('mousedown', (event) => {
      const node = event.button === 0 ? this.#nodeAt(event) : undefined;
      tree.focus();
      event.preventDefault();
      if (node !== undefined) host.select(node);
    });
    this.#scroller.addEventListener('dblclick', (event) => {
      if (this.#nodeAt(event) !== undefined) host.openSource();
    });
    this.#scroller.addEventListener('mousemove', (event) => this.#describe(event));
    tree.addEventListener('keydown', (event) => this.#onKey(event));
  }

  focus(): void {
    this.#tree.root.focus();
  }

  show(model: TraceModel): void {
    if (this.#model !== model) this.#lanes = undefined;
    this.#model = model;
    this.#lanes ??= flameLanes(model.columns);
    this.#sizer.style.height = `${this.#lanes.laneCount * laneHeightPx + 4}px`;
    this.#tree.show(model);
    this.#host.requestDraw();
  }

  contentChanged(): void {
    this.#host.requestDraw();
  }

  selectionChanged(): void {
    const [model, lanes] = [this.#model, this.#lanes];
    if (model === undefined || lanes === undefined) return;
    this.#tree.show(model);
    const row = model.rowFor(model.selected);
    if (row >= 0) this.#reveal(model, lanes, row);
    this.#host.requestDraw();
  }

  zoomChanged(): void {
    this.#host.requestDraw();
  }

  draw(theme: Theme): void {
    const [model, lanes] = [this.#model, this.#lanes];
    if (model === undefined || lanes === undefined) return;
    const widthPx = this.#scroller.clientWidth;
    const heightPx = this.#scroller.clientHeight;
    const ticks = rulerTicks(model.window, widthPx);
    this.#ruler.draw(model.window, widthPx, ticks, theme);
    this.#canvas.style.transform = `translateY(${this.#scroller.scrollTop}px)`;
    const context = fitCanvas(this.#canvas, widthPx, heightPx);
    if (context === undefined) return;
    context.fillStyle = theme.grid;
    for (const tick of ticks) context.fillRect(Math.round(timeToX(model.window, widthPx, tick.ns)), 0, 1, heightPx);
    context.font = `11px ${theme.font}`;
    context.textBaseline = 'middle';
    const firstLane = Math.max(0, Math.floor(this.#scroller.scrollTop / laneHeightPx));
    const lastLane = Math.min(lanes.laneCount, Math.ceil((this.#scroller.scrollTop + heightPx) / laneHeightPx));
    for (let lane = firstLane; lane < lastLane; lane++) drawLane(context, model, lanes, lane, lane * laneHeightPx - this.#scroller.scrollTop, widthPx, theme);
  }

  #reveal(model: TraceModel, lanes: FlameLanes, row: number): void {
    const top = (lanes.lane[row] ?? 0) * laneHeightPx;
    const { scrollTop, clientHeight } = this.#scroller;
    if (clientHeight > 0 && (top < scrollTop || top + laneHeightPx > scrollTop + clientHeight)) this.#scroller.scrollTop = Math.max(0, top - clientHeight / 2);
    const startNs = spanStartNs(model.columns, row);
    const endNs = startNs + spanLengthNs(model.columns, row);
    const { window } = model;
    // Zoomed elsewhere, the selection would not be seen: the stretch moves, as wide as it is.
    if (endNs < window.startNs || startNs > window.endNs) this.#host.zoomTo(panWindow(window, model.full, (startNs + endNs) / 2 - (window.startNs + window.endNs) / 2));
  }

  #nodeAt(event: MouseEvent): number | undefined {
    const [model, lanes] = [this.#model, this.#lanes];
    if (model === undefined || lanes === undefined) return undefined;
    const box = this.#scroller.getBoundingClientRect();
    const lane = Math.floor((event.clientY - box.top + this.#scroller.scrollTop) / laneHeightPx);
    if (lane < 0 || lane >= lanes.laneCount) return undefined;
    const pxNs = (model.window.endNs - model.window.startNs) / Math.max(1, this.#scroller.clientWidth);
    const atNs = xToTime(model.window, this.#scroller.clientWidth, event.clientX - box.left);
    const at = firstEndingAfter(lanes, model.columns, lane, atNs - 2 * pxNs);
    if (at >= (lanes.first[lane + 1] ?? 0)) return undefined;
    const row = lanes.rows[at] ?? 0;
    return spanStartNs(model.columns, row) <= atNs + pxNs ? model.tree.nodeOfRow[row] : undefined;
  }

  #describe(event: MouseEvent): void {
    const model = this.#model;
    const node = this.#nodeAt(event);
    const row = node === undefined || model === undefined ? -1 : (model.tree.row[node] ?? -1);
    const text = model === undefined || row < 0 ? '' : `${visibleText(model.nameOf(row).slice(0, 300))} · ${visibleText(model.serviceOf(row).slice(0, 100))} · ${formatDuration(model.netNs(row))}`;
    if (this.#scroller.title !== text) this.#scroller.title = text;
  }

  #onKey(event: KeyboardEvent): void {
    const model = this.#model;
    if (model === undefined || hasModifier(event)) return;
    if (event.shiftKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const byNs = (model.window.endNs - model.window.startNs) / 4;
      this.#host.zoomTo(panWindow(model.window, model.full, event.key === 'ArrowLeft' ? -byNs : byNs));
    } else if (event.key === 'Enter') this.#host.openSource();
    else {
      const next = this.#tree.nodeByKey(event.key);
      if (next === undefined) return;
      this.#host.select(next);
    }
    event.preventDefault();
  }

  #onWheel(event: WheelEvent): void {
    const model = this.#model;
    if (model === undefined) return;
    const widthPx = this.#scroller.clientWidth;
    if (event.ctrlKey || event.metaKey) {
      const atNs = xToTime(model.window, widthPx, event.clientX - this.#scroller.getBoundingClientRect().left);
      this.#host.zoomTo(zoomWindow(model.window, model.full, Math.exp(-event.deltaY * 0.002), atNs));
    } else {
      const sidewaysPx = event.shiftKey ? event.deltaX + event.deltaY : event.deltaX;
      if (Math.abs(sidewaysPx) <= (event.shiftKey ? 0 : Math.abs(event.deltaY))) return;
      this.#host.zoomTo(panWindow(model.window, model.full, (sidewaysPx / Math.max(1, widthPx)) * (model.window.endNs - model.window.startNs)));
    }
    event.preventDefault();
  }
}

/** No more spans are drawn than the lane has pixels: from one that is too narrow to see the next is looked up beyond its pixel. */
function drawLane(context: CanvasRenderingContext2D, model: TraceModel, lanes: FlameLanes, lane: number, top: number, widthPx: number, theme: Theme): void {
  const { columns, window, tree } = model;
  const pxNs = (window.endNs - window.startNs) / Math.max(1, widthPx);
  const until = lanes.first[lane + 1] ?? 0;
  for (let at = firstEndingAfter(lanes, columns, lane, window.startNs); at < until; ) {
    const row = lanes.rows[at] ?? 0;
    const startNs = spanStartNs(columns, row);
    if (startNs > window.endNs) return;
    const endNs = startNs + spanLengthNs(columns, row);
    const left = Math.max(-2, timeToX(window, widthPx, startNs));
    const right = Math.min(widthPx + 2, Math.max(left + 1, timeToX(window, widthPx, endNs) - 0.5));
    drawSpan(context, model, row, tree.nodeOfRow[row] ?? 0, left, right, top, widthPx, theme);
    at = right - left > 1 ? at + 1 : Math.max(at + 1, firstEndingAfter(lanes, columns, lane, window.startNs + (left + 1) * pxNs, at + 1));
  }
}

function drawSpan(context: CanvasRenderingContext2D, model: TraceModel, row: number, node: number, left: number, right: number, top: number, widthPx: number, theme: Theme): void {
  const heightPx = laneHeightPx - 2;
  const colour = theme.service(model.slotOf(row));
  context.globalAlpha = model.isDimmed(node) ? dimmedAlpha : 1;
  context.fillStyle = colour;
  context.fillRect(left, top + 1, right - left, heightPx);
  for (const { fromNs, toNs } of model.held.of(row)) {
    const from = Math.max(left, timeToX(model.window, widthPx, fromNs));
    const to = Math.min(right, timeToX(model.window, widthPx, toNs));
    if (to > from) hatch(context, colour, from, top + 1, to - from, heightPx, theme);
  }
  if (model.shown.critical && model.insights.hasCritical) {
    const { critical } = model.insights;
    context.fillStyle = theme.foreground;
    for (let at = critical.first[node] ?? 0; at < (critical.first[node + 1] ?? 0); at++) {
      const from = Math.max(left, timeToX(model.window, widthPx, critical.startNs[at] ?? 0));
      const to = Math.min(right, timeToX(model.window, widthPx, critical.endNs[at] ?? 0));
      if (to > from) context.fillRect(from, top + heightPx - 1, to - from, 2);
    }
  }
  const failed = model.isError(row);
  if (failed) {
    context.fillStyle = theme.error;
    context.fillRect(left, top + 1, Math.min(4, right - left), heightPx);
  }
  if (right - left >= leastLabelPx) drawLabel(context, `${failed ? '⊘ ' : ''}${visibleText(model.nameOf(row).slice(0, 200))}`, left, right, top + heightPx / 2 + 0.5, theme, colour);
  context.globalAlpha = 1;
  if (model.selected === node || model.rowFor(model.selected) === row) {
    context.lineWidth = 2;
    context.strokeStyle = theme.foreground;
    context.strokeRect(left + 1, top + 1, Math.max(1, right - left - 2), heightPx);
    context.lineWidth = 1;
  }
}

function drawLabel(context: CanvasRenderingContext2D, label: string, left: number, right: number, middle: number, theme: Theme, colour: string): void {
  const fromX = Math.max(left, 0) + 6;
  context.save();
  context.beginPath();
  context.rect(left, middle - laneHeightPx / 2, right - left - 3, laneHeightPx);
  context.clip();
  context.fillStyle = theme.on(colour);
  context.fillText(label, fromX, middle);
  context.restore();
}
