import { spanKindName } from '../../src/model/span.ts';
import { isNPlusOne } from '../layout/foldGroups.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { spanStartNs } from '../layout/spanTimes.ts';
import type { RowRange } from '../layout/virtualWindow.ts';
import { rowHeightPx } from '../layout/virtualWindow.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { nodesOfIds } from '../layout/nodeIds.ts';
import { barLabel, openOf } from '../layout/openRows.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element } from './dom.ts';
import { isNew, newRowSlot, type RowSlot, setMatched, setText, setTitle } from './rowSlot.ts';
import type { Theme } from './theme.ts';

const indentPx = 16;
/** Names longer than this cannot be seen in a row anyway; the details have all of it. */
const maxNameLength = 300;

/**
 * The name column's rows in sight, in reading order. A row that stays in sight keeps its element, also from one snapshot of a trace to the
 * next; elements of rows that left are used again; what a row shows is written only where it changed.
 */
export class RowsView {
  readonly root = element('div', 'rows');
  readonly #nodes = new WeakMap<Element, number>();
  readonly #slots = new Map<number, RowSlot>();
  readonly #spare: RowSlot[] = [];
  #model: TraceModel | undefined;

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
    if (this.#model !== undefined && this.#model !== model) this.#follow(this.#model, model);
    this.#model = model;
    const wanted = model.visible.subarray(range.first, range.last);
    this.#keepOnly(new Set(wanted));
    let next = this.root.firstElementChild;
    wanted.forEach((node, at) => {
      const index = range.first + at;
      let slot = this.#slots.get(node);
      if (slot === undefined) {
        slot = this.#spare.pop() ?? newRowSlot();
        this.#slots.set(node, slot);
      }
      if (slot.node !== node || slot.stamp !== stamp) this.#fill(slot, model, node, theme, nameWidthPx);
      slot.stamp = stamp;
      if (isNew(slot, 'index', String(index))) {
        slot.root.style.transform = `translateY(${index * rowHeightPx}px)`;
        slot.root.setAttribute('aria-rowindex', String(index + 1));
      }
      const selected = String(model.selected === node);
      if (isNew(slot, 'selected', selected)) {
        slot.root.classList.toggle('selected', model.selected === node);
        slot.root.setAttribute('aria-selected', selected);
      }
      if (slot.root === next) next = next.nextElementSibling;
      else this.root.insertBefore(slot.root, next);
    });
  }

  /** The same spans stand at other nodes in another snapshot. */
  #follow(before: TraceModel, model: TraceModel): void {
    const slots = new Map([...this.#slots].map(([node, slot]) => [before.idOf(node), slot]));
    this.#slots.clear();
    for (const node of nodesOfIds(model, [...slots.keys()])) {
      const id = model.idOf(node);
      const slot = slots.get(id);
      slots.delete(id);
      if (slot !== undefined) this.#slots.set(node, slot);
    }
    for (const slot of slots.values()) this.#letGo(slot);
  }

  #keepOnly(wanted: ReadonlySet<number>): void {
    for (const [node, slot] of this.#slots) {
      if (wanted.has(node)) continue;
      this.#slots.delete(node);
      this.#letGo(slot);
    }
  }

