import { columnsThatFit, type SizedColumn } from '../layout/columnsThatFit.ts';
import { rowHeightPx, rowsInSight, scrollTopToReveal } from '../layout/virtualWindow.ts';
import { element } from './dom.ts';
import { hasModifier, indexByKey } from './rowKeys.ts';

const overscanRows = 8;

export interface TableColumn extends SizedColumn {
  readonly key: string;
  readonly label: string;
  readonly isNumber?: boolean;
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
  /** Where its rows stand under each other: their level, from 1 on, and whether they are open; undefined of one that has nothing beneath. */
  readonly tree?: { level(index: number): number; isOpen(index: number): boolean | undefined; fold(index: number, isOpen: boolean): void };
  /** A click on a part of a row that means something of its own; true where it did. */
  readonly press?: (index: number, target: Element) => boolean;
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
  /** By column; all before there is room at all. */
  #shown: readonly boolean[] = [];
  #count = 0;
  #selected = -1;
  #stamp = 0;

  constructor(id: string, options: TableOptions) {
    this.#id = id;
    this.#options = options;
    this.root.tabIndex = 0;
    this.root.setAttribute('role', options.tree === undefined ? 'grid' : 'treegrid');
    this.root.setAttribute('aria-label', options.label);
    this.root.setAttribute('aria-readonly', 'true');
    new ResizeObserver(() => this.#fitColumns()).observe(this.root);
    this.root.append(this.#head(), this.#sizer);
    this.#sizer.setAttribute('role', 'rowgroup');
    this.root.addEventListener('scroll', () => options.requestDraw(), { passive: true });
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.#sizer.addEventListener('mousedown', (event) => {
      const index = this.#indexOf(event.target);
      if (index === undefined || event.button !== 0) return;
      if (event.target instanceof Element && options.press?.(index, event.target) === true) {
        // A second click of a double-click would select text.
        event.preventDefault();
        this.root.focus();
      } else options.select(index);
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
    this.#turn(range.first);
    for (let at = 0; at < range.last - range.first; at++) this.#fill((this.#slots[at] ??= this.#newSlot()), range.first + at);
    for (const extra of this.#slots.splice(range.last - range.first)) extra.root.remove();
    const isInSight = this.#selected >= range.first && this.#selected < range.last;
    if (isInSight) this.root.setAttribute('aria-activedescendant', `${this.#id}-${this.#selected}`);
    else this.root.removeAttribute('aria-activedescendant');
  }

  #fitColumns(): void {
    const { columns } = this.#options;
    this.#shown = columnsThatFit(columns, this.root.clientWidth);
    this.root.style.setProperty('--columns', columns.filter((_, at) => this.#shown[at]).map(({ width }) => width).join(' '));
    for (const cells of [[...this.#heads.values()], ...this.#slots.map((slot) => slot.cells)]) this.#hideCells(cells);
  }

  #hideCells(cells: readonly HTMLElement[]): void {
    cells.forEach((cell, at) => (cell.hidden = this.#shown[at] === false));
  }

  #newCell({ isNumber }: TableColumn, role: 'columnheader' | 'gridcell'): HTMLElement {
    const cell = element('div', `cell${isNumber === true ? ' number' : ''}`);
    cell.setAttribute('role', role);
    return cell;
  }

  /** Rows that stay in sight keep their element; those that left go to the other end. */
  #turn(first: number): void {
    const by = first - (this.#slots[0]?.index ?? first);
    if (by === 0 || Math.abs(by) >= this.#slots.length) return;
    const left = by > 0 ? this.#slots.splice(0, by) : this.#slots.splice(by);
    if (by > 0) {
      this.#slots.push(...left);
      this.#sizer.append(...left.map(({ root }) => root));
    } else {
      this.#slots.unshift(...left);
      this.#sizer.prepend(...left.map(({ root }) => root));
    }
  }

  #head(): HTMLElement {
    const head = element('div', 'table-head');
    head.setAttribute('role', 'row');
    head.setAttribute('aria-rowindex', '1');
    for (const column of this.#options.columns) {
      const { key, label } = column;
      const cell = this.#newCell(column, 'columnheader');
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
    const cells = this.#options.columns.map((column) => this.#newCell(column, 'gridcell'));
    this.#hideCells(cells);
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
      this.#showLevel(slot.root, index);
      this.#options.columns.forEach((column, at) => {
        const cell = slot.cells[at];
        if (cell !== undefined) column.fill(cell, index);
      });
    }
    slot.root.classList.toggle('selected', selected);
  }

  #showLevel(root: HTMLElement, index: number): void {
    const { tree } = this.#options;
    if (tree === undefined) return;
    const isOpen = tree.isOpen(index);
    root.setAttribute('aria-level', String(tree.level(index)));
    if (isOpen === undefined) root.removeAttribute('aria-expanded');
    else root.setAttribute('aria-expanded', String(isOpen));
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
    else if (!this.#foldByKey(event)) return;
    event.preventDefault();
  }

  /** As in any tree: left folds, or goes to the row above; right unfolds, or goes to the first row beneath; space does either. */
  #foldByKey({ key }: KeyboardEvent): boolean {
    const { tree, select } = this.#options;
    const index = this.#selected;
    if (tree === undefined || index < 0 || !['ArrowLeft', 'ArrowRight', ' '].includes(key)) return false;
    const isOpen = tree.isOpen(index);
    if (key === ' ') {
      if (isOpen !== undefined) tree.fold(index, !isOpen);
    } else if (key === 'ArrowRight') {
      if (isOpen === false) tree.fold(index, true);
      else if (isOpen === true) select(index + 1);
    } else if (isOpen === true) tree.fold(index, false);
    else {
      let above = index - 1;
      while (above >= 0 && tree.level(above) >= tree.level(index)) above--;
      if (above >= 0) select(above);
    }
    return true;
  }
}
