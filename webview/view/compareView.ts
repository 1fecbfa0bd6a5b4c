import type { CompareChoice, ComparedWith } from '../../src/protocol/compare.ts';
import { CompareModel } from '../layout/compareModel.ts';
import { serviceSlots } from '../layout/serviceSlots.ts';
import { spanIdOf } from '../layout/spanIds.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { visibleText } from '../layout/visibleText.ts';
import { CompareHead, type OwnTrace } from './compareHead.ts';
import { CompareOperations } from './compareOperations.ts';
import { CompareSides } from './compareSides.ts';
import { CompareSource, type CompareSourceActions } from './compareSource.ts';
import { type Compared, CompareTree } from './compareTree.ts';
import { element } from './dom.ts';
import { hasModifier } from './rowKeys.ts';
import type { Theme } from './theme.ts';
import type { TraceView, ViewHost } from './traceView.ts';

export interface CompareActions extends CompareSourceActions {
  openTrace(traceId: string, spanId: string): void;
  openSource(site: number): Promise<boolean>;
  previewSource(site: number): void;
}

/** This trace beside another one: the previous of its operation, unless something else was chosen. */
export class CompareView implements TraceView {
  readonly root: HTMLElement;
  readonly #host: ViewHost;
  readonly #actions: CompareActions;
  readonly #head: CompareHead;
  readonly #tree: CompareTree;
  readonly #operations: CompareOperations;
  readonly #sides: CompareSides;
  readonly #source: CompareSource;
  readonly #body = element('div', 'compare-body');
  #trace: TraceModel | undefined;
  #compared: Compared | undefined;
  #isByOperation = false;
  #isSelecting = false;

