import type { Attribute, Attributes, AttributeValue } from '../model/attributes.ts';
import { KeyValueList } from '../model/attributes.ts';
import type { LogRecord, Resource, Scope, Span, SpanEvent, SpanLink, SpanStatus } from '../model/span.ts';
import { DecodeError, type LogBatch, type TraceBatch } from './batch.ts';
import { FieldReader } from './fieldReader.ts';
import { ItemBudget } from './limits.ts';
import { isSpanId, isTraceId, maxValueDepth, RejectionCounter, spanProblem } from './validate.ts';

/** The wire types of the protobuf encoding, as the low three bits of a tag. */
const varint = 0;
const bits64 = 1;
const delimited = 2;
const bits32 = 5;

const noAttributes: Attributes = [];
const noEvents: readonly SpanEvent[] = [];
const noLinks: readonly SpanLink[] = [];
const statusUnset: SpanStatus = { code: 0, message: '' };

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads an ExportTraceServiceRequest (also TracesData: the same on the wire). Spans with invalid ids are counted in
 * `rejections`; the rest are exact. Spans of one request share their Resource and Scope by reference.
 * @throws DecodeError where the bytes are not that message, are cut short, nest a value too deeply, or hold too many items
 */
export function decodeTraces(bytes: Uint8Array, items = new ItemBudget()): TraceBatch {
  return reading('an OTLP trace request', () => {
    const fields = new FieldReader(bytes, items);
    const spans: Span[] = [];
    const rejections = new RejectionCounter();
    readGroups(fields, (resource, scope) => {
      const span = readSpan(fields, resource, scope, rejections);
      if (span !== undefined) spans.push(span);
    });
    return { spans, rejections: rejections.list() };
  });
}

/**
 * Reads an ExportLogsServiceRequest. A record whose ids are invalid is kept as one without them
 * (opentelemetry-proto logs.proto, LogRecord.trace_id).
 * @throws DecodeError as decodeTraces
 */
export function decodeLogs(bytes: Uint8Array): LogBatch {
  return reading('an OTLP log request', () => {
    const fields = new FieldReader(bytes, new ItemBudget());
    const records: LogRecord[] = [];
    readGroups(fields, (resource, scope) => records.push(readLogRecord(fields, resource, scope)));
    return { records, rejections: [] };
  });
}

/**
 * How many data points an ExportMetricsServiceRequest holds, whatever their kind.
 * @throws DecodeError as decodeTraces
 */
export function countMetricPoints(bytes: Uint8Array): number {
  return reading('an OTLP metric request', () => {
    const fields = new FieldReader(bytes, new ItemBudget());
    let points = 0;
    // ExportMetricsServiceRequest.resource_metrics = 1; ResourceMetrics.scope_metrics = 2; ScopeMetrics.metrics = 2;
    // Metric.gauge = 5, sum = 7, histogram = 9, exponential_histogram = 10, summary = 11; data_points = 1 in each
    const within = (wanted: readonly number[], visit: () => void) => {
      for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
        if ((tag & 7) === delimited && wanted.includes(tag >>> 3)) {
          const outer = fields.enter();
          visit();
          fields.leave(outer);
        } else {
          fields.skip(tag);
        }
      }
    };
    const countPoint = () => {
      fields.items.take();
      points++;
      within([], () => {});
    };
    within([1], () => within([2], () => within([2], () => within([5, 7, 9, 10, 11], () => within([1], countPoint)))));
    return points;
  });
}

