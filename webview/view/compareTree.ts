import { grouped } from '../../src/model/countText.ts';
import { type CompareModel, type CompareOrder, compareOrders } from '../layout/compareModel.ts';
import { countsText, differenceText, markWords, ratioText } from '../layout/compareText.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element, icon } from './dom.ts';
import type { Theme } from './theme.ts';
import { VirtualTable } from './virtualTable.ts';

const indentPx = 14;
const mostLevels = 12;
const maxNameLength = 300;

export interface CompareTreeActions {
  select(row: number): void;
  /** Opens the line of a row. */
  openSource(row: number): void;
  requestDraw(): void;
}

/** What is compared, with what is shown of a trace anyway: its services' colours, its places. */
export interface Compared {
  readonly model: CompareModel;
  readonly trace: TraceModel;
  /** The palette slot of a service of either trace. */
  readonly slotOf: (service: string) => number;
}

/** The two traces as one tree of rows: what each took before and after, and what differs. */
export class CompareTree {
  readonly #table: VirtualTable;
  #compared: Compared | undefined;
  #theme: Theme;

  constructor(actions: CompareTreeActions, theme: Theme) {
    this.#theme = theme;
    const rowAt = (index: number): number => this.#compared?.model.visible[index] ?? -1;
    const onRow = (fill: (cell: HTMLElement, row: number, compared: Compared) => void) => (cell: HTMLElement, index: number): void => {
      if (this.#compared !== undefined) fill(cell, rowAt(index), this.#compared);
    };
    this.#table = new VirtualTable('compared', {
      label: 'Spans of both traces',
      columns: [
        { key: 'call', label: 'Operation · service', width: 'minmax(100px, 4fr)', comfortPx: 150, fill: onRow((cell, row, compared) => this.#fillName(cell, row, compared)) },
        { key: 'before', label: 'Before', width: '72px', isNumber: true, isExtra: true, fill: onRow((cell, row, compared) => fillTime(cell, row, compared, 'before')) },
        { key: 'after', label: 'After', width: '72px', isNumber: true, isExtra: true, fill: onRow((cell, row, compared) => fillTime(cell, row, compared, 'after')) },
        { key: 'difference', label: 'Difference', width: '82px', isNumber: true, fill: onRow((cell, row, { model }) => setText(cell, differenceText(model.slowerByNs(row)))) },
        { key: 'ratio', label: 'Ratio', width: '58px', isNumber: true, isExtra: true, fill: onRow((cell, row, { model }) => setText(cell, ratioOf(model, row))) },
        { key: 'bars', label: 'Before over after', width: 'minmax(60px, 1.6fr)', isExtra: true, fill: onRow((cell, row, compared) => this.#fillBars(cell, row, compared)) },
        { key: 'what', label: 'What differs', width: '92px', fill: onRow(fillMarks) },
      ],
      sort: (key) => {
        const order = compareOrders.find((each) => each === key);
        if (order !== undefined) this.#sort(order);
      },
      select: (index) => actions.select(rowAt(index)),
      open: (index) => actions.openSource(rowAt(index)),
      requestDraw: () => actions.requestDraw(),
      rowClass: (index) => markWords((this.#compared as Compared).model, rowAt(index)).map(({ mark }) => `is-${mark}`).join(' '),
      tree: {
        level: (index) => (this.#compared?.model.comparison.matched.depth[rowAt(index)] ?? 0) + 1,
        isOpen: (index) => (this.#compared?.model.hasRowsBeneath(rowAt(index)) === true ? !this.#compared.model.isClosed(rowAt(index)) : undefined),
        fold: (index, isOpen) => this.#fold(rowAt(index), isOpen),
      },
      press: (index, target) => {
        if (target.closest('.twistie.open, .twistie.closed') !== null) {
          this.#fold(rowAt(index), this.#compared?.model.isClosed(rowAt(index)) === true);
          return true;
        }
        if (target.closest('.place') === null) return false;
        actions.select(rowAt(index));
        actions.openSource(rowAt(index));
        return true;
      },
    });
  }

  get root(): HTMLElement {
    return this.#table.root;
  }

  focus(): void {
    this.#table.focus();
  }

  /** All rows may read differently from now on. */
  show(compared: Compared): void {
    this.#compared = compared;
    const { model } = compared;
    // Calls have an order of their own, which is no sorting.
    this.#table.setSorted(model.order === 'call' ? '' : model.order, model.isDescending ? 'descending' : 'ascending');
    this.#table.setRows(model.visible.length, model.indexOf(model.selected));
  }

  /** The selection is another: it is to be seen. */
  selectionChanged(): void {
    const model = this.#compared?.model;
    if (model !== undefined) this.#table.select(model.indexOf(model.selected));
  }

  draw(theme: Theme): void {
    if (this.#theme !== theme && this.#compared !== undefined) {
      this.#theme = theme;
      this.show(this.#compared);
    }
    this.#table.draw();
  }

  #sort(order: CompareOrder): void {
    if (this.#compared === undefined) return;
    this.#compared.model.orderBy(order);
    this.show(this.#compared);
    this.selectionChanged();
  }

  #fold(row: number, isOpen: boolean): void {
    if (this.#compared === undefined) return;
    this.#compared.model.setClosed(row, !isOpen);
    this.show(this.#compared);
  }

  #fillName(cell: HTMLElement, row: number, { model, trace, slotOf }: Compared): void {
    const { was, is, matched } = model.comparison;
    const teller = tellerOf(model, row);
    const depth = matched.depth[row] ?? 0;
    const levels = Math.min(depth, mostLevels);
    const guides = element('span', 'guides');
    guides.style.width = `${levels * indentPx}px`;
    const isParent = model.hasRowsBeneath(row);
    const mark = element('span', 'mark');
    mark.style.backgroundColor = this.#theme.service(slotOf(teller.service));
    const name = visibleText(teller.name.slice(0, maxNameLength)) || '(no name)';
    const failed = (is.errors[row] ?? 0) > 0 || (model.has(row, 'gone') && (was.errors[row] ?? 0) > 0);
    const counts = countsText(was.counts[row] ?? 0, is.counts[row] ?? 0);
    const hidden = isParent && model.isClosed(row) ? (matched.end[row] ?? 0) - row - 1 : 0;
    const place = trace.places.get(teller.site);
    const label = element(
      'div', 'label', guides,
      ...(depth > levels ? [element('span', 'deep', `${depth}`)] : []),
      element('span', `twistie${isParent ? (model.isClosed(row) ? ' closed' : ' open') : ''}`, icon('chevron')),
      mark,
      ...(failed ? [icon('error', 'error-sign'), element('span', 'spoken', 'failed')] : []),
      element('span', failed ? 'name failed' : 'name', name),
      ...(counts === '' ? [] : [element('span', 'badge', counts)]),
      element('span', 'service', visibleText(teller.service.slice(0, maxNameLength))),
      ...(hidden > 0 ? [element('span', 'fold', `+${grouped(hidden)}`)] : []),
    );
    cell.classList.add('tree-cell');
    cell.replaceChildren(label);
    if (place !== undefined) {
      const link = element('span', place.inferred ? 'place inferred' : 'place', (place.inferred ? '≈ ' : '') + visibleText(place.label));
      link.title = `${visibleText(place.file)}:${place.line}${place.inferred ? ' (inferred)' : ''}`;
      cell.append(link);
    }
    cell.title = `${name} · ${visibleText(teller.service.slice(0, maxNameLength))} · before ${timeText(model, row, 'before')}, after ${timeText(model, row, 'after')}`;
  }

  #fillBars(cell: HTMLElement, row: number, { model, slotOf }: Compared): void {
    const { before, after, was, is } = model.comparison;
    const longestNs = Math.max(before.lengthNs, after.lengthNs, 1);
    const bar = (side: string, ns: number, colour: string): HTMLElement => {
      const drawn = element('div', `pair-bar ${side}`);
      drawn.style.width = `${Math.min(1, ns / longestNs) * 100}%`;
      drawn.style.backgroundColor = colour;
      return drawn;
    };
    cell.classList.add('bar-pair');
    cell.replaceChildren(
      ...((was.counts[row] ?? 0) > 0 ? [bar('before', was.netNs[row] ?? 0, this.#theme.muted)] : []),
      ...((is.counts[row] ?? 0) > 0 ? [bar('after', is.netNs[row] ?? 0, this.#theme.service(slotOf(tellerOf(model, row).service)))] : []),
    );
  }
}

/** What a row is called, by a span of after where there is one. */
function tellerOf(model: CompareModel, row: number): { readonly name: string; readonly service: string; readonly site: number } {
  const side = model.has(row, 'gone') ? 'before' : 'after';
  const { columns } = model.comparison[side];
  const { first, rows } = model.comparison.matched[side];
  const span = rows[first[row] ?? 0] ?? 0;
  return { name: columns.strings[columns.name[span] ?? -1] ?? '', service: columns.strings[columns.service[span] ?? -1] ?? '', site: columns.site[span] ?? -1 };
}

function timeText({ comparison }: CompareModel, row: number, side: 'before' | 'after'): string {
  const figures = side === 'before' ? comparison.was : comparison.is;
  return (figures.counts[row] ?? 0) === 0 ? '–' : formatDuration(figures.netNs[row] ?? 0);
}

function fillTime(cell: HTMLElement, row: number, { model }: Compared, side: 'before' | 'after'): void {
  setText(cell, timeText(model, row, side));
}

function ratioOf(model: CompareModel, row: number): string {
  const { was, is } = model.comparison;
  return model.has(row, 'new') || model.has(row, 'gone') ? '' : ratioText(was.netNs[row] ?? 0, is.netNs[row] ?? 0);
}

function fillMarks(cell: HTMLElement, row: number, { model }: Compared): void {
  const all = markWords(model, row);
  // The other columns say the rest.
  cell.replaceChildren(...all.slice(0, 1).map(({ mark, text }) => element('span', `difference ${mark}`, text)), ...all.slice(1).map(({ text }) => element('span', 'spoken', `, ${text}`)));
  cell.title = all.map(({ text }) => text).join(', ');
}

function setText(cell: HTMLElement, text: string): void {
  cell.textContent = text;
  cell.title = text;
}
