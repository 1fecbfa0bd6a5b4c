import type { TraceDelta, TraceRow } from './store.ts';

const maxServices = 64;

/** For sorting: the newest start first. */
export function newestFirst(a: Pick<TraceRow, 'startUnixNano'>, b: Pick<TraceRow, 'startUnixNano'>): number {
  return a.startUnixNano < b.startUnixNano ? 1 : a.startUnixNano > b.startUnixNano ? -1 : 0;
}

/** The list's row of a trace after `delta` came. The row goes by its root: name, service and capture are the root's. */
export function mergeTrace(row: TraceRow | undefined, delta: TraceDelta): TraceRow {
  if (row === undefined) return { ...delta, version: 1 };
  const root = isBetterRoot(delta, row) ? delta : row;
  return {
    traceId: row.traceId,
    captureId: root.captureId,
    service: root.service,
    rootName: root.rootName,
    rootIsTrue: root.rootIsTrue,
    rootStartUnixNano: root.rootStartUnixNano,
    services: mergeServices(row.services, delta.services),
    startUnixNano: delta.startUnixNano < row.startUnixNano ? delta.startUnixNano : row.startUnixNano,
    endUnixNano: delta.endUnixNano > row.endUnixNano ? delta.endUnixNano : row.endUnixNano,
    spanCount: row.spanCount + delta.spanCount,
    errorCount: row.errorCount + delta.errorCount,
    bytes: row.bytes + delta.bytes,
    version: row.version + 1,
  };
}

/** A true root goes before a span whose parent may still come; among equals the earlier one. */
export function isBetterRoot(
  a: Pick<TraceDelta, 'rootIsTrue' | 'rootStartUnixNano'>,
  b: Pick<TraceDelta, 'rootIsTrue' | 'rootStartUnixNano'>,
): boolean {
  return a.rootIsTrue === b.rootIsTrue ? a.rootStartUnixNano < b.rootStartUnixNano : a.rootIsTrue;
}

function mergeServices(kept: readonly string[], more: readonly string[]): readonly string[] {
  const added = more.filter((service) => !kept.includes(service));
  return added.length === 0 ? kept : [...kept, ...added].slice(0, maxServices);
}
