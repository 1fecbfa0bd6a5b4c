import { statusError } from '../../src/model/span.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { Place } from '../../src/protocol/waterfall.ts';
import { alikeSpans } from './alike.ts';
import type { Carried, Shown } from './carried.ts';
import { type ClockSkew, clockSkews } from './clockSkew.ts';
import { correctedColumns } from './correctedColumns.ts';
import { foldGroups, type FoldGroups, isNPlusOne } from './foldGroups.ts';
import { HeldRows } from './heldRows.ts';
import { nextMatch } from './nextMatch.ts';
import { idOfNode, nodesOfIds } from './nodeIds.ts';
import { serviceSlots } from './serviceSlots.ts';
import { rowsOfSpans, spanIdOf } from './spanIds.ts';
import { SpanSearch } from './spanSearch.ts';
import type { TimeWindow } from './timeWindow.ts';
import { clampWindow, isFullWindow } from './timeWindow.ts';
import { errorNodes, firstEvents, fullWindow } from './traceBounds.ts';
import { TraceInsights } from './traceInsights.ts';
import type { TraceTree } from './traceTree.ts';
import { spanLengthNs } from './spanTimes.ts';
import { buildTraceTree, hasChildren } from './traceTree.ts';
import { VisibleRows } from './visibleRows.ts';

/**
 * One snapshot of a trace and what a person has done to it: selection, folds, zoom, search. No drawing, no DOM.
 * Every change that touches all spans is a linear pass over typed arrays.
 */
export class TraceModel {
  /** As they are drawn: moved where the clocks are corrected. */
  readonly columns: TraceColumns;
  readonly tree: TraceTree;
  readonly groups: FoldGroups;
  readonly full: TimeWindow;
  readonly services: readonly string[];
  /** By index into the columns' strings: the palette slot of that service. */
  readonly slotOfService: ReadonlyMap<number, number>;
  readonly errors: Int32Array;
  /** By row: where its events start in the columns' `eventNs`. */
  readonly firstEvent: Int32Array | undefined;
  /** When the debugger held the program. */
  readonly held: HeldRows;
  readonly insights: TraceInsights;
  readonly search: SpanSearch;
  readonly #recorded: TraceColumns;
  readonly #findSkews: () => readonly ClockSkew[];
  #skews: readonly ClockSkew[] | undefined;
  readonly #rows: VisibleRows;
  #places: ReadonlyMap<number, Place> = new Map();
  #selected = -1;
  #window: TimeWindow;
  #shown: Shown;

  constructor(recorded: TraceColumns, places: readonly Place[], carried: Carried) {
    this.#recorded = recorded;
    this.#shown = carried.shown;
    const alike = alikeSpans(recorded);
    this.groups = foldGroups(recorded, alike);
    const tree = buildTraceTree(recorded, this.groups);
    this.#findSkews = () => clockSkews(recorded, tree);
    const isMoved = carried.shown.clocksCorrected && this.skews.length > 0;
    this.columns = isMoved ? correctedColumns(recorded, tree, this.skews) : recorded;
    this.tree = isMoved ? buildTraceTree(this.columns, this.groups) : tree;
    this.full = fullWindow(this.tree);
    const serviceIndices = [...new Set(recorded.service.subarray(0, recorded.spanCount))];
    this.services = serviceIndices.map((index) => recorded.strings[index] ?? '');
    const slots = serviceSlots(this.services);
    this.slotOfService = new Map(serviceIndices.map((index, order) => [index, slots[order] ?? 0]));
    this.errors = errorNodes(this.tree, recorded);
    this.firstEvent = firstEvents(recorded);
    this.held = new HeldRows(this.columns);
    this.insights = new TraceInsights({
      columns: this.columns, recorded, tree: this.tree, held: isMoved ? new HeldRows(recorded) : this.held, alike, errors: this.errors, skews: () => this.skews,
      traceNs: this.full.endNs - this.full.startNs,
    });
    this.search = new SpanSearch({ columns: this.columns, tree: this.tree, selfNs: () => this.insights.selfNs });
    this.#rows = new VisibleRows(this.tree, nodesOfIds(this, carried.opened), nodesOfIds(this, carried.collapsed));
    this.#window = carried.zoom === undefined ? this.full : clampWindow(carried.zoom, this.full);
    this.setPlaces(places);
    if (carried.selectedId !== undefined) this.select(this.nodeOfId(carried.selectedId) ?? -1);
    if (carried.searchText !== '') this.searchFor(carried.searchText);
  }

  /** What the next snapshot should take over. `newStartUnixNano` moves the zoom where an earlier span changed the trace's start. */
  carried(newStartUnixNano: string): Carried {
    const shiftNs = Number(BigInt(this.columns.startUnixNano) - BigInt(newStartUnixNano));
    const { startNs, endNs } = this.#window;
    return {
      selectedId: this.selectedId,
      collapsed: this.collapsedIds(),
      opened: this.openedIds(),
      zoom: this.isZoomed ? { startNs: startNs + shiftNs, endNs: endNs + shiftNs } : undefined,
      searchText: this.search.text,
      shown: this.#shown,
    };
  }

