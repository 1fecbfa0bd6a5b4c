import type { FunctionRange, Location } from '../locate/location.ts';
import type { SpanKindName } from '../model/span.ts';
import type { SummaryRecord } from '../protocol/hub.ts';

/** Every span of one operation at one place in the source, in one capture. */
export interface OperationRow {
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: FunctionRange | undefined;
  readonly operation: string;
  readonly kind: SpanKindName;
  readonly service: string;
  readonly captureId: string;
  /** The rules that placed it, joined by `+`, with `inferred:` in front where the spans did not say it. */
  readonly via: string;
  readonly inferred: boolean;
  readonly summaryIds: readonly number[];
  readonly count: number;
  readonly errorCount: number;
  readonly lastEndUnixMs: number;
  /** Grows when the figures change without a new span, as in SummaryRecord. */
  readonly holds?: number;
}

/**
 * Joins summaries with the places of their sites. Summaries of one operation whose sites fall on one source position
 * (two builds of a file, two call paths to a line) become one row. Summaries without a place have no row.
 * `byCapture` false adds all captures together; a row's `captureId` is then that of its newest span.
 */
export function operationRows(
  summaries: readonly SummaryRecord[],
  locationOf: (siteId: number) => Location | undefined,
  byCapture: boolean,
): OperationRow[] {
  const rows = new Map<string, { location: Location; members: SummaryRecord[] }>();
  for (const summary of summaries) {
    const location = summary.siteId === undefined ? undefined : locationOf(summary.siteId);
    if (location === undefined) continue;
    const key = JSON.stringify([
      location.file, location.line, location.column, summary.service, summary.operation, summary.kind, location.inferred,
      byCapture ? summary.captureId : '',
    ]);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { location, members: [summary] });
    else row.members.push(summary);
  }
  return [...rows.values()].map(({ location, members }) => row(location, members));
}

function row(location: Location, members: readonly SummaryRecord[]): OperationRow {
  const newest = members.reduce((a, b) => (b.lastEndUnixMs > a.lastEndUnixMs ? b : a));
  return {
    file: location.file,
    line: location.line,
    column: location.column,
    function: location.function,
    operation: newest.operation,
    kind: newest.kind,
    service: newest.service,
    captureId: newest.captureId,
    via: (location.inferred ? 'inferred:' : '') + location.via.join('+'),
    inferred: location.inferred,
    summaryIds: members.map((member) => member.summaryId),
    count: members.reduce((sum, member) => sum + member.count, 0),
    errorCount: members.reduce((sum, member) => sum + member.errorCount, 0),
    lastEndUnixMs: newest.lastEndUnixMs,
    holds: members.reduce((sum, member) => sum + (member.holds ?? 0), 0),
  };
}
