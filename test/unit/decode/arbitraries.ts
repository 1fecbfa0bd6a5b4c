import fc from 'fast-check';
import type { Attribute, AttributeValue } from '../../../src/model/attributes.ts';
import { KeyValueList } from '../../../src/model/attributes.ts';
import type { LogRecord, Resource, Scope, Span } from '../../../src/model/span.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const uint32 = fc.nat({ max: 0xffff_ffff });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const int32 = fc.integer();

/** With Object's prototype, as the decoders make them. */
function record<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, { noNullPrototype: true });
}

function id(bytes: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((id) => id.some((byte) => byte !== 0))
    .map((id) => Buffer.from(id).toString('hex'));
}

const leaf: fc.Arbitrary<AttributeValue> = fc.oneof(
  text,
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -200n, max: 200n }),
  fc.double(),
  fc.integer(),
  fc.uint8Array({ maxLength: 20 }),
  fc.constant(undefined),
);

const { attribute } = fc.letrec<{ value: AttributeValue; attribute: Attribute }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('attribute'), { maxLength: 4 }).map((entries) => new KeyValueList(entries)),
  ),
  attribute: record({ key: text, value: tie('value') }),
}));

const attributes = fc.array(attribute, { maxLength: 6 });
const attributed = { attributes, droppedAttributesCount: uint32 };

export const resource: fc.Arbitrary<Resource> = record({ ...attributed, schemaUrl: text });
export const scope: fc.Arbitrary<Scope> = record({ name: text, version: text, ...attributed, schemaUrl: text });

const spanBody = {
  traceId: id(16),
  spanId: id(8),
  parentSpanId: fc.option(id(8), { nil: undefined }),
  traceState: text,
  flags: uint32,
  name: text,
  kind: int32,
  startUnixNano: uint64,
  endUnixNano: uint64,
  ...attributed,
  events: fc.array(record({ timeUnixNano: uint64, name: text, ...attributed }), { maxLength: 3 }),
  droppedEventsCount: uint32,
  links: fc.array(record({ traceId: id(16), spanId: id(8), traceState: text, ...attributed, flags: uint32 }), { maxLength: 3 }),
  droppedLinksCount: uint32,
  status: record({ code: int32, message: text }),
};

const recordBody = {
  timeUnixNano: uint64,
  observedTimeUnixNano: uint64,
  severityNumber: int32,
  severityText: text,
  eventName: text,
  body: attribute.map(({ value }) => value),
  ...attributed,
  flags: uint32,
  traceId: fc.option(id(16), { nil: undefined }),
  spanId: fc.option(id(8), { nil: undefined }),
};

function grouped<T>(body: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<readonly (T & { resource: Resource; scope: Scope })[]> {
  const inScope = fc.tuple(scope, fc.array(record(body), { minLength: 1, maxLength: 3 }));
  const inResource = fc.tuple(resource, fc.array(inScope, { minLength: 1, maxLength: 2 }));
  return fc.array(inResource, { maxLength: 3 }).map((groups) =>
    groups.flatMap(([resource, scopes]) => scopes.flatMap(([scope, items]) => items.map((item) => ({ ...item, resource, scope })))));
}

/** Grouped as a request has them: the spans of one group share one resource and one scope object. */
export const spans: fc.Arbitrary<readonly Span[]> = grouped<Omit<Span, 'resource' | 'scope'>>(spanBody);
export const logRecords: fc.Arbitrary<readonly LogRecord[]> = grouped<Omit<LogRecord, 'resource' | 'scope'>>(recordBody);
