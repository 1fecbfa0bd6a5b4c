import type { TraceColumns } from '../protocol/hub.ts';

/**
 * VS Code passes typed arrays by their whole buffer, and a Buffer as JSON: each array gets a buffer of its own, so that no
 * more crosses than what is shown.
 */
export function ownArrays(columns: TraceColumns): TraceColumns {
  return {
    ...columns,
    spanId: new Uint8Array(columns.spanId),
    parentRow: new Int32Array(columns.parentRow),
    depth: new Uint16Array(columns.depth),
    startNs: new Float64Array(columns.startNs),
    durationsNs: new Float64Array(columns.durationsNs),
    name: new Uint32Array(columns.name),
    service: new Uint32Array(columns.service),
    kind: new Uint8Array(columns.kind),
    statusCode: new Uint8Array(columns.statusCode),
    site: new Int32Array(columns.site),
    eventCount: new Uint16Array(columns.eventCount),
    eventNs: columns.eventNs === undefined ? undefined : new Float64Array(columns.eventNs),
    logCount: new Uint16Array(columns.logCount),
    heldCount: columns.heldCount === undefined ? undefined : new Uint16Array(columns.heldCount),
    heldNs: columns.heldNs === undefined ? undefined : new Float64Array(columns.heldNs),
    open: columns.open === undefined ? undefined : new Uint8Array(columns.open),
  };
}