function reading<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (DecodeError.is(error)) throw error;
    // protobufjs reports every malformed input by Error or RangeError.
    throw new DecodeError(`not ${what} in protobuf: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/**
 * The two levels that traces and logs share:
 *
 *     request                        1 resource_spans | resource_logs
 *     ResourceSpans | ResourceLogs   1 resource   2 scope_spans | scope_logs   3 schema_url
 *     ScopeSpans | ScopeLogs         1 scope      2 spans | log_records        3 schema_url
 *
 * A schema URL comes after the items that it speaks of, so the objects the items refer to are completed as it goes.
 */
function readGroups(fields: FieldReader, readItem: (resource: Resource, scope: Scope) => void): void {
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    if (tag !== (1 << 3 | delimited)) {
      fields.skip(tag);
      continue;
    }
    const outer = fields.enter();
    fields.items.take();
    readResourceGroup(fields, readItem);
    fields.leave(outer);
  }
}

function readResourceGroup(fields: FieldReader, readItem: (resource: Resource, scope: Scope) => void): void {
  // A resource that comes in pieces is one (protobuf, "Last One Wins", merging of messages).
  const attributes: Attribute[] = [];
  const resource: Draft<Resource> = { attributes, droppedAttributesCount: 0, schemaUrl: '' };
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 1 << 3 | delimited: {
        const outer = fields.enter();
        readResource(fields, resource, attributes);
        fields.leave(outer);
        break;
      }
      case 2 << 3 | delimited: {
        const outer = fields.enter();
        fields.items.take();
        readScopeGroup(fields, resource, readItem);
        fields.leave(outer);
        break;
      }
      case 3 << 3 | delimited: resource.schemaUrl = fields.string(); break;
      default: fields.skip(tag);
    }
  }
}

function readScopeGroup(fields: FieldReader, resource: Resource, readItem: (resource: Resource, scope: Scope) => void): void {
  const attributes: Attribute[] = [];
  const scope: Draft<Scope> = { name: '', version: '', attributes, droppedAttributesCount: 0, schemaUrl: '' };
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 1 << 3 | delimited: {
        const outer = fields.enter();
        readScope(fields, scope, attributes);
        fields.leave(outer);
        break;
      }
      case 2 << 3 | delimited: {
        const outer = fields.enter();
        fields.items.take();
        readItem(resource, scope);
        fields.leave(outer);
        break;
      }
      case 3 << 3 | delimited: scope.schemaUrl = fields.string(); break;
      default: fields.skip(tag);
    }
  }
}

// Resource: 1 attributes (repeated KeyValue), 2 dropped_attributes_count (uint32)
function readResource(fields: FieldReader, resource: Draft<Resource>, attributes: Attribute[]): void {
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 1 << 3 | delimited: attributes.push(readKeyValue(fields, 0)); break;
      case 2 << 3 | varint: resource.droppedAttributesCount = fields.reader.uint32(); break;
      default: fields.skip(tag);
    }
  }
}

// InstrumentationScope: 1 name, 2 version, 3 attributes (repeated KeyValue), 4 dropped_attributes_count (uint32)
function readScope(fields: FieldReader, scope: Draft<Scope>, attributes: Attribute[]): void {
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 1 << 3 | delimited: scope.name = fields.string(); break;
      case 2 << 3 | delimited: scope.version = fields.string(); break;
      case 3 << 3 | delimited: attributes.push(readKeyValue(fields, 0)); break;
      case 4 << 3 | varint: scope.droppedAttributesCount = fields.reader.uint32(); break;
      default: fields.skip(tag);
    }
  }
}

// Span: 1 trace_id (bytes), 2 span_id (bytes), 3 trace_state, 4 parent_span_id (bytes), 5 name, 6 kind (enum),
//   7 start_time_unix_nano (fixed64), 8 end_time_unix_nano (fixed64), 9 attributes, 10 dropped_attributes_count,
//   11 events, 12 dropped_events_count, 13 links, 14 dropped_links_count, 15 status, 16 flags (fixed32)
function readSpan(fields: FieldReader, resource: Resource, scope: Scope, rejections: RejectionCounter): Span | undefined {
  const { reader } = fields;
  let traceId = '', spanId = '', traceState = '', parentSpanId = '', name = '';
  let kind = 0, flags = 0, droppedAttributesCount = 0, droppedEventsCount = 0, droppedLinksCount = 0;
  let startUnixNano = 0n, endUnixNano = 0n;
  let attributes: Attribute[] | undefined;
  let events: SpanEvent[] | undefined;
  let links: SpanLink[] | undefined;
  let status = statusUnset;
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 1 << 3 | delimited: traceId = fields.hex(); break;
      case 2 << 3 | delimited: spanId = fields.hex(); break;
      case 3 << 3 | delimited: traceState = fields.string(); break;
      case 4 << 3 | delimited: parentSpanId = fields.hex(); break;
      case 5 << 3 | delimited: name = fields.string(); break;
      case 6 << 3 | varint: kind = reader.int32(); break;
      case 7 << 3 | bits64: startUnixNano = fields.fixed64(); break;
      case 8 << 3 | bits64: endUnixNano = fields.fixed64(); break;
      case 9 << 3 | delimited: (attributes ??= []).push(readKeyValue(fields, 0)); break;
      case 10 << 3 | varint: droppedAttributesCount = reader.uint32(); break;
      case 11 << 3 | delimited: (events ??= []).push(readEvent(fields)); break;
      case 12 << 3 | varint: droppedEventsCount = reader.uint32(); break;
      case 13 << 3 | delimited: (links ??= []).push(readLink(fields)); break;
      case 14 << 3 | varint: droppedLinksCount = reader.uint32(); break;
      case 15 << 3 | delimited: status = readStatus(fields, status); break;
      case 16 << 3 | bits32: flags = reader.fixed32(); break;
      default: fields.skip(tag);
    }
  }
  const problem = spanProblem(traceId, spanId, parentSpanId);
  if (problem !== undefined) {
    rejections.add(problem);
    return undefined;
  }
  return {
    traceId,
    spanId,
    parentSpanId: isSpanId(parentSpanId) ? parentSpanId : undefined,
    traceState,
    flags,
    name,
    kind,
    startUnixNano,
    endUnixNano,
    attributes: attributes ?? noAttributes,
    droppedAttributesCount,
    events: events ?? noEvents,
    droppedEventsCount,
    links: links ?? noLinks,
    droppedLinksCount,
    status,
    resource,
    scope,
  };
}

// Span.Event: 1 time_unix_nano (fixed64), 2 name, 3 attributes, 4 dropped_attributes_count
function readEvent(fields: FieldReader): SpanEvent {
  const outer = fields.enter();
  fields.items.take();
  let timeUnixNano = 0n, name = '', droppedAttributesCount = 0;
  let attributes: Attribute[] | undefined;
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 1 << 3 | bits64: timeUnixNano = fields.fixed64(); break;
      case 2 << 3 | delimited: name = fields.string(); break;
      case 3 << 3 | delimited: (attributes ??= []).push(readKeyValue(fields, 0)); break;
      case 4 << 3 | varint: droppedAttributesCount = fields.reader.uint32(); break;
      default: fields.skip(tag);
    }
  }
  fields.leave(outer);
  return { timeUnixNano, name, attributes: attributes ?? noAttributes, droppedAttributesCount };
}

// Span.Link: 1 trace_id (bytes), 2 span_id (bytes), 3 trace_state, 4 attributes, 5 dropped_attributes_count, 6 flags (fixed32)
function readLink(fields: FieldReader): SpanLink {
  const outer = fields.enter();
  fields.items.take();
  let traceId = '', spanId = '', traceState = '', droppedAttributesCount = 0, flags = 0;
  let attributes: Attribute[] | undefined;
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 1 << 3 | delimited: traceId = fields.hex(); break;
      case 2 << 3 | delimited: spanId = fields.hex(); break;
      case 3 << 3 | delimited: traceState = fields.string(); break;
      case 4 << 3 | delimited: (attributes ??= []).push(readKeyValue(fields, 0)); break;
      case 5 << 3 | varint: droppedAttributesCount = fields.reader.uint32(); break;
      case 6 << 3 | bits32: flags = fields.reader.fixed32(); break;
      default: fields.skip(tag);
    }
  }
  fields.leave(outer);
  return { traceId, spanId, traceState, attributes: attributes ?? noAttributes, droppedAttributesCount, flags };
}

// Status: 2 message, 3 code (enum)
function readStatus(fields: FieldReader, before: SpanStatus): SpanStatus {
  const outer = fields.enter();
  let { code, message } = before;
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 2 << 3 | delimited: message = fields.string(); break;
      case 3 << 3 | varint: code = fields.reader.int32(); break;
      default: fields.skip(tag);
    }
  }
  fields.leave(outer);
  return code === 0 && message === '' ? statusUnset : { code, message };
}

// LogRecord: 1 time_unix_nano (fixed64), 2 severity_number (enum), 3 severity_text, 5 body (AnyValue), 6 attributes,
//   7 dropped_attributes_count, 8 flags (fixed32), 9 trace_id (bytes), 10 span_id (bytes),
//   11 observed_time_unix_nano (fixed64), 12 event_name
function readLogRecord(fields: FieldReader, resource: Resource, scope: Scope): LogRecord {
  const { reader } = fields;
  let timeUnixNano = 0n, observedTimeUnixNano = 0n;
  let severityNumber = 0, droppedAttributesCount = 0, flags = 0;
  let severityText = '', eventName = '', traceId = '', spanId = '';
  let body: AttributeValue;
  let attributes: Attribute[] | undefined;
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 1 << 3 | bits64: timeUnixNano = fields.fixed64(); break;
      case 2 << 3 | varint: severityNumber = reader.int32(); break;
      case 3 << 3 | delimited: severityText = fields.string(); break;
      case 5 << 3 | delimited: body = readAnyValue(fields, 1); break;
      case 6 << 3 | delimited: (attributes ??= []).push(readKeyValue(fields, 0)); break;
      case 7 << 3 | varint: droppedAttributesCount = reader.uint32(); break;
      case 8 << 3 | bits32: flags = reader.fixed32(); break;
      case 9 << 3 | delimited: traceId = fields.hex(); break;
      case 10 << 3 | delimited: spanId = fields.hex(); break;
      case 11 << 3 | bits64: observedTimeUnixNano = fields.fixed64(); break;
      case 12 << 3 | delimited: eventName = fields.string(); break;
      default: fields.skip(tag);
    }
  }
  return {
    timeUnixNano,
    observedTimeUnixNano,
    severityNumber,
    severityText,
    eventName,
    body,
    attributes: attributes ?? noAttributes,
    droppedAttributesCount,
    flags,
    traceId: isTraceId(traceId) ? traceId : undefined,
    spanId: isSpanId(spanId) ? spanId : undefined,
    resource,
    scope,
  };
}

// KeyValue: 1 key, 2 value (AnyValue)
function readKeyValue(fields: FieldReader, depth: number): Attribute {
  const outer = fields.enter();
  fields.items.take();
  let key = '';
  let value: AttributeValue;
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 1 << 3 | delimited: key = fields.string(); break;
      case 2 << 3 | delimited: value = readAnyValue(fields, depth + 1); break;
      default: fields.skip(tag);
    }
  }
  fields.leave(outer);
  return { key, value };
}

// AnyValue (oneof; the last one set holds): 1 string_value, 2 bool_value, 3 int_value (int64), 4 double_value,
//   5 array_value, 6 kvlist_value, 7 bytes_value; none set is the empty value
function readAnyValue(fields: FieldReader, depth: number): AttributeValue {
  if (depth > maxValueDepth) throw new DecodeError(`an attribute value is nested more than ${maxValueDepth} deep`);
  const outer = fields.enter();
  let value: AttributeValue;
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    switch (tag) {
      case 1 << 3 | delimited: value = fields.string(); break;
      case 2 << 3 | varint: value = fields.reader.bool(); break;
      case 3 << 3 | varint: value = fields.int64(); break;
      case 4 << 3 | bits64: value = fields.reader.double(); break;
      case 5 << 3 | delimited: value = readArrayValue(fields, depth); break;
      case 6 << 3 | delimited: value = readKeyValueList(fields, depth); break;
      case 7 << 3 | delimited: value = fields.bytes(); break;
      default: fields.skip(tag);
    }
  }
  fields.leave(outer);
  return value;
}

// ArrayValue: 1 values (repeated AnyValue)
function readArrayValue(fields: FieldReader, depth: number): AttributeValue {
  const outer = fields.enter();
  const values: AttributeValue[] = [];
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    if (tag === (1 << 3 | delimited)) {
      fields.items.take();
      values.push(readAnyValue(fields, depth + 1));
    } else {
      fields.skip(tag);
    }
  }
  fields.leave(outer);
  return values;
}

// KeyValueList: 1 values (repeated KeyValue)
function readKeyValueList(fields: FieldReader, depth: number): AttributeValue {
  const outer = fields.enter();
  const entries: Attribute[] = [];
  for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
    if (tag === (1 << 3 | delimited)) entries.push(readKeyValue(fields, depth));
    else fields.skip(tag);
  }
  fields.leave(outer);
  return new KeyValueList(entries);
}