  constructor(host: ViewHost, actions: CompareActions, theme: Theme) {
    this.#host = host;
    this.#actions = actions;
    this.#source = new CompareSource(actions, {
      choices: (choices) => this.#showChoices(choices),
      loading: () => this.#head.say('Loading the other trace …'),
      loaded: () => this.#compare(),
      failed: (problem) => {
        this.#compared = undefined;
        this.#putBody();
        this.#head.say(problem);
      },
    });
    this.#head = new CompareHead({
      refresh: () => void this.#source.askChoices(),
      choose: (what) => this.compareWith(what),
      leaveList: () => this.focus(),
      onlyChanged: (only) => this.#filter(only),
      showOperations: (show) => {
        this.#isByOperation = show;
        this.#putBody();
      },
      nextChange: (direction) => this.#goTo(this.#compared?.model.nextChange(direction)),
      goTo: (row) => this.#reveal(row),
    });
    this.#tree = new CompareTree({ select: (row) => this.#goTo(row), openSource: () => this.#openSource(), requestDraw: () => host.requestDraw() }, theme);
    this.#operations = new CompareOperations({ select: (row) => this.#goTo(row), open: (row) => this.#reveal(row), requestDraw: () => host.requestDraw() }, theme);
    this.#sides = new CompareSides({ openBefore: () => this.#openBefore(), openAfter: () => this.#openAfter(), openSource: () => this.#openSource() });
    this.root = element('div', 'compare listing', this.#head.root, this.#body, this.#sides.root);
    this.root.tabIndex = -1;
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.#sides.show(undefined, undefined);
  }

  /** What is compared with; undefined where nothing was chosen yet. */
  get present(): ComparedWith | undefined {
    return this.#source.present;
  }

  compareWith(what: ComparedWith): void {
    this.#source.choose(what);
    this.#compared = undefined;
    this.#head.showPresent(what);
    if (this.#trace === undefined) return;
    void this.#source.load();
    void this.#source.askChoices();
  }

  focus(): void {
    // Not the list: it takes the keys that lead to the other views.
    if (this.#compared === undefined) this.root.focus();
    else if (this.#isByOperation) this.#operations.focus();
    else this.#tree.focus();
  }

  show(trace: TraceModel): void {
    const old = this.#trace;
    this.#trace = trace;
    if (!this.#source.hasAskedChoices) void this.#source.askChoices();
    if (this.#source.present !== undefined && this.#source.other === undefined) void this.#source.load();
    // Of a trace that only goes on running nothing else is to be compared.
    else if (old !== trace && (old?.recorded.version !== trace.recorded.version || this.#compared === undefined)) this.#compare();
  }

  /** Places may have come, or there is more room. */
  contentChanged(): void {
    if (this.#compared === undefined || this.#trace === undefined) return;
    this.#compared = { ...this.#compared, trace: this.#trace };
    this.#showRows(this.#compared);
  }

  selectionChanged(): void {
    const row = this.#trace === undefined || this.#isSelecting ? undefined : this.#compared?.model.rowOfAfter(this.#trace.rowFor(this.#trace.selected));
    if (row === undefined || row === this.#compared?.model.selected) return;
    this.#select(row);
  }

  zoomChanged(): void {}

  draw(theme: Theme): void {
    if (this.#compared === undefined) return;
    if (this.#isByOperation) this.#operations.draw(theme);
    else this.#tree.draw(theme);
  }

  // What is compared.

  #showChoices(choices: readonly CompareChoice[]): void {
    const trace = this.#trace;
    if (trace === undefined) return;
    const first = choices.find(({ role }) => role === 'previous' || role === 'median');
    const isFirst = this.#source.present === undefined && first !== undefined;
    if (isFirst) this.#source.choose({ traceId: first.traceId });
    this.#head.showChoices(choices, this.#source.present, ownTrace(trace));
    if (isFirst) void this.#source.load();
    else if (this.#source.present === undefined) this.#head.say(choices.length === 0 ? 'No other trace is kept to compare with.' : `No other trace of ${visibleText(trace.nameOf(0).slice(0, 60))} is kept: choose one of another operation, or run it again.`);
  }

  #compare(): void {
    const [trace, { other, present: what }] = [this.#trace, this.#source];
    if (trace === undefined || other === undefined) return;
    const old = this.#compared?.model;
    const model = new CompareModel({ columns: other, spanId: what?.spanId }, { columns: trace.recorded, spanId: what?.ownSpanId });
    if (old !== undefined) model.takeOver(old);
    this.#head.nameOther(other.startUnixNano, model.comparison.before.lengthNs, ownTrace(trace));
    const { strings, service, spanCount } = other;
    const services = [...new Set([...trace.services, ...Array.from(new Set(service.subarray(0, spanCount)), (index) => strings[index] ?? '')])];
    const slots = serviceSlots(services);
    this.#compared = { model, trace, slotOf: (name) => slots[services.indexOf(name)] ?? 0 };
    this.#putBody();
    if (old === undefined) this.selectionChanged();
  }

  #putBody(): void {
    const compared = this.#compared;
    const hadFocus = document.activeElement === this.root || this.#body.contains(document.activeElement);
    this.#body.replaceChildren(...(compared === undefined ? [] : [this.#isByOperation ? this.#operations.root : this.#tree.root]));
    if (compared === undefined) this.#sides.show(undefined, undefined);
    else {
      this.#head.show(compared.model, this.#isByOperation, this.#source.present);
      this.#showRows(compared);
    }
    if (hadFocus) this.focus();
  }

  #showRows(compared: Compared): void {
    if (this.#isByOperation) this.#operations.show(compared);
    else this.#tree.show(compared);
    this.#showSides();
    this.#host.requestDraw();
  }

  // Selection.

  #filter(only: boolean): void {
    if (this.#compared === undefined) return;
    this.#compared.model.onlyChanged = only;
    this.#head.show(this.#compared.model, this.#isByOperation, this.#source.present);
    this.#tree.show(this.#compared);
    this.#tree.selectionChanged();
    this.#showSides();
  }

  /** To a row of the tree, wherever one is. */
  #reveal(row: number): void {
    if (this.#isByOperation) {
      this.#isByOperation = false;
      this.#putBody();
    }
    this.#goTo(row);
    this.#tree.focus();
  }

  /** Selects a row, and in all other views the span of this trace that it holds, or the one above it. */
  #goTo(row: number | undefined): void {
    const [trace, model] = [this.#trace, this.#compared?.model];
    if (trace === undefined || model === undefined || row === undefined || row < 0) return;
    this.#select(row);
    let up = row;
    while (up >= 0 && model.spansOf(up, 'after').length === 0) up = model.comparison.matched.parent[up] ?? -1;
    const [span] = up < 0 ? [] : model.spansOf(up, 'after');
    this.#isSelecting = true;
    if (span !== undefined) this.#host.select(trace.tree.nodeOfRow[span] ?? -1);
    this.#isSelecting = false;
    // What is gone is of the other trace: its line is shown all the same.
    if (up !== row && this.#placeOf(row) !== undefined) this.#actions.previewSource(this.#siteOf(row));
  }

  #select(row: number): void {
    const compared = this.#compared;
    if (compared === undefined) return;
    const { model } = compared;
    const wasOnly = model.onlyChanged;
    model.select(row);
    if (wasOnly !== model.onlyChanged) this.#head.show(model, this.#isByOperation, this.#source.present);
    if (!this.#isByOperation) {
      this.#tree.show(compared);
      this.#tree.selectionChanged();
    }
    this.#showSides();
  }

  #showSides(): void {
    const model = this.#compared?.model;
    this.#sides.show(model, model === undefined || model.selected < 0 ? undefined : this.#placeOf(model.selected));
  }

  #siteOf(row: number): number {
    const model = this.#compared?.model;
    const side = model?.has(row, 'gone') === true ? 'before' : 'after';
    const [span = -1] = model?.spansOf(row, side) ?? [];
    return (side === 'before' ? this.#source.other : this.#trace?.recorded)?.site[span] ?? -1;
  }

  #placeOf(row: number): string | undefined {
    return this.#trace?.places.get(this.#siteOf(row))?.label;
  }

  // Where a row leads.

  #openSource(): void {
    const row = this.#compared?.model.selected ?? -1;
    if (row >= 0 && this.#placeOf(row) !== undefined) void this.#actions.openSource(this.#siteOf(row));
  }

  #openBefore(): void {
    const [model, other] = [this.#compared?.model, this.#source.other];
    const [span] = model?.spansOf(model.selected, 'before') ?? [];
    if (other !== undefined && span !== undefined) this.#actions.openTrace(other.traceId, spanIdOf(other, span));
  }

  #openAfter(): void {
    const model = this.#compared?.model;
    const [span] = model?.spansOf(model.selected, 'after') ?? [];
    if (span === undefined) return;
    this.#host.select(this.#trace?.tree.nodeOfRow[span] ?? -1);
    this.#host.showView('waterfall');
  }

  #onKey(event: KeyboardEvent): void {
    const model = this.#compared?.model;
    if (model === undefined || hasModifier(event) || event.defaultPrevented) return;
    const keys: Readonly<Record<string, () => void>> = {
      n: () => this.#goTo(model.nextChange(1)),
      N: () => this.#goTo(model.nextChange(-1)),
      m: () => this.#filter(!model.onlyChanged),
      b: () => this.#openBefore(),
      a: () => this.#openAfter(),
    };
    const press = keys[event.key];
    if (press === undefined || (this.#isByOperation && event.key !== 'a' && event.key !== 'b')) return;
    press();
    event.preventDefault();
  }
}

function ownTrace(trace: TraceModel): OwnTrace {
  return { rootName: trace.nameOf(0), startUnixNano: trace.recorded.startUnixNano };
}
