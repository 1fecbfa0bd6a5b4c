import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../../src/decode/batch.ts';
import { countMetricPoints, decodeLogs, decodeTraces } from '../../../src/decode/otlpProtobuf.ts';
import { logRecords, spans } from './arbitraries.ts';
import { logRequest, traceRequest } from './modelToProto.ts';
import { encode } from './otlpProto.ts';

const traceId = Buffer.from('5b8efff798038103d269b633813fc60c', 'hex');
const spanId = Buffer.from('eee19b7ec3c1b174', 'hex');
const goodSpan = { traceId, spanId, name: 'good', startTimeUnixNano: '1790000379031774587', endTimeUnixNano: '1790000379031774999' };

function oneScope(spans: readonly object[]): Uint8Array {
  return encode('ExportTraceServiceRequest', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

/** Length-delimited field `number` around `content`. */
function field(number: number, content: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Uint8Array.of(number << 3 | 2), Uint8Array.from(length), content]);
}

test('any trace request that another encoder wrote reads back exactly', () => {
  fc.assert(fc.property(spans, (spans) => {
    const batch = decodeTraces(encode('ExportTraceServiceRequest', traceRequest(spans)));
    assert.deepStrictEqual(batch, { spans, rejections: [] });
  }), { numRuns: 150 });
});

test('any log request that another encoder wrote reads back exactly', () => {
  fc.assert(fc.property(logRecords, (records) => {
    assert.deepStrictEqual(decodeLogs(encode('ExportLogsServiceRequest', logRequest(records))), { records, rejections: [] });
  }), { numRuns: 100 });
});

test('plain Uint8Array and a view into a larger buffer read as a Buffer does', () => {
  const bytes = oneScope([goodSpan]);
  const larger = new Uint8Array(bytes.length + 30).fill(0xff);
  larger.set(bytes, 10);
  const expected = decodeTraces(Buffer.from(bytes));
  assert.deepStrictEqual(decodeTraces(Uint8Array.from(bytes)), expected);
  assert.deepStrictEqual(decodeTraces(larger.subarray(10, 10 + bytes.length)), expected);
  assert.equal(expected.spans[0]?.startUnixNano, 1790000379031774587n);
});

test('the spans of a group share one resource and one scope, schema URLs included', () => {
  const { spans } = decodeTraces(encode('ExportTraceServiceRequest', {
    resourceSpans: [{
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [{ scope: { name: 'a' }, spans: [goodSpan, goodSpan], schemaUrl: 'scope-url' }, { scope: { name: 'b' }, spans: [goodSpan] }],
      schemaUrl: 'resource-url',
    }],
  }));
  const [first, second, third] = spans;
  assert.equal(first?.resource, second?.resource);
  assert.equal(first?.resource, third?.resource);
  assert.equal(first?.scope, second?.scope);
  assert.notEqual(first?.scope, third?.scope);
  assert.equal(first?.resource.schemaUrl, 'resource-url');
  assert.deepEqual([first?.scope.schemaUrl, third?.scope.schemaUrl], ['scope-url', '']);
});

test('a bytes value does not keep the request alive', () => {
  const { spans } = decodeTraces(oneScope([{ ...goodSpan, attributes: [{ key: 'b', value: { bytesValue: Uint8Array.of(1, 2) } }] }]));
  const value = spans[0]?.attributes[0]?.value;
  assert.ok(value instanceof Uint8Array);
  assert.equal(value.buffer.byteLength, 2);
});

test('spans with bad ids are counted by reason, the good ones are kept', () => {
  const { spans, rejections } = decodeTraces(oneScope([
    goodSpan,
    { ...goodSpan, traceId: new Uint8Array(16) },
    { ...goodSpan, traceId: traceId.subarray(1) },
    { ...goodSpan, traceId: Buffer.concat([traceId, traceId, traceId, traceId, traceId]) },
    { ...goodSpan, spanId: new Uint8Array(8) },
    { name: 'no trace id', spanId },
    { ...goodSpan, parentSpanId: spanId.subarray(0, 7) },
    { ...goodSpan, name: 'also good', parentSpanId: new Uint8Array(8) },
  ]));
  assert.deepEqual(spans.map(({ name, parentSpanId }) => [name, parentSpanId]), [['good', undefined], ['also good', undefined]]);
  assert.deepEqual(rejections, [
    { reason: 'trace id must be 16 bytes, not all zero', count: 4 },
    { reason: 'span id must be 8 bytes, not all zero', count: 1 },
    { reason: 'parent span id must be 8 bytes', count: 1 },
  ]);
});

test('an end before the start, no end, and no name are kept as received', () => {
  const { spans, rejections } = decodeTraces(oneScope([
    { ...goodSpan, endTimeUnixNano: '5' },
    { traceId, spanId, startTimeUnixNano: '7' },
  ]));
  assert.deepEqual(spans.map(({ startUnixNano, endUnixNano }) => [startUnixNano, endUnixNano]), [[1790000379031774587n, 5n], [7n, 0n]]);
  assert.equal(spans[1]?.name, '');
  assert.deepEqual(rejections, []);
});

