import { type LogRecord, statusError } from '../model/span.ts';
import { type KeptSpan, resourceFacts } from './spanFacts.ts';
import { spanWeight } from './spanWeight.ts';
import type { NewPart, TraceDelta } from './store/store.ts';
import { isBetterRoot } from './store/traceRow.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a batch of so many bytes adds, by capture and by trace; `sizes` are those of the spans in it, where they are known. */
export function spanParts(spans: readonly KeptSpan[], bytes: number, sizes?: readonly number[]): { readonly parts: readonly NewPart[]; readonly deltas: readonly TraceDelta[] } {
  const byCapture = new Map<string, Map<string, Mutable<TraceDelta>>>();
  let weights = 0;
  for (const [at, { span, captureId }] of spans.entries()) {
    let byTrace = byCapture.get(captureId);
    if (byTrace === undefined) byCapture.set(captureId, (byTrace = new Map()));
    const { service } = resourceFacts(span.resource);
    const weight = sizes?.[at] ?? spanWeight(span);
    weights += weight;
    const delta = byTrace.get(span.traceId);
    const one: Mutable<TraceDelta> = {
      traceId: span.traceId,
      captureId,
      service,
      rootName: span.name,
      rootIsTrue: span.parentSpanId === undefined,
      rootStartUnixNano: span.startUnixNano,
      services: [service],
      startUnixNano: span.startUnixNano,
      // A span that ended before it started took no time.
      endUnixNano: span.endUnixNano > span.startUnixNano ? span.endUnixNano : span.startUnixNano,
      spanCount: 1,
      errorCount: span.status.code === statusError ? 1 : 0,
      bytes: weight,
    };
    if (delta === undefined) byTrace.set(span.traceId, one);
    else merge(delta, one);
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

function merge(delta: Mutable<TraceDelta>, one: TraceDelta): void {
  if (isBetterRoot(one, delta)) {
    delta.rootName = one.rootName;
    delta.rootIsTrue = one.rootIsTrue;
    delta.rootStartUnixNano = one.rootStartUnixNano;
    delta.service = one.service;
  }
  if (!delta.services.includes(one.service)) delta.services = [...delta.services, one.service];
  if (one.startUnixNano < delta.startUnixNano) delta.startUnixNano = one.startUnixNano;
  if (one.endUnixNano > delta.endUnixNano) delta.endUnixNano = one.endUnixNano;
  delta.spanCount++;
  delta.errorCount += one.errorCount;
  delta.bytes += one.bytes;
}

function sum<K extends string>(items: readonly Readonly<Record<K, number>>[], key: K): number {
  return items.reduce((total, item) => total + item[key], 0);
}
