import type { WaterfallMemory, Place, TraceSnapshot } from '../../src/protocol/waterfall.ts';
import { afterNs } from '../layout/openRows.ts';
import { rulerTicks } from '../layout/rulerTicks.ts';
import { spanIdOf } from '../layout/spanIds.ts';
import type { TimeWindow } from '../layout/timeWindow.ts';
import { panWindow, timeToX, xToTime, zoomWindow } from '../layout/timeWindow.ts';
import type { Carried } from '../layout/traceModel.ts';
import { TraceModel } from '../layout/traceModel.ts';
import { hasChildren, spanLengthNs, spanStartNs } from '../layout/traceTree.ts';
import { rowHeightPx, rowsInSight, scrollTopToReveal } from '../layout/virtualWindow.ts';
import { BarsView } from './barsView.ts';
import type { DetailsActions } from './detailsPane.ts';
import { DetailsPane } from './detailsPane.ts';
import { element } from './dom.ts';
import { HeaderView } from './headerView.ts';
import { keysDialog } from './keysDialog.ts';
import { MinimapView } from './minimapView.ts';
import { RowsView } from './rowsView.ts';
import { RulerView } from './rulerView.ts';
import { splitter } from './splitter.ts';
import { onThemeChange, publishTheme, readTheme } from './theme.ts';

export interface WaterfallActions extends DetailsActions {
  /** Shows a span's line without taking the keyboard away. */
  previewSource(site: number): void;
  remember(memory: WaterfallMemory): void;
  retry(): void;
}

const overscanRows = 10;
const narrowPx = 640;
const liveMs = 5000;
const rememberDelayMs = 150;
const growMs = 1000;

/** The whole page: owns the model of the latest snapshot, and draws at most once a frame. */
export class WaterfallView {
  readonly #root = element('div', 'app');
  readonly #message = element('div', 'message');
  readonly #main = element('main', 'main');
  readonly #scroller = element('div', 'scroller');
  readonly #sizer = element('div', 'sizer');
  readonly #status = element('footer', 'status');
  readonly #statusText = element('span', '');
  readonly #header: HeaderView;
  readonly #minimap: MinimapView;
  readonly #ruler: RulerView;
  readonly #rows = new RowsView();
  readonly #bars = new BarsView();
  readonly #details: DetailsPane;
  readonly #keys: HTMLDialogElement;
  readonly #actions: WaterfallActions;
  readonly #traceId: string;
  #theme = readTheme();
  #model: TraceModel | undefined;
  #memory: WaterfallMemory;
  #nameWidthPx: number | undefined;
  #detailsSizePx: number | undefined;
  #stamp = 0;
  #frame: number | undefined;
  #minimapStale = true;
  #liveUntilMs = 0;
  #liveTimer: number | undefined;
  #rememberTimer: number | undefined;
  #growTimer: number | undefined;

