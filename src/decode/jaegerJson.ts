import type { Attribute, Attributes, AttributeValue } from '../model/attributes.ts';
import { attribute, stringAttribute } from '../model/attributes.ts';
import type { Resource, Scope, Span, SpanEvent, SpanLink, SpanStatus } from '../model/span.ts';
import { spanKinds, statusError } from '../model/span.ts';
import type { TraceBatch } from './batch.ts';
import { JsonShape, type JsonObject } from './jsonShape.ts';
import { ItemBudget } from './limits.ts';
import { endOf, isSpanId, RejectionCounter, spanProblem } from './validate.ts';

const noProcess: Resource = { attributes: [], droppedAttributesCount: 0, schemaUrl: '' };

/**
 * Reads parsed Jaeger JSON, as its UI downloads it and its query API answers it: `{data: [trace…]}`, one trace, or a list of them.
 * Times are microseconds there. Mapped as the OpenTelemetry collector's Jaeger translator maps (pkg/translator/jaeger): the
 * process is the resource, `span.kind`, `error`, `otel.status_*`, `otel.scope.*` and `w3c.tracestate` are no attributes but what they
 * say, logs are events, references that are not the parent's are links. Spans with invalid ids are counted in `rejections`.
 * @throws DecodeError where a field has the wrong shape
 */
export function readJaegerJson(value: unknown): TraceBatch {
  const shape = new JsonShape(new ItemBudget(Infinity));
  const spans: Span[] = [];
  const rejections = new RejectionCounter();
  const document: JsonObject = Array.isArray(value) ? { data: value } : shape.root(value);
  const readTrace = (trace: JsonObject): void => {
    const processes = readProcesses(shape, trace);
    shape.each(trace, 'spans', (object) => {
      const span = readSpan(shape, object, processes, rejections);
      if (span !== undefined) spans.push(span);
    });
  };
  if ('data' in document) shape.each(document, 'data', readTrace);
  else readTrace(document);
  return { spans, rejections: rejections.list() };
}

function readProcesses(shape: JsonShape, trace: JsonObject): ReadonlyMap<string, Resource> {
  const processes = new Map<string, Resource>();
  shape.child(trace, 'processes', (byId) => {
    for (const id of Object.keys(byId)) shape.child(byId, id, (process) => processes.set(id, readProcess(shape, process)));
  });
  return processes;
}

function readProcess(shape: JsonShape, process: JsonObject): Resource {
  const service = shape.text(process, 'serviceName');
  const tags = readTags(shape, process, 'tags').filter(({ key }) => key !== 'service.name');
  return { attributes: [{ key: 'service.name', value: service }, ...tags], droppedAttributesCount: 0, schemaUrl: '' };
}

function readSpan(shape: JsonShape, object: JsonObject, processes: ReadonlyMap<string, Resource>, rejections: RejectionCounter): Span | undefined {
  const traceId = shape.paddedId(object, 'traceID', 32);
  const spanId = shape.paddedId(object, 'spanID', 16);
  const references: Reference[] = [];
  shape.each(object, 'references', (reference) => references.push({
    traceId: shape.paddedId(reference, 'traceID', 32),
    spanId: shape.paddedId(reference, 'spanID', 16),
    type: shape.text(reference, 'refType'),
  }));
  const parent = references.find((reference) => reference.type === 'CHILD_OF' && reference.traceId === traceId) ?? references.find((reference) => reference.traceId === traceId);
  const parentSpanId = object.parentSpanID === undefined ? (parent?.spanId ?? '') : shape.paddedId(object, 'parentSpanID', 16);
  const tags = readTags(shape, object, 'tags');
  const startUnixNano = shape.unixMicroseconds(object, 'startTime');
  const span: Span = {
    traceId,
    spanId,
    parentSpanId: isSpanId(parentSpanId) ? parentSpanId : undefined,
    traceState: stringAttribute(tags, 'w3c.tracestate') ?? '',
    flags: 0,
    name: shape.text(object, 'operationName'),
    kind: kindOf(tags),
    startUnixNano,
    endUnixNano: endOf(startUnixNano, shape.microseconds(object, 'duration')),
    attributes: tags.filter(({ key }) => !saidElsewhere.has(key)),
    droppedAttributesCount: 0,
    events: readLogs(shape, object),
    droppedEventsCount: 0,
    links: references.filter((reference) => reference !== parent && reference.spanId !== '').map(linkOf),
    droppedLinksCount: 0,
    status: statusOf(tags),
    resource: shape.child(object, 'process', (process) => readProcess(shape, process)) ?? processes.get(shape.text(object, 'processID')) ?? noProcess,
    scope: scopeOf(tags),
  };
  const problem = spanProblem(traceId, spanId, parentSpanId);
  if (problem === undefined) return span;
  rejections.add(problem);
  return undefined;
}

