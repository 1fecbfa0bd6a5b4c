import type { TraceColumns } from './hub.ts';
import { isSameId, SpanRows } from './spanRows.ts';

/**
 * What a later snapshot of a trace has that an earlier one has not. Most of a live trace stays as it was, only further down:
 *
 *   before                now                       kept: rows 0–0 stay, 1–2 are now rows 2–3
 *   0 POST /checkout      0 POST /checkout          fresh: row 1
 *   1   POST /orders      1   validate cart
 *   2     SELECT          2   POST /orders
 *                         3     SELECT
 */
export interface TraceGrowth {
  readonly fromVersion: number;
  /** By fours: a first row before, its row now, how many rows from there on, how much deeper they stand. Ascending by row now. */
  readonly kept: Int32Array;
  /** Texts that follow those known before. */
  readonly newStrings: readonly string[];
  /** The rows that are new or other than before, in order; `strings` is empty, `parentRow` counts only where the depth is 0, all else is as in the snapshot. */
  readonly fresh: TraceColumns;
}

const maxDepth = 0xffff;

/**
 * How `now` follows from `before`, and `now` itself with the texts numbered as whoever has `before` numbers them from then on. undefined where
 * the whole snapshot is hardly more to send.
 */
export function traceGrowth(before: TraceColumns, now: TraceColumns): { readonly growth: TraceGrowth; readonly columns: TraceColumns } | undefined {
  if (before.traceId !== now.traceId || before.eventNs === undefined || now.eventNs === undefined || !isInTreeOrder(now)) return undefined;
  const { columns, newStrings } = renumbered(before, now);
  const shiftNs = startShiftNs(before, now);
  const isSame = sameRows(before, columns, shiftNs);
  const kept: number[] = [];
  const fresh: number[] = [];
  let rows: SpanRows | undefined;
  let expected = 0;
  for (let row = 0; row < columns.spanCount; row++) {
    const isNext = expected < before.spanCount && isSameId(before.spanId, expected, columns.spanId, row);
    const old = isNext ? expected : (rows ??= new SpanRows(before)).find(columns.spanId, row);
    if (old >= 0) expected = old + 1;
    if (old < 0 || !isSame(old, row)) {
      fresh.push(row);
      continue;
    }
    const deeper = (columns.depth[row] ?? 0) - (before.depth[old] ?? 0);
    const last = kept.length - 4;
    const continues = last >= 0 && (kept[last] ?? 0) + (kept[last + 2] ?? 0) === old && (kept[last + 1] ?? 0) + (kept[last + 2] ?? 0) === row && kept[last + 3] === deeper;
    if (continues) kept[last + 2] = (kept[last + 2] ?? 0) + 1;
    else kept.push(old, row, 1, deeper);
  }
  if (fresh.length > columns.spanCount / 2) return undefined;
  return { growth: { fromVersion: before.version, kept: Int32Array.from(kept), newStrings, fresh: rowsOf(columns, fresh) }, columns };
}

