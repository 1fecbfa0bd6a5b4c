import { type FunctionGroup, functionGroups, type OperationGroup, operationGroups } from '../client/functionGroups.ts';
import type { OperationRow } from '../client/functionTable.ts';
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
}

/** What is shown in one document, in the text as it is now. */
export interface DocumentLenses {
  readonly groups: readonly FunctionGroup[];
  readonly lenses: readonly PlacedLens[];
  readonly hints: readonly PlacedHint[];
}

/**
 * The lenses and hints of a document. What has no figures yet is left out until it has.
 * Client spans are hints at the end of their own line; a line that was edited loses its hint until newer spans come.
 */
export function documentLenses(
  rows: readonly OperationRow[],
  tracker: TextTracker,
  figures: (group: FigureGroup) => LatencyStats | undefined,
  fileChangedUnixMs: number | undefined,
): DocumentLenses {
  const groups = functionGroups(rows, (row) => tracker.function(row), (row) => tracker.line(row));
  return {
    groups,
    lenses: groups.flatMap((group) => {
      const spoken = group.operations.filter(isSpoken);
      const first = spoken[0];
      const stats = first === undefined ? undefined : figures(first);
      if (first === undefined || stats === undefined) return [];
      const edited = editedSince(first, group.function?.name, tracker, fileChangedUnixMs);
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
  const byLine = new Map<number, OperationRow[]>();
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
      return [{ line, text: hintText(first.operation, stats, operations.length - 1, first.inferred) }];
    });
}

function clientRows(groups: readonly FunctionGroup[], tracker: TextTracker): OperationRow[] {
  return groups
    .flatMap((group) => group.operations)
    .filter((operation) => !isSpoken(operation))
    .flatMap((operation) => operation.rows)
    .filter((row) => row.lastEndUnixMs >= (tracker.lineEditedUnixMs(row) ?? -Infinity));
}

function editedSince(
  { lastEndUnixMs }: OperationGroup, functionName: string | undefined, tracker: TextTracker, fileChangedUnixMs: number | undefined,
): 'no' | 'function' | 'file' {
  const edited = functionName === undefined ? undefined : tracker.functionEditedUnixMs(functionName);
  if (edited !== undefined && lastEndUnixMs < edited) return 'function';
  return fileChangedUnixMs !== undefined && lastEndUnixMs < fileChangedUnixMs ? 'file' : 'no';
}
