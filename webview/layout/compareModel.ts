import { type Comparison, compareTraces, comparedTrace, hasChangeBeneath, marks } from './compareTraces.ts';
import { type OperationDifference, operationDifferences } from './compareTotals.ts';
import { cutColumns } from './cutColumns.ts';
import { rowsAt } from './matchTraces.ts';
import { nextMatch } from './nextMatch.ts';
import { siblingOrder } from './siblingOrder.ts';
import { rowsOfSpans, spanIdOf } from './spanIds.ts';
import { lastAtOrBefore } from './traceTree.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';

/** One side of a comparison: a trace, or of it one span with all beneath it. */
export interface CompareSide {
  readonly columns: TraceColumns;
  readonly spanId: string | undefined;
}

/** By what siblings are ordered; `call` is the order in which they were called. */
export const compareOrders = ['call', 'before', 'after', 'difference', 'ratio'] as const;
export type CompareOrder = (typeof compareOrders)[number];

/** Two traces as one tree and what a person has done to it: selection, folds, order, filter. No drawing, no DOM. */
export class CompareModel {
  readonly comparison: Comparison;
  /** Rows of the whole traces' columns are those of the comparison and this many more. */
  readonly beforeFrom: number;
  readonly afterFrom: number;
  readonly #closed: Uint8Array;
  #visible: Int32Array;
  #selected = -1;
  #order: CompareOrder = 'call';
  #isDescending = true;
  #onlyChanged = false;
  #differences: readonly OperationDifference[] | undefined;

  constructor(before: CompareSide, after: CompareSide) {
    const [was, is] = [cutColumns(before.columns, before.spanId), cutColumns(after.columns, after.spanId)];
    this.beforeFrom = was.fromRow;
    this.afterFrom = is.fromRow;
    this.comparison = compareTraces(comparedTrace(was.columns), comparedTrace(is.columns));
    this.#closed = closedAtFirst(this.comparison);
    this.#visible = this.#rowsInSight();
  }

  get visible(): Int32Array {
    return this.#visible;
  }

  get selected(): number {
    return this.#selected;
  }

  get order(): CompareOrder {
    return this.#order;
  }

  get isDescending(): boolean {
    return this.#isDescending;
  }

  get onlyChanged(): boolean {
    return this.#onlyChanged;
  }

