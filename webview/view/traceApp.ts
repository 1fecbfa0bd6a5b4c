import type { ComparedWith } from '../../src/protocol/compare.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import { rowsNow } from '../../src/protocol/spanRows.ts';
import { grownColumns, type TraceGrowth } from '../../src/protocol/traceGrowth.ts';
import type { WaterfallMemory, Place, TraceSnapshot } from '../../src/protocol/waterfall.ts';
import type { Shown } from '../layout/carried.ts';
import type { TimeWindow } from '../layout/timeWindow.ts';
import { TraceModel } from '../layout/traceModel.ts';
import { vocabularyOf } from '../layout/vocabulary.ts';
import { type AppCommands, pressAppKey } from './appKeys.ts';
import { type CompareActions, CompareView } from './compareView.ts';
import { type DetailsActions, DetailsPane } from './detailsPane.ts';
import { element } from './dom.ts';
import { HeaderView } from './headerView.ts';
import { IcicleView } from './icicleView.ts';
import { keysDialog } from './keysDialog.ts';
import { type LogsActions, LogsView } from './logsView.ts';
import { LiveTrace } from './liveTrace.ts';
import { MinimapView } from './minimapView.ts';
import { OperationsView } from './operationsView.ts';
import { RemoteSearch, type SearchActions } from './remoteSearch.ts';
import { ServicesView } from './servicesView.ts';
import { SidePane } from './sidePane.ts';
import { SpansView } from './spansView.ts';
import { StatusView } from './statusView.ts';
import { onThemeChange, publishTheme, readTheme } from './theme.ts';
import { Pace } from './pace.ts';
import { carriedOf, memoryOf } from './traceMemory.ts';
import type { TraceView, ViewHost, ViewId } from './traceView.ts';
import { ViewPanel } from './viewPanel.ts';
import { WaterfallView } from './waterfallView.ts';

export interface TraceActions extends DetailsActions, SearchActions, LogsActions, CompareActions {
  /** Shows a span's line without taking the keyboard away, unless that is turned off. */
  previewSource(site: number): void;
  /** Turns that on or off; says what it is now. */
  toggleFollow(): Promise<boolean>;
  remember(memory: WaterfallMemory): void;
  retry(): void;
}

const rememberDelayMs = 150;

/** The whole page: the header, the tabs with the view that is chosen, and the details; owns the model that all of them show. */
export class TraceApp {
  readonly #root = element('div', 'app');
  readonly #message = element('div', 'message');
  readonly #main = element('main', 'main');
  readonly #status = new StatusView();
  readonly #header: HeaderView;
  readonly #minimap: MinimapView;
  readonly #details: DetailsPane;
  readonly #side: SidePane;
  readonly #keys: HTMLDialogElement;
  readonly #waterfall: WaterfallView;
  readonly #compare: CompareView;
  readonly #panel: ViewPanel;
  readonly #live: LiveTrace;
  readonly #pace = new Pace();
  readonly #remote: RemoteSearch;
  readonly #actions: TraceActions;
  #theme = readTheme();
  #model: TraceModel | undefined;
  #places: readonly Place[] = [];
  #memory: WaterfallMemory;
  /** Known once the page has been laid out with a trace in it. */
  #widthPx = 0;
  #frame: number | undefined;
  #minimapStale = true;
  #rememberTimer: number | undefined;

