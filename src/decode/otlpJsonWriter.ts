import type { Attributes, AttributeValue } from '../model/attributes.ts';
import { KeyValueList } from '../model/attributes.ts';
import type { Resource, Scope, Span } from '../model/span.ts';

/** AnyValue in OTLP/JSON: one field, named after the kind; none for the empty value. */
export interface JsonAnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  /** Decimal. */
  readonly intValue?: string;
  /** What JSON has no number for is a string: 'NaN', 'Infinity', '-Infinity', '-0'. */
  readonly doubleValue?: number | string;
  readonly arrayValue?: { readonly values: readonly JsonAnyValue[] };
  readonly kvlistValue?: { readonly values: readonly JsonKeyValue[] };
  /** Base64. */
  readonly bytesValue?: string;
}

export interface JsonKeyValue {
  readonly key: string;
  readonly value: JsonAnyValue;
}

export interface JsonTraceRequest {
  readonly resourceSpans: readonly object[];
}

interface ResourceGroup {
  readonly resource: object;
  readonly scopeSpans: ScopeGroup[];
  readonly schemaUrl?: string;
}

interface ScopeGroup {
  readonly scope: object;
  readonly spans: object[];
  readonly schemaUrl?: string;
}

/**
 * The spans as an ExportTraceServiceRequest (TracesData) in OTLP/JSON, ready for JSON.stringify: grouped by equal resource and
 * scope, groups and spans in the order in which they first come. Reading it back gives the same spans, attribute for attribute.
 */
export function traceRequestJson(spans: Iterable<Span>): JsonTraceRequest {
  const resourceSpans: ResourceGroup[] = [];
  const resources = new Grouping<Resource, ResourceGroup>((resource) => (
    { resource: attributesJson(resource), scopeSpans: [], ...schemaUrl(resource) }
  ));
  const scopes = new Map<ResourceGroup, Grouping<Scope, ScopeGroup>>();
  for (const span of spans) {
    const resourceGroup = resources.group(span.resource, (group) => {
      resourceSpans.push(group);
      scopes.set(group, new Grouping((scope) => ({ scope: scopeJson(scope), spans: [], ...schemaUrl(scope) })));
    });
    const scopeGroup = scopes.get(resourceGroup)?.group(span.scope, (group) => resourceGroup.scopeSpans.push(group));
    scopeGroup?.spans.push(spanJson(span));
  }
  return { resourceSpans };
}

export function jsonKeyValues(attributes: Attributes): readonly JsonKeyValue[] {
  return attributes.map(({ key, value }) => ({ key, value: jsonValue(value) }));
}

export function jsonValue(value: AttributeValue): JsonAnyValue {
  switch (typeof value) {
    case 'string': return { stringValue: value };
    case 'boolean': return { boolValue: value };
    case 'bigint': return { intValue: value.toString() };
    case 'number': return { doubleValue: Number.isFinite(value) && !Object.is(value, -0) ? value : doubleText(value) };
    case 'undefined': return {};
    default:
      if (value instanceof Uint8Array) return { bytesValue: base64(value) };
      if (value instanceof KeyValueList) return { kvlistValue: { values: jsonKeyValues(value.entries) } };
      return { arrayValue: { values: value.map(jsonValue) } };
  }
}

/** Finds the group of an object by identity, which is cheap and nearly always enough, else by what it says. */
class Grouping<Key extends object, Group extends object> {
  readonly #byIdentity = new Map<Key, Group>();
  readonly #byContent = new Map<string, Group>();
  readonly #create: (key: Key) => Group;

  constructor(create: (key: Key) => Group) {
    this.#create = create;
  }

  group(key: Key, onNew: (group: Group) => void): Group {
    const known = this.#byIdentity.get(key);
    if (known !== undefined) return known;
    const created = this.#create(key);
    const content = JSON.stringify(created);
    const equal = this.#byContent.get(content);
    if (equal === undefined) {
      this.#byContent.set(content, created);
      onNew(created);
    }
    this.#byIdentity.set(key, equal ?? created);
    return equal ?? created;
  }
}

function spanJson(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.traceState !== '' && { traceState: span.traceState }),
    ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
    ...count('flags', span.flags),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: span.startUnixNano.toString(),
    endTimeUnixNano: span.endUnixNano.toString(),
    ...attributesJson(span),
    ...(span.events.length > 0 && {
      events: span.events.map((event) => ({ timeUnixNano: event.timeUnixNano.toString(), name: event.name, ...attributesJson(event) })),
    }),
    ...count('droppedEventsCount', span.droppedEventsCount),
    ...(span.links.length > 0 && {
      links: span.links.map((link) => ({
        traceId: link.traceId,
        spanId: link.spanId,
        ...(link.traceState !== '' && { traceState: link.traceState }),
        ...attributesJson(link),
        ...count('flags', link.flags),
      })),
    }),
    ...count('droppedLinksCount', span.droppedLinksCount),
    status: { ...(span.status.message !== '' && { message: span.status.message }), ...count('code', span.status.code) },
  };
}

function scopeJson(scope: Scope): object {
  return { name: scope.name, ...(scope.version !== '' && { version: scope.version }), ...attributesJson(scope) };
}

function attributesJson(owner: { readonly attributes: Attributes; readonly droppedAttributesCount: number }): object {
  return {
    ...(owner.attributes.length > 0 && { attributes: jsonKeyValues(owner.attributes) }),
    ...count('droppedAttributesCount', owner.droppedAttributesCount),
  };
}

function schemaUrl(owner: { readonly schemaUrl: string }): { readonly schemaUrl?: string } {
  return owner.schemaUrl === '' ? {} : { schemaUrl: owner.schemaUrl };
}

/** A number that is left out where it is 0, the default. */
function count(key: string, value: number): object {
  return value === 0 ? {} : { [key]: value };
}

function doubleText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function base64(bytes: Uint8Array): string {
  const chunkLength = 0x2000;
  let binary = '';
  for (let start = 0; start < bytes.length; start += chunkLength) {
    binary += String.fromCharCode(...bytes.subarray(start, start + chunkLength));
  }
  return btoa(binary);
}
