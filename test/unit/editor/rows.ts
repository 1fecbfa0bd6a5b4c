import type { LiveRow } from '../../../src/client/liveRow.ts';
import type { FunctionRange } from '../../../src/locate/location.ts';

export function range(name: string, startLine: number, endLine: number, startColumn = 3, endColumn = 4): FunctionRange {
  return { name, startLine, startColumn, endLine, endColumn };
}

let nextSummary = 1;

export function row(over: Partial<LiveRow> = {}): LiveRow {
  return {
    file: '/w/a.ts', line: 12, column: 5, function: range('Orders.reserve', 10, 20), operation: 'reserve', kind: 'internal', service: 'shop',
    captureId: 'one', via: 'attributes+exact', inferred: false, summaryIds: [nextSummary++], count: 37, errorCount: 0, lastEndUnixMs: 1000, ...over,
  };
}