  constructor(parent: HTMLElement, memory: WaterfallMemory, actions: WaterfallActions) {
    this.#actions = actions;
    this.#traceId = memory.traceId;
    this.#memory = memory;
    this.#nameWidthPx = memory.nameWidthPx;
    this.#detailsSizePx = memory.detailsSizePx;
    this.#header = new HeaderView({
      search: (text) => this.#search(text),
      nextMatch: (direction) => this.#goTo(this.#model?.nextMatch(direction)),
      nextError: () => this.#goTo(this.#model?.nextError(1)),
      leaveSearch: () => this.#scroller.focus(),
      clearSearch: () => this.#clearSearch(),
      showKeys: () => this.#keys.showModal(),
    });
    const zoom = { current: () => this.#model?.window ?? { startNs: 0, endNs: 1 }, zoomTo: (window: TimeWindow | undefined) => this.#zoomTo(window) };
    this.#minimap = new MinimapView(zoom);
    this.#ruler = new RulerView(zoom);
    this.#details = new DetailsPane(actions);
    this.#keys = keysDialog(() => this.#scroller.focus());
    this.#build(parent);
    this.#listen();
  }

  /** A new snapshot; what the person has done to the one before carries over. */
  showTrace(snapshot: TraceSnapshot): void {
    const old = this.#model;
    if (snapshot.kind !== 'trace') {
      if (old === undefined || snapshot.kind === 'missing') this.#showMessage(snapshot);
      return;
    }
    this.#growLater(snapshot, performance.now(), growMs);
    this.#showColumns(snapshot, old);
  }

  #showColumns(snapshot: TraceSnapshot & { kind: 'trace' }, old: TraceModel | undefined): void {
    const anchor = old === undefined ? undefined : this.#scrollAnchor(old);
    const model = new TraceModel(snapshot.columns, snapshot.places, old?.carried(snapshot.columns.startUnixNano) ?? carriedOf(this.#memory));
    this.#model = model;
    this.#message.hidden = true;
    this.#root.classList.remove('without-trace');
    const recent = Date.now() - (Number(BigInt(model.columns.startUnixNano) / 1_000_000n) + model.columns.durationNs / 1e6) < liveMs;
    if (old !== undefined || recent) this.#markLive();
    this.#header.showTrace(model, this.#isLive);
    this.#header.showMatches(model);
    this.#sizeRows();
    if (anchor !== undefined) this.#restoreAnchor(model, anchor);
    else if (old === undefined) this.#restoreScroll(model);
    this.#minimapStale = true;
    this.#details.show(model, old !== undefined && old.columns.version !== model.columns.version);
    this.#changed();
  }

  /** What runs goes on without news from the hub; the longer a trace takes to lay out, the more seldom it is drawn anew. */
  #growLater(snapshot: TraceSnapshot & { kind: 'trace' }, sinceMs: number, delayMs: number): void {
    window.clearTimeout(this.#growTimer);
    if (afterNs(snapshot.columns, 1) === snapshot.columns) return;
    this.#growTimer = window.setTimeout(() => {
      const startedMs = performance.now();
      if (this.#model !== undefined && !document.hidden) this.#showColumns({ ...snapshot, places: this.#model.places, columns: afterNs(snapshot.columns, (startedMs - sinceMs) * 1e6) }, this.#model);
      this.#growLater(snapshot, sinceMs, Math.max(growMs, (performance.now() - startedMs) * 20));
    }, delayMs);
  }

  showPlaces(places: readonly Place[]): void {
    if (this.#model === undefined) return;
    this.#model.places = places;
    this.#header.showMatches(this.#model);
    this.#details.show(this.#model, true);
    this.#changed();
  }

  selectSpan(spanId: string): void {
    if (this.#model === undefined) this.#memory = { ...this.#memory, selectedSpanId: spanId };
    else this.#goTo(this.#model.nodeOfSpan(spanId));
  }

  #build(parent: HTMLElement): void {
    this.#scroller.tabIndex = 0;
    this.#scroller.setAttribute('role', 'treegrid');
    this.#scroller.setAttribute('aria-label', 'Spans of the trace');
    this.#scroller.setAttribute('aria-readonly', 'true');
    this.#sizer.setAttribute('role', 'presentation');
    this.#sizer.append(this.#rows.root, this.#bars.canvas);
    this.#scroller.append(this.#sizer);
    const heads = element('div', 'heads', element('div', 'name-head', 'operation · service'), this.#ruler.root);
    const nameSplitter = splitter('name-splitter', {
      label: 'Width of the names',
      leastPx: 80,
      direction: 1,
      vertical: () => true,
      size: () => this.#nameWidth(),
      mostPx: () => Math.max(80, this.#scroller.clientWidth - 60),
      resize: (sizePx) => this.#resizeNames(sizePx),
      reset: () => this.#resizeNames(undefined),
    });
    const chart = element('div', 'chart', heads, this.#scroller, nameSplitter);
    const detailsSplitter = splitter('details-splitter', {
      label: 'Size of the details',
      leastPx: 120,
      direction: -1,
      vertical: () => !this.#isNarrow,
      size: () => this.#detailsSize(),
      mostPx: () => Math.max(120, (this.#isNarrow ? this.#main.clientHeight : this.#main.clientWidth) - 200),
      resize: (sizePx) => this.#resizeDetails(sizePx),
      reset: () => this.#resizeDetails(undefined),
    });
    this.#main.append(chart, detailsSplitter, this.#details.root);
    const hints = element('span', 'hints', '? keys · / find · n next error · Enter open source');
    this.#status.append(this.#statusText, hints);
    this.#message.setAttribute('role', 'status');
    this.#message.textContent = 'Loading the trace …';
    this.#root.classList.add('without-trace');
    this.#root.append(this.#header.root, this.#minimap.root, this.#main, this.#status, this.#message, this.#keys);
    parent.append(this.#root);
    publishTheme(this.#theme, this.#root);
    this.#applySizes();
  }

  #listen(): void {
    this.#scroller.addEventListener('scroll', () => this.#draw(), { passive: true });
    this.#scroller.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    this.#scroller.addEventListener('mousedown', (event) => this.#onPress(event));
    this.#scroller.addEventListener('dblclick', (event) => {
      if (!isTwistie(event.target)) this.#openSelected();
    });
    this.#scroller.addEventListener('keydown', (event) => this.#onRowKey(event));
    document.addEventListener('keydown', (event) => this.#onKey(event));
    window.addEventListener('focus', () => {
      if (document.activeElement === null || document.activeElement === document.body) this.#scroller.focus();
    });
    new ResizeObserver(() => {
      this.#minimapStale = true;
      this.#applySizes();
      this.#changed();
    }).observe(this.#main);
    onThemeChange(() => {
      this.#theme = readTheme();
      publishTheme(this.#theme, this.#root);
      this.#minimapStale = true;
      this.#changed();
    });
  }

  // Rows may read differently from now on.
  #changed(): void {
    this.#stamp++;
    this.#requestDraw();
  }

  #requestDraw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  #draw(): void {
    const model = this.#model;
    if (model === undefined) return;
    const heightPx = this.#scroller.clientHeight;
    const chartPx = Math.max(0, this.#scroller.clientWidth - this.#nameWidth());
    const range = rowsInSight(this.#scroller.scrollTop, heightPx, rowHeightPx, model.visible.length, overscanRows);
    const ticks = rulerTicks(model.window, chartPx);
    this.#rows.render(model, range, this.#stamp, this.#theme, this.#nameWidth());
    this.#bars.draw(model, range, chartPx, ticks, this.#theme);
    this.#ruler.draw(model.window, chartPx, ticks, this.#theme);
    if (this.#minimapStale) {
      this.#minimap.draw(model, this.#root.clientWidth, this.#theme);
      this.#minimapStale = false;
    } else {
      this.#minimap.drawFrame(model);
    }
    const index = model.indexOf(model.selected);
    if (model.selected >= 0 && index >= range.first && index < range.last) this.#scroller.setAttribute('aria-activedescendant', `row-${model.selected}`);
    else this.#scroller.removeAttribute('aria-activedescendant');
    this.#remember();
  }

  #sizeRows(): void {
    const model = this.#model;
    if (model === undefined) return;
    this.#sizer.style.height = `${model.visible.length * rowHeightPx}px`;
    this.#scroller.setAttribute('aria-rowcount', String(model.visible.length));
    const hidden = model.tree.nodeCount - model.visible.length;
    const orphans = model.tree.placeholder < 0 ? 0 : model.tree.nodeCount - model.tree.placeholder - 1;
    const parts = [`${model.columns.spanCount.toLocaleString('en')} spans`];
    if (hidden > 0) parts.push(`${hidden.toLocaleString('en')} folded`);
    if (orphans > 0) parts.push(`${orphans.toLocaleString('en')} late or orphaned`);
    this.#statusText.textContent = parts.join(' · ');
  }

  // Selection, folds and search.

  #goTo(node: number | undefined): void {
    const model = this.#model;
    if (model === undefined || node === undefined || node < 0) return;
    const rowsBefore = model.visible.length;
    model.select(node);
    if (model.visible.length !== rowsBefore) {
      this.#sizeRows();
      this.#stamp++;
    }
    const index = model.indexOf(node);
    const scrollTop = scrollTopToReveal(index, this.#scroller.scrollTop, this.#scroller.clientHeight, rowHeightPx);
    if (scrollTop !== this.#scroller.scrollTop) this.#scroller.scrollTop = scrollTop;
    this.#header.showMatches(model);
    this.#details.show(model, false);
    this.#requestDraw();
  }

  #fold(node: number, collapsed: boolean): void {
    const model = this.#model;
    if (model === undefined) return;
    model.setCollapsed(node, collapsed);
    this.#sizeRows();
    this.#details.show(model, false);
    this.#changed();
  }

  #search(text: string): void {
    const model = this.#model;
    if (model === undefined) return;
    model.search(text);
    if (model.matches.length > 0 && model.matchNumber === 0) this.#goTo(model.nextMatch(1));
    this.#header.showMatches(model);
    this.#changed();
  }

  #openSelected(): void {
    const model = this.#model;
    if (model === undefined || model.selectedRow < 0) return;
    const place = model.placeOf(model.selectedRow);
    if (place !== undefined) void this.#actions.openSource(place.site);
  }

  #onPress(event: MouseEvent): void {
    const model = this.#model;
    const node = this.#rows.nodeOf(event.target);
    if (model === undefined || node === undefined || event.button !== 0) return;
    if (isTwistie(event.target)) {
      // A second click of a double-click folds again; it must not select text.
      event.preventDefault();
      this.#scroller.focus();
      this.#fold(node, !model.isCollapsed(node));
      return;
    }
    this.#goTo(node);
    const place = model.selectedRow < 0 ? undefined : model.placeOf(model.selectedRow);
    if (place === undefined) return;
    if (event.target instanceof Element && event.target.closest('.place') !== null) void this.#actions.openSource(place.site);
    else if (event.detail < 2) this.#actions.previewSource(place.site);
  }

  #onRowKey(event: KeyboardEvent): void {
    const model = this.#model;
    if (model === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = model.selected < 0 ? -1 : model.indexOf(model.selected);
    const last = model.visible.length - 1;
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / rowHeightPx) - 1);
    const at = (next: number): void => this.#goTo(model.visible[Math.min(last, Math.max(0, next))]);
    if (event.shiftKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const byNs = (model.window.endNs - model.window.startNs) / 4;
      this.#zoomTo(panWindow(model.window, model.full, event.key === 'ArrowLeft' ? -byNs : byNs));
    } else if (event.key === 'ArrowDown') at(index + 1);
    else if (event.key === 'ArrowUp') at(index < 0 ? last : index - 1);
    else if (event.key === 'Home') at(0);
    else if (event.key === 'End') at(last);
    else if (event.key === 'PageDown') at(index + page);
    else if (event.key === 'PageUp') at(index - page);
    else if (event.key === 'ArrowLeft') this.#foldOrLeave(model);
    else if (event.key === 'ArrowRight') this.#unfoldOrEnter(model);
    else if (event.key === ' ') this.#fold(model.selected, !model.isCollapsed(model.selected));
    else if (event.key === 'Enter') this.#openSelected();
    else return;
    event.preventDefault();
  }

  #foldOrLeave(model: TraceModel): void {
    if (hasChildren(model.tree, model.selected) && !model.isCollapsed(model.selected)) this.#fold(model.selected, true);
    else this.#goTo(model.tree.parent[model.selected]);
  }

  #unfoldOrEnter(model: TraceModel): void {
    if (model.isCollapsed(model.selected)) this.#fold(model.selected, false);
    else if (hasChildren(model.tree, model.selected)) this.#goTo(model.selected + 1);
  }

  // Keys that work wherever the focus is, but for where a person types.
  #onKey(event: KeyboardEvent): void {
    const model = this.#model;
    const typing = event.composedPath()[0] instanceof HTMLInputElement;
    if (model === undefined || typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const middleNs = this.#zoomMiddle(model);
    if (event.key === '/') this.#header.search.focus();
    else if (event.key === '?') this.#keys.showModal();
    else if (event.key === 'n') this.#goTo(model.nextError(1));
    else if (event.key === 'N') this.#goTo(model.nextError(-1));
    else if (event.key === '+' || event.key === '=') this.#zoomTo(zoomWindow(model.window, model.full, 1.5, middleNs));
    else if (event.key === '-') this.#zoomTo(zoomWindow(model.window, model.full, 1 / 1.5, middleNs));
    else if (event.key === '0') this.#zoomTo(undefined);
    else if (event.key === 'z') this.#zoomToSelected(model);
    else if (event.key === 'Escape') this.#clearSearch();
    else return;
    event.preventDefault();
  }

  #clearSearch(): void {
    this.#header.search.text = '';
    this.#search('');
    this.#scroller.focus();
  }

  // Zoom.

  #zoomTo(window: TimeWindow | undefined): void {
    const model = this.#model;
    if (model === undefined) return;
    model.window = window ?? model.full;
    this.#requestDraw();
  }

  /** The selected span where it is in sight, else the middle of what is. */
  #zoomMiddle(model: TraceModel): number {
    const { startNs, endNs } = model.window;
    const row = model.selectedRow;
    const spanNs = row < 0 ? NaN : spanStartNs(model.columns, row) + spanLengthNs(model.columns, row) / 2;
    return spanNs >= startNs && spanNs <= endNs ? spanNs : (startNs + endNs) / 2;
  }

  #zoomToSelected(model: TraceModel): void {
    const row = model.selectedRow;
    if (row < 0) return;
    const startNs = spanStartNs(model.columns, row);
    const lengthNs = Math.max(100, spanLengthNs(model.columns, row));
    this.#zoomTo({ startNs: startNs - lengthNs * 0.1, endNs: startNs + lengthNs * 1.2 });
  }

  #onWheel(event: WheelEvent): void {
    const model = this.#model;
    if (model === undefined) return;
    const chartPx = this.#scroller.clientWidth - this.#nameWidth();
    const x = event.clientX - this.#scroller.getBoundingClientRect().left - this.#nameWidth();
    const unitPx = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 40 : 1;
    if (event.ctrlKey || event.metaKey) {
      const atNs = xToTime(model.window, chartPx, Math.min(chartPx, Math.max(0, x)));
      this.#zoomTo(zoomWindow(model.window, model.full, Math.exp(-event.deltaY * unitPx * 0.002), atNs));
    } else {
      const sidewaysPx = (event.shiftKey ? event.deltaX + event.deltaY : event.deltaX) * unitPx;
      if (sidewaysPx === 0 || Math.abs(sidewaysPx) < Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
      const nsPerPx = 1 / Math.max(1e-12, timeToX(model.window, chartPx, model.window.startNs + 1));
      this.#zoomTo(panWindow(model.window, model.full, sidewaysPx * nsPerPx));
    }
    event.preventDefault();
  }

  // Sizes.

  get #isNarrow(): boolean {
    return this.#main.clientWidth < narrowPx;
  }

  #nameWidth(): number {
    const chartPx = this.#scroller.clientWidth;
    // Beside an editor there is little room, and names say more than bars.
    const preferredPx = Math.min(520, Math.max(170, chartPx * 0.43, Math.min(chartPx * 0.62, 330)));
    return Math.round(Math.min(Math.max(80, chartPx - 60), this.#nameWidthPx ?? preferredPx));
  }

  #detailsSize(): number {
    if (this.#detailsSizePx !== undefined) {
      const mostPx = (this.#isNarrow ? this.#main.clientHeight : this.#main.clientWidth) - 200;
      return Math.max(120, Math.min(mostPx, this.#detailsSizePx));
    }
    return this.#isNarrow ? Math.round(this.#main.clientHeight * 0.4) : Math.round(Math.min(420, Math.max(260, this.#main.clientWidth * 0.28)));
  }

  #resizeNames(sizePx: number | undefined): void {
    this.#nameWidthPx = sizePx;
    this.#applySizes();
    this.#changed();
  }

  #resizeDetails(sizePx: number | undefined): void {
    this.#detailsSizePx = sizePx;
    this.#applySizes();
    this.#changed();
  }

  #applySizes(): void {
    this.#root.classList.toggle('narrow', this.#isNarrow);
    this.#root.style.setProperty('--details-size', `${this.#detailsSize()}px`);
    this.#root.style.setProperty('--name-width', `${this.#nameWidth()}px`);
  }

  // Live traces, messages, and what outlives a reload.

  get #isLive(): boolean {
    return Date.now() < this.#liveUntilMs;
  }

  #markLive(): void {
    this.#liveUntilMs = Date.now() + liveMs;
    window.clearTimeout(this.#liveTimer);
    this.#liveTimer = window.setTimeout(() => {
      if (this.#model !== undefined) this.#header.showTrace(this.#model, false);
    }, liveMs + 50);
  }

  #showMessage(snapshot: TraceSnapshot): void {
    this.#model = undefined;
    this.#root.classList.add('without-trace');
    this.#message.hidden = false;
    const text = snapshot.kind === 'failed' ? `The trace could not be read: ${snapshot.message}` : `No span of trace ${this.#traceId} is kept any more.`;
    const again = element('button', 'link', 'Try again');
    again.type = 'button';
    again.addEventListener('click', () => this.#actions.retry());
    this.#message.replaceChildren(text, ' ', again);
  }

  /** The span at the top, so that spans that arrive above it do not move what is being read. */
  #scrollAnchor(model: TraceModel): { spanId: string; offsetPx: number } | undefined {
    const { scrollTop } = this.#scroller;
    if (scrollTop <= 0) return undefined;
    for (let index = Math.floor(scrollTop / rowHeightPx); index < model.visible.length; index++) {
      const row = model.tree.row[model.visible[index] ?? 0] ?? -1;
      if (row >= 0) return { spanId: spanIdOf(model.columns, row), offsetPx: scrollTop - index * rowHeightPx };
    }
    return undefined;
  }

  #restoreAnchor(model: TraceModel, anchor: { spanId: string; offsetPx: number }): void {
    const node = model.nodeOfSpan(anchor.spanId);
    if (node !== undefined) this.#scroller.scrollTop = model.indexOf(node) * rowHeightPx + anchor.offsetPx;
  }

  #restoreScroll(model: TraceModel): void {
    const top = this.#memory.topSpanId === undefined ? undefined : model.nodeOfSpan(this.#memory.topSpanId);
    if (top !== undefined) this.#scroller.scrollTop = model.indexOf(top) * rowHeightPx;
    if (model.selected >= 0 && (top === undefined || this.#memory.selectedSpanId !== undefined)) this.#goTo(model.selected);
  }

  #remember(): void {
    this.#rememberTimer ??= window.setTimeout(() => {
      this.#rememberTimer = undefined;
      const model = this.#model;
      if (model === undefined) return;
      const anchor = this.#scrollAnchor(model);
      this.#memory = {
        traceId: this.#traceId,
        selectedSpanId: model.selectedSpanId,
        collapsed: model.collapsedIds(),
        zoom: model.isZoomed ? model.window : undefined,
        topSpanId: anchor?.spanId,
        nameWidthPx: this.#nameWidthPx,
        detailsSizePx: this.#detailsSizePx,
      };
      this.#actions.remember(this.#memory);
    }, rememberDelayMs);
  }
}

function isTwistie(target: EventTarget | null): boolean {
  const twistie = target instanceof Element ? target.closest('.twistie') : null;
  return twistie !== null && (twistie.classList.contains('open') || twistie.classList.contains('closed'));
}

function carriedOf(memory: WaterfallMemory): Carried {
  return { selectedSpanId: memory.selectedSpanId, collapsed: memory.collapsed ?? [], zoom: memory.zoom, searchText: '' };
}
