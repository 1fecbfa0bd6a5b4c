import { statusError } from '../../src/model/span.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import { HeldRows } from './heldRows.ts';
import { type MatchedTraces, matchTraces, type RowLists } from './matchTraces.ts';
import { netSelfTimesNs } from './selfTime.ts';
import { spanLengthNs } from './spanTimes.ts';
import { buildTraceTree, type TraceTree } from './traceTree.ts';

/** A difference smaller than this part of the longer of the two, or than this part of the longer trace, is taken for chance. */
export const leastShare = 0.05;
export const leastShareOfTrace = 0.01;

/** What differs in a row; several may hold. */
export const marks = { new: 1, gone: 2, slower: 4, faster: 8, more: 16, fewer: 32, newErrors: 64, goneErrors: 128 } as const;

/** One of the two traces, with what is worked out of it. Durations are net of what the debugger held. */
export interface ComparedTrace {
  readonly columns: TraceColumns;
  readonly tree: TraceTree;
  readonly held: HeldRows;
  /** By row of the columns. */
  readonly netNs: Float64Array;
  readonly selfNs: Float64Array;
  /** From its first moment to its last. */
  readonly lengthNs: number;
}

/** One trace's part in the matched rows: sums over the spans in each. */
export interface ComparedFigures {
  readonly counts: Int32Array;
  readonly errors: Int32Array;
  readonly netNs: Float64Array;
  readonly selfNs: Float64Array;
}

export interface Comparison {
  readonly matched: MatchedTraces;
  readonly before: ComparedTrace;
  readonly after: ComparedTrace;
  readonly was: ComparedFigures;
  readonly is: ComparedFigures;
  /** By row, how much longer it took, negative where it took less: all of it where it is new, but for what was there before it was put around that. */
  readonly slowerByNs: Float64Array;
  /** By row: a sum of `marks`. */
  readonly marks: Uint8Array;
  /** Marked rows among those before; one longer than the rows. */
  readonly marksBefore: Int32Array;
  /** The rows worth a look, in order: a marked one, but neither what is beneath a new or gone one nor what only took longer since something beneath it did. */
  readonly steps: Int32Array;
}

export function comparedTrace(columns: TraceColumns): ComparedTrace {
  const tree = buildTraceTree(columns);
  const held = new HeldRows(columns);
  const netNs = new Float64Array(columns.spanCount);
  const selfNs = new Float64Array(columns.spanCount);
  const selfOfNode = netSelfTimesNs(columns, tree, held);
  let [startNs, endNs] = [Infinity, -Infinity];
  for (let row = 0; row < columns.spanCount; row++) {
    netNs[row] = Math.max(0, spanLengthNs(columns, row) - held.ns(row));
    selfNs[row] = selfOfNode[tree.nodeOfRow[row] ?? 0] ?? 0;
  }
  for (let node = 0; node < tree.nodeCount; node++) {
    startNs = Math.min(startNs, tree.coverStartNs[node] ?? 0);
    endNs = Math.max(endNs, tree.coverEndNs[node] ?? 0);
  }
  return { columns, tree, held, netNs, selfNs, lengthNs: Math.max(0, endNs - startNs - held.traceNs) };
}

/** Linear but for sorting siblings, whatever the shape of the traces. */
export function compareTraces(before: ComparedTrace, after: ComparedTrace): Comparison {
  const matched = matchTraces(before.columns, after.columns);
  const was = figuresOf(matched.before, before);
  const is = figuresOf(matched.after, after);
  const leastNs = Math.max(before.lengthNs, after.lengthNs) * leastShareOfTrace;
  const changed = new Uint8Array(matched.rowCount);
  for (let row = 0; row < matched.rowCount; row++) changed[row] = marksOf(was, is, row, leastNs);
  const marksBefore = new Int32Array(matched.rowCount + 1);
  for (let row = 0; row < matched.rowCount; row++) marksBefore[row + 1] = (marksBefore[row] ?? 0) + (changed[row] === 0 ? 0 : 1);
  return { matched, before, after, was, is, slowerByNs: differencesNs(matched, was, is), marks: changed, marksBefore, steps: stepsOf(matched, changed, was, is, leastNs) };
}

