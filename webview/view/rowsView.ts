import { spanKindName } from '../../src/model/span.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { hasChildren, spanStartNs } from '../layout/traceTree.ts';
import type { RowRange } from '../layout/virtualWindow.ts';
import { rowHeightPx } from '../layout/virtualWindow.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { barLabel, openOf } from '../layout/openRows.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element, icon } from './dom.ts';
import type { Theme } from './theme.ts';

const indentPx = 16;
/** Names longer than this cannot be seen in a row anyway; the details have all of it. */
const maxNameLength = 300;

interface RowSlot {
  readonly root: HTMLElement;
  readonly guides: HTMLElement;
  readonly deep: HTMLElement;
  readonly twistie: HTMLElement;
  readonly mark: HTMLElement;
  readonly error: Element;
  readonly name: HTMLElement;
  readonly service: HTMLElement;
  readonly fold: HTMLElement;
  readonly place: HTMLElement;
  readonly spoken: HTMLElement;
  node: number;
  stamp: number;
}

/** The name column's rows in sight, in reading order. Elements are reused; what a row shows is written only when it changed. */
export class RowsView {
  readonly root = element('div', 'rows');
  readonly #nodes = new WeakMap<Element, number>();
  #slots: RowSlot[] = [];
  #range: RowRange = { first: 0, last: 0 };
  readonly #spare: RowSlot[] = [];

  constructor() {
    this.root.setAttribute('role', 'presentation');
  }

  /** The node whose row holds an element. */
  nodeOf(target: EventTarget | null): number | undefined {
    const row = target instanceof Element ? target.closest('.row') : null;
    return row === null ? undefined : this.#nodes.get(row);
  }

  /** `stamp` differs from the last one where rows may read differently though they stand for the same nodes. */
  render(model: TraceModel, range: RowRange, stamp: number, theme: Theme, nameWidthPx: number): void {
    this.#keepOnly(range);
    for (let index = range.first; index < range.last; index++) {
      const slot = this.#slots[index - range.first];
      if (slot === undefined) continue;
      const node = model.visible[index] ?? 0;
      slot.root.style.transform = `translateY(${index * rowHeightPx}px)`;
      if (slot.node !== node || slot.stamp !== stamp) this.#fill(slot, model, node, theme, nameWidthPx);
      slot.stamp = stamp;
      slot.root.setAttribute('aria-rowindex', String(index + 1));
      const selected = model.selected === node;
      if (slot.root.classList.contains('selected') !== selected) {
        slot.root.classList.toggle('selected', selected);
        slot.root.setAttribute('aria-selected', String(selected));
      }
    }
  }