  get skews(): readonly ClockSkew[] {
    return (this.#skews ??= this.#findSkews());
  }

  get recorded(): TraceColumns {
    return this.#recorded;
  }

  get visible(): Int32Array {
    return this.#rows.nodes;
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

  get selectedId(): string | undefined {
    return this.#selected < 0 ? undefined : this.idOf(this.#selected);
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

  get shown(): Shown {
    return this.#shown;
  }

  /** Correcting the clocks moves every span: that takes a model of its own. */
  set shown(shown: Shown) {
    this.#shown = shown;
    this.#filter();
  }

  get places(): ReadonlyMap<number, Place> {
    return this.#places;
  }

  setPlaces(places: readonly Place[]): void {
    this.#places = new Map(places.map((place) => [place.site, place]));
    this.search.places = this.#places;
    this.#filter();
  }

  idOf(node: number): string {
    return idOfNode(this, node);
  }

  nodeOfSpan(spanId: string): number | undefined {
    const [row] = rowsOfSpans(this.columns, [spanId]);
    return row === undefined ? undefined : this.tree.nodeOfRow[row];
  }

  nodeOfId(id: string): number | undefined {
    const [node] = nodesOfIds(this, [id]);
    return node;
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

  /** How long a span took without what the debugger held of it. */
  netNs(row: number): number {
    return Math.max(0, spanLengthNs(this.columns, row) - this.held.ns(row));
  }

  /** The row that tells what a node is: its own, or the first of its group; -1 for the placeholder. */
  rowFor(node: number): number {
    const group = this.tree.group[node] ?? -1;
    return group >= 0 ? (this.groups.firstRow[group] ?? -1) : (this.tree.row[node] ?? -1);
  }

  isNPlusOne(group: number): boolean {
    return isNPlusOne(this.groups, group, this.columns);
  }

  isCollapsed(node: number): boolean {
    return this.#rows.isCollapsed(node);
  }

  /** Whether a node can be folded: of what is searched for alone, some is beneath it. */
  hasRowsBeneath(node: number): boolean {
    if (!this.#rows.isFiltered) return hasChildren(this.tree, node);
    return this.search.countWithin(node + 1, this.tree.end[node] ?? 0) > 0;
  }

  /** Failed spans beneath a node, itself left out. */
  errorsBeneath(node: number): number {
    return (this.tree.errorsBefore[this.tree.end[node] ?? 0] ?? 0) - (this.tree.errorsBefore[node + 1] ?? 0);
  }

  /** Whether a node is to step back behind what is searched for, or behind the way to the error. A fold stands for all in it. */
  isDimmed(node: number): boolean {
    const until = this.isCollapsed(node) ? (this.tree.end[node] ?? 0) : node + 1;
    if (this.search.isOn && this.search.matches.length > 0 && this.search.countWithin(node, until) === 0) return true;
    const path = this.#shown.errorPath ? this.insights.errorPath : undefined;
    if (path === undefined || path.size === 0 || path.has(node)) return false;
    return ![...path].some((onPath) => onPath > node && onPath < until);
  }

  /** -1 selects nothing. A node under a collapsed one is revealed; one that is filtered out ends the filter. */
  select(node: number): void {
    this.#selected = node >= 0 && node < this.tree.nodeCount ? node : -1;
    const isFilteredOut = this.#selected >= 0 && this.#rows.isFilteredOut(this.#selected);
    if (isFilteredOut) this.#shown = { ...this.#shown, onlyMatches: false };
    if (this.#rows.open(this.#selected) || isFilteredOut) this.#filter();
  }

  /** Does nothing to a node without children. A selection that a fold hides moves to the folded node. */
  setCollapsed(node: number, collapsed: boolean): void {
    if (!this.hasRowsBeneath(node) || this.isCollapsed(node) === collapsed) return;
    this.#rows.setCollapsed(node, collapsed);
    if (collapsed && this.#selected > node && this.#selected < (this.tree.end[node] ?? 0)) this.#selected = node;
  }

  /** The index among the visible rows of a node, or of the collapsed one that hides it. */
  indexOf(node: number): number {
    return this.#rows.indexOf(node);
  }

  collapsedIds(): string[] {
    return this.#rows.collapsedNodes().map((node) => this.idOf(node));
  }

  openedIds(): string[] {
    return this.#rows.openedNodes().map((node) => this.idOf(node));
  }

  searchFor(text: string): void {
    this.search.text = text;
    this.#rows.forgetMatches(true);
    this.#filter();
  }

  /** After the search has found more. */
  matchesChanged(): void {
    this.#rows.forgetMatches(false);
    this.#filter();
  }

  nextError(direction: 1 | -1): number | undefined {
    return nextMatch(this.errors, this.#selected, direction);
  }

  #filter(): void {
    const isOn = this.#shown.onlyMatches && this.search.isOn && this.search.matches.length > 0;
    this.#rows.filter(isOn ? this.search.matches : undefined);
  }
}
