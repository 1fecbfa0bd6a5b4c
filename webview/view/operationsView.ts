import { grouped } from '../../src/model/countText.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { type OperationGrouping, operationGroupings, type OperationRow, operationRows } from '../layout/operations.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { fillText } from './cells.ts';
import { element } from './dom.ts';
import type { Theme } from './theme.ts';
import type { TraceView, ViewHost } from './traceView.ts';
import { VirtualTable } from './virtualTable.ts';

type SortKey = 'label' | 'service' | 'count' | 'errorCount' | 'totalNs' | 'selfNs' | 'p50Ns' | 'p95Ns' | 'maxNs';

const groupingNames: Readonly<Record<OperationGrouping, string>> = { operation: 'Operation', service: 'Service', function: 'Function' };

/** What the spans of the trace have in common, with figures: by operation, by service or by source function. */
export class OperationsView implements TraceView {
  readonly root: HTMLElement;
  readonly #table: VirtualTable;
  readonly #choices = new Map<OperationGrouping, HTMLInputElement>();
  #model: TraceModel | undefined;
  #theme: Theme;
  #grouping: OperationGrouping = 'operation';
  #sortKey: SortKey = 'selfNs';
  #isDescending = true;
  #rows: readonly OperationRow[] = [];
  #selected = -1;

  constructor(host: ViewHost, theme: Theme) {
    this.#theme = theme;
    const at = (index: number): OperationRow | undefined => this.#rows[index];
    const time = (key: SortKey & ('totalNs' | 'selfNs' | 'p50Ns' | 'p95Ns' | 'maxNs')) => (cell: HTMLElement, index: number): void => fillText(cell, formatDuration(at(index)?.[key] ?? 0));
    this.#table = new VirtualTable('operation', {
      label: 'Operations',
      columns: [
        { key: 'label', label: 'Operation', width: 'minmax(100px, 3fr)', fill: (cell, index) => this.#fillLabel(cell, at(index)) },
        { key: 'service', label: 'Service', width: 'minmax(70px, 1fr)', isExtra: true, fill: (cell, index) => fillText(cell, at(index)?.service ?? 'several') },
        { key: 'count', label: 'Count', width: '62px', isNumber: true, fill: (cell, index) => fillText(cell, grouped(at(index)?.count ?? 0)) },
        { key: 'errorCount', label: 'Errors', width: '62px', isNumber: true, isExtra: true, fill: (cell, index) => this.#fillErrors(cell, at(index)) },
        { key: 'selfNs', label: 'Self', width: '84px', isNumber: true, fill: time('selfNs') },
        { key: 'totalNs', label: 'Total', width: '84px', isNumber: true, isExtra: true, fill: time('totalNs') },
        { key: 'p50Ns', label: 'p50', width: '80px', isNumber: true, isExtra: true, fill: time('p50Ns') },
        { key: 'p95Ns', label: 'p95', width: '80px', isNumber: true, isExtra: true, fill: time('p95Ns') },
        { key: 'maxNs', label: 'Max', width: '80px', isNumber: true, isExtra: true, fill: time('maxNs') },
      ],
      sort: (key) => {
        this.#isDescending = this.#sortKey === key ? !this.#isDescending : key !== 'label' && key !== 'service';
        this.#sortKey = key as SortKey;
        this.#sort();
      },
      select: (index) => {
        this.#selected = index;
        this.#table.select(index);
        host.select(this.#slowest(index));
      },
      open: (index) => {
        host.showView('waterfall');
        host.select(this.#slowest(index));
      },
      requestDraw: () => host.requestDraw(),
    });
    this.root = element('div', 'listing', this.#groupings(), this.#table.root);
  }

  focus(): void {
    this.#table.focus();
  }

  show(model: TraceModel): void {
    if (this.#model !== model) this.#selected = -1;
    this.#model = model;
    this.#group();
  }

  /** Places may have come, by which functions are told apart. */
  contentChanged(): void {
    if (this.#grouping === 'function') this.#group();
    else this.#table.setRows(this.#rows.length, this.#selected);
  }

  selectionChanged(): void {}

  zoomChanged(): void {}

  draw(theme: Theme): void {
    this.#theme = theme;
    this.#table.draw();
  }

  #groupings(): HTMLElement {
    const choices = element('div', 'choices', 'by');
    choices.setAttribute('role', 'radiogroup');
    choices.setAttribute('aria-label', 'Group by');
    for (const grouping of operationGroupings) {
      const input = element('input');
      input.type = 'radio';
      input.name = 'grouping';
      input.checked = grouping === this.#grouping;
      input.addEventListener('change', () => {
        this.#grouping = grouping;
        this.#selected = -1;
        this.#group();
      });
      this.#choices.set(grouping, input);
      choices.append(element('label', '', input, groupingNames[grouping].toLowerCase()));
    }
    return choices;
  }

  #group(): void {
    const model = this.#model;
    if (model === undefined) return;
    const functions = new Map([...model.places.values()].map(({ site, functionName, label }) => [site, functionName === undefined ? label : `${functionName} · ${label.replace(/:\d+$/, '')}`]));
    const functionOf = (row: number): string | undefined => functions.get(model.columns.site[row] ?? -1);
    this.#rows = operationRows(model.recorded, model.tree, model.insights.selfNs, this.#grouping, functionOf, model.held);
    this.#sort();
  }

  #sort(): void {
    const key = this.#sortKey;
    const selected = this.#rows[this.#selected];
    const direction = this.#isDescending ? -1 : 1;
    this.#rows = [...this.#rows].sort((a, b) => {
      const [one, other] = [a[key] ?? '', b[key] ?? ''];
      return one === other ? 0 : (one < other ? -1 : 1) * direction;
    });
    this.#selected = selected === undefined ? -1 : this.#rows.indexOf(selected);
    this.#table.setSorted(key, this.#isDescending ? 'descending' : 'ascending');
    this.#table.setRows(this.#rows.length, this.#selected);
  }

  #slowest(index: number): number {
    const model = this.#model;
    let slowest = -1;
    if (model === undefined) return slowest;
    for (const node of this.#rows[index]?.nodes ?? []) {
      if (slowest < 0 || model.netNs(model.tree.row[node] ?? 0) > model.netNs(model.tree.row[slowest] ?? 0)) slowest = node;
    }
    return slowest;
  }

  #fillLabel(cell: HTMLElement, row: OperationRow | undefined): void {
    const model = this.#model;
    if (model === undefined || row === undefined) return;
    fillText(cell, row.label === '' ? (this.#grouping === 'function' ? 'no place in this workspace' : '(no name)') : row.label);
    if (row.service === undefined) return;
    const mark = element('span', 'mark');
    mark.style.backgroundColor = this.#theme.service(model.slotOf(model.tree.row[row.nodes[0] ?? 0] ?? 0));
    cell.replaceChildren(mark, element('span', 'name', cell.textContent));
  }

  #fillErrors(cell: HTMLElement, row: OperationRow | undefined): void {
    const count = row?.errorCount ?? 0;
    cell.replaceChildren(...(count > 0 ? [element('span', 'failed', `⊘ ${grouped(count)}`)] : []));
    cell.title = '';
  }
}