  set onlyChanged(only: boolean) {
    this.#onlyChanged = only;
    this.#filter();
    if (only && this.#selected >= 0 && !this.#isWanted(this.#selected)) this.#selected = -1;
  }

  /** How many rows are marked. */
  get changeCount(): number {
    return this.comparison.marksBefore[this.comparison.matched.rowCount] ?? 0;
  }

  get differences(): readonly OperationDifference[] {
    return (this.#differences ??= operationDifferences(this.comparison));
  }

  /** Again the same one turns it round; the order of calls has one direction. */
  orderBy(order: CompareOrder): void {
    this.#isDescending = order === this.#order && order !== 'call' ? !this.#isDescending : true;
    this.#order = order;
    this.#filter();
  }

  /** -1 selects nothing. A row that is folded away or filtered out is revealed. */
  select(row: number): void {
    const { rowCount, parent } = this.comparison.matched;
    this.#selected = row >= 0 && row < rowCount ? row : -1;
    let isChanged = false;
    if (this.#selected >= 0 && this.#onlyChanged && !this.#isWanted(this.#selected)) {
      this.#onlyChanged = false;
      isChanged = true;
    }
    for (let up = parent[this.#selected] ?? -1; up >= 0; up = parent[up] ?? -1) {
      if (this.#closed[up] === 1) isChanged = true;
      this.#closed[up] = 0;
    }
    if (isChanged) this.#filter();
  }

  isClosed(row: number): boolean {
    return this.#closed[row] === 1;
  }

  hasRowsBeneath(row: number): boolean {
    return this.#onlyChanged ? hasChangeBeneath(this.comparison, row) : (this.comparison.matched.end[row] ?? 0) > row + 1;
  }

  /** A selection that a fold hides moves to the folded row. */
  setClosed(row: number, closed: boolean): void {
    if (!this.hasRowsBeneath(row) || this.isClosed(row) === closed) return;
    this.#closed[row] = closed ? 1 : 0;
    if (closed && this.#selected > row && this.#selected < (this.comparison.matched.end[row] ?? 0)) this.#selected = row;
    this.#filter();
  }

  /** Where among the visible rows a row is, or the closed one that hides it; -1 where it is filtered out. */
  indexOf(row: number): number {
    const { parent } = this.comparison.matched;
    for (let at = row; at >= 0; at = parent[at] ?? -1) {
      // Only in the order of calls do rows ascend.
      const index = this.#order === 'call' ? lastAtOrBefore(this.#visible, at) : this.#visible.indexOf(at);
      if (this.#visible[index] === at) return index;
    }
    return -1;
  }

  /** The next change in the order of calls, around; undefined where nothing differs. */
  nextChange(direction: 1 | -1): number | undefined {
    return nextMatch(this.comparison.steps, this.#selected, direction);
  }

  has(row: number, mark: keyof typeof marks): boolean {
    return ((this.comparison.marks[row] ?? 0) & marks[mark]) !== 0;
  }

  slowerByNs(row: number): number {
    return this.comparison.slowerByNs[row] ?? 0;
  }

  /** Order, filter and selection of the comparison before, of which `after` has more spans now. */
  takeOver(old: CompareModel): void {
    this.#order = old.#order;
    this.#isDescending = old.#isDescending;
    this.#onlyChanged = old.#onlyChanged && this.changeCount > 0;
    const [span] = old.#selected < 0 ? [] : old.spansOf(old.#selected, 'after');
    const [row] = span === undefined ? [] : rowsOfSpans(this.comparison.after.columns, [spanIdOf(old.comparison.after.columns, span - old.afterFrom)]);
    this.#filter();
    if (row !== undefined) this.select(this.rowOfAfter(row + this.afterFrom) ?? -1);
  }

  /** Rows of the whole traces' columns: the longest span of the row first. */
  spansOf(row: number, side: 'before' | 'after'): Int32Array {
    const { netNs } = this.comparison[side];
    const from = side === 'before' ? this.beforeFrom : this.afterFrom;
    return rowsAt(this.comparison.matched[side], row).slice().sort((a, b) => (netNs[b] ?? 0) - (netNs[a] ?? 0) || a - b).map((span) => span + from);
  }

  /** The row that holds a span of `after`, by its row in the whole trace's columns. */
  rowOfAfter(span: number): number | undefined {
    const { rows, first } = this.comparison.matched.after;
    const at = rows.indexOf(span - this.afterFrom);
    return at < 0 ? undefined : lastAtOrBefore(first, at);
  }

  #isWanted(row: number): boolean {
    return (this.comparison.marks[row] ?? 0) !== 0 || hasChangeBeneath(this.comparison, row);
  }

  #filter(): void {
    this.#visible = this.#rowsInSight();
  }

  #rowsInSight(): Int32Array {
    const { matched } = this.comparison;
    const visible = new Int32Array(matched.rowCount);
    let count = 0;
    if (this.#order === 'call') {
      for (let row = 0; row < matched.rowCount; ) {
        const isThere = !this.#onlyChanged || this.#isWanted(row);
        if (isThere) visible[count++] = row;
        row = isThere && this.#closed[row] !== 1 ? row + 1 : (matched.end[row] ?? row + 1);
      }
      return visible.subarray(0, count);
    }
    const children = siblingOrder(matched, this.#keys(), this.#isDescending);
    const waiting = children(-1);
    for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
      if (this.#onlyChanged && !this.#isWanted(row)) continue;
      visible[count++] = row;
      if (this.#closed[row] !== 1) for (const child of children(row)) waiting.push(child);
    }
    return visible.subarray(0, count);
  }

  #keys(): Float64Array {
    const { was, is, matched } = this.comparison;
    switch (this.#order) {
      case 'before': return was.netNs;
      case 'after': return is.netNs;
      case 'ratio': return Float64Array.from({ length: matched.rowCount }, (_, row) => ((was.netNs[row] ?? 0) > 0 ? (is.netNs[row] ?? 0) / (was.netNs[row] ?? 1) : Infinity));
      default: return this.comparison.slowerByNs;
    }
  }
}

/** What holds no change is closed, and so is what is new or gone with all beneath it; where nothing differs, all is open. */
function closedAtFirst(comparison: Comparison): Uint8Array {
  const { matched, marksBefore } = comparison;
  const closed = new Uint8Array(matched.rowCount);
  if ((marksBefore[matched.rowCount] ?? 0) === 0) return closed;
  for (let row = 0; row < matched.rowCount; row++) {
    if ((matched.end[row] ?? 0) === row + 1) continue;
    const isOneSided = ((comparison.marks[row] ?? 0) & (marks.new | marks.gone)) !== 0 && !wraps(comparison, row);
    if (isOneSided || !hasChangeBeneath(comparison, row)) closed[row] = 1;
  }
  return closed;
}

function wraps({ matched, was, is }: Comparison, row: number): boolean {
  const side = (was.counts[row] ?? 0) === 0 ? was : is;
  for (let child = row + 1; child < (matched.end[row] ?? 0); child = matched.end[child] ?? child + 1) if ((side.counts[child] ?? 0) > 0) return true;
  return false;
}