  // Rows that stay keep their element; those that left are reused at the end they are needed.
  #keepOnly(range: RowRange): void {
    const kept = { first: Math.max(range.first, this.#range.first), last: Math.min(range.last, this.#range.last) };
    const from = this.#range.first;
    if (kept.first >= kept.last) {
      this.#spare.push(...this.#slots.splice(0));
      kept.first = kept.last = range.first;
    } else {
      this.#spare.push(...this.#slots.splice(kept.last - from), ...this.#slots.splice(0, kept.first - from));
    }
    const before: RowSlot[] = [];
    for (let index = range.first; index < kept.first; index++) before.push(this.#spare.pop() ?? this.#newSlot());
    const after: RowSlot[] = [];
    for (let index = kept.last; index < range.last; index++) after.push(this.#spare.pop() ?? this.#newSlot());
    if (before.length > 0) this.root.prepend(...before.map((slot) => slot.root));
    this.#slots = [...before, ...this.#slots, ...after];
    if (after.length > 0) {
      const last = this.#slots[this.#slots.length - after.length - 1];
      if (last === undefined) this.root.append(...after.map((slot) => slot.root));
      else last.root.after(...after.map((slot) => slot.root));
    }
    for (const slot of this.#spare) slot.root.remove();
    this.#range = range;
  }

  #newSlot(): RowSlot {
    const guides = element('span', 'guides');
    const deep = element('span', 'deep');
    const twistie = element('span', 'twistie', icon('chevron'));
    const mark = element('span', 'mark');
    const error = icon('error', 'error-sign');
    const name = element('span', 'name');
    const service = element('span', 'service');
    const fold = element('span', 'fold');
    const place = element('span', 'place');
    const spoken = element('span', 'spoken');
    const label = element('div', 'label', guides, deep, twistie, mark, error, name, service, fold);
    const nameCell = element('div', 'name-cell', label, place);
    nameCell.setAttribute('role', 'gridcell');
    const barCell = element('div', 'bar-cell', spoken);
    barCell.setAttribute('role', 'gridcell');
    const root = element('div', 'row', nameCell, barCell);
    root.setAttribute('role', 'row');
    root.setAttribute('aria-selected', 'false');
    return { root, guides, deep, twistie, mark, error, name, service, fold, place, spoken, node: -1, stamp: -1 };
  }

  #fill(slot: RowSlot, model: TraceModel, node: number, theme: Theme, nameWidthPx: number): void {
    const { tree, columns } = model;
    const row = tree.row[node] ?? -1;
    const depth = tree.depth[node] ?? 0;
    slot.node = node;
    this.#nodes.set(slot.root, node);
    slot.root.id = `row-${node}`;
    slot.root.setAttribute('aria-level', String(depth + 1));
    const parent = hasChildren(tree, node);
    const collapsed = model.isCollapsed(node);
    if (parent) slot.root.setAttribute('aria-expanded', String(!collapsed));
    else slot.root.removeAttribute('aria-expanded');

    // Deep rows stop moving right while there is still room for a name, and say how deep they are.
    const levels = Math.min(depth, Math.max(4, Math.floor((nameWidthPx - 200) / indentPx)));
    slot.guides.style.width = `${levels * indentPx}px`;
    slot.deep.textContent = depth > levels ? `${depth}` : '';
    slot.twistie.className = `twistie${parent ? (collapsed ? ' closed' : ' open') : ''}`;

    const failed = row >= 0 && model.isError(row);
    slot.root.classList.toggle('failed', failed);
    slot.root.classList.toggle('placeholder', row < 0);
    slot.error.toggleAttribute('hidden', !failed);
    slot.mark.hidden = row < 0;
    const hidden = (tree.end[node] ?? 0) - node - 1;
    const hiddenErrors = collapsed ? model.errorsBeneath(node) : 0;
    slot.fold.textContent = !collapsed ? '' : hiddenErrors > 0 ? `+${hidden} · ⊘ ${hiddenErrors}` : `+${hidden}`;
    slot.fold.title = !collapsed ? '' : `${hidden} spans folded${hiddenErrors > 0 ? `, ${hiddenErrors} of them failed` : ''}`;
    if (row < 0) {
      slot.name.textContent = 'late or orphaned';
      slot.name.title = 'Spans whose parent has not arrived (yet)';
      slot.service.textContent = '';
      slot.place.textContent = '';
      slot.spoken.textContent = '';
      return;
    }
    slot.mark.style.backgroundColor = theme.service(model.slotOf(row));
    const name = visibleText(model.nameOf(row).slice(0, maxNameLength)) || '(no name)';
    const service = visibleText(model.serviceOf(row).slice(0, maxNameLength));
    setMatched(slot.name, name, model.searchText);
    setMatched(slot.service, service, model.searchText);
    slot.name.title = `${name} · ${service} · ${spanKindName(columns.kind[row] ?? 0)}`;
    const place = model.placeOf(row);
    setMatched(slot.place, place === undefined ? '' : (place.inferred ? '≈ ' : '') + visibleText(place.label), model.searchText);
    slot.place.classList.toggle('inferred', place?.inferred === true);
    slot.place.title = place === undefined ? '' : `${visibleText(place.file)}:${place.line}${place.inferred ? ' (inferred)' : ''}`;
    slot.spoken.textContent = `${failed ? 'failed, ' : ''}${barLabel(openOf(columns, row), columns.durationsNs[row] ?? NaN, model.held.ns(row))}, starts at ${formatDuration(spanStartNs(columns, row))}`;
  }
}

/** Text with what was searched for marked. */
function setMatched(target: HTMLElement, text: string, searchText: string): void {
  const wanted = searchText.trim().toLowerCase();
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted);
  if (at < 0) {
    target.textContent = text;
    return;
  }
  target.replaceChildren(text.slice(0, at), element('mark', '', text.slice(at, at + wanted.length)), text.slice(at + wanted.length));
}
