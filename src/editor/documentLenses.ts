import { type FunctionGroup, functionGroups, type OperationGroup, operationGroups } from '../client/functionGroups.ts';
import type { LiveRow } from '../client/liveRow.ts';
import type { FigureGroup } from '../client/liveRows.ts';
import type { LatencyStats } from '../stats/latency.ts';
import { hintText, lensText } from './lensText.ts';
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

/** What is shown in one document, in the text as it is now. */
export interface DocumentLenses {
  readonly groups: readonly FunctionGroup[];
  readonly lenses: readonly PlacedLens[];
  readonly hints: readonly PlacedHint[];
}

/**
 * The lenses and hints of a document. What has no figures yet is left out until it has.
 * Client spans are hints at the end of their own line; a line that was edited loses its hint until newer spans come. A function that
 * was edited keeps its lens, which says so; one that is gone has none.
 */
export function documentLenses(rows: readonly LiveRow[], tracker: TextTracker, figures: (group: FigureGroup) => LatencyStats | undefined): DocumentLenses {
  const groups = functionGroups(rows.filter((row) => !tracker.isGone(row)), (row) => tracker.function(row), (row) => tracker.line(row));
  return {
    groups,
    lenses: groups.flatMap((group) => {
      const spoken = group.operations.filter(isSpoken);
      const first = spoken[0];
      const stats = first === undefined ? undefined : figures(first);
      if (first === undefined || stats === undefined) return [];
      const edited = editedSince(first.rows, group.function?.name, tracker);
      return [{ line: group.line, column: group.column, functionName: group.function?.name, text: lensText({ stats, more: spoken.length - 1, inferred: first.inferred, edited }) }];
    }),
    hints: hints(groups, tracker, figures),
  };
}

/** Everything but a client's call, which is told at the end of its own line. */
export function isSpoken(operation: OperationGroup): boolean {
  return operation.kind !== 'client';
}

/** The group a lens at this line stands for; else the innermost function around the line. */
export function groupAt(groups: readonly FunctionGroup[], line: number, functionName?: string): FunctionGroup | undefined {
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
    .filter((operation) => !isSpoken(operation))
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
