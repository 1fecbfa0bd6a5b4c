import type { TraceColumns } from '../../src/protocol/hub.ts';
import { rowsOfSpans } from './spanIds.ts';

/**
 * One span and all beneath it as a trace of its own, whose row 0 is the row `fromRow` of the whole; all of the trace where it has no such span
 * or `spanId` is undefined. Times stay those of the whole trace. The rows beneath a row are the deeper ones right after it.
 */
export function cutColumns(columns: TraceColumns, spanId: string | undefined): { readonly columns: TraceColumns; readonly fromRow: number } {
  const [from] = spanId === undefined ? [] : rowsOfSpans(columns, [spanId]);
  if (from === undefined) return { columns, fromRow: 0 };
  const { depth, spanCount } = columns;
  let to = from + 1;
  while (to < spanCount && (depth[to] ?? 0) > (depth[from] ?? 0)) to++;
  const sum = (counts: Uint16Array | undefined, until: number): number => counts?.subarray(0, until).reduce((all, count) => all + count, 0) ?? 0;
  const cut = {
    ...columns,
    spanCount: to - from,
    spanId: columns.spanId.subarray(from * 8, to * 8),
    parentRow: columns.parentRow.slice(from, to).map((parent, row) => (row === 0 ? -1 : parent < from ? parent : parent - from)),
    depth: depth.slice(from, to).map((each) => each - (depth[from] ?? 0)),
    startNs: columns.startNs.subarray(from, to),
    durationsNs: columns.durationsNs.subarray(from, to),
    name: columns.name.subarray(from, to),
    service: columns.service.subarray(from, to),
    kind: columns.kind.subarray(from, to),
    statusCode: columns.statusCode.subarray(from, to),
    site: columns.site.subarray(from, to),
    eventCount: columns.eventCount.subarray(from, to),
    eventNs: undefined,
    logCount: columns.logCount.subarray(from, to),
    heldCount: columns.heldCount?.subarray(from, to),
    heldNs: columns.heldNs?.subarray(sum(columns.heldCount, from) * 2, sum(columns.heldCount, to) * 2),
    open: columns.open?.subarray(from, to),
  };
  return { columns: cut, fromRow: from };
}