test('a log record with bad ids is kept without them', () => {
  const { records } = decodeLogs(encode('ExportLogsServiceRequest', {
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ traceId: new Uint8Array(16), spanId: spanId.subarray(2), body: { stringValue: 'kept' } }] }] }],
  }));
  assert.deepEqual([records[0]?.body, records[0]?.traceId, records[0]?.spanId], ['kept', undefined, undefined]);
});

test('an empty request is an empty batch', () => {
  assert.deepEqual(decodeTraces(new Uint8Array()), { spans: [], rejections: [] });
  assert.deepEqual(decodeLogs(new Uint8Array()), { records: [], rejections: [] });
  assert.equal(countMetricPoints(new Uint8Array()), 0);
});

test('unknown fields of every wire type are skipped, as are known ones of another wire type', () => {
  const unknown = Buffer.from([
    0xf8, 0x07, 0x96, 0x01, // 127: varint
    0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8, // 127: 64 bits
    0xfa, 0x07, 2, 0xff, 0xff, // 127: delimited
    0xfb, 0x07, 0x08, 0x01, 0xfc, 0x07, // 127: a group with a varint
    0xfd, 0x07, 1, 2, 3, 4, // 127: 32 bits
    0x28, 0x05, // 5 (name) as a varint
  ]);
  const span = encode('Span', goodSpan);
  const bytes = field(1, Buffer.concat([unknown, field(2, Buffer.concat([unknown, field(2, Buffer.concat([unknown, span, unknown]))]))]));
  assert.deepEqual(decodeTraces(bytes), decodeTraces(oneScope([goodSpan])));
});

test('a request cut short anywhere is refused', () => {
  const bytes = oneScope([{ ...goodSpan, attributes: [{ key: 'k', value: { intValue: '-5' } }], status: { code: 2, message: 'x' } }]);
  for (let length = 1; length < bytes.length; length++) {
    assert.throws(() => decodeTraces(bytes.subarray(0, length)), DecodeError, `cut at ${length}`);
  }
});

test('a nested message that passes the end of its parent is refused', () => {
  const attribute = Buffer.from([0x4a, 0x7f, 0x0a, 0x01, 0x6b]); // 9: 127 bytes, of which 3 are there
  const within = field(1, field(2, Buffer.concat([field(2, Buffer.concat([encode('Span', goodSpan), attribute])), Buffer.alloc(200)])));
  assert.throws(() => decodeTraces(within), DecodeError);
});

test('garbage is a DecodeError, whatever it is', () => {
  for (const bytes of [Buffer.alloc(64, 0xff), Buffer.from('{"resourceSpans":[]}'), Buffer.from('hello, world'), Buffer.alloc(3)]) {
    assert.throws(() => decodeTraces(bytes), DecodeError, bytes.toString());
    assert.throws(() => decodeLogs(bytes), DecodeError, bytes.toString());
    assert.throws(() => countMetricPoints(bytes), DecodeError, bytes.toString());
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, wrapped) => {
    const bytes = wrapped ? field(1, field(2, field(2, noise))) : noise;
    for (const read of [decodeTraces, decodeLogs, countMetricPoints]) {
      try {
        read(bytes);
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error));
      }
    }
  }), { numRuns: 500 });
});

test('values nest up to 64 deep and no deeper; deep groups are refused too', () => {
  const nested = (depth: number) => {
    let value: Uint8Array = encode('AnyValue', { stringValue: 'bottom' });
    for (let level = 1; level < depth; level++) value = field(5, field(1, value));
    return field(1, field(2, field(2, Buffer.concat([encode('Span', goodSpan), field(9, Buffer.concat([field(1, Buffer.from('k')), field(2, value)]))]))));
  };
  assert.equal(decodeTraces(nested(64)).spans.length, 1);
  assert.throws(() => decodeTraces(nested(65)), { message: /nested more than 64 deep/ });
  assert.throws(() => decodeTraces(nested(2_000)), DecodeError);
  assert.throws(() => decodeTraces(Buffer.alloc(100_000, 0x7b)), DecodeError);
});

test('metric points of every kind are counted', () => {
  const points = { dataPoints: [{ asDouble: 1 }, { asDouble: 2 }] };
  const metrics = [{ gauge: points }, { sum: points }, { histogram: points }, { exponentialHistogram: points }, { summary: points }, { name: 'empty' }];
  const bytes = encode('ExportMetricsServiceRequest', { resourceMetrics: [{ resource: {}, scopeMetrics: [{ scope: { name: 's' }, metrics }] }] });
  assert.equal(countMetricPoints(bytes), 10);
});