/** The later snapshot; undefined where `before` is not the one that the growth goes from. */
export function grownColumns(before: TraceColumns, { fromVersion, kept, newStrings, fresh }: TraceGrowth): TraceColumns | undefined {
  if (before.version !== fromVersion || before.traceId !== fresh.traceId) return undefined;
  const stretches = stretchesOf(kept, fresh.spanCount);
  const count = stretches.reduce((sum, { length }) => sum + length, 0);
  const shiftNs = startShiftNs(before, fresh);
  // Stretch by stretch: a column of 100,000 rows is moved in one piece.
  const merged = <T extends Column>(into: T, old: T, added: T, each = 1): T => {
    for (const { row, length, oldRow, freshRow } of stretches) {
      const from = oldRow ?? freshRow;
      into.set((oldRow === undefined ? added : old).subarray(from * each, (from + length) * each), row * each);
    }
    return into;
  };
  const depth = merged(new Uint16Array(count), before.depth, fresh.depth);
  const startNs = merged(new Float64Array(count), before.startNs, fresh.startNs);
  for (const { row, length, oldRow, deeper } of stretches) {
    if (oldRow === undefined || (deeper === 0 && shiftNs === 0)) continue;
    for (let at = row; at < row + length; at++) {
      depth[at] = (depth[at] ?? 0) + deeper;
      startNs[at] = (startNs[at] ?? 0) + shiftNs;
    }
  }
  return {
    ...fresh,
    spanCount: count,
    strings: [...before.strings, ...newStrings],
    spanId: merged(new Uint8Array(count * 8), before.spanId, fresh.spanId, 8),
    depth,
    parentRow: parentsByDepth(depth, merged(new Int32Array(count), before.parentRow, fresh.parentRow)),
    startNs,
    durationsNs: merged(new Float64Array(count), before.durationsNs, fresh.durationsNs),
    name: merged(new Uint32Array(count), before.name, fresh.name),
    service: merged(new Uint32Array(count), before.service, fresh.service),
    kind: merged(new Uint8Array(count), before.kind, fresh.kind),
    statusCode: merged(new Uint8Array(count), before.statusCode, fresh.statusCode),
    site: merged(new Int32Array(count), before.site, fresh.site),
    eventCount: merged(new Uint16Array(count), before.eventCount, fresh.eventCount),
    eventNs: mergedEvents(before, fresh, stretches, shiftNs),
    logCount: merged(new Uint16Array(count), before.logCount, fresh.logCount),
    // None of the rows that stayed was held, or has not ended.
    ...(fresh.heldCount === undefined ? {} : { heldCount: merged(new Uint16Array(count), new Uint16Array(before.spanCount), fresh.heldCount) }),
    ...(fresh.open === undefined ? {} : { open: merged(new Uint8Array(count), new Uint8Array(before.spanCount), fresh.open) }),
  };
}

type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Rows that came together: from the snapshot before (`oldRow`), or as new ones. */
interface Stretch {
  readonly row: number;
  readonly length: number;
  readonly oldRow: number | undefined;
  readonly freshRow: number;
  readonly deeper: number;
}

function stretchesOf(kept: Int32Array, freshCount: number): Stretch[] {
  const stretches: Stretch[] = [];
  let [row, freshRow] = [0, 0];
  const addFresh = (length: number): void => {
    if (length > 0) stretches.push({ row, length, oldRow: undefined, freshRow, deeper: 0 });
    row += length;
    freshRow += length;
  };
  for (let at = 0; at < kept.length; at += 4) {
    const [oldRow, keptRow, length, deeper] = [kept[at] ?? 0, kept[at + 1] ?? 0, kept[at + 2] ?? 0, kept[at + 3] ?? 0];
    addFresh(keptRow - row);
    stretches.push({ row, length, oldRow, freshRow, deeper });
    row += length;
  }
  addFresh(freshCount - freshRow);
  return stretches;
}

/** How much later everything stands after an earlier span has moved the trace's start. */
function startShiftNs(before: TraceColumns, now: TraceColumns): number {
  return Number(BigInt(before.startUnixNano) - BigInt(now.startUnixNano));
}

/** The same snapshot with the texts known before at their numbers, and the others after them. */
function renumbered(before: TraceColumns, now: TraceColumns): { readonly columns: TraceColumns; readonly newStrings: readonly string[] } {
  if (before.strings.every((text, index) => now.strings[index] === text)) return { columns: now, newStrings: now.strings.slice(before.strings.length) };
  const known = new Map(before.strings.map((text, index) => [text, index]));
  const newStrings: string[] = [];
  const numbers = now.strings.map((text) => known.get(text) ?? before.strings.length + newStrings.push(text) - 1);
  const renumber = (column: Uint32Array): Uint32Array => column.map((index) => numbers[index] ?? 0);
  return { columns: { ...now, strings: [...before.strings, ...newStrings], name: renumber(now.name), service: renumber(now.service) }, newStrings };
}

/** Whether a row of `before` says the same as a row of `now`. One that was held, or has not ended, counts as changed. */
function sameRows(before: TraceColumns, now: TraceColumns, shiftNs: number): (old: number, row: number) => boolean {
  const firstBefore = firstEvents(before);
  const firstNow = firstEvents(now);
  const same = (['durationsNs', 'name', 'service', 'kind', 'statusCode', 'site', 'eventCount', 'logCount'] as const).map((name) => [before[name], now[name]] as const);
  return (old, row) => {
    if ((before.startNs[old] ?? NaN) + shiftNs !== now.startNs[row] || same.some(([was, is]) => was[old] !== is[row])) return false;
    if (isMarked(before, old) || isMarked(now, row)) return false;
    // Where it stands at the top, why it does is not told by its depth.
    if (now.depth[row] === 0 && before.parentRow[old] !== now.parentRow[row]) return false;
    for (let at = 0; at < (now.eventCount[row] ?? 0); at++) {
      if ((before.eventNs?.[(firstBefore[old] ?? 0) + at] ?? NaN) + shiftNs !== now.eventNs?.[(firstNow[row] ?? 0) + at]) return false;
    }
    return true;
  };
}

