import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../../src/decode/batch.ts';
import { countMetricPoints, decodeLogs, decodeTraces } from '../../../src/decode/otlpJson.ts';
import { decodeTraces as decodeProtobuf } from '../../../src/decode/otlpProtobuf.ts';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import type { AttributeValue } from '../../../src/model/attributes.ts';
import { KeyValueList } from '../../../src/model/attributes.ts';
import type { Span } from '../../../src/model/span.ts';
import { spans } from './arbitraries.ts';
import { traceRequest } from './modelToProto.ts';
import { encode } from './otlpProto.ts';

const goodSpan = {
  traceId: '5B8EFFF798038103D269B633813FC60C', spanId: 'EEE19B7EC3C1B174', name: 'good',
  startTimeUnixNano: '1790000379031774587', endTimeUnixNano: '1790000379031774999',
};

function oneScope(...spans: readonly object[]): string {
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

function valueOf(value: unknown): AttributeValue {
  return decodeTraces(oneScope({ ...goodSpan, attributes: [{ key: 'k', value }] })).spans[0]?.attributes[0]?.value;
}

/** Groups that happen to be equal are merged by the writer, so spans are numbered, to be put back in order. */
function numbered(spans: readonly Span[]): readonly Span[] {
  return spans.map((span, index) => ({ ...span, droppedLinksCount: index }));
}

function inOrder(spans: readonly Span[]): readonly Span[] {
  return spans.toSorted((a, b) => a.droppedLinksCount - b.droppedLinksCount);
}

test('what the writer writes reads back exactly, from text and from bytes', () => {
  fc.assert(fc.property(spans.map(numbered), (spans) => {
    const text = JSON.stringify(traceRequestJson(spans));
    const batch = decodeTraces(text);
    assert.deepStrictEqual(inOrder(batch.spans), spans);
    assert.deepStrictEqual(decodeTraces(Buffer.from(text)), batch);
  }), { numRuns: 150 });
});

test('protobuf → model → JSON → model is the same as protobuf → model', () => {
  fc.assert(fc.property(spans.map(numbered), (spans) => {
    const fromProtobuf = decodeProtobuf(encode('ExportTraceServiceRequest', traceRequest(spans))).spans;
    assert.deepStrictEqual(inOrder(decodeTraces(JSON.stringify(traceRequestJson(fromProtobuf))).spans), fromProtobuf);
  }), { numRuns: 50 });
});

test('ids: hex of either case, or base64; otherwise the span is rejected', () => {
  const { spans, rejections } = decodeTraces(oneScope(
    { ...goodSpan, parentSpanId: '' },
    { ...goodSpan, parentSpanId: '0000000000000000' },
    { ...goodSpan, traceId: 'W47/95gDgQPSabYzgT/GDA==', spanId: '7uGbfsPBsXQ=', parentSpanId: 'EEe19B7EC3C1B17f' },
    { ...goodSpan, traceId: 'W47/95gDgQPSabYzgT/GDA' },
    { ...goodSpan, traceId: '0'.repeat(32) },
    { ...goodSpan, traceId: `${goodSpan.traceId}00` },
    { ...goodSpan, spanId: 'zzzzzzzzzzzzzzzz' },
    { ...goodSpan, spanId: undefined },
    { ...goodSpan, parentSpanId: 'abc' },
  ));
  const lower = goodSpan.traceId.toLowerCase();
  assert.deepEqual(spans.map(({ traceId, spanId, parentSpanId }) => [traceId, spanId, parentSpanId]), [
    [lower, 'eee19b7ec3c1b174', undefined],
    [lower, 'eee19b7ec3c1b174', undefined],
    [lower, 'eee19b7ec3c1b174', 'eee19b7ec3c1b17f'],
  ]);
  assert.deepEqual(rejections.map(({ count }) => count), [3, 2, 1]);
});

test('enums are numbers or the names of the proto; 64-bit integers are strings or numbers', () => {
  const { spans } = decodeTraces(oneScope(
    { ...goodSpan, kind: 2, status: { code: 2 } },
    { ...goodSpan, kind: 'SPAN_KIND_CONSUMER', status: { code: 'STATUS_CODE_ERROR', message: 'm' }, startTimeUnixNano: 1234567890 },
    { ...goodSpan, kind: 17, flags: 257, droppedEventsCount: '3' },
  ));
  assert.deepEqual(spans.map(({ kind, status, startUnixNano }) => [kind, status, startUnixNano]), [
    [2, { code: 2, message: '' }, 1790000379031774587n],
    [5, { code: 2, message: 'm' }, 1234567890n],
    [17, { code: 0, message: '' }, 1790000379031774587n],
  ]);
  assert.deepEqual([spans[2]?.flags, spans[2]?.droppedEventsCount], [257, 3]);
  const { records } = decodeLogs(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [
    { severityNumber: 'SEVERITY_NUMBER_ERROR2', body: { kvlistValue: { values: [] } } }, { severityNumber: 9, traceId: 'bad', spanId: goodSpan.spanId },
  ] }] }] }));
  assert.deepEqual(records.map(({ severityNumber, body, traceId, spanId }) => [severityNumber, body, traceId, spanId]), [
    [18, new KeyValueList([]), undefined, undefined],
    [9, undefined, undefined, 'eee19b7ec3c1b174'],
  ]);
});

