import type { FunctionRange } from '../locate/location.ts';
import type { SpanKindName } from '../model/span.ts';
import type { OperationRow } from './functionTable.ts';

/** One operation of a function, in the capture that has its newest span. */
export interface OperationGroup {
  readonly operation: string;
  readonly service: string;
  readonly kind: SpanKindName;
  readonly captureId: string;
  readonly rows: readonly OperationRow[];
  readonly summaryIds: readonly number[];
  readonly count: number;
  readonly errorCount: number;
  readonly lastEndUnixMs: number;
  /** Grows when the figures change without a new span, as in SummaryRecord. */
  readonly holds?: number;
  /** True where any of the rows was placed without the spans' own word. */
  readonly inferred: boolean;
}

/** What one function did; or what one line outside of every function did. */
export interface FunctionGroup {
  readonly file: string;
  readonly function: FunctionRange | undefined;
  /** Where its lens goes: the function's first line, or the line itself. */
  readonly line: number;
  readonly column: number;
  /** Of every kind; the one that speaks for the function first. Never empty. */
  readonly operations: readonly OperationGroup[];
}

/**
 * Rows of one file by the function they stand in. `currentFunction` and `currentLine` say where a row's function and line
 * are in the text as it is now; rows whose functions are one now are one group, whatever build they came from.
 */
export function functionGroups(
  rows: readonly OperationRow[],
  currentFunction: (row: OperationRow) => FunctionRange | undefined,
  currentLine: (row: OperationRow) => number,
): FunctionGroup[] {
  const groups = new Map<string, { function: FunctionRange | undefined; first: OperationRow; line: number; rows: OperationRow[] }>();
  for (const row of rows) {
    const range = currentFunction(row);
    const line = range?.startLine ?? currentLine(row);
    const key = range === undefined ? `line ${line}` : `${range.startLine}:${range.startColumn}:${range.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { function: range, first: row, line, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()]
    .map((group) => ({
      file: group.first.file,
      function: group.function,
      line: group.line,
      column: group.function?.startColumn ?? 1,
      operations: operationGroups(group.rows, group.function?.name),
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The operations of some rows, each in the capture of its newest span, the one that speaks for `functionName` first. */
export function operationGroups(rows: readonly OperationRow[], functionName: string | undefined): OperationGroup[] {
  const operations = new Map<string, OperationRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.service, row.operation, row.kind]);
    const members = operations.get(key);
    if (members === undefined) operations.set(key, [row]);
    else members.push(row);
  }
  return [...operations.values()]
    .map(inNewestCapture)
    .sort((a, b) =>
      rank(a, functionName) - rank(b, functionName) || b.count - a.count || compare(a.operation, b.operation) || compare(a.service, b.service));
}

function inNewestCapture(rows: readonly OperationRow[]): OperationGroup {
  const newest = rows.reduce((a, b) => (b.lastEndUnixMs > a.lastEndUnixMs ? b : a));
  const kept = rows.filter((row) => row.captureId === newest.captureId);
  return {
    operation: newest.operation,
    service: newest.service,
    kind: newest.kind,
    captureId: newest.captureId,
    rows: kept,
    summaryIds: kept.flatMap((row) => row.summaryIds).sort((a, b) => a - b),
    count: kept.reduce((sum, row) => sum + row.count, 0),
    errorCount: kept.reduce((sum, row) => sum + row.errorCount, 0),
    lastEndUnixMs: newest.lastEndUnixMs,
    holds: kept.reduce((sum, row) => sum + (row.holds ?? 0), 0),
    inferred: kept.some((row) => row.inferred),
  };
}

/** The span named after the function, then server and consumer, then internal, then producer, then client. */
function rank(group: OperationGroup, functionName: string | undefined): number {
  if (functionName !== undefined && namedAfter(group.operation, functionName)) return 0;
  switch (group.kind) {
    case 'server':
    case 'consumer':
      return 1;
    case 'internal':
    case 'unspecified':
      return 2;
    case 'producer':
      return 3;
    case 'client':
      return 4;
  }
}

/** `reserve`, `OrderService.reserve` and `order.reserve` are named after `OrderService.reserve`; `preserve` is not. */
export function namedAfter(operation: string, functionName: string): boolean {
  const name = lastWord(functionName);
  return name !== '' && (operation === functionName || lastWord(operation) === name);
}

function lastWord(name: string): string {
  return name.split(/[\s.#:/\\]+/).findLast((word) => word !== '')?.toLowerCase() ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
