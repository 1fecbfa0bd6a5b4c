import type { Attributes, AttributeValue } from '../../../src/model/attributes.ts';
import { KeyValueList } from '../../../src/model/attributes.ts';
import type { LogRecord, Resource, Scope, Span } from '../../../src/model/span.ts';

/** The model as plain objects for `encode`. Written apart from the code under test. */
export function traceRequest(spans: readonly Span[]): object {
  return {
    resourceSpans: groups(spans).map(({ resource, scopes }) => ({
      resource: resourceObject(resource),
      schemaUrl: resource.schemaUrl,
      scopeSpans: scopes.map(({ scope, items }) => ({ scope: scopeObject(scope), schemaUrl: scope.schemaUrl, spans: items.map(spanObject) })),
    })),
  };
}

export function logRequest(records: readonly LogRecord[]): object {
  return {
    resourceLogs: groups(records).map(({ resource, scopes }) => ({
      resource: resourceObject(resource),
      schemaUrl: resource.schemaUrl,
      scopeLogs: scopes.map(({ scope, items }) => ({ scope: scopeObject(scope), schemaUrl: scope.schemaUrl, logRecords: items.map(recordObject) })),
    })),
  };
}

interface Item {
  readonly resource: Resource;
  readonly scope: Scope;
}

function groups<T extends Item>(items: readonly T[]): { resource: Resource; scopes: { scope: Scope; items: T[] }[] }[] {
  const result: { resource: Resource; scopes: { scope: Scope; items: T[] }[] }[] = [];
  for (const item of items) {
    let group = result.at(-1);
    if (group?.resource !== item.resource) result.push(group = { resource: item.resource, scopes: [] });
    let inScope = group.scopes.at(-1);
    if (inScope?.scope !== item.scope) group.scopes.push(inScope = { scope: item.scope, items: [] });
    inScope.items.push(item);
  }
  return result;
}

function resourceObject(resource: Resource): object {
  return { attributes: keyValues(resource.attributes), droppedAttributesCount: resource.droppedAttributesCount };
}

function scopeObject(scope: Scope): object {
  return { name: scope.name, version: scope.version, attributes: keyValues(scope.attributes), droppedAttributesCount: scope.droppedAttributesCount };
}

function spanObject(span: Span): object {
  return {
    traceId: hexBytes(span.traceId),
    spanId: hexBytes(span.spanId),
    parentSpanId: hexBytes(span.parentSpanId ?? ''),
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: span.startUnixNano.toString(),
    endTimeUnixNano: span.endUnixNano.toString(),
    attributes: keyValues(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({ ...event, timeUnixNano: event.timeUnixNano.toString(), attributes: keyValues(event.attributes) })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) => ({
      ...link, traceId: hexBytes(link.traceId), spanId: hexBytes(link.spanId), attributes: keyValues(link.attributes),
    })),
    droppedLinksCount: span.droppedLinksCount,
    status: span.status,
  };
}

function recordObject(record: LogRecord): object {
  return {
    timeUnixNano: record.timeUnixNano.toString(),
    observedTimeUnixNano: record.observedTimeUnixNano.toString(),
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    eventName: record.eventName,
    body: anyValue(record.body),
    attributes: keyValues(record.attributes),
    droppedAttributesCount: record.droppedAttributesCount,
    flags: record.flags,
    traceId: hexBytes(record.traceId ?? ''),
    spanId: hexBytes(record.spanId ?? ''),
  };
}

export function keyValues(attributes: Attributes): object[] {
  return attributes.map(({ key, value }) => ({ key, value: anyValue(value) }));
}

function anyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: value.toString() };
  if (typeof value === 'number') return { doubleValue: value };
  if (value === undefined) return {};
  if (value instanceof Uint8Array) return { bytesValue: value };
  if (value instanceof KeyValueList) return { kvlistValue: { values: keyValues(value.entries) } };
  return { arrayValue: { values: value.map(anyValue) } };
}

function hexBytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
