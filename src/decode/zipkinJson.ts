import type { Attribute } from '../model/attributes.ts';
import type { Resource, Scope, Span, SpanEvent, SpanStatus } from '../model/span.ts';
import { spanKinds, statusError } from '../model/span.ts';
import type { TraceBatch } from './batch.ts';
import { JsonShape, type JsonObject } from './jsonShape.ts';
import { ItemBudget } from './limits.ts';
import { endOf, isSpanId, RejectionCounter, spanProblem } from './validate.ts';

/**
 * Reads parsed Zipkin v2 JSON: a list of spans, or a list of traces, each a list of spans (as its UI downloads and its API answers).
 * Times are microseconds there. Mapped as the OpenTelemetry collector's Zipkin translator maps (pkg/translator/zipkin/zipkinv2):
 * the local endpoint is the service, `otel.status_code`, `error`, `otel.library.*` and `w3c.tracestate` are what they say,
 * annotations are events; but any text under `error` is a failure, as Zipkin itself has it. The server's half of a span that client and server share gets an id of its own beneath the client's.
 * Spans with invalid ids are counted in `rejections`.
 * @throws DecodeError where a field has the wrong shape
 */
export function readZipkinJson(value: readonly unknown[]): TraceBatch {
  const shape = new JsonShape(new ItemBudget(Infinity));
  const spans: Span[] = [];
  const rejections = new RejectionCounter();
  const resources = new Map<string, Resource>();
  // A list of lists, flattened: the deeper path is only for an error's text.
  shape.each({ spans: value.flat(1) }, 'spans', (object) => {
    const span = readSpan(shape, object, resources, rejections);
    if (span !== undefined) spans.push(span);
  });
  return { spans: withOwnIds(spans), rejections: rejections.list() };
}

function readSpan(shape: JsonShape, object: JsonObject, resources: Map<string, Resource>, rejections: RejectionCounter): Span | undefined {
  const traceId = shape.paddedId(object, 'traceId', 32);
  const spanId = shape.paddedId(object, 'id', 16);
  const parentId = shape.paddedId(object, 'parentId', 16);
  const parentSpanId = parentId === spanId ? '' : parentId;
  const tags = readTags(shape, object);
  const startUnixNano = shape.unixMicroseconds(object, 'timestamp');
  const problem = spanProblem(traceId, spanId, parentSpanId);
  if (problem !== undefined) {
    rejections.add(problem);
    return undefined;
  }
  const remote = shape.child(object, 'remoteEndpoint', (endpoint) => readEndpoint(shape, endpoint));
  const service = shape.child(object, 'localEndpoint', (endpoint) => shape.text(endpoint, 'serviceName')) ?? '';
  return {
    traceId,
    spanId,
    parentSpanId: isSpanId(parentSpanId) ? parentSpanId : undefined,
    traceState: tags.get('w3c.tracestate') ?? '',
    flags: 0,
    name: shape.text(object, 'name'),
    kind: kindOf(shape.text(object, 'kind'), tags.get('span.kind')),
    startUnixNano,
    endUnixNano: endOf(startUnixNano, shape.microseconds(object, 'duration')),
    attributes: [...attributesOf(tags), ...(remote ?? []), ...(object.shared === true ? [{ key: sharedKey, value: true }] : [])],
    droppedAttributesCount: 0,
    events: readAnnotations(shape, object),
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: statusOf(tags),
    resource: resourceOf(resources, service),
    scope: scopeOf(tags),
  };
}

const saidElsewhere: ReadonlySet<string> = new Set(['otel.status_code', 'otel.status_description', 'otel.library.name', 'otel.library.version', 'otel.scope.name', 'otel.scope.version', 'w3c.tracestate', 'span.kind']);
const sharedKey = 'zipkin.shared';

function kindOf(kind: string, tag: string | undefined): number {
  const name = (kind || (tag ?? '')).toLowerCase();
  const number = spanKinds.findIndex((known) => known === name);
  return number > 0 ? number : 0;
}

/** Any text under `error` means that it failed (Zipkin's own rule); the text is its message unless it only says "true". */
function statusOf(tags: ReadonlyMap<string, string>): SpanStatus {
  const description = tags.get('otel.status_description') ?? '';
  const error = tags.get('error');
  if (error !== undefined && error !== 'false') return { code: statusError, message: description || (error === 'true' ? '' : error) };
  const code = tags.get('otel.status_code')?.toUpperCase().replace('STATUS_CODE_', '');
  if (code === 'ERROR') return { code: statusError, message: description };
  return { code: code === 'OK' ? 1 : 0, message: '' };
}

