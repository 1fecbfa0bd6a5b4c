import { timeToX, xToTime } from '../layout/timeWindow.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { spanLengthNs, spanStartNs } from '../layout/spanTimes.ts';
import { element, fitCanvas, onDrag } from './dom.ts';
import type { ZoomTarget } from './rulerView.ts';
import { showBand } from './rulerView.ts';
import type { Theme } from './theme.ts';

export const minimapHeightPx = 54;
const padPx = 4;
const sidePx = 14;
const gripPx = 6;

/**
 * All spans in a strip, drawn once a snapshot, with the zoomed stretch in a frame over it. A drag beside the frame picks
 * a new stretch, on its edges moves them, inside it shifts it; a double-click shows all.
 */
export class MinimapView {
  readonly root = element('div', 'minimap');
  readonly #canvas = document.createElement('canvas');
  readonly #before = element('div', 'outside');
  readonly #after = element('div', 'outside');
  readonly #frame = element('div', 'frame');
  readonly #band = element('div', 'band');
  #widthPx = 0;
  #model: TraceModel | undefined;

  constructor(target: ZoomTarget) {
    this.root.title = 'Drag to zoom, double-click for all';
    this.#canvas.setAttribute('aria-hidden', 'true');
    this.#band.hidden = true;
    this.root.append(this.#canvas, this.#before, this.#after, this.#frame, this.#band);
    onDrag(this.root, (startX) => this.#startDrag(startX, target));
    this.root.addEventListener('dblclick', () => target.zoomTo(undefined));
    this.root.addEventListener('pointermove', (event) => {
      const x = event.clientX - this.root.getBoundingClientRect().left;
      this.root.style.cursor = this.#edgeAt(x) !== undefined ? 'ew-resize' : this.#isInside(x) ? 'grab' : 'crosshair';
    });
  }

  /** The whole strip anew: one pass over all spans. */
  draw(model: TraceModel, widthPx: number, theme: Theme): void {
    this.#widthPx = widthPx;
    this.#model = model;
    const context = fitCanvas(this.#canvas, widthPx, minimapHeightPx);
    if (context === undefined) return;
    const { tree, columns } = model;
    const stepPx = Math.min(3, (minimapHeightPx - 2 * padPx) / Math.max(1, tree.nodeCount));
    const linePx = Math.max(1, Math.min(2, Math.floor(stepPx + 0.5)));
    // Of many spans on one line of pixels only those that add something are drawn.
    const drawnLeft = new Float64Array(minimapHeightPx + 1).fill(Infinity);
    const drawnRight = new Float64Array(minimapHeightPx + 1).fill(-Infinity);
    const errors: number[] = [];
    for (let node = 0; node < tree.nodeCount; node++) {
      const row = tree.row[node] ?? -1;
      if (row < 0) continue;
      const y = Math.floor(padPx + node * stepPx);
      const line = stepPx < 1 ? y : -1;
      const startNs = spanStartNs(columns, row);
      const left = this.#xOf(startNs);
      const right = Math.max(left + 1, this.#xOf(startNs + spanLengthNs(columns, row)));
      if (model.isError(row) && errors.length < 2000) errors.push(left, y);
      if (line >= 0) {
        if (left >= (drawnLeft[line] ?? 0) - 0.5 && right <= (drawnRight[line] ?? 0) + 0.5) continue;
        drawnLeft[line] = Math.min(drawnLeft[line] ?? left, left);
        drawnRight[line] = Math.max(drawnRight[line] ?? right, right);
      }
      context.fillStyle = theme.service(model.slotOf(row));
      context.fillRect(left, y, right - left, line >= 0 ? 1 : linePx);
    }
    context.fillStyle = theme.error;
    const dotPx = errors.length > 100 ? 2 : 4;
    for (let index = 0; index < errors.length; index += 2) context.fillRect((errors[index] ?? 0) - dotPx / 4, (errors[index + 1] ?? 0) - dotPx / 4, dotPx, dotPx);
    this.drawFrame(model);
  }

  /** Only the frame of the zoomed stretch. */
  drawFrame(model: TraceModel): void {
    const [left, right] = this.#frameEdges();
    this.#before.style.width = `${Math.max(0, left)}px`;
    this.#after.style.left = `${right}px`;
    this.#after.style.width = `${Math.max(0, this.#widthPx - right)}px`;
    this.#frame.style.left = `${left}px`;
    this.#frame.style.width = `${Math.max(2, right - left)}px`;
    this.root.classList.toggle('zoomed', model.isZoomed);
  }

  #xOf(ns: number): number {
    return this.#model === undefined ? 0 : sidePx + timeToX(this.#model.full, this.#widthPx - 2 * sidePx, ns);
  }

  #timeAt(x: number): number {
    if (this.#model === undefined) return 0;
    const { full } = this.#model;
    return Math.min(full.endNs, Math.max(full.startNs, xToTime(full, this.#widthPx - 2 * sidePx, x - sidePx)));
  }

  #frameEdges(): [number, number] {
    const window = this.#model?.window;
    return window === undefined ? [0, 0] : [this.#xOf(window.startNs), this.#xOf(window.endNs)];
  }

  #edgeAt(x: number): 'left' | 'right' | undefined {
    const [left, right] = this.#frameEdges();
    const near = (edge: number): boolean => Math.abs(x - edge) <= gripPx;
    return near(right) && (!near(left) || x >= (left + right) / 2) ? 'right' : near(left) ? 'left' : undefined;
  }

  #isInside(x: number): boolean {
    const [left, right] = this.#frameEdges();
    return this.#model?.isZoomed === true && x > left && x < right;
  }

  #startDrag(startX: number, target: ZoomTarget): { move(x: number): void; end?(x: number, moved: boolean): void } | undefined {
    const edge = this.#edgeAt(startX);
    const before = target.current();
    if (edge !== undefined) {
      const fixedNs = edge === 'left' ? before.endNs : before.startNs;
      return { move: (x) => target.zoomTo(ordered(fixedNs, this.#timeAt(x))) };
    }
    if (this.#isInside(startX)) {
      return {
        move: (x) => {
          const byNs = this.#timeAt(x) - this.#timeAt(startX);
          target.zoomTo({ startNs: before.startNs + byNs, endNs: before.endNs + byNs });
        },
      };
    }
    return {
      move: (x) => showBand(this.#band, startX, x),
      end: (x, moved) => {
        this.#band.hidden = true;
        if (moved) target.zoomTo(ordered(this.#timeAt(startX), this.#timeAt(x)));
      },
    };
  }
}

function ordered(a: number, b: number): { startNs: number; endNs: number } {
  return a < b ? { startNs: a, endNs: b } : { startNs: b, endNs: a };
}
