import { type FunctionGroup, functionGroups, type OperationGroup, operationGroups } from '../client/functionGroups.ts';
import type { LiveRow } from '../client/liveRow.ts';
import type { FigureGroup } from '../client/liveRows.ts';
import type { OpenRow } from '../client/openSpanRows.ts';
import type { OpenSpanRecord } from '../protocol/hub.ts';
import type { LatencyStats } from '../stats/latency.ts';
import { hintText, lensText, runningText } from './lensText.ts';
import type { TextTracker } from './textTracker.ts';

export interface PlacedLens {
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly functionName: string | undefined;
}

export interface PlacedHint {
  readonly line: number;
  readonly text: string;
  /** The function around it was edited since: it is shown paler until a new run. */
  readonly isOld: boolean;
}

/** A function with its spans that have not ended; where it has no others, `operations` are those that have not, without a figure. */
export interface ShownGroup extends FunctionGroup {
  readonly open: readonly OpenSpanRecord[];
}

/** What is shown in one document, in the text as it is now. */
export interface DocumentLenses {
  readonly groups: readonly ShownGroup[];
  readonly lenses: readonly PlacedLens[];
  readonly hints: readonly PlacedHint[];
}

/**
 * The lenses and hints of a document. What has no figures yet is left out until it has.
 * Client spans are hints at the end of their own line; a line that was edited loses its hint until newer spans come. A function that
 * was edited keeps its lens, which says so; one that is gone has none. `open` are the spans that have not ended.
 */
export function documentLenses(
  rows: readonly LiveRow[], tracker: TextTracker, figures: (group: FigureGroup) => LatencyStats | undefined, open: readonly OpenRow[] = [],
): DocumentLenses {
  const groups = shownGroups(rows, open, tracker);
  return {
    groups,
    lenses: groups.flatMap((group) => {
      const spoken = group.operations.filter(isSpoken);
      const first = spoken[0];
      const running = runningRequests(group.open);
      const stats = first === undefined || first.summaryIds.length === 0 ? undefined : figures(first);
      if (first === undefined || stats === undefined) {
        return running === 0 ? [] : [{ line: group.line, column: group.column, functionName: group.function?.name, text: runningText(running) }];
      }
      const edited = editedSince(first.rows, group.function?.name, tracker);
      return [{ line: group.line, column: group.column, functionName: group.function?.name, text: lensText({ stats, more: spoken.length - 1, inferred: first.inferred, edited, running }) }];
    }),
    hints: hints(groups, tracker, figures),
  };
}

function shownGroups(rows: readonly LiveRow[], open: readonly OpenRow[], tracker: TextTracker): readonly ShownGroup[] {
  const groupsOf = (some: readonly LiveRow[]) => functionGroups(some.filter((row) => !tracker.isGone(row)), (row) => tracker.function(row), (row) => tracker.line(row));
  const groups = groupsOf(rows);
  if (open.length === 0) return groups.map((group) => ({ ...group, open: [] }));
  const openGroups = groupsOf(open).map((group) => ({ ...group, open: openOf(group, open, tracker) }));
  const isSame = (a: FunctionGroup, b: FunctionGroup) => a.line === b.line && a.function?.name === b.function?.name;
  return [
    ...groups.map((group) => ({ ...group, open: openGroups.find((each) => isSame(each, group))?.open ?? [] })),
    ...openGroups.filter((each) => !groups.some((group) => isSame(each, group))),
  ].sort((a, b) => a.line - b.line || a.column - b.column);
}

function openOf(group: FunctionGroup, open: readonly OpenRow[], tracker: TextTracker): readonly OpenSpanRecord[] {
  return open.filter((row) => (tracker.function(row)?.startLine ?? tracker.line(row)) === group.line && tracker.function(row)?.name === group.function?.name).map((row) => row.open);
}

/** A request that runs in a function may have several spans there. */
function runningRequests(open: readonly OpenSpanRecord[]): number {
  return new Set(open.filter(({ state }) => state === 'running').map(({ traceId }) => traceId)).size;
}

/** Everything but a client's call, which is told at the end of its own line. */
export function isSpoken(operation: OperationGroup): boolean {
  return operation.kind !== 'client';
}

/** The group a lens at this line stands for; else the innermost function around the line. */
export function groupAt<G extends FunctionGroup>(groups: readonly G[], line: number, functionName?: string): G | undefined {
  const here = groups.filter((group) => group.line === line);
  const around = groups.filter(({ function: range }) => range !== undefined && range.startLine <= line && range.endLine >= line);
  return here.find((group) => group.function?.name === functionName) ?? here[0] ?? around.at(-1);
}

/** The client's operations on one line of the text as it is now. */
export function callsOnLine(groups: readonly FunctionGroup[], line: number, tracker: TextTracker): OperationGroup[] {
  return operationGroups(clientRows(groups, tracker).filter((row) => tracker.line(row) === line), undefined);
}

function hints(groups: readonly FunctionGroup[], tracker: TextTracker, figures: (group: FigureGroup) => LatencyStats | undefined): PlacedHint[] {
  const byLine = new Map<number, LiveRow[]>();
  for (const row of clientRows(groups, tracker)) {
    const line = tracker.line(row);
    const rows = byLine.get(line);
    if (rows === undefined) byLine.set(line, [row]);
    else rows.push(row);
  }
  return [...byLine]
    .sort(([a], [b]) => a - b)
    .flatMap(([line, rows]) => {
      const operations = operationGroups(rows, undefined);
      const first = operations[0];
      const stats = first === undefined ? undefined : figures(first);
      if (first === undefined || stats === undefined) return [];
      const isOld = editedSince(first.rows, groups.find((group) => group.operations.some(({ rows: own }) => own.includes(first.rows[0]!)))?.function?.name, tracker) !== 'no';
      return [{ line, isOld, text: hintText(first.operation, stats, operations.length - 1, first.inferred) }];
    });
}

function clientRows(groups: readonly FunctionGroup[], tracker: TextTracker): LiveRow[] {
  return groups
    .flatMap((group) => group.operations)
    .filter((operation) => !isSpoken(operation) && operation.summaryIds.length > 0)
    .flatMap((operation): readonly LiveRow[] => operation.rows)
    .filter((row) => !tracker.isLineEdited(row) && !isLineLost(row));
}

/** Its line was edited while nobody followed it: only its function was found again. */
function isLineLost({ edited, via }: LiveRow): boolean {
  return edited !== undefined && via.endsWith('symbol');
}

function editedSince(rows: readonly LiveRow[], functionName: string | undefined, tracker: TextTracker): 'no' | 'function' | 'file' {
  const isEdited = (row: LiveRow) => row.edited === 'function' || (functionName === undefined ? tracker.isLineEdited(row) : tracker.isFunctionEdited(row, functionName));
  return rows.some(isEdited) ? 'function' : rows.some((row: LiveRow) => row.edited === 'file') ? 'file' : 'no';
}
