import { netDurationNs } from '../model/netDuration.ts';
import { isEntryKind, spanKindName } from '../model/span.ts';
import type { OpenSpanRecord, TraceQuery, TraceSummary } from '../protocol/hub.ts';
import { EarliestSites } from './earliestSites.ts';
import type { OpenSpan } from './openSpans.ts';
import { shownEnd } from './openSpans.ts';
import { resourceFacts } from './spanFacts.ts';
import type { TraceRow } from './store/store.ts';
import { isBetterRoot } from './store/traceRow.ts';

/** By trace. */
export function byTrace(open: readonly OpenSpan[]): Map<string, OpenSpan[]> {
  const traces = new Map<string, OpenSpan[]>();
  for (const each of open) {
    const members = traces.get(each.span.traceId);
    if (members === undefined) traces.set(each.span.traceId, [each]);
    else members.push(each);
  }
  return traces;
}

/** A trace's row in the list, with its open spans in it; where none of its spans has come, of those alone. */
export function traceSummary(row: TraceRow | undefined, open: readonly OpenSpan[], nowUnixNano: bigint, heldNs: (captureId: string, startUnixNano: bigint, endUnixNano: bigint) => number): TraceSummary {
  const rows: Pick<TraceRow, 'rootIsTrue' | 'rootStartUnixNano' | 'rootName' | 'service' | 'captureId' | 'traceId' | 'startUnixNano' | 'endUnixNano'>[] = [
    ...(row === undefined ? [] : [row]),
    ...open.map((each) => ({
      traceId: each.span.traceId,
      rootIsTrue: each.span.parentSpanId === undefined,
      rootStartUnixNano: each.span.startUnixNano,
      rootName: each.span.name,
      service: resourceFacts(each.span.resource).service,
      captureId: each.captureId,
      startUnixNano: each.span.startUnixNano,
      endUnixNano: shownEnd(each, nowUnixNano),
    })),
  ];
  const root = rows.reduce((a, b) => (isBetterRoot(b, a) ? b : a));
  const startUnixNano = rows.reduce((least, each) => (each.startUnixNano < least ? each.startUnixNano : least), root.startUnixNano);
  const endUnixNano = rows.reduce((most, each) => (each.endUnixNano > most ? each.endUnixNano : most), root.endUnixNano);
  const held = heldNs(root.captureId, startUnixNano, endUnixNano);
  const running = open.filter(({ state }) => state === 'running').length;
  return {
    traceId: root.traceId, rootName: root.rootName, service: root.service, startUnixNano: startUnixNano.toString(), durationNs: Number(endUnixNano - startUnixNano),
    ...(held > 0 ? { heldNs: held } : {}),
    spanCount: (row?.spanCount ?? 0) + open.length,
    errorCount: row?.errorCount ?? 0,
    ...(open.length === 0 ? {} : { open: { running, neverEnded: open.length - running } }),
    capture: root.captureId,
  };
}

/** But for the capture, which the store knows. */
export function isWanted(summary: TraceSummary, services: readonly string[], { service, name, minDurationMs, errorsOnly }: TraceQuery): boolean {
  return (service === undefined || services.includes(service))
    && (name === undefined || summary.rootName.toLowerCase().includes(name.toLowerCase()))
    && (minDurationMs === undefined || netDurationNs(summary) >= minDurationMs * 1e6)
    && (errorsOnly !== true || summary.errorCount > 0);
}

/** The sites of the spans beneath an open entry span: those of open ones, and what `stored` gives of those that have come under each. */
export function sitesBeneathOpen(
  entry: OpenSpan,
  ofTrace: readonly OpenSpan[],
  siteOf: (open: OpenSpan) => number | undefined,
  stored: (spanId: string, service: string) => readonly number[],
): readonly number[] {
  const { service } = resourceFacts(entry.span.resource);
  const earliest = new EarliestSites<bigint>();
  const seen = new Set([entry.span.spanId]);
  const waiting = [entry.span.spanId];
  const come: number[] = [];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    come.push(...stored(id, service));
    for (const child of ofTrace) {
      if (child.span.parentSpanId !== id || seen.has(child.span.spanId)) continue;
      if (isEntryKind(child.span.kind) || resourceFacts(child.span.resource).service !== service) continue;
      seen.add(child.span.spanId);
      waiting.push(child.span.spanId);
      const site = siteOf(child);
      if (site !== undefined) earliest.add(site, child.span.startUnixNano);
    }
  }
  return [...new Set([...earliest.siteIds(), ...come])];
}

export function openSpanRecord(open: OpenSpan, siteId: number | undefined, heldNs: number, nowUnixNano: bigint): OpenSpanRecord {
  const { span, captureId, state } = open;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    service: resourceFacts(span.resource).service,
    operation: span.name,
    kind: spanKindName(span.kind),
    startUnixNano: span.startUnixNano.toString(),
    durationNs: Number(shownEnd(open, nowUnixNano) - span.startUnixNano),
    ...(heldNs > 0 ? { heldNs } : {}),
    error: false,
    statusMessage: '',
    captureId,
    state,
    siteId,
  };
}
