import { spanKindName } from '../../src/model/span.ts';
import { isNPlusOne } from '../layout/foldGroups.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { spanStartNs } from '../layout/traceTree.ts';
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
  readonly skew: Element;
  readonly name: HTMLElement;
  readonly service: HTMLElement;
  readonly badge: HTMLElement;
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
    const skew = icon('clock', 'skew-sign');
    const badge = element('span', 'badge');
    const fold = element('span', 'fold');
    const place = element('span', 'place');
    const spoken = element('span', 'spoken');
    const label = element('div', 'label', guides, deep, twistie, mark, error, name, service, skew, badge, fold);
    const nameCell = element('div', 'name-cell', label, place);
    nameCell.setAttribute('role', 'gridcell');
    const barCell = element('div', 'bar-cell', spoken);
    barCell.setAttribute('role', 'gridcell');
    const root = element('div', 'row', nameCell, barCell);
    root.setAttribute('role', 'row');
    root.setAttribute('aria-selected', 'false');
    return { root, guides, deep, twistie, mark, error, skew, name, service, badge, fold, place, spoken, node: -1, stamp: -1 };
  }

  #fill(slot: RowSlot, model: TraceModel, node: number, theme: Theme, nameWidthPx: number): void {
    const { tree, columns } = model;
    const row = tree.row[node] ?? -1;
    const depth = tree.depth[node] ?? 0;
    slot.node = node;
    this.#nodes.set(slot.root, node);
    slot.root.id = `row-${node}`;
    slot.root.setAttribute('aria-level', String(depth + 1));
    const parent = model.hasRowsBeneath(node);
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
    slot.root.classList.toggle('placeholder', node === tree.placeholder);
    slot.root.classList.toggle('dimmed', model.isDimmed(node));
    slot.root.classList.toggle('on-error-path', model.shown.errorPath && model.insights.errorPath.has(node));
    slot.error.toggleAttribute('hidden', !failed);
    const group = tree.group[node] ?? -1;
    slot.root.classList.toggle('folded', group >= 0);
    this.#fillFolds(slot, model, node, group);
    const teller = model.rowFor(node);
    slot.mark.hidden = teller < 0;
    const skewNs = model.insights.skewOf(node);
    slot.skew.toggleAttribute('hidden', skewNs === undefined);
    if (teller < 0) {
      slot.name.textContent = 'late or orphaned';
      slot.name.title = 'Spans whose parent has not arrived (yet)';
      slot.service.textContent = '';
      slot.place.textContent = '';
      slot.spoken.textContent = '';
      return;
    }
    slot.mark.style.backgroundColor = theme.service(model.slotOf(teller));
    const { marks } = model.search;
    const name = visibleText(model.nameOf(teller).slice(0, maxNameLength)) || '(no name)';
    const service = visibleText(model.serviceOf(teller).slice(0, maxNameLength));
    setMatched(slot.name, name, marks);
    setMatched(slot.service, service, marks);
    slot.name.title = `${name} · ${service} · ${spanKindName(columns.kind[teller] ?? 0)}`;
    const place = model.placeOf(teller);
    setMatched(slot.place, place === undefined ? '' : (place.inferred ? '≈ ' : '') + visibleText(place.label), marks);
    slot.place.classList.toggle('inferred', place?.inferred === true);
    slot.place.title = place === undefined ? '' : `${visibleText(place.file)}:${place.line}${place.inferred ? ' (inferred)' : ''}`;
    slot.spoken.textContent = [
      failed ? 'failed' : '',
      group >= 0 ? spokenGroup(model, group) : `${barLabel(openOf(columns, teller), columns.durationsNs[teller] ?? NaN, model.held.ns(teller))}`,
      `starts at ${formatDuration(spanStartNs(columns, teller))}`,
      skewNs === undefined ? '' : 'its clock seems to be off',
    ].filter((part) => part !== '').join(', ');
  }

  #fillFolds(slot: RowSlot, model: TraceModel, node: number, group: number): void {
    const collapsed = model.isCollapsed(node);
    const hidden = (model.tree.end[node] ?? 0) - node - 1;
    const hiddenErrors = collapsed ? model.errorsBeneath(node) : 0;
    const counts = [...(collapsed && group < 0 ? [`+${hidden}`] : []), ...(hiddenErrors > 0 ? [`⊘ ${hiddenErrors}`] : [])];
    slot.fold.textContent = counts.join(' · ');
    slot.fold.title = counts.length === 0 ? '' : `${hidden} ${hidden === 1 ? 'span' : 'spans'} folded${hiddenErrors > 0 ? `, ${hiddenErrors} of them failed` : ''}`;
    const size = model.groups.size[group] ?? 0;
    const isNPlusOne = group >= 0 && model.isNPlusOne(group);
    slot.badge.textContent = group < 0 ? '' : isNPlusOne ? `N+1 · ${size}×` : `${size}×`;
    slot.badge.classList.toggle('n-plus-one', isNPlusOne);
    slot.badge.title = isNPlusOne ? `${size} times the same call, one after another, from the same line: one call might do` : `${size} spans from the same line`;
  }
}

function spokenGroup({ groups, columns }: TraceModel, group: number): string {
  return `${groups.size[group]} spans, ${formatDuration(groups.ranNs[group] ?? 0)}${isNPlusOne(groups, group, columns) ? ', the same call one after another' : ''}`;
}

/** Text with what was searched for marked. */
function setMatched(target: HTMLElement, text: string, marks: readonly string[]): void {
  const lower = marks.length === 0 ? '' : text.toLowerCase();
  for (const wanted of marks) {
    const at = wanted === '' ? -1 : lower.indexOf(wanted);
    if (at < 0) continue;
    target.replaceChildren(text.slice(0, at), element('mark', '', text.slice(at, at + wanted.length)), text.slice(at + wanted.length));
    return;
  }
  target.textContent = text;
}
