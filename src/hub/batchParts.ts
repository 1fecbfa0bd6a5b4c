import { type LogRecord, type Span, statusError } from '../model/span.ts';
import { isRoot } from './idWords.ts';
import { type KeptSpan, resourceFacts } from './spanFacts.ts';
import { spanWeight } from './spanWeight.ts';
import type { NewPart, TraceDelta } from './store/store.ts';
import { isBetterRoot } from './store/traceRow.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a batch of so many bytes adds, by capture and by trace; `sizes` are those of the spans in it, where they are known. */
export function spanParts(spans: readonly KeptSpan[], bytes: number, sizes?: readonly number[]): { readonly parts: readonly NewPart[]; readonly deltas: readonly TraceDelta[] } {
  const byCapture = new Map<string, Map<string, Mutable<TraceDelta>>>();
  let weights = 0;
  let last: Mutable<TraceDelta> | undefined;
  for (let at = 0; at < spans.length; at++) {
    const { span, captureId } = spans[at]!;
    const { service } = resourceFacts(span.resource);
    const weight = sizes?.[at] ?? spanWeight(span);
    weights += weight;
    // The spans of a trace come one after the other.
    if (last?.traceId !== span.traceId || last.captureId !== captureId) {
      let byTrace = byCapture.get(captureId);
      if (byTrace === undefined) byCapture.set(captureId, (byTrace = new Map()));
      last = byTrace.get(span.traceId);
      if (last === undefined) byTrace.set(span.traceId, (last = emptyDelta(span, captureId, service)));
    }
    addSpan(last, span, service, weight);
  }
  const parts = Array.from(byCapture, ([captureId, byTrace]): NewPart => {
    const traces = Array.from(byTrace.values(), ({ traceId, spanCount, errorCount }) => ({ traceId, items: spanCount, errors: errorCount }));
    return { captureId, items: sum(traces, 'items'), errors: sum(traces, 'errors'), traces };
  });
  const deltas = [...byCapture.values()].flatMap((byTrace) => [...byTrace.values()]);
  for (const delta of deltas) delta.bytes = Math.ceil((bytes * delta.bytes) / weights);
  return { parts, deltas };
}

export function logParts(records: readonly LogRecord[]): readonly NewPart[] {
  const byCapture = new Map<string, { items: number; readonly traces: Map<string, number> }>();
  for (const record of records) {
    const { captureId } = resourceFacts(record.resource);
    let part = byCapture.get(captureId);
    if (part === undefined) byCapture.set(captureId, (part = { items: 0, traces: new Map() }));
    part.items++;
    if (record.traceId !== undefined) part.traces.set(record.traceId, (part.traces.get(record.traceId) ?? 0) + 1);
  }
  return Array.from(byCapture, ([captureId, { items, traces }]) => ({
    captureId, items, errors: 0, traces: Array.from(traces, ([traceId, count]) => ({ traceId, items: count, errors: 0 })),
  }));
}

/** Of the trace of a span, which is its root until a better one is added. */
function emptyDelta(span: Span, captureId: string, service: string): Mutable<TraceDelta> {
  return {
    traceId: span.traceId,
    captureId,
    service,
    rootName: span.name,
    rootIsTrue: isRoot(span),
    rootStartUnixNano: span.startUnixNano,
    services: [service],
    startUnixNano: span.startUnixNano,
    endUnixNano: span.startUnixNano,
    spanCount: 0,
    errorCount: 0,
    bytes: 0,
  };
}

function addSpan(delta: Mutable<TraceDelta>, span: Span, service: string, bytes: number): void {
  const { startUnixNano, endUnixNano } = span;
  const rootIsTrue = isRoot(span);
  if (isBetterRoot({ rootIsTrue, rootStartUnixNano: startUnixNano }, delta)) {
    delta.rootName = span.name;
    delta.rootIsTrue = rootIsTrue;
    delta.rootStartUnixNano = startUnixNano;
    delta.service = service;
  }
  if (!delta.services.includes(service)) delta.services = [...delta.services, service];
  if (startUnixNano < delta.startUnixNano) delta.startUnixNano = startUnixNano;
  // A span that ended before it started took no time: its end is its start.
  if (endUnixNano > delta.endUnixNano) delta.endUnixNano = endUnixNano;
  if (startUnixNano > delta.endUnixNano) delta.endUnixNano = startUnixNano;
  delta.spanCount++;
  if (span.status.code === statusError) delta.errorCount++;
  delta.bytes += bytes;
}

function sum<K extends string>(items: readonly Readonly<Record<K, number>>[], key: K): number {
  return items.reduce((total, item) => total + item[key], 0);
}
