import { rulerTicks } from '../layout/rulerTicks.ts';
import { spanIdOf } from '../layout/spanIds.ts';
import { panWindow, timeToX, xToTime, zoomWindow } from '../layout/timeWindow.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { rowHeightPx, rowsInSight, scrollTopToReveal } from '../layout/virtualWindow.ts';
import { BarsView } from './barsView.ts';
import { element } from './dom.ts';
import { hasModifier, indexByKey } from './rowKeys.ts';
import { RowsView } from './rowsView.ts';
import { RulerView, type ZoomTarget } from './rulerView.ts';
import { splitter } from './splitter.ts';
import type { Theme } from './theme.ts';
import type { TraceView, ViewHost } from './traceView.ts';

const overscanRows = 10;
/** Names narrower than these leave out what main.css says. */
const namesBelowPx = [260, 380, 460] as const;

/** Where the rows were scrolled to, by span: spans that arrive above must not move what is being read. */
export interface ScrollAnchor {
  readonly spanId: string;
  readonly offsetPx: number;
}

/** Rows under each other as the spans called each other, with their bars on one axis of time. */
export class WaterfallView implements TraceView {
  readonly root: HTMLElement;
  readonly #scroller = element('div', 'scroller');
  readonly #sizer = element('div', 'sizer');
  readonly #ruler: RulerView;
  readonly #rows = new RowsView();
  readonly #bars = new BarsView();
  readonly #host: ViewHost;
  readonly #resized: () => void;
  #model: TraceModel | undefined;
  #nameWidthPx: number | undefined;
  #stamp = 0;
  /** Of the scroller: asking it each time would have the page laid out each time. */
  #size = { widthPx: 0, heightPx: 0 };
  #drawn: readonly unknown[] = [];

