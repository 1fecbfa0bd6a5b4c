import type { Tick } from '../layout/rulerTicks.ts';
import type { TimeWindow } from '../layout/timeWindow.ts';
import { timeToX, xToTime } from '../layout/timeWindow.ts';
import { element, fitCanvas, onDrag, setFont } from './dom.ts';
import type { Theme } from './theme.ts';

export interface ZoomTarget {
  current(): TimeWindow;
  zoomTo(window: TimeWindow | undefined): void;
}

const heightPx = 24;

/** The time axis above the bars. A drag zooms into the stretch it covers, a double-click shows all. */
export class RulerView {
  readonly root = element('div', 'ruler');
  readonly #canvas = document.createElement('canvas');
  readonly #band = element('div', 'band');
  #widthPx = 0;

  constructor(target: ZoomTarget) {
    this.root.title = 'Drag to zoom, double-click for all';
    this.#canvas.setAttribute('aria-hidden', 'true');
    this.#band.hidden = true;
    this.root.append(this.#canvas, this.#band);
    onDrag(this.root, (startX) => ({
      move: (x) => showBand(this.#band, startX, x),
      end: (x, moved) => {
        this.#band.hidden = true;
        if (!moved) return;
        const [left, right] = startX < x ? [startX, x] : [x, startX];
        const window = target.current();
        target.zoomTo({ startNs: xToTime(window, this.#widthPx, Math.max(0, left)), endNs: xToTime(window, this.#widthPx, Math.min(this.#widthPx, right)) });
      },
    }));
    this.root.addEventListener('dblclick', () => target.zoomTo(undefined));
  }

  draw(window: TimeWindow, widthPx: number, ticks: readonly Tick[], theme: Theme): void {
    this.#widthPx = widthPx;
    const context = fitCanvas(this.#canvas, widthPx, heightPx);
    if (context === undefined) return;
    setFont(context, `11px ${theme.font}`);
    context.textBaseline = 'middle';
    for (const tick of ticks) {
      const x = Math.round(timeToX(window, widthPx, tick.ns));
      context.fillStyle = theme.grid;
      context.fillRect(x, 0, 1, heightPx);
      context.fillStyle = theme.muted;
      if (x + context.measureText(tick.label).width + 4 < widthPx) context.fillText(tick.label, x + 5, heightPx / 2);
    }
  }
}

export function showBand(band: HTMLElement, fromX: number, toX: number): void {
  band.hidden = false;
  band.style.left = `${Math.min(fromX, toX)}px`;
  band.style.width = `${Math.abs(toX - fromX)}px`;
}