  /** Shows nothing of a trace until `open`; what it is to look like is known before. */
  constructor(parent: HTMLElement, layout: Pick<WaterfallMemory, 'nameWidthPx' | 'detailsSizePx'>, actions: TraceActions) {
    this.#actions = actions;
    this.#memory = { traceId: '', ...layout };
    this.#header = new HeaderView({
      search: (text) => this.#search(text),
      nextMatch: (direction) => this.#goTo(this.#model?.search.next(this.#model.selected, direction)),
      nextError: () => this.#goTo(this.#model?.nextError(1)),
      leaveSearch: () => this.#view.focus(),
      clearSearch: () => this.#clearSearch(),
      toggleOnlyMatches: () => this.#toggle('onlyMatches'),
      warmUp: () => this.#remote.warmUp(),
      vocabulary: () => vocabularyOf(this.#model, this.#remote.keys),
      showKeys: () => this.#keys.showModal(),
      showView: (view) => this.#showView(view),
    });
    this.#remote = new RemoteSearch(actions, (isOther) => {
      if (isOther) this.#matchesChanged();
      else if (this.#model !== undefined) this.#header.showMatches(this.#model, this.#remote.isAsking);
    });
    const zoom = { current: () => this.#model?.window ?? { startNs: 0, endNs: 1 }, zoomTo: (window: TimeWindow | undefined) => this.#zoomTo(window) };
    this.#minimap = new MinimapView(zoom);
    this.#details = new DetailsPane({ ...actions, select: (id) => this.#goTo(this.#model?.nodeOfId(id)), correctClocks: () => this.#toggle('clocksCorrected') });
    this.#side = new SidePane(this.#main, this.#details.root, layout.detailsSizePx, () => this.#contentChanged());
    this.#keys = keysDialog(() => this.#view.focus());
    const host = this.#host();
    this.#waterfall = new WaterfallView(host, zoom, layout.nameWidthPx, () => this.#contentChanged());
    this.#compare = new CompareView(host, actions, this.#theme);
    const views = new Map<ViewId, TraceView>([
      ['waterfall', this.#waterfall],
      ['icicle', new IcicleView(host, zoom)],
      ['operations', new OperationsView(host, this.#theme)],
      ['spans', new SpansView(host, this.#theme)],
      ['logs', new LogsView(host, actions, this.#theme)],
      ['services', new ServicesView(host, this.#theme)],
      ['compare', this.#compare],
    ]);
    this.#panel = new ViewPanel(views, (view) => this.#header.tabs.choose(view));
    this.#live = new LiveTrace({
      grown: (columns) => this.#showColumns(columns),
      quiet: () => {
        if (this.#model !== undefined) this.#header.showTrace(this.#model, false);
      },
    });
    this.#build(parent);
    this.#listen();
  }

  /** The trace that the page is for, as it was left and as it is now. */
  open(memory: WaterfallMemory, snapshot: TraceSnapshot): void {
    this.#memory = memory;
    if (memory.compare !== undefined) this.#compare.compareWith(memory.compare);
    this.#panel.show(memory.view, undefined);
    this.showTrace(snapshot);
  }

  /** A new snapshot; what the person has done to the one before carries over. */
  showTrace(snapshot: TraceSnapshot): void {
    this.#pace.drop();
    const old = this.#model;
    if (snapshot.kind !== 'trace') {
      if (old === undefined || snapshot.kind === 'missing') this.#showMessage(snapshot);
      return;
    }
    const { columns, places } = snapshot;
    this.#places = places;
    const model = new TraceModel(columns, places, old?.carried(columns.startUnixNano) ?? carriedOf(this.#memory));
    if (old !== undefined && model.search.isOn) {
      model.search.takeOver(old.search, rowsNow(old.columns, columns));
      model.matchesChanged();
    }
    this.#live.shown(columns);
    this.#showModel(model);
    if (old === undefined) this.#restoreScroll(model);
  }

  /** A later snapshot, told by what is new in it. Where it does not follow from what is here, all is asked for again. */
  growTrace(growth: TraceGrowth, places: readonly Place[]): void {
    const { received } = this.#live;
    const columns = received === undefined ? undefined : grownColumns(received, growth);
    if (columns === undefined) {
      this.#actions.retry();
      return;
    }
    this.#live.received = columns;
    this.#places = places;
    this.#pace.run(() => this.showTrace({ kind: 'trace', columns, places: this.#places }));
  }

  /** The same snapshot in other columns: what runs has gone on, or the clocks are corrected. */
  #showColumns(columns: TraceColumns): void {
    const present = this.#model;
    if (present === undefined) return;
    const model = new TraceModel(columns, [...present.places.values()], present.carried(columns.startUnixNano));
    if (model.search.isOn) {
      model.search.takeOver(present.search);
      model.matchesChanged();
    }
    this.#showModel(model);
  }

  showPlaces(places: readonly Place[]): void {
    if (this.#model === undefined) return;
    this.#places = places;
    this.#model.setPlaces(places);
    this.#details.show(this.#model, true);
    this.#contentChanged();
  }

  selectSpan(spanId: string): void {
    this.#pace.finish();
    if (this.#model === undefined) this.#memory = { ...this.#memory, selectedSpanId: spanId };
    else this.#goTo(this.#model.nodeOfSpan(spanId), false);
  }

  compareWith(what: ComparedWith): void {
    this.#compare.compareWith(what);
    this.#showView('compare');
  }

  #showModel(model: TraceModel): void {
    const old = this.#model;
    this.#model = model;
    this.#message.hidden = true;
    this.#root.classList.remove('without-trace');
    this.#header.showTrace(model, this.#live.isLive);
    this.#remote.show(model);
    this.#minimapStale = true;
    this.#view.show(model);
    this.#details.show(model, old !== undefined && old.columns !== model.columns);
    this.#contentChanged();
    this.#workOut(model, model.insights.afterFirstPicture);
  }

  /** What takes longest comes after the first picture, one thing at a time. */
  #workOut(model: TraceModel, steps: readonly (() => void)[]): void {
    const [step, ...later] = steps;
    requestAnimationFrame(() => setTimeout(() => {
      if (this.#model !== model) return;
      step?.();
      if (later.length > 0) this.#workOut(model, later);
      else this.#contentChanged();
    }));
  }

  #build(parent: HTMLElement): void {
    this.#main.prepend(this.#panel.root);
    this.#message.setAttribute('role', 'status');
    this.#message.textContent = 'Loading the trace …';
    this.#root.classList.add('without-trace');
    this.#root.append(this.#header.root, this.#minimap.root, this.#main, this.#status.root, this.#message, this.#keys);
    parent.append(this.#root);
    publishTheme(this.#theme, this.#root);
    this.#side.fit();
  }

  #listen(): void {
    const commands = this.#commands();
    document.addEventListener('keydown', (event) => {
      if (this.#model !== undefined && pressAppKey(event, this.#model, commands)) event.preventDefault();
    });
    window.addEventListener('focus', () => {
      if (document.activeElement === null || document.activeElement === document.body) this.#view.focus();
    });
    new ResizeObserver(() => {
      this.#minimapStale = true;
      this.#widthPx = this.#root.clientWidth;
      this.#root.classList.toggle('narrow', this.#side.isNarrow);
      this.#side.fit();
      this.#contentChanged();
    }).observe(this.#main);
    onThemeChange(() => {
      this.#theme = readTheme();
      publishTheme(this.#theme, this.#root);
      this.#minimapStale = true;
      this.#contentChanged();
    });
  }

  #commands(): AppCommands {
    return {
      focusSearch: () => this.#header.focusSearch(),
      clearSearch: () => this.#clearSearch(),
      showKeys: () => this.#keys.showModal(),
      showView: (view) => this.#showView(view),
      goTo: (node) => this.#goTo(node),
      zoomTo: (window) => this.#zoomTo(window),
      toggle: (what) => this.#toggle(what),
      toggleFollow: () => void this.#actions.toggleFollow().then((isOn) => this.#status.say(isOn ? 'the code follows the selection' : 'the code no longer follows the selection')),
    };
  }

  #host(): ViewHost {
    return {
      select: (node) => this.#goTo(node),
      zoomTo: (window) => this.#zoomTo(window),
      fold: (node, collapsed) => {
        this.#model?.setCollapsed(node, collapsed);
        if (this.#model !== undefined) this.#details.show(this.#model, false);
        this.#contentChanged();
      },
      search: (text) => {
        this.#header.searchText = text;
        this.#search(text);
      },
      showView: (view) => this.#showView(view),
      openSource: () => this.#source((site) => void this.#actions.openSource(site)),
      requestDraw: () => this.#requestDraw(),
    };
  }

  // The views.

  get #view(): TraceView {
    return this.#panel.view;
  }

  #showView(view: ViewId): void {
    if (this.#panel.show(view, this.#model)) this.#contentChanged();
  }

  #contentChanged(): void {
    const model = this.#model;
    if (model === undefined) return;
    this.#view.contentChanged();
    this.#header.showMatches(model, this.#remote.isAsking);
    this.#status.show(model);
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
    this.#view.draw(this.#theme);
    if (this.#minimapStale && this.#widthPx > 0) {
      this.#minimap.draw(model, this.#widthPx, this.#theme);
      this.#minimapStale = false;
    } else {
      this.#minimap.drawFrame(model);
    }
    this.#remember();
  }

  // Selection, search, zoom, and what is shown.

  /** `isByPerson`: the code follows; it does not where the code itself, or a reload, chose the span. */
  #goTo(node: number | undefined, isByPerson = true): void {
    const model = this.#model;
    if (model === undefined || node === undefined || node < 0) return;
    const rowsBefore = model.visible.length;
    const isOther = model.selected !== node;
    model.select(node);
    if (isOther && isByPerson) this.#source((site) => this.#actions.previewSource(site));
    if (model.visible.length !== rowsBefore) this.#contentChanged();
    this.#view.selectionChanged();
    this.#header.showMatches(model, this.#remote.isAsking);
    this.#details.show(model, false);
    this.#requestDraw();
  }

  #source(show: (site: number) => void): void {
    const model = this.#model;
    const place = model === undefined ? undefined : model.placeOf(model.rowFor(model.selected));
    if (place !== undefined) show(place.site);
  }

  #search(text: string): void {
    const model = this.#model;
    if (model === undefined) return;
    model.searchFor(text);
    this.#remote.ask();
    this.#matchesChanged();
  }

  #matchesChanged(): void {
    const model = this.#model;
    if (model === undefined) return;
    model.matchesChanged();
    this.#contentChanged();
    if (model.search.matches.length > 0 && model.search.numberOf(model.selected) === 0) this.#goTo(model.search.next(model.selected, 1));
  }

  #clearSearch(): void {
    this.#header.searchText = '';
    this.#search('');
    this.#view.focus();
  }

  #toggle(what: keyof Shown): void {
    const model = this.#model;
    if (model === undefined) return;
    model.shown = { ...model.shown, [what]: !model.shown[what] };
    if (what === 'clocksCorrected') this.#showColumns(model.recorded);
    if (what === 'errorPath' && model.shown.errorPath) this.#goTo([...model.insights.errorPath].at(-1));
    this.#contentChanged();
  }

  #zoomTo(window: TimeWindow | undefined): void {
    const model = this.#model;
    if (model === undefined) return;
    model.window = window ?? model.full;
    this.#view.zoomChanged();
    this.#requestDraw();
  }

  // Messages, and what outlives a reload.

  #showMessage(snapshot: TraceSnapshot): void {
    this.#model = undefined;
    this.#root.classList.add('without-trace');
    this.#message.hidden = false;
    const text = snapshot.kind === 'failed' ? `The trace could not be read: ${snapshot.message}` : `No span of trace ${this.#memory.traceId} is kept any more.`;
    const again = element('button', 'link', 'Try again');
    again.type = 'button';
    again.addEventListener('click', () => this.#actions.retry());
    this.#message.replaceChildren(text, ' ', again);
  }

  #restoreScroll(model: TraceModel): void {
    const isScrolled = this.#memory.topSpanId !== undefined && this.#waterfall.scrollTo({ spanId: this.#memory.topSpanId, offsetPx: 0 });
    if (model.selected >= 0 && (!isScrolled || this.#memory.selectedSpanId !== undefined)) this.#goTo(model.selected, false);
  }

  #remember(): void {
    this.#rememberTimer ??= window.setTimeout(() => {
      this.#rememberTimer = undefined;
      const model = this.#model;
      if (model === undefined) return;
      this.#memory = memoryOf(model, {
        traceId: this.#memory.traceId,
        topSpanId: this.#panel.id === 'waterfall' ? this.#waterfall.scrollAnchor()?.spanId : this.#memory.topSpanId,
        nameWidthPx: this.#waterfall.nameWidthPx,
        detailsSizePx: this.#side.sizePx,
        view: this.#panel.id,
        compare: this.#compare.present,
      });
      this.#actions.remember(this.#memory);
    }, rememberDelayMs);
  }
}