function differencesNs({ rowCount, parent }: MatchedTraces, was: ComparedFigures, is: ComparedFigures): Float64Array {
  const byNs = Float64Array.from({ length: rowCount }, (_, row) => (is.netNs[row] ?? 0) - (was.netNs[row] ?? 0));
  for (let row = 0; row < rowCount; row++) {
    const up = parent[row] ?? -1;
    if (up < 0) continue;
    // Only what was put around something, or taken from around it, has children of the other trace.
    if ((was.counts[up] ?? 0) === 0) byNs[up] = (byNs[up] ?? 0) - (was.netNs[row] ?? 0);
    if ((is.counts[up] ?? 0) === 0) byNs[up] = (byNs[up] ?? 0) + (is.netNs[row] ?? 0);
  }
  return byNs;
}

/** Whether anything beneath a row is marked. */
export function hasChangeBeneath({ matched, marksBefore }: Pick<Comparison, 'matched' | 'marksBefore'>, row: number): boolean {
  return (marksBefore[matched.end[row] ?? 0] ?? 0) > (marksBefore[row + 1] ?? 0);
}

function figuresOf({ first, rows }: RowLists, { columns, netNs, selfNs }: ComparedTrace): ComparedFigures {
  const rowCount = first.length - 1;
  const figures = { counts: new Int32Array(rowCount), errors: new Int32Array(rowCount), netNs: new Float64Array(rowCount), selfNs: new Float64Array(rowCount) };
  for (let row = 0; row < rowCount; row++) {
    const until = first[row + 1] ?? 0;
    figures.counts[row] = until - (first[row] ?? 0);
    for (let at = first[row] ?? 0; at < until; at++) {
      const span = rows[at] ?? 0;
      figures.netNs[row] = (figures.netNs[row] ?? 0) + (netNs[span] ?? 0);
      figures.selfNs[row] = (figures.selfNs[row] ?? 0) + (selfNs[span] ?? 0);
      if (columns.statusCode[span] === statusError) figures.errors[row] = (figures.errors[row] ?? 0) + 1;
    }
  }
  return figures;
}

function marksOf(was: ComparedFigures, is: ComparedFigures, row: number, leastNs: number): number {
  const [before, after] = [was.counts[row] ?? 0, is.counts[row] ?? 0];
  const [beforeErrors, afterErrors] = [was.errors[row] ?? 0, is.errors[row] ?? 0];
  const errors = afterErrors > beforeErrors ? marks.newErrors : afterErrors < beforeErrors ? marks.goneErrors : 0;
  if (before === 0) return marks.new + errors;
  if (after === 0) return marks.gone + errors;
  return errors + (after > before ? marks.more : after < before ? marks.fewer : 0) + timeMark(was.netNs[row] ?? 0, is.netNs[row] ?? 0, leastNs);
}

function timeMark(beforeNs: number, afterNs: number, leastNs: number): number {
  const byNs = Math.abs(afterNs - beforeNs);
  if (byNs === 0 || byNs < leastNs || byNs < Math.max(beforeNs, afterNs) * leastShare) return 0;
  return afterNs > beforeNs ? marks.slower : marks.faster;
}

/** From the last row to the first, so that what is beneath a row is known. */
function stepsOf({ rowCount, parent }: MatchedTraces, changed: Uint8Array, was: ComparedFigures, is: ComparedFigures, leastNs: number): Int32Array {
  // What a row's marked children tell of it: that it took longer, or shorter.
  const told = new Uint8Array(rowCount);
  const steps: number[] = [];
  for (let row = rowCount - 1; row >= 0; row--) {
    const own = changed[row] ?? 0;
    const up = parent[row] ?? -1;
    const one = own & (marks.new | marks.gone);
    if (up >= 0) told[up] = (told[up] ?? 0) | (own & (marks.slower | marks.new) ? marks.slower : 0) | (own & (marks.faster | marks.gone) ? marks.faster : 0);
    const time = own & (marks.slower | marks.faster);
    const isItsOwn = (timeMark(was.selfNs[row] ?? 0, is.selfNs[row] ?? 0, leastNs) & time) !== 0;
    const isExplained = time !== 0 && ((told[row] ?? 0) & time) !== 0 && !isItsOwn;
    const others = own & ~(marks.slower | marks.faster);
    const isInside = one !== 0 && up >= 0 && ((changed[up] ?? 0) & one) !== 0;
    if (!isInside && (others !== 0 || (time !== 0 && !isExplained))) steps.push(row);
  }
  return Int32Array.from(steps.reverse());
}
