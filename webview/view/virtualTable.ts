import { rowHeightPx, rowsInSight, scrollTopToReveal } from '../layout/virtualWindow.ts';
import { element } from './dom.ts';
import { hasModifier, indexByKey } from './rowKeys.ts';

const overscanRows = 8;

export interface TableColumn {
  readonly key: string;
  readonly label: string;
  /** As CSS grid writes it. */
  readonly width: string;
  readonly isNumber?: boolean;
  /** Left out where the table has little room. */
  readonly isExtra?: boolean;
  /** Writes what a row says into its cell, which may hold another row's. */
  fill(cell: HTMLElement, index: number): void;
}

export interface TableOptions {
  readonly label: string;
  readonly columns: readonly TableColumn[];
  /** undefined: the order is given. */
  readonly sort?: (key: string) => void;
  readonly select: (index: number) => void;
  readonly open: (index: number) => void;
  readonly requestDraw: () => void;
  readonly rowClass?: (index: number) => string;
}

interface Slot {
  readonly root: HTMLElement;
  readonly cells: readonly HTMLElement[];
  index: number;
  stamp: number;
}

/** A table of very many rows of which only those in sight are in the page: a grid for the keyboard and for screen readers. */
export class VirtualTable {
  readonly root = element('div', 'table');
  readonly #options: TableOptions;
  readonly #sizer = element('div', 'table-rows');
  readonly #heads = new Map<string, HTMLElement>();
  readonly #slots: Slot[] = [];
  readonly #id: string;
  #count = 0;
  #selected = -1;
  #stamp = 0;

  constructor(id: string, options: TableOptions) {
    this.#id = id;
    this.#options = options;
    this.root.tabIndex = 0;
    this.root.setAttribute('role', 'grid');
    this.root.setAttribute('aria-label', options.label);
    this.root.setAttribute('aria-readonly', 'true');
    this.root.style.setProperty('--columns', options.columns.map(({ width }) => width).join(' '));
    this.root.style.setProperty('--fewer-columns', options.columns.filter(({ isExtra }) => isExtra !== true).map(({ width }) => width).join(' '));
    this.root.append(this.#head(), this.#sizer);
    this.#sizer.setAttribute('role', 'rowgroup');
    this.root.addEventListener('scroll', () => options.requestDraw(), { passive: true });
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.#sizer.addEventListener('mousedown', (event) => {
      const index = this.#indexOf(event.target);
      if (index !== undefined && event.button === 0) options.select(index);
    });
    this.#sizer.addEventListener('dblclick', (event) => {
      const index = this.#indexOf(event.target);
      if (index !== undefined) options.open(index);
    });
  }

  focus(): void {
    this.root.focus();
  }

  /** All rows may read differently from now on. */
  setRows(count: number, selected: number): void {
    this.#count = count;
    this.#selected = selected;
    this.#stamp++;
    this.#sizer.style.height = `${count * rowHeightPx}px`;
    this.root.setAttribute('aria-rowcount', String(count + 1));
    this.#options.requestDraw();
  }

  setSorted(key: string, direction: 'ascending' | 'descending'): void {
    for (const [column, head] of this.#heads) {
      if (column === key) head.setAttribute('aria-sort', direction);
      else head.removeAttribute('aria-sort');
    }
  }

  /** -1 where none is; a selected row is brought into sight. */
  select(index: number): void {
    this.#selected = index;
    if (index >= 0) {
      const scrollTop = scrollTopToReveal(index, this.root.scrollTop, this.#roomPx(), rowHeightPx);
      if (scrollTop !== this.root.scrollTop) this.root.scrollTop = scrollTop;
    }
    this.#options.requestDraw();
  }

  draw(): void {
    const range = rowsInSight(this.root.scrollTop, this.#roomPx(), rowHeightPx, this.#count, overscanRows);
    for (let at = 0; at < range.last - range.first; at++) this.#fill((this.#slots[at] ??= this.#newSlot()), range.first + at);
    for (const extra of this.#slots.splice(range.last - range.first)) extra.root.remove();
    const isInSight = this.#selected >= range.first && this.#selected < range.last;
    if (isInSight) this.root.setAttribute('aria-activedescendant', `${this.#id}-${this.#selected}`);
    else this.root.removeAttribute('aria-activedescendant');
  }

  #head(): HTMLElement {
    const head = element('div', 'table-head');
    head.setAttribute('role', 'row');
    head.setAttribute('aria-rowindex', '1');
    for (const { key, label, isNumber, isExtra } of this.#options.columns) {
      const cell = element('div', `cell${isNumber === true ? ' number' : ''}${isExtra === true ? ' extra' : ''}`);
      cell.setAttribute('role', 'columnheader');
      const { sort } = this.#options;
      if (sort === undefined) cell.textContent = label;
      else {
        const button = element('button', 'sort', label);
        button.type = 'button';
        button.addEventListener('click', () => sort(key));
        cell.append(button);
      }
      this.#heads.set(key, cell);
      head.append(cell);
    }
    return element('div', 'table-head-group', head);
  }

  #newSlot(): Slot {
    const cells = this.#options.columns.map(({ isNumber, isExtra }) => {
      const cell = element('div', `cell${isNumber === true ? ' number' : ''}${isExtra === true ? ' extra' : ''}`);
      cell.setAttribute('role', 'gridcell');
      return cell;
    });
    const root = element('div', 'table-row', ...cells);
    root.setAttribute('role', 'row');
    this.#sizer.append(root);
    return { root, cells, index: -1, stamp: -1 };
  }

  #fill(slot: Slot, index: number): void {
    const selected = index === this.#selected;
    slot.root.setAttribute('aria-selected', String(selected));
    if (slot.index !== index || slot.stamp !== this.#stamp) {
      slot.index = index;
      slot.stamp = this.#stamp;
      slot.root.id = `${this.#id}-${index}`;
      slot.root.setAttribute('aria-rowindex', String(index + 2));
      slot.root.style.transform = `translateY(${index * rowHeightPx}px)`;
      slot.root.className = `table-row ${this.#options.rowClass?.(index) ?? ''}`;
      this.#options.columns.forEach((column, at) => {
        const cell = slot.cells[at];
        if (cell !== undefined) column.fill(cell, index);
      });
    }
    slot.root.classList.toggle('selected', selected);
  }

  /** Under the heads, which stay. */
  #roomPx(): number {
    return Math.max(rowHeightPx, this.root.clientHeight - rowHeightPx - 4);
  }

  #indexOf(target: EventTarget | null): number | undefined {
    const row = target instanceof Element ? target.closest('.table-row') : null;
    return this.#slots.find(({ root }) => root === row)?.index;
  }

  #onKey(event: KeyboardEvent): void {
    if (hasModifier(event) || event.target !== this.root || this.#count === 0) return;
    const next = indexByKey(event, this.#selected, this.#count, this.#roomPx());
    if (next !== undefined) this.#options.select(next);
    else if (event.key === 'Enter' && this.#selected >= 0) this.#options.open(this.#selected);
    else return;
    event.preventDefault();
  }
}
