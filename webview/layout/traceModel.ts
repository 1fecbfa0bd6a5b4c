import { statusError } from '../../src/model/span.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { Place } from '../../src/protocol/waterfall.ts';
import { HeldRows } from './heldRows.ts';
import { nextMatch, searchSpans } from './searchSpans.ts';
import { serviceSlots } from './serviceSlots.ts';
import { rowsOfSpans, spanIdOf } from './spanIds.ts';
import type { TimeWindow } from './timeWindow.ts';
import { clampWindow, isFullWindow } from './timeWindow.ts';
import type { TraceTree } from './traceTree.ts';
import { buildTraceTree, hasChildren, lastAtOrBefore, visibleNodes } from './traceTree.ts';

/** The placeholder's name among collapsed span ids. */
export const orphansId = 'orphans';

/** What carries over from one snapshot of a live trace to the next. */
export interface Carried {
  readonly selectedSpanId: string | undefined;
  readonly collapsed: readonly string[];
  readonly zoom: TimeWindow | undefined;
  readonly searchText: string;
}

/**
 * One snapshot of a trace and what a person has done to it: selection, folds, zoom, search. No drawing, no DOM.
 * Every change that touches all spans is a linear pass over typed arrays.
 */
export class TraceModel {
  readonly columns: TraceColumns;
  readonly tree: TraceTree;
  readonly full: TimeWindow;
  readonly services: readonly string[];
  /** By index into the columns' strings: the palette slot of that service. */
  readonly slotOfService: ReadonlyMap<number, number>;
  readonly errors: Int32Array;
  /** By row: where its events start in the columns' `eventNs`. */
  readonly firstEvent: Int32Array | undefined;
  /** When the debugger held the program. */
  readonly held: HeldRows;
  readonly #collapsed: Uint8Array;
  #places: ReadonlyMap<number, Place> = new Map();
  #visible: Int32Array;
  #selected = -1;
  #window: TimeWindow;
  #searchText = '';
  #matches: Int32Array = new Int32Array(0);

  constructor(columns: TraceColumns, places: readonly Place[], carried: Carried) {
    this.columns = columns;
    this.tree = buildTraceTree(columns);
    this.full = fullWindow(this.tree);
    const serviceIndices = [...new Set(columns.service.subarray(0, columns.spanCount))];
    this.services = serviceIndices.map((index) => columns.strings[index] ?? '');
    const slots = serviceSlots(this.services);
    this.slotOfService = new Map(serviceIndices.map((index, order) => [index, slots[order] ?? 0]));
    this.errors = errorNodes(this.tree, columns);
    this.firstEvent = columns.eventNs === undefined ? undefined : firstEvents(columns);
    this.held = new HeldRows(columns);
    this.#collapsed = new Uint8Array(this.tree.nodeCount);
    for (const row of rowsOfSpans(columns, carried.collapsed.filter((id) => id !== orphansId))) this.#collapsed[this.tree.nodeOfRow[row] ?? 0] = 1;
    if (this.tree.placeholder >= 0 && carried.collapsed.includes(orphansId)) this.#collapsed[this.tree.placeholder] = 1;
    this.#visible = visibleNodes(this.tree, this.#collapsed);
    this.#window = carried.zoom === undefined ? this.full : clampWindow(carried.zoom, this.full);
    this.places = places;
    if (carried.selectedSpanId !== undefined) this.select(this.nodeOfSpan(carried.selectedSpanId) ?? -1);
    this.search(carried.searchText);
  }

  /** What the next snapshot should take over. `newStartUnixNano` moves the zoom where an earlier span changed the trace's start. */
  carried(newStartUnixNano: string): Carried {
    const shiftNs = Number(BigInt(this.columns.startUnixNano) - BigInt(newStartUnixNano));
    const { startNs, endNs } = this.#window;
    return {
      selectedSpanId: this.selectedSpanId,
      collapsed: this.collapsedIds(),
      zoom: this.isZoomed ? { startNs: startNs + shiftNs, endNs: endNs + shiftNs } : undefined,
      searchText: this.#searchText,
    };
  }

  get visible(): Int32Array {
    return this.#visible;
  }

  get selected(): number {
    return this.#selected;
  }