  constructor(host: ViewHost, zoom: ZoomTarget, nameWidthPx: number | undefined, resized: () => void) {
    this.#host = host;
    this.#nameWidthPx = nameWidthPx;
    this.#resized = resized;
    this.#ruler = new RulerView(zoom);
    this.#scroller.tabIndex = 0;
    this.#scroller.setAttribute('role', 'treegrid');
    this.#scroller.setAttribute('aria-label', 'Spans of the trace');
    this.#scroller.setAttribute('aria-readonly', 'true');
    this.#sizer.setAttribute('role', 'presentation');
    this.#sizer.append(this.#rows.root, this.#bars.canvas);
    this.#scroller.append(this.#sizer);
    const nameSplitter = splitter('name-splitter', {
      label: 'Width of the names',
      leastPx: 80,
      direction: 1,
      vertical: () => true,
      size: () => this.#nameWidth(),
      mostPx: () => Math.max(80, this.#size.widthPx - 60),
      resize: (sizePx) => this.#resizeNames(sizePx),
      reset: () => this.#resizeNames(undefined),
    });
    const heads = element('div', 'heads', element('div', 'name-head', 'operation · service'), this.#ruler.root);
    this.root = element('div', 'chart', heads, this.#scroller, nameSplitter);
    this.#listen();
  }

  /** Chosen by the person; undefined where it follows the room there is. */
  get nameWidthPx(): number | undefined {
    return this.#nameWidthPx;
  }

  focus(): void {
    this.#scroller.focus();
  }

  show(model: TraceModel): void {
    const old = this.#model;
    const anchor = old === undefined || old === model ? undefined : this.scrollAnchor();
    this.#model = model;
    this.#measure();
    this.contentChanged();
    if (anchor !== undefined) this.scrollTo(anchor);
  }

  contentChanged(): void {
    this.#stamp++;
    this.#sizeRows();
    this.#fitNames();
    this.#host.requestDraw();
  }

  selectionChanged(): void {
    const model = this.#model;
    if (model === undefined) return;
    this.#sizeRows();
    if (model.selected < 0) return;
    const scrollTop = scrollTopToReveal(model.indexOf(model.selected), this.#scroller.scrollTop, this.#size.heightPx, rowHeightPx);
    if (scrollTop !== this.#scroller.scrollTop) this.#scroller.scrollTop = scrollTop;
    this.#host.requestDraw();
  }

  zoomChanged(): void {
    this.#host.requestDraw();
  }

  draw(theme: Theme): void {
    const model = this.#model;
    if (model === undefined) return;
    const { widthPx, heightPx } = this.#size;
    const chartPx = Math.max(0, widthPx - this.#nameWidth());
    const range = rowsInSight(this.#scroller.scrollTop, heightPx, rowHeightPx, model.visible.length, overscanRows);
    // A little way scrolled: the page moves what is drawn.
    const drawn = [model, range.first, range.last, heightPx, chartPx, this.#stamp, model.window, model.selected, theme];
    if (drawn.every((each, at) => each === this.#drawn[at])) return;
    this.#drawn = drawn;
    const ticks = rulerTicks(model.window, chartPx);
    this.#rows.render(model, range, this.#stamp, theme, this.#nameWidth());
    this.#bars.draw(model, range, Math.ceil(heightPx / rowHeightPx) + 1 + 2 * overscanRows, chartPx, ticks, theme);
    this.#ruler.draw(model.window, chartPx, ticks, theme);
    const index = model.indexOf(model.selected);
    if (model.selected >= 0 && index >= range.first && index < range.last) this.#scroller.setAttribute('aria-activedescendant', `row-${model.selected}`);
    else this.#scroller.removeAttribute('aria-activedescendant');
  }

  scrollAnchor(): ScrollAnchor | undefined {
    const model = this.#model;
    const { scrollTop } = this.#scroller;
    if (model === undefined || scrollTop <= 0) return undefined;
    for (let index = Math.floor(scrollTop / rowHeightPx); index < model.visible.length; index++) {
      const row = model.tree.row[model.visible[index] ?? 0] ?? -1;
      if (row >= 0) return { spanId: spanIdOf(model.columns, row), offsetPx: scrollTop - index * rowHeightPx };
    }
    return undefined;
  }

  /** False where that span is not here. */
  scrollTo({ spanId, offsetPx }: ScrollAnchor): boolean {
    const node = this.#model?.nodeOfSpan(spanId);
    if (this.#model === undefined || node === undefined) return false;
    this.#scroller.scrollTop = this.#model.indexOf(node) * rowHeightPx + offsetPx;
    return true;
  }

  #measure(): void {
    this.#size = { widthPx: this.#scroller.clientWidth, heightPx: this.#scroller.clientHeight };
    this.#stamp++;
    this.#fitNames();
  }

  #fitNames(): void {
    const widthPx = this.#nameWidth();
    this.root.style.setProperty('--name-width', `${widthPx}px`);
    for (const leastPx of namesBelowPx) this.root.classList.toggle(`names-below-${leastPx}`, widthPx <= leastPx);
  }

  #listen(): void {
    new ResizeObserver(() => {
      this.#measure();
      this.#host.requestDraw();
    }).observe(this.#scroller);
    this.#scroller.addEventListener('scroll', () => this.#host.requestDraw(), { passive: true });
    this.#scroller.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.#scroller.addEventListener('mousedown', (event) => this.#onPress(event));
    this.#scroller.addEventListener('dblclick', (event) => {
      if (!isTwistie(event.target)) this.#host.openSource();
    });
    this.#scroller.addEventListener('keydown', (event) => this.#onKey(event));
  }

  #sizeRows(): void {
    const count = this.#model?.visible.length ?? 0;
    if (this.#scroller.getAttribute('aria-rowcount') === String(count)) return;
    this.#stamp++;
    this.#sizer.style.height = `${count * rowHeightPx}px`;
    this.#scroller.setAttribute('aria-rowcount', String(count));
  }

  #onPress(event: MouseEvent): void {
    const model = this.#model;
    const node = this.#rows.nodeOf(event.target);
    if (model === undefined || node === undefined || event.button !== 0) return;
    if (isTwistie(event.target)) {
      // A second click of a double-click folds again; it must not select text.
      event.preventDefault();
      this.#scroller.focus();
      this.#host.fold(node, !model.isCollapsed(node));
      return;
    }
    this.#host.select(node);
    if (event.target instanceof Element && event.target.closest('.place') !== null) this.#host.openSource();
  }

  #onKey(event: KeyboardEvent): void {
    const model = this.#model;
    if (model === undefined || hasModifier(event)) return;
    const index = model.selected < 0 ? -1 : model.indexOf(model.selected);
    const next = indexByKey(event, index, model.visible.length, this.#size.heightPx);
    if (next !== undefined) this.#host.select(model.visible[next] ?? -1);
    else if (event.shiftKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const byNs = (model.window.endNs - model.window.startNs) / 4;
      this.#host.zoomTo(panWindow(model.window, model.full, event.key === 'ArrowLeft' ? -byNs : byNs));
    } else if (event.key === 'ArrowLeft') this.#foldOrLeave(model);
    else if (event.key === 'ArrowRight') this.#unfoldOrEnter(model);
    else if (event.key === ' ') this.#host.fold(model.selected, !model.isCollapsed(model.selected));
    else if (event.key === 'Enter') this.#host.openSource();
    else return;
    event.preventDefault();
  }

  #foldOrLeave(model: TraceModel): void {
    if (model.hasRowsBeneath(model.selected) && !model.isCollapsed(model.selected)) this.#host.fold(model.selected, true);
    else this.#host.select(model.tree.parent[model.selected] ?? -1);
  }

  #unfoldOrEnter(model: TraceModel): void {
    if (!model.hasRowsBeneath(model.selected)) return;
    if (model.isCollapsed(model.selected)) this.#host.fold(model.selected, false);
    else this.#host.select(model.visible[model.indexOf(model.selected) + 1] ?? -1);
  }

  #onWheel(event: WheelEvent): void {
    const model = this.#model;
    if (model === undefined) return;
    const chartPx = this.#size.widthPx - this.#nameWidth();
    const x = event.clientX - this.#scroller.getBoundingClientRect().left - this.#nameWidth();
    const unitPx = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 40 : 1;
    if (event.ctrlKey || event.metaKey) {
      const atNs = xToTime(model.window, chartPx, Math.min(chartPx, Math.max(0, x)));
      this.#host.zoomTo(zoomWindow(model.window, model.full, Math.exp(-event.deltaY * unitPx * 0.002), atNs));
    } else {
      const sidewaysPx = (event.shiftKey ? event.deltaX + event.deltaY : event.deltaX) * unitPx;
      if (sidewaysPx === 0 || Math.abs(sidewaysPx) < Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
      const nsPerPx = 1 / Math.max(1e-12, timeToX(model.window, chartPx, model.window.startNs + 1));
      this.#host.zoomTo(panWindow(model.window, model.full, sidewaysPx * nsPerPx));
    }
    event.preventDefault();
  }

  #nameWidth(): number {
    const chartPx = this.#size.widthPx;
    // Beside an editor there is little room, and names say more than bars.
    const preferredPx = Math.min(520, Math.max(170, chartPx * 0.43, Math.min(chartPx * 0.62, 330)));
    return Math.round(Math.min(Math.max(80, chartPx - 60), this.#nameWidthPx ?? preferredPx));
  }

  #resizeNames(sizePx: number | undefined): void {
    this.#nameWidthPx = sizePx;
    this.#fitNames();
    this.contentChanged();
    this.#resized();
  }
}

function isTwistie(target: EventTarget | null): boolean {
  const twistie = target instanceof Element ? target.closest('.twistie') : null;
  return twistie !== null && (twistie.classList.contains('open') || twistie.classList.contains('closed'));
}
