import type { Attribute, Attributes, AttributeValue } from '../model/attributes.ts';
import { KeyValueList } from '../model/attributes.ts';
import type { LogRecord, Resource, Scope, Span, SpanEvent, SpanLink, SpanStatus } from '../model/span.ts';
import { DecodeError, type LogBatch, type TraceBatch } from './batch.ts';
import { isObject, JsonShape, type JsonObject } from './jsonShape.ts';
import { checkJsonSize, ItemBudget } from './limits.ts';
import { isSpanId, isTraceId, maxValueDepth, RejectionCounter, spanProblem } from './validate.ts';

const noAttributes: Attributes = [];
const noEvents: readonly SpanEvent[] = [];
const noLinks: readonly SpanLink[] = [];
const statusUnset: SpanStatus = { code: 0, message: '' };
const noResource: Resource = { attributes: noAttributes, droppedAttributesCount: 0, schemaUrl: '' };
const noScope: Scope = { name: '', version: '', attributes: noAttributes, droppedAttributesCount: 0, schemaUrl: '' };

const kindNames = enumNames('SPAN_KIND_', ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']);
const statusNames = enumNames('STATUS_CODE_', ['UNSET', 'OK', 'ERROR']);
const severityNames = enumNames('SEVERITY_NUMBER_', [
  'UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) => [name, `${name}2`, `${name}3`, `${name}4`]),
]);

/**
 * Reads OTLP/JSON: an ExportTraceServiceRequest or TracesData, as text or as its UTF-8 bytes. Field names are lowerCamelCase
 * and unknown ones are ignored (opentelemetry-proto, specification, "JSON Protobuf Encoding"). Otherwise as the protobuf decoder:
 * spans with invalid ids are counted in `rejections`, and spans share their Resource and Scope by reference.
 * @throws DecodeError where it is not JSON, a field has the wrong shape (the message holds its JSON path), a value nests too deeply, or
 * there are too many items
 */
export function decodeTraces(json: Uint8Array | string): TraceBatch {
  return readTraces(parse(json), new ItemBudget());
}

/** Reads what `decodeTraces` does from parsed JSON. @throws DecodeError likewise */
export function readTraces(request: unknown, items: ItemBudget): TraceBatch {
  const shape = new JsonShape(items);
  const spans: Span[] = [];
  const rejections = new RejectionCounter();
  eachItem(shape, shape.root(request), ['resourceSpans', 'scopeSpans', 'spans'], (object, resource, scope) => {
    const span = readSpan(shape, object, resource, scope, rejections);
    if (span !== undefined) spans.push(span);
  });
  return { spans, rejections: rejections.list() };
}

/**
 * Reads an ExportLogsServiceRequest in OTLP/JSON. A record whose ids are invalid is kept as one without them.
 * @throws DecodeError as decodeTraces
 */
export function decodeLogs(json: Uint8Array | string): LogBatch {
  return readLogs(parse(json), new ItemBudget());
}

/** Reads what `decodeLogs` does from parsed JSON. @throws DecodeError likewise */
export function readLogs(request: unknown, items: ItemBudget): LogBatch {
  const shape = new JsonShape(items);
  const records: LogRecord[] = [];
  eachItem(shape, shape.root(request), ['resourceLogs', 'scopeLogs', 'logRecords'], (object, resource, scope) => {
    records.push(readLogRecord(shape, object, resource, scope));
  });
  return { records, rejections: [] };
}

/**
 * How many data points an ExportMetricsServiceRequest in OTLP/JSON holds, whatever their kind.
 * @throws DecodeError as decodeTraces
 */
export function countMetricPoints(json: Uint8Array | string): number {
  const shape = new JsonShape(new ItemBudget());
  let points = 0;
  eachItem(shape, shape.root(parse(json)), ['resourceMetrics', 'scopeMetrics', 'metrics'], (metric) => {
    for (const kind of ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']) {
      shape.child(metric, kind, (data) => shape.each(data, 'dataPoints', () => { points++; }));
    }
  });
  return points;
}

function parse(json: Uint8Array | string): unknown {
  checkJsonSize(json);
  try {
    return JSON.parse(typeof json === 'string' ? json : new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (error) {
    throw new DecodeError(`not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function enumNames(prefix: string, names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, number) => [prefix + name, number]));
}

/** Walks request → resource group → scope group → item, which all three signals share. */
function eachItem(
  shape: JsonShape,
  request: JsonObject,
  [resourceGroups, scopeGroups, items]: readonly [string, string, string],
  visit: (item: JsonObject, resource: Resource, scope: Scope) => void,
): void {
  shape.each(request, resourceGroups, (resourceGroup) => {
    const schemaUrl = shape.text(resourceGroup, 'schemaUrl');
    const resource: Resource = {
      ...(shape.child(resourceGroup, 'resource', (object) => readResource(shape, object)) ?? noResource),
      schemaUrl,
    };
    shape.each(resourceGroup, scopeGroups, (scopeGroup) => {
      const scopeSchemaUrl = shape.text(scopeGroup, 'schemaUrl');
      const scope: Scope = {
        ...(shape.child(scopeGroup, 'scope', (object) => readScope(shape, object)) ?? noScope),
        schemaUrl: scopeSchemaUrl,
      };
      shape.each(scopeGroup, items, (item) => visit(item, resource, scope));
    });
  });
}

function readResource(shape: JsonShape, object: JsonObject): Omit<Resource, 'schemaUrl'> {
  return {
    attributes: readAttributes(shape, object, 'attributes', 0),
    droppedAttributesCount: shape.uint32(object, 'droppedAttributesCount'),
  };
}

function readScope(shape: JsonShape, object: JsonObject): Omit<Scope, 'schemaUrl'> {
  return {
    name: shape.text(object, 'name'),
    version: shape.text(object, 'version'),
    attributes: readAttributes(shape, object, 'attributes', 0),
    droppedAttributesCount: shape.uint32(object, 'droppedAttributesCount'),
  };
}

function readSpan(shape: JsonShape, object: JsonObject, resource: Resource, scope: Scope, rejections: RejectionCounter): Span | undefined {
  const traceId = shape.id(object, 'traceId');
  const spanId = shape.id(object, 'spanId');
  const parentSpanId = shape.id(object, 'parentSpanId');
  const span: Span = {
    traceId,
    spanId,
    parentSpanId: isSpanId(parentSpanId) ? parentSpanId : undefined,
    traceState: shape.text(object, 'traceState'),
    flags: shape.uint32(object, 'flags'),
    name: shape.text(object, 'name'),
    kind: shape.enumeration(object, 'kind', kindNames),
    startUnixNano: shape.fixed64(object, 'startTimeUnixNano'),
    endUnixNano: shape.fixed64(object, 'endTimeUnixNano'),
    attributes: readAttributes(shape, object, 'attributes', 0),
    droppedAttributesCount: shape.uint32(object, 'droppedAttributesCount'),
    events: collect(noEvents, (push) => shape.each(object, 'events', (event) => push(readEvent(shape, event)))),
    droppedEventsCount: shape.uint32(object, 'droppedEventsCount'),
    links: collect(noLinks, (push) => shape.each(object, 'links', (link) => push(readLink(shape, link)))),
    droppedLinksCount: shape.uint32(object, 'droppedLinksCount'),
    status: shape.child(object, 'status', (status) => readStatus(shape, status)) ?? statusUnset,
    resource,
    scope,
  };
  const problem = spanProblem(traceId, spanId, parentSpanId);
  if (problem === undefined) return span;
  rejections.add(problem);
  return undefined;
}

function readEvent(shape: JsonShape, object: JsonObject): SpanEvent {
  return {
    timeUnixNano: shape.fixed64(object, 'timeUnixNano'),
    name: shape.text(object, 'name'),
    attributes: readAttributes(shape, object, 'attributes', 0),
    droppedAttributesCount: shape.uint32(object, 'droppedAttributesCount'),
  };
}

function readLink(shape: JsonShape, object: JsonObject): SpanLink {
  return {
    traceId: shape.id(object, 'traceId'),
    spanId: shape.id(object, 'spanId'),
    traceState: shape.text(object, 'traceState'),
    attributes: readAttributes(shape, object, 'attributes', 0),
    droppedAttributesCount: shape.uint32(object, 'droppedAttributesCount'),
    flags: shape.uint32(object, 'flags'),
  };
}

function readStatus(shape: JsonShape, object: JsonObject): SpanStatus {
  const code = shape.enumeration(object, 'code', statusNames);
  const message = shape.text(object, 'message');
  return code === 0 && message === '' ? statusUnset : { code, message };
}

function readLogRecord(shape: JsonShape, object: JsonObject, resource: Resource, scope: Scope): LogRecord {
  const traceId = shape.id(object, 'traceId');
  const spanId = shape.id(object, 'spanId');
  return {
    timeUnixNano: shape.fixed64(object, 'timeUnixNano'),
    observedTimeUnixNano: shape.fixed64(object, 'observedTimeUnixNano'),
    severityNumber: shape.enumeration(object, 'severityNumber', severityNames),
    severityText: shape.text(object, 'severityText'),
    eventName: shape.text(object, 'eventName'),
    body: shape.child(object, 'body', (value) => readAnyValue(shape, value, 1)),
    attributes: readAttributes(shape, object, 'attributes', 0),
    droppedAttributesCount: shape.uint32(object, 'droppedAttributesCount'),
    flags: shape.uint32(object, 'flags'),
    traceId: isTraceId(traceId) ? traceId : undefined,
    spanId: isSpanId(spanId) ? spanId : undefined,
    resource,
    scope,
  };
}

function readAttributes(shape: JsonShape, object: JsonObject, key: string, depth: number): Attributes {
  const plain = plainAttributes(object[key]);
  if (plain !== undefined) {
    shape.count(plain.length);
    return plain.length === 0 ? noAttributes : plain;
  }
  return collect<Attribute>(noAttributes, (push) => {
    shape.each(object, key, (entry) => {
      push({ key: shape.text(entry, 'key'), value: shape.child(entry, 'value', (value) => readAnyValue(shape, value, depth + 1)) });
    });
  });
}

/** Texts and integers alone, as nearly all are, in a fraction of the time; undefined where there is anything else, wrong shapes among it. */
function plainAttributes(list: unknown): Attributes | undefined {
  if (!Array.isArray(list)) return undefined;
  const attributes: Attribute[] = [];
  for (const entry of list as readonly unknown[]) {
    if (!isObject(entry) || typeof entry.key !== 'string' || !isObject(entry.value)) return undefined;
    const { stringValue, boolValue, intValue } = entry.value;
    if (typeof stringValue === 'string') attributes.push({ key: entry.key, value: stringValue });
    else if (stringValue === undefined && boolValue === undefined && typeof intValue === 'string' && /^-?\d{1,18}$/.test(intValue)) attributes.push({ key: entry.key, value: BigInt(intValue) });
    else return undefined;
  }
  return attributes;
}

/** The kind is the field that is set; where more than one is, the first in the proto's order. */
function readAnyValue(shape: JsonShape, object: JsonObject, depth: number): AttributeValue {
  if (depth > maxValueDepth) throw new DecodeError(`an attribute value is nested more than ${maxValueDepth} deep`);
  const set = (key: string) => object[key] !== undefined && object[key] !== null;
  if (set('stringValue')) return shape.text(object, 'stringValue');
  if (set('boolValue')) return shape.bool(object, 'boolValue');
  if (set('intValue')) return shape.int64(object, 'intValue');
  if (set('doubleValue')) return shape.double(object, 'doubleValue');
  if (set('arrayValue')) {
    return shape.child(object, 'arrayValue', (array) => {
      const values: AttributeValue[] = [];
      shape.each(array, 'values', (value) => values.push(readAnyValue(shape, value, depth + 1)));
      return values;
    });
  }
  if (set('kvlistValue')) {
    return shape.child(object, 'kvlistValue', (list) => new KeyValueList(readAttributes(shape, list, 'values', depth)));
  }
  if (set('bytesValue')) return shape.bytes(object, 'bytesValue');
  return undefined;
}

/** The items pushed, or `none`, one shared object, where there are none. */
function collect<T>(none: readonly T[], fill: (push: (item: T) => void) => void): readonly T[] {
  let items: T[] | undefined;
  fill((item) => (items ??= []).push(item));
  return items ?? none;
}