  #letGo(slot: RowSlot): void {
    slot.root.remove();
    slot.node = -1;
    this.#spare.push(slot);
  }

  #fill(slot: RowSlot, model: TraceModel, node: number, theme: Theme, nameWidthPx: number): void {
    const { tree, columns } = model;
    const row = tree.row[node] ?? -1;
    const depth = tree.depth[node] ?? 0;
    if (slot.node !== node) {
      slot.node = node;
      this.#nodes.set(slot.root, node);
      slot.root.id = `row-${node}`;
    }
    if (isNew(slot, 'level', String(depth + 1))) slot.root.setAttribute('aria-level', String(depth + 1));
    const parent = model.hasRowsBeneath(node);
    const collapsed = model.isCollapsed(node);
    if (isNew(slot, 'expanded', parent ? String(!collapsed) : '')) {
      if (parent) slot.root.setAttribute('aria-expanded', String(!collapsed));
      else slot.root.removeAttribute('aria-expanded');
      slot.twistie.className = `twistie${parent ? (collapsed ? ' closed' : ' open') : ''}`;
    }
    // Deep rows stop moving right while there is still room for a name, and say how deep they are.
    const levels = Math.min(depth, Math.max(4, Math.floor((nameWidthPx - 200) / indentPx)));
    if (isNew(slot, 'guides', String(levels))) slot.guides.style.width = `${levels * indentPx}px`;
    setText(slot, 'deep', depth > levels ? `${depth}` : '');

    const failed = row >= 0 && model.isError(row);
    const group = tree.group[node] ?? -1;
    const teller = model.rowFor(node);
    const skewNs = model.insights.hasSkews ? model.insights.skewOf(node) : undefined;
    this.#fillMarks(slot, {
      failed,
      placeholder: node === tree.placeholder,
      dimmed: model.isDimmed(node),
      'on-error-path': model.shown.errorPath && model.insights.errorPath.has(node),
      folded: group >= 0,
      skewed: skewNs !== undefined,
      unmarked: teller < 0,
    });
    this.#fillFolds(slot, model, node, group);
    if (teller < 0) {
      setMatched(slot, 'name', 'late or orphaned', []);
      setTitle(slot, 'name', 'Spans whose parent has not arrived (yet)');
      for (const part of ['service', 'place'] as const) setMatched(slot, part, '', []);
      setText(slot, 'spoken', '');
      return;
    }
    const colour = theme.service(model.slotOf(teller));
    if (isNew(slot, 'colour', colour)) slot.mark.style.backgroundColor = colour;
    const { marks } = model.search;
    const name = visibleText(model.nameOf(teller).slice(0, maxNameLength)) || '(no name)';
    const service = visibleText(model.serviceOf(teller).slice(0, maxNameLength));
    setMatched(slot, 'name', name, marks);
    setMatched(slot, 'service', service, marks);
    setTitle(slot, 'name', `${name} · ${service} · ${spanKindName(columns.kind[teller] ?? 0)}`);
    const place = model.placeOf(teller);
    setMatched(slot, 'place', place === undefined ? '' : (place.inferred ? '≈ ' : '') + visibleText(place.label), marks);
    if (isNew(slot, 'inferred', String(place?.inferred === true))) slot.place.classList.toggle('inferred', place?.inferred === true);
    setTitle(slot, 'place', place === undefined ? '' : `${visibleText(place.file)}:${place.line}${place.inferred ? ' (inferred)' : ''}`);
    setText(slot, 'spoken', [
      failed ? 'failed' : '',
      group >= 0 ? spokenGroup(model, group) : `${barLabel(openOf(columns, teller), columns.durationsNs[teller] ?? NaN, model.held.ns(teller))}`,
      `starts at ${formatDuration(spanStartNs(columns, teller))}`,
      skewNs === undefined ? '' : 'its clock seems to be off',
    ].filter((part) => part !== '').join(', '));
  }

  #fillMarks(slot: RowSlot, marks: Readonly<Record<string, boolean>>): void {
    const classes = Object.keys(marks).filter((mark) => marks[mark] === true);
    if (!isNew(slot, 'classes', classes.join(' '))) return;
    for (const [mark, isOn] of Object.entries(marks)) slot.root.classList.toggle(mark, isOn);
    slot.error.toggleAttribute('hidden', marks['failed'] !== true);
    slot.skew.toggleAttribute('hidden', marks['skewed'] !== true);
    slot.mark.hidden = marks['unmarked'] === true;
  }

  #fillFolds(slot: RowSlot, model: TraceModel, node: number, group: number): void {
    const collapsed = model.isCollapsed(node);
    const hidden = (model.tree.end[node] ?? 0) - node - 1;
    const hiddenErrors = collapsed ? model.errorsBeneath(node) : 0;
    const counts = [...(collapsed && group < 0 ? [`+${hidden}`] : []), ...(hiddenErrors > 0 ? [`⊘ ${hiddenErrors}`] : [])];
    setText(slot, 'fold', counts.join(' · '));
    setTitle(slot, 'fold', counts.length === 0 ? '' : `${hidden} ${hidden === 1 ? 'span' : 'spans'} folded${hiddenErrors > 0 ? `, ${hiddenErrors} of them failed` : ''}`);
    const size = model.groups.size[group] ?? 0;
    const isNPlusOne = group >= 0 && model.isNPlusOne(group);
    setText(slot, 'badge', group < 0 ? '' : isNPlusOne ? `N+1 · ${size}×` : `${size}×`);
    if (isNew(slot, 'n-plus-one', String(isNPlusOne))) slot.badge.classList.toggle('n-plus-one', isNPlusOne);
    setTitle(slot, 'badge', isNPlusOne ? `${size} times the same call, one after another, from the same line: one call might do` : group < 0 ? '' : `${size} spans from the same line`);
  }
}

function spokenGroup({ groups, columns }: TraceModel, group: number): string {
  return `${groups.size[group]} spans, ${formatDuration(groups.ranNs[group] ?? 0)}${isNPlusOne(groups, group, columns) ? ', the same call one after another' : ''}`;
}
