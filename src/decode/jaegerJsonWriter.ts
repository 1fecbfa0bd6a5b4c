import type { Attribute, Attributes, AttributeValue } from '../model/attributes.ts';
import { stringAttribute } from '../model/attributes.ts';
import type { Resource, Span } from '../model/span.ts';
import { serviceName, spanKindName, statusError } from '../model/span.ts';
import { jsonValue } from './otlpJsonWriter.ts';

interface JaegerTag {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  readonly value: string | boolean | number;
}

/**
 * The spans as Jaeger's UI reads them from a file: `{data: [trace…]}`, traces in the order in which they first come. Jaeger has
 * microseconds only: what is below is cut off. Arrays and lists of attributes become JSON text, as the collector's translator does.
 */
export function jaegerJson(spans: Iterable<Span>): { readonly data: readonly object[] } {
  const traces = new Map<string, { readonly traceID: string; readonly spans: object[]; readonly processes: Record<string, object> }>();
  const processIds = new Map<string, Map<string, string>>();
  for (const span of spans) {
    let trace = traces.get(span.traceId);
    if (trace === undefined) {
      trace = { traceID: span.traceId, spans: [], processes: {} };
      traces.set(span.traceId, trace);
      processIds.set(span.traceId, new Map());
    }
    const process = { serviceName: serviceName(span.resource), tags: tagsOf(resourceAttributes(span.resource)) };
    const ids = processIds.get(span.traceId) ?? new Map<string, string>();
    const key = JSON.stringify(process);
    let processID = ids.get(key);
    if (processID === undefined) {
      processID = `p${ids.size + 1}`;
      ids.set(key, processID);
      trace.processes[processID] = process;
    }
    trace.spans.push(spanJson(span, processID));
  }
  return { data: [...traces.values()] };
}

function resourceAttributes(resource: Resource): Attributes {
  return resource.attributes.filter(({ key }) => key !== 'service.name');
}

function spanJson(span: Span, processID: string): object {
  const reference = (refType: string, traceID: string, spanID: string): object => ({ refType, traceID, spanID });
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    operationName: span.name,
    references: [
      ...(span.parentSpanId === undefined ? [] : [reference('CHILD_OF', span.traceId, span.parentSpanId)]),
      ...span.links.map((link) => reference(stringAttribute(link.attributes, 'opentracing.ref_type') === 'child_of' ? 'CHILD_OF' : 'FOLLOWS_FROM', link.traceId, link.spanId)),
    ],
    startTime: microseconds(span.startUnixNano),
    duration: microseconds(span.endUnixNano) - microseconds(span.startUnixNano),
    tags: [...tagsOf(span.attributes), ...saidAsTags(span)],
    logs: span.events.map((event) => ({
      timestamp: microseconds(event.timeUnixNano),
      fields: [...(event.name === '' ? [] : [textTag('event', event.name)]), ...tagsOf(event.attributes)],
    })),
    processID,
  };
}

function saidAsTags(span: Span): readonly JaegerTag[] {
  const tags: JaegerTag[] = [];
  const kind = spanKindName(span.kind);
  if (kind !== 'unspecified') tags.push(textTag('span.kind', kind));
  if (span.status.code === statusError) tags.push({ key: 'error', type: 'bool', value: true });
  if (span.status.code === 1 || span.status.code === statusError) tags.push(textTag('otel.status_code', span.status.code === 1 ? 'OK' : 'ERROR'));
  if (span.status.message !== '') tags.push(textTag('otel.status_description', span.status.message));
  if (span.scope.name !== '') tags.push(textTag('otel.scope.name', span.scope.name));
  if (span.scope.version !== '') tags.push(textTag('otel.scope.version', span.scope.version));
  if (span.traceState !== '') tags.push(textTag('w3c.tracestate', span.traceState));
  return tags;
}

function textTag(key: string, value: string): JaegerTag {
  return { key, type: 'string', value };
}

function tagsOf(attributes: Attributes): readonly JaegerTag[] {
  return attributes.map(tagOf);
}

function tagOf({ key, value }: Attribute): JaegerTag {
  switch (typeof value) {
    case 'string': return textTag(key, value);
    case 'boolean': return { key, type: 'bool', value };
    // Past 2^53 as text, as Jaeger's own query API writes it.
    case 'bigint': return { key, type: 'int64', value: Number.isSafeInteger(Number(value)) ? Number(value) : value.toString() };
    case 'number': return { key, type: 'float64', value: Number.isFinite(value) ? value : String(value) };
    default: return value instanceof Uint8Array ? { key, type: 'binary', value: jsonValue(value).bytesValue ?? '' } : textTag(key, plainJson(value));
  }
}

function plainJson(value: AttributeValue): string {
  return value === undefined ? '' : JSON.stringify(jsonValue(value));
}

function microseconds(unixNano: bigint): number {
  return Number(unixNano / 1000n);
}