  get selectedRow(): number {
    return this.tree.row[this.#selected] ?? -1;
  }

  get selectedSpanId(): string | undefined {
    return this.selectedRow < 0 ? undefined : spanIdOf(this.columns, this.selectedRow);
  }

  get window(): TimeWindow {
    return this.#window;
  }

  set window(window: TimeWindow) {
    this.#window = clampWindow(window, this.full);
  }

  get isZoomed(): boolean {
    return !isFullWindow(this.#window, this.full);
  }

  get places(): readonly Place[] {
    return [...this.#places.values()];
  }

  set places(places: readonly Place[]) {
    this.#places = new Map(places.map((place) => [place.site, place]));
    this.search(this.#searchText);
  }

  get searchText(): string {
    return this.#searchText;
  }

  get matches(): Int32Array {
    return this.#matches;
  }

  nodeOfSpan(spanId: string): number | undefined {
    const [row] = rowsOfSpans(this.columns, [spanId]);
    return row === undefined ? undefined : this.tree.nodeOfRow[row];
  }

  nameOf(row: number): string {
    return this.columns.strings[this.columns.name[row] ?? -1] ?? '';
  }

  serviceOf(row: number): string {
    return this.columns.strings[this.columns.service[row] ?? -1] ?? '';
  }

  slotOf(row: number): number {
    return this.slotOfService.get(this.columns.service[row] ?? -1) ?? 0;
  }

  placeOf(row: number): Place | undefined {
    return this.#places.get(this.columns.site[row] ?? -1);
  }

  isError(row: number): boolean {
    return this.columns.statusCode[row] === statusError;
  }

  isCollapsed(node: number): boolean {
    return this.#collapsed[node] === 1;
  }

  /** Failed spans beneath a node, itself left out. */
  errorsBeneath(node: number): number {
    return (this.tree.errorsBefore[this.tree.end[node] ?? 0] ?? 0) - (this.tree.errorsBefore[node + 1] ?? 0);
  }

  /** -1 selects nothing. A node under a collapsed one is revealed. */
  select(node: number): void {
    this.#selected = node >= 0 && node < this.tree.nodeCount ? node : -1;
    let revealed = false;
    for (let up = this.tree.parent[this.#selected] ?? -1; up >= 0; up = this.tree.parent[up] ?? -1) {
      if (this.#collapsed[up] === 1) revealed = true;
      this.#collapsed[up] = 0;
    }
    if (revealed) this.#visible = visibleNodes(this.tree, this.#collapsed);
  }

  /** Does nothing to a node without children. A selection that a fold hides moves to the folded node. */
  setCollapsed(node: number, collapsed: boolean): void {
    if (!hasChildren(this.tree, node) || this.isCollapsed(node) === collapsed) return;
    this.#collapsed[node] = collapsed ? 1 : 0;
    this.#visible = visibleNodes(this.tree, this.#collapsed);
    if (collapsed && this.#selected > node && this.#selected < (this.tree.end[node] ?? 0)) this.#selected = node;
  }

  /** The index among the visible rows of a node, or of the collapsed one that hides it. */
  indexOf(node: number): number {
    return lastAtOrBefore(this.#visible, node);
  }

  collapsedIds(): string[] {
    const ids: string[] = [];
    for (let node = 0; node < this.tree.nodeCount; node++) {
      if (this.#collapsed[node] !== 1) continue;
      const row = this.tree.row[node] ?? -1;
      ids.push(row < 0 ? orphansId : spanIdOf(this.columns, row));
    }
    return ids;
  }

  search(text: string): void {
    this.#searchText = text;
    const labels = new Map([...this.#places.values()].map((place) => [place.site, place.label]));
    this.#matches = searchSpans(this.columns, this.tree, labels, text);
  }

  /** 1-based place of the selection among the matches; 0 where it is none of them. */
  get matchNumber(): number {
    const index = lastAtOrBefore(this.#matches, this.#selected);
    return index >= 0 && this.#matches[index] === this.#selected ? index + 1 : 0;
  }

  nextMatch(direction: 1 | -1): number | undefined {
    return nextMatch(this.#matches, this.#selected, direction);
  }

  nextError(direction: 1 | -1): number | undefined {
    return nextMatch(this.errors, this.#selected, direction);
  }
}

// The tree's own cover, not the columns' duration: a wrong one must not push spans out of sight. At least a microsecond, to divide by.
function fullWindow(tree: TraceTree): TimeWindow {
  let startNs = 0;
  let endNs = 0;
  for (let node = 0; node < tree.nodeCount; node = tree.end[node] ?? node + 1) {
    startNs = Math.min(startNs, tree.coverStartNs[node] ?? 0);
    endNs = Math.max(endNs, tree.coverEndNs[node] ?? 0);
  }
  return { startNs, endNs: Math.max(endNs, startNs + 1000) };
}

function errorNodes(tree: TraceTree, columns: TraceColumns): Int32Array {
  const errors = new Int32Array(tree.errorsBefore[tree.nodeCount] ?? 0);
  for (let node = 0, count = 0; node < tree.nodeCount; node++) {
    const row = tree.row[node] ?? -1;
    if (row >= 0 && columns.statusCode[row] === statusError) errors[count++] = node;
  }
  return errors;
}

function firstEvents(columns: TraceColumns): Int32Array {
  const first = new Int32Array(columns.spanCount);
  for (let row = 1; row < columns.spanCount; row++) first[row] = (first[row - 1] ?? 0) + (columns.eventCount[row - 1] ?? 0);
  return first;
}
