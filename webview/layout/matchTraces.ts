import type { TraceColumns } from '../../src/protocol/hub.ts';
import { matchSiblings } from './matchSiblings.ts';
import { matchWrappers, type WrappingPair } from './matchWrappers.ts';

/** Rows of a trace's columns by the matched row they stand in: those from `first[row]` up to, not including, `first[row + 1]`. */
export interface RowLists {
  readonly first: Int32Array;
  readonly rows: Int32Array;
}

/**
 * Two traces as one tree, rows in order (a parent before its children). A row holds spans of both, or of one alone: what is new stands only in
 * `after`, what is gone only in `before`. Each span of either trace is in exactly one row; several of a trace are where many are alike.
 */
export interface MatchedTraces {
  readonly rowCount: number;
  /** The row above, or -1. */
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  /** The rows beneath a row are those after it, up to this one. */
  readonly end: Int32Array;
  readonly before: RowLists;
  readonly after: RowLists;
}

export function rowsAt({ first, rows }: RowLists, row: number): Int32Array {
  return rows.subarray(first[row] ?? 0, first[row + 1] ?? 0);
}

/**
 * Matches spans from the tops down: children of matched spans match where service, kind and name are the same (matchSiblings).
 *
 *   before      after          matched
 *   a           a              a   1 → 1
 *   ├─ q        ├─ q           ├─ q   1 → 1
 *   ├─ q        ├─ new         ├─ new
 *   └─ 5 × z    └─ 9 × z       ├─ q   gone
 *      └─ d        └─ d        └─ z   5 → 9          many alike are one row, and their children are
 *                                 └─ d   5 → 9       matched together
 *
 * What a new span was put around, or a gone one was around, is matched all the same (matchWrappers). Orphans are matched as roots are; the only top of each side is matched whatever it is called. Siblings stand in the order of `after`, with
 * what is gone before the first that stood after it. Linear but for sorting siblings; never recurses.
 */
export function matchTraces(before: TraceColumns, after: TraceColumns): MatchedTraces {
  const kinds = kindsOfSpan(before, after);
  const [was, is] = [{ ...childRows(before), kind: kinds.before, site: before.site }, { ...childRows(after), kind: kinds.after, site: after.site }];
  const lists = { before: new GrowingLists(before.spanCount), after: new GrowingLists(after.spanCount) };
  const parents: number[] = [];
  const depths: number[] = [];
  const waiting: (WrappingPair & { readonly parent: number })[] = [];
  const put = (beforeRows: readonly number[], afterRows: readonly number[], parent: number, isInGroup: boolean): void => {
    if (beforeRows.length === 0 && afterRows.length === 0) return;
    const pairs = matchWrappers(matchSiblings({ ...was, rows: beforeRows }, { ...is, rows: afterRows }, { isTop: parent < 0, isInGroup }), was, is);
    for (let at = pairs.length - 1; at >= 0; at--) waiting.push({ ...(pairs[at] as WrappingPair), parent });
  };
  put(was.ofAll([-1]), is.ofAll([-1]), -1, false);
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const row = parents.length;
    lists.before.add(pair.before);
    lists.after.add(pair.after);
    parents.push(pair.parent);
    depths.push(pair.parent < 0 ? 0 : (depths[pair.parent] ?? 0) + 1);
    const isNew = pair.before.length === 0;
    const isGone = pair.after.length === 0;
    put(isNew ? pair.adopted : was.ofAll(pair.before), isGone ? pair.adopted : is.ofAll(pair.after), row, Math.max(pair.before.length, pair.after.length) > 1);
  }
  const rowCount = parents.length;
  const end = new Int32Array(rowCount);
  for (let row = rowCount - 1; row >= 0; row--) {
    end[row] = Math.max(end[row] ?? 0, row + 1);
    const up = parents[row] ?? -1;
    if (up >= 0) end[up] = Math.max(end[up] ?? 0, end[row] ?? 0);
  }
  return { rowCount, parent: Int32Array.from(parents), depth: Int32Array.from(depths), end, before: lists.before.done(), after: lists.after.done() };
}

class GrowingLists {
  readonly #first: number[] = [0];
  readonly #rows: Int32Array;
  #count = 0;

  constructor(most: number) {
    this.#rows = new Int32Array(most);
  }

  add(rows: readonly number[]): void {
    this.#rows.set(rows, this.#count);
    this.#count += rows.length;
    this.#first.push(this.#count);
  }

  done(): RowLists {
    return { first: Int32Array.from(this.#first), rows: this.#rows };
  }
}

interface Children {
  /** The children of some rows, one row's after the other's. -1 stands over the tops, among them what has no parent here. */
  ofAll(rows: readonly number[]): number[];
}

function childRows({ spanCount, parentRow }: TraceColumns): Children {
  const first = new Int32Array(spanCount + 2);
  const above = (row: number): number => {
    const parent = parentRow[row] ?? -1;
    // A parent after its child would be a cycle.
    return parent >= 0 && parent < row ? parent : -1;
  };
  for (let row = 0; row < spanCount; row++) first[above(row) + 2] = (first[above(row) + 2] ?? 0) + 1;
  for (let at = 1; at < first.length; at++) first[at] = (first[at] ?? 0) + (first[at - 1] ?? 0);
  const next = first.slice();
  const rows = new Int32Array(spanCount);
  for (let row = 0; row < spanCount; row++) {
    const at = next[above(row) + 1] ?? 0;
    rows[at] = row;
    next[above(row) + 1] = at + 1;
  }
  return {
    ofAll(parents) {
      const children: number[] = [];
      for (const parent of parents) for (let at = first[parent + 1] ?? 0; at < (first[parent + 2] ?? 0); at++) children.push(rows[at] ?? 0);
      return children;
    },
  };
}

/** By row: one number for each service, kind and name, the same in both traces, whose strings are numbered apart. */
function kindsOfSpan(before: TraceColumns, after: TraceColumns): { readonly before: Int32Array; readonly after: Int32Array } {
  const texts = new Map<string, number>();
  const kinds = new Map<number, number>();
  const numberOf = <K>(map: Map<K, number>, key: K): number => {
    const known = map.get(key) ?? map.size;
    if (known === map.size) map.set(key, known);
    return known;
  };
  const most = before.strings.length + after.strings.length + 1;
  const of = ({ spanCount, strings, service, name, kind }: TraceColumns): Int32Array => {
    const text = Int32Array.from(strings, (each) => numberOf(texts, each));
    const nameless = numberOf(texts, '');
    return Int32Array.from({ length: spanCount }, (_, row) => numberOf(kinds, ((text[service[row] ?? -1] ?? nameless) * most + (text[name[row] ?? -1] ?? nameless)) * 256 + (kind[row] ?? 0)));
  };
  return { before: of(before), after: of(after) };
}
