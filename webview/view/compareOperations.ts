import { grouped } from '../../src/model/countText.ts';
import { differenceText } from '../layout/compareText.ts';
import type { OperationDifference } from '../layout/compareTotals.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { fillText } from './cells.ts';
import type { Compared } from './compareTree.ts';
import { element } from './dom.ts';
import type { Theme } from './theme.ts';
import { VirtualTable } from './virtualTable.ts';

const sortKeys = ['name', 'service', 'count', 'before', 'after', 'self', 'wait'] as const;
type SortKey = (typeof sortKeys)[number];

export interface CompareOperationsActions {
  select(row: number): void;
  /** Goes to a row of the tree. */
  open(row: number): void;
  requestDraw(): void;
}

/** Where the time went, by operation: the differences of self time, and of what was waited for. */
export class CompareOperations {
  readonly #table: VirtualTable;
  #compared: Compared | undefined;
  #theme: Theme;
  #rows: readonly OperationDifference[] = [];
  #selected = -1;
  #sortKey: SortKey = 'self';
  #isDescending = true;

  constructor(actions: CompareOperationsActions, theme: Theme) {
    this.#theme = theme;
    const at = (index: number): OperationDifference | undefined => this.#rows[index];
    this.#table = new VirtualTable('difference', {
      label: 'Differences by operation',
      columns: [
        { key: 'name', label: 'Operation', width: 'minmax(100px, 3fr)', fill: (cell, index) => this.#fillName(cell, at(index)) },
        { key: 'service', label: 'Service', width: 'minmax(70px, 1fr)', isExtra: true, fill: (cell, index) => fillText(cell, at(index)?.service ?? '') },
        { key: 'count', label: 'Count', width: '84px', isNumber: true, fill: (cell, index) => fillText(cell, countText(at(index))) },
        { key: 'before', label: 'Self before', width: '80px', isNumber: true, isExtra: true, fill: (cell, index) => fillText(cell, formatDuration(at(index)?.before.selfNs ?? 0)) },
        { key: 'after', label: 'Self after', width: '80px', isNumber: true, isExtra: true, fill: (cell, index) => fillText(cell, formatDuration(at(index)?.after.selfNs ?? 0)) },
        { key: 'self', label: 'Difference', width: '80px', isNumber: true, fill: (cell, index) => fillText(cell, differenceText(at(index)?.selfByNs ?? 0)) },
        { key: 'wait', label: 'On critical path', width: '104px', isNumber: true, isExtra: true, fill: (cell, index) => fillText(cell, differenceText(at(index)?.waitByNs ?? 0)) },
      ],
      sort: (key) => {
        const wanted = sortKeys.find((each) => each === key) ?? 'self';
        this.#isDescending = this.#sortKey === wanted ? !this.#isDescending : wanted !== 'name' && wanted !== 'service';
        this.#sortKey = wanted;
        this.#sort();
      },
      select: (index) => {
        this.#selected = index;
        this.#table.select(index);
        actions.select(at(index)?.row ?? -1);
      },
      open: (index) => actions.open(at(index)?.row ?? -1),
      requestDraw: () => actions.requestDraw(),
    });
  }

  get root(): HTMLElement {
    return this.#table.root;
  }

  focus(): void {
    this.#table.focus();
  }

  show(compared: Compared): void {
    if (this.#compared?.model !== compared.model) this.#selected = -1;
    this.#compared = compared;
    this.#rows = compared.model.differences;
    this.#sort();
  }

  draw(theme: Theme): void {
    this.#theme = theme;
    this.#table.draw();
  }

  #sort(): void {
    const selected = this.#rows[this.#selected];
    const direction = this.#isDescending ? -1 : 1;
    this.#rows = [...this.#rows].sort((a, b) => {
      const [one, other] = [sortValue(a, this.#sortKey), sortValue(b, this.#sortKey)];
      return one === other ? 0 : (one < other ? -1 : 1) * direction;
    });
    this.#selected = selected === undefined ? -1 : this.#rows.indexOf(selected);
    this.#table.setSorted(this.#sortKey, this.#isDescending ? 'descending' : 'ascending');
    this.#table.setRows(this.#rows.length, this.#selected);
  }

  #fillName(cell: HTMLElement, difference: OperationDifference | undefined): void {
    fillText(cell, difference?.name === '' ? '(no name)' : (difference?.name ?? ''));
    const mark = element('span', 'mark');
    mark.style.backgroundColor = this.#theme.service(this.#compared?.slotOf(difference?.service ?? '') ?? 0);
    cell.replaceChildren(mark, element('span', 'name', cell.textContent));
  }
}

function countText(difference: OperationDifference | undefined): string {
  const [before, after] = [difference?.before.count ?? 0, difference?.after.count ?? 0];
  return before === after ? grouped(after) : `${grouped(before)} → ${grouped(after)}`;
}

/** Of differences, how large they are, whichever way. */
function sortValue(difference: OperationDifference, key: SortKey): number | string {
  switch (key) {
    case 'name': return difference.name;
    case 'service': return difference.service;
    case 'count': return Math.abs(difference.after.count - difference.before.count);
    case 'before': return difference.before.selfNs;
    case 'after': return difference.after.selfNs;
    case 'self': return Math.abs(difference.selfByNs);
    case 'wait': return Math.abs(difference.waitByNs);
  }
}