test('every kind of value keeps its kind', () => {
  const cases: readonly (readonly [unknown, AttributeValue])[] = [
    [{ stringValue: '' }, ''],
    [{ boolValue: false }, false],
    [{ intValue: 42 }, 42n],
    [{ intValue: '-9223372036854775808' }, -(2n ** 63n)],
    [JSON.parse('{"intValue":9223372036854775807}'), 2n ** 63n - 1n],
    [{ doubleValue: 2 }, 2],
    [{ doubleValue: 'NaN' }, NaN],
    [{ doubleValue: '-Infinity' }, -Infinity],
    [{ doubleValue: '-0' }, -0],
    [{ doubleValue: '1.5' }, 1.5],
    [{ bytesValue: '+/8=' }, Uint8Array.of(0xfb, 0xff)],
    [{ bytesValue: '-_8' }, Uint8Array.of(0xfb, 0xff)],
    [{ arrayValue: {} }, []],
    [{ arrayValue: { values: [{ intValue: 1 }, { stringValue: 'x' }, {}] } }, [1n, 'x', undefined]],
    [{ kvlistValue: { values: [{ key: 'a', value: { boolValue: true } }] } }, new KeyValueList([{ key: 'a', value: true }])],
    [{}, undefined],
    [null, undefined],
    [{ stringValue: null, someday: 1 }, undefined],
  ];
  for (const [json, expected] of cases) assert.deepStrictEqual(valueOf(json), expected, JSON.stringify(json));
});

test('unknown fields and nulls are ignored; a byte order mark too', () => {
  const text = JSON.stringify({ future: [1], resourceSpans: [{ resource: null, deprecated: 1, scopeSpans: [{ scope: null, spans: [{ ...goodSpan, x: {}, events: null, links: null }] }] }] });
  assert.equal(decodeTraces(Buffer.from(`\uFEFF${text}`)).spans.length, 1);
  assert.deepEqual(decodeTraces('{}'), { spans: [], rejections: [] });
});

test('a wrong shape names its place', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['[]', /^\$ must be an object$/],
    ['{"resourceSpans":{}}', /^\$\.resourceSpans must be an array, not an object$/],
    ['{"resourceSpans":[1]}', /^\$\.resourceSpans\[0\] must be an object$/],
    [oneScope(goodSpan, { ...goodSpan, name: 5 }), /^\$\.resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[1\]\.name must be a string, not 5$/],
    [oneScope({ ...goodSpan, traceId: 5 }), /spans\[0\]\.traceId must be a string/],
    [oneScope({ ...goodSpan, kind: 'SERVER' }), /spans\[0\]\.kind must be the number or the name of an enum value, not "SERVER"/],
    [oneScope({ ...goodSpan, startTimeUnixNano: '-1' }), /startTimeUnixNano must be an unsigned integer of 64 bits, not "-1"/],
    [oneScope({ ...goodSpan, endTimeUnixNano: '18446744073709551616' }), /endTimeUnixNano/],
    [oneScope({ ...goodSpan, endTimeUnixNano: '' }), /endTimeUnixNano/],
    [oneScope({ ...goodSpan, flags: -1 }), /flags must be an unsigned integer of 32 bits/],
    [oneScope({ ...goodSpan, attributes: [{ key: 'ok' }, { key: 'k', value: { intValue: 1.5 } }] }), /spans\[0\]\.attributes\[1\]\.value\.intValue must be an integer of 64 bits, not 1\.5/],
    [oneScope({ ...goodSpan, attributes: [{ key: 'k', value: { intValue: '9223372036854775808' } }] }), /intValue/],
    [oneScope({ ...goodSpan, attributes: [{ key: 'k', value: { bytesValue: '*' } }] }), /bytesValue must be base64/],
    [oneScope({ ...goodSpan, attributes: [{ key: 'k', value: { doubleValue: 'fast' } }] }), /doubleValue must be a number, not "fast"/],
    [oneScope({ ...goodSpan, attributes: [{ key: 'k', value: 'bare' }] }), /attributes\[0\]\.value must be an object, not "bare"/],
    [oneScope({ ...goodSpan, events: [{}, { attributes: [{ key: 'k', value: { arrayValue: { values: [{ boolValue: 1 }] } } }] }] }), /events\[1\]\.attributes\[0\]\.value\.arrayValue\.values\[0\]\.boolValue must be true or false, not 1/],
  ];
  for (const [text, message] of cases) assert.throws(() => decodeTraces(text), { constructor: DecodeError, message }, text);
});

test('what is not JSON is a DecodeError', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('{"resourceSpans":['), Buffer.from([0x22, 0xff, 0x22]), Buffer.from('hello')]) {
    assert.throws(() => decodeTraces(bytes), DecodeError);
    assert.throws(() => decodeLogs(bytes), DecodeError);
    assert.throws(() => countMetricPoints(bytes), DecodeError);
  }
});

test('values nest up to 64 deep and no deeper', () => {
  const nested = (depth: number) => {
    const open = '{"arrayValue":{"values":['.repeat(depth - 1);
    const value = `${open}{"stringValue":"bottom"}${']}}'.repeat(depth - 1)}`;
    return oneScope({ ...goodSpan, attributes: [{ key: 'k', value: 0 }] }).replace('"value":0', `"value":${value}`);
  };
  assert.equal(decodeTraces(nested(64)).spans.length, 1);
  assert.throws(() => decodeTraces(nested(65)), { constructor: DecodeError, message: /nested more than 64 deep/ });
  assert.throws(() => decodeTraces('['.repeat(1_000_000)), DecodeError);
});

test('metric points of every kind are counted', () => {
  const points = { dataPoints: [{}, {}] };
  const metrics = [{ gauge: points }, { sum: points }, { histogram: points }, { exponentialHistogram: points }, { summary: points }, { name: 'empty' }];
  assert.equal(countMetricPoints(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })), 10);
});
