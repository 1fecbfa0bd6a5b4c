import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeTraces } from '../../../src/decode/otlpJson.ts';
import { jsonKeyValues, jsonValue, traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import { KeyValueList } from '../../../src/model/attributes.ts';

test('values are written as OTLP/JSON has them', () => {
  assert.deepStrictEqual(
    jsonKeyValues([
      { key: 's', value: 'x' },
      { key: 'b', value: true },
      { key: 'i', value: 2n ** 62n },
      { key: 'd', value: 2 },
      { key: 'nan', value: NaN },
      { key: 'bytes', value: Uint8Array.of(0xfb, 0xff) },
      { key: 'list', value: new KeyValueList([{ key: 'n', value: [1n, undefined] }]) },
    ]),
    [
      { key: 's', value: { stringValue: 'x' } },
      { key: 'b', value: { boolValue: true } },
      { key: 'i', value: { intValue: '4611686018427387904' } },
      { key: 'd', value: { doubleValue: 2 } },
      { key: 'nan', value: { doubleValue: 'NaN' } },
      { key: 'bytes', value: { bytesValue: '+/8=' } },
      { key: 'list', value: { kvlistValue: { values: [{ key: 'n', value: { arrayValue: { values: [{ intValue: '1' }, {}] } } }] } } },
    ],
  );
  const big = new Uint8Array(100_000).fill(7);
  assert.equal(jsonValue(big).bytesValue, Buffer.from(big).toString('base64'));
});

test('spans of equal resources and scopes share a group, in the order of first sight', () => {
  const request = (service: string, scope: string, ...names: string[]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [{ scope: { name: scope }, spans: names.map((name, index) => ({ traceId: 'a'.repeat(32), spanId: `b${index}`.padEnd(16, 'c'), name })) }],
  });
  const { spans } = decodeTraces(JSON.stringify({ resourceSpans: [request('a', 'x', '1'), request('b', 'x', '2'), request('a', 'x', '3'), request('a', 'y', '4')] }));
  const written = traceRequestJson(spans) as { resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[] };
  assert.deepEqual(written.resourceSpans.map(({ scopeSpans }) => scopeSpans.map(({ spans }) => spans.map(({ name }) => name))), [[['1', '3'], ['4']], [['2']]]);
});