function attributesOf(tags: ReadonlyMap<string, string>): readonly Attribute[] {
  return [...tags].filter(([key, value]) => !saidElsewhere.has(key) && !(key === 'error' && (value === 'true' || value === 'false'))).map(([key, value]) => ({ key, value }));
}

function scopeOf(tags: ReadonlyMap<string, string>): Scope {
  const name = tags.get('otel.scope.name') ?? tags.get('otel.library.name') ?? '';
  const version = tags.get('otel.scope.version') ?? tags.get('otel.library.version') ?? '';
  return { name, version, attributes: [], droppedAttributesCount: 0, schemaUrl: '' };
}

function resourceOf(resources: Map<string, Resource>, service: string): Resource {
  let resource = resources.get(service);
  if (resource === undefined) {
    resource = { attributes: service === '' ? [] : [{ key: 'service.name', value: service }], droppedAttributesCount: 0, schemaUrl: '' };
    resources.set(service, resource);
  }
  return resource;
}

function readTags(shape: JsonShape, object: JsonObject): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  shape.child(object, 'tags', (byKey) => {
    for (const [key, value] of Object.entries(byKey)) tags.set(key, typeof value === 'string' ? value : JSON.stringify(value));
  });
  return tags;
}

function readEndpoint(shape: JsonShape, endpoint: JsonObject): readonly Attribute[] {
  const attributes: Attribute[] = [];
  const service = shape.text(endpoint, 'serviceName');
  const address = shape.text(endpoint, 'ipv4') || shape.text(endpoint, 'ipv6');
  const port = shape.uint32(endpoint, 'port');
  if (service !== '') attributes.push({ key: 'peer.service', value: service });
  if (address !== '') attributes.push({ key: 'network.peer.address', value: address });
  if (port !== 0) attributes.push({ key: 'network.peer.port', value: BigInt(port) });
  return attributes;
}

function readAnnotations(shape: JsonShape, object: JsonObject): readonly SpanEvent[] {
  const events: SpanEvent[] = [];
  shape.each(object, 'annotations', (annotation) => {
    events.push({ timeUnixNano: shape.unixMicroseconds(annotation, 'timestamp'), name: shape.text(annotation, 'value'), attributes: [], droppedAttributesCount: 0 });
  });
  return events;
}

/**
 * In Zipkin the client's and the server's half of a call may have one id. Two spans cannot, so the server's gets an id made of it,
 * hangs beneath the client's, and takes the children that its service made.
 */
function withOwnIds(spans: readonly Span[]): readonly Span[] {
  const taken = new Set(spans.map((span) => `${span.traceId} ${span.spanId}`));
  const clients = new Set<string>();
  for (const span of spans) if (!isShared(span)) clients.add(`${span.traceId} ${span.spanId}`);
  const ownId = new Map<string, string>();
  const service = (span: Span): unknown => span.resource.attributes[0]?.value;
  const own = spans.map((span) => {
    const key = `${span.traceId} ${span.spanId}`;
    if (!isShared(span) || !clients.has(key)) return span;
    let id = BigInt(`0x${span.spanId}`);
    let text: string;
    do {
      id = BigInt.asUintN(64, id ^ 0x8000_0000_0000_0001n) + 1n;
      text = BigInt.asUintN(64, id).toString(16).padStart(16, '0');
    } while (taken.has(`${span.traceId} ${text}`) || !isSpanId(text));
    taken.add(`${span.traceId} ${text}`);
    ownId.set(`${key} ${String(service(span))}`, text);
    return { ...span, spanId: text, parentSpanId: span.spanId };
  });
  if (ownId.size === 0) return own;
  return own.map((span, index) => {
    if (span !== spans[index]) return span;
    const parent = span.parentSpanId === undefined ? undefined : ownId.get(`${span.traceId} ${span.parentSpanId} ${String(service(span))}`);
    return parent === undefined ? span : { ...span, parentSpanId: parent };
  });
}

function isShared(span: Span): boolean {
  return span.attributes.at(-1)?.key === sharedKey;
}