interface Reference {
  readonly traceId: string;
  readonly spanId: string;
  readonly type: string;
}

const saidElsewhere: ReadonlySet<string> = new Set(['span.kind', 'otel.status_code', 'otel.status_description', 'otel.scope.name', 'otel.scope.version', 'otel.library.name', 'otel.library.version', 'w3c.tracestate', 'error', 'internal.span.format']);

function kindOf(tags: Attributes): number {
  const kind = stringAttribute(tags, 'span.kind')?.toLowerCase();
  const number = spanKinds.findIndex((name) => name === kind);
  return number > 0 ? number : 0;
}

/** `error`, as OpenTracing says it, wins; then the code that OpenTelemetry's exporters wrote. */
function statusOf(tags: Attributes): SpanStatus {
  const error = attribute(tags, 'error');
  const message = stringAttribute(tags, 'otel.status_description') ?? '';
  if (error === true || error === 'true') return { code: statusError, message: message || (stringAttribute(tags, 'http.status_message') ?? '') };
  const code = stringAttribute(tags, 'otel.status_code')?.toUpperCase();
  if (code === 'ERROR') return { code: statusError, message };
  return { code: code === 'OK' ? 1 : 0, message: '' };
}

function scopeOf(tags: Attributes): Scope {
  const name = stringAttribute(tags, 'otel.scope.name') ?? stringAttribute(tags, 'otel.library.name') ?? '';
  const version = stringAttribute(tags, 'otel.scope.version') ?? stringAttribute(tags, 'otel.library.version') ?? '';
  return { name, version, attributes: [], droppedAttributesCount: 0, schemaUrl: '' };
}

function linkOf({ traceId, spanId, type }: Reference): SpanLink {
  const kind = type === 'FOLLOWS_FROM' ? 'follows_from' : 'child_of';
  return { traceId, spanId, traceState: '', attributes: [{ key: 'opentracing.ref_type', value: kind }], droppedAttributesCount: 0, flags: 0 };
}

/** An exception that OpenTracing logged (`event=error`, `error.kind`, `stack`) becomes the event that OpenTelemetry has for it. */
function readLogs(shape: JsonShape, object: JsonObject): readonly SpanEvent[] {
  const events: SpanEvent[] = [];
  shape.each(object, 'logs', (log) => {
    const fields = readTags(shape, log, 'fields');
    const name = stringAttribute(fields, 'event') ?? '';
    const isException = name === 'error' && fields.some(({ key }) => key === 'stack' || key === 'error.kind');
    events.push({
      timeUnixNano: shape.unixMicroseconds(log, 'timestamp'),
      name: isException ? 'exception' : name,
      attributes: fields.filter(({ key }) => key !== 'event').map((field) => (isException ? { ...field, key: exceptionKeys.get(field.key) ?? field.key } : field)),
      droppedAttributesCount: 0,
    });
  });
  return events;
}

/** OpenTelemetry specification, OpenTracing compatibility, "Log". */
const exceptionKeys: ReadonlyMap<string, string> = new Map([['error.kind', 'exception.type'], ['message', 'exception.message'], ['stack', 'exception.stacktrace']]);

function readTags(shape: JsonShape, object: JsonObject, key: string): readonly Attribute[] {
  const tags: Attribute[] = [];
  shape.each(object, key, (tag) => tags.push({ key: shape.text(tag, 'key'), value: tagValue(shape, tag) }));
  return tags;
}

function tagValue(shape: JsonShape, tag: JsonObject): AttributeValue {
  switch (shape.text(tag, 'type').toLowerCase()) {
    case 'bool': return tag.value === 'true' || (tag.value !== 'false' && shape.bool(tag, 'value'));
    case 'int64': return shape.int64(tag, 'value');
    case 'float64': return shape.double(tag, 'value');
    case 'binary': return shape.bytes(tag, 'value');
    default: return typeof tag.value === 'string' ? tag.value : JSON.stringify(tag.value ?? '');
  }
}