function isMarked({ heldCount, open }: TraceColumns, row: number): boolean {
  return (heldCount?.[row] ?? 0) !== 0 || (open?.[row] ?? 0) !== 0;
}

function firstEvents({ eventCount, spanCount }: TraceColumns): Uint32Array {
  const first = new Uint32Array(spanCount + 1);
  for (let row = 0; row < spanCount; row++) first[row + 1] = (first[row] ?? 0) + (eventCount[row] ?? 0);
  return first;
}

/** Some rows of a snapshot, with no texts. */
function rowsOf(columns: TraceColumns, rows: readonly number[]): TraceColumns {
  const firstEvent = firstEvents(columns);
  const firstHeld = columns.heldCount === undefined ? undefined : firstEvents({ ...columns, eventCount: columns.heldCount });
  const of = <T extends { [row: number]: number }>(into: T, from: ArrayLike<number>): T => {
    rows.forEach((row, at) => (into[at] = from[row] ?? 0));
    return into;
  };
  const count = rows.length;
  const spanId = new Uint8Array(count * 8);
  rows.forEach((row, at) => spanId.set(columns.spanId.subarray(row * 8, row * 8 + 8), at * 8));
  return {
    ...columns,
    spanCount: count,
    strings: [],
    spanId,
    parentRow: of(new Int32Array(count), columns.parentRow),
    depth: of(new Uint16Array(count), columns.depth),
    startNs: of(new Float64Array(count), columns.startNs),
    durationsNs: of(new Float64Array(count), columns.durationsNs),
    name: of(new Uint32Array(count), columns.name),
    service: of(new Uint32Array(count), columns.service),
    kind: of(new Uint8Array(count), columns.kind),
    statusCode: of(new Uint8Array(count), columns.statusCode),
    site: of(new Int32Array(count), columns.site),
    eventCount: of(new Uint16Array(count), columns.eventCount),
    eventNs: Float64Array.from(rows.flatMap((row) => Array.from(columns.eventNs?.subarray(firstEvent[row], firstEvent[row + 1]) ?? []))),
    logCount: of(new Uint16Array(count), columns.logCount),
    ...(columns.heldCount === undefined || firstHeld === undefined ? {} : {
      heldCount: of(new Uint16Array(count), columns.heldCount),
      heldNs: Float64Array.from(rows.flatMap((row) => Array.from(columns.heldNs?.subarray((firstHeld[row] ?? 0) * 2, (firstHeld[row + 1] ?? 0) * 2) ?? []))),
    }),
    ...(columns.open === undefined ? {} : { open: of(new Uint8Array(count), columns.open) }),
  };
}

function mergedEvents(before: TraceColumns, fresh: TraceColumns, stretches: readonly Stretch[], shiftNs: number): Float64Array {
  const [firstOld, firstFresh] = [firstEvents(before), firstEvents(fresh)];
  const parts = stretches.map(({ length, oldRow, freshRow }) => (oldRow === undefined
    ? (fresh.eventNs?.subarray(firstFresh[freshRow], firstFresh[freshRow + length]) ?? new Float64Array())
    : (before.eventNs?.subarray(firstOld[oldRow], firstOld[oldRow + length]).map((ns) => ns + shiftNs) ?? new Float64Array())));
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** In tree order the parent is the nearest row before that stands one higher; rows at the top keep what `parentRow` says. */
function parentsByDepth(depth: Uint16Array, parentRow: Int32Array): Int32Array {
  const lastAt: number[] = [];
  depth.forEach((level, row) => {
    if (level > 0) parentRow[row] = lastAt[level - 1] ?? -1;
    lastAt[level] = row;
  });
  return parentRow;
}

function isInTreeOrder({ depth, parentRow }: TraceColumns): boolean {
  const told = parentsByDepth(depth, parentRow.slice());
  return told.every((parent, row) => parent === parentRow[row] && (depth[row] ?? 0) < maxDepth);
}
