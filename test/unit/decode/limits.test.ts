import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DecodeError } from '../../../src/decode/batch.ts';
import { maxItems, maxJsonDepth, maxJsonMembers, maxJsonNames, maxJsonValues } from '../../../src/decode/limits.ts';
import * as json from '../../../src/decode/otlpJson.ts';
import * as protobuf from '../../../src/decode/otlpProtobuf.ts';
import { encode } from './otlpProto.ts';

const ids = { traceId: Buffer.from('5b8efff798038103d269b633813fc60c', 'hex'), spanId: Buffer.from('eee19b7ec3c1b174', 'hex') };
const jsonIds = '"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"';

/** One field of wire type 2 inside the others, outermost first. */
function nested(fieldNumbers: readonly number[], content: Uint8Array): Uint8Array {
  return [...fieldNumbers].reverse().reduce<Uint8Array>((inner, number) => {
    const length: number[] = [];
    for (let left = inner.length; ; left >>>= 7) {
      if (left < 128) {
        length.push(left);
        break;
      }
      length.push((left & 127) | 128);
    }
    return Buffer.concat([Buffer.from([number << 3 | 2, ...length]), inner]);
  }, content);
}

/** Nothing but empty messages of that field. */
function empties(fieldNumber: number, count: number): Uint8Array {
  return Buffer.alloc(count * 2, Buffer.from([fieldNumber << 3 | 2, 0]));
}

const tooMany = (error: unknown) => DecodeError.is(error) && error.message.includes(`more than ${maxItems} items`);

describe('a request of too many items is refused as a whole, with the number', () => {
  const count = maxItems + 1;
  const bombs: readonly (readonly [string, Uint8Array, (bytes: Uint8Array) => unknown])[] = [
    ['resource groups', empties(1, count), protobuf.decodeTraces],
    ['scope groups', nested([1], empties(2, count)), protobuf.decodeTraces],
    ['spans', nested([1, 2], empties(2, count)), protobuf.decodeTraces],
    ['attributes of a resource', nested([1, 1], empties(1, count)), protobuf.decodeTraces],
    ['attributes of a scope', nested([1, 2, 1], empties(3, count)), protobuf.decodeTraces],
    ['attributes of a span', nested([1, 2, 2], empties(9, count)), protobuf.decodeTraces],
    ['events', nested([1, 2, 2], empties(11, count)), protobuf.decodeTraces],
    ['links', nested([1, 2, 2], empties(13, count)), protobuf.decodeTraces],
    ['elements of an array', nested([1, 2, 2, 9, 2, 5], empties(1, count)), protobuf.decodeTraces],
    ['entries of a map', nested([1, 2, 2, 9, 2, 6], empties(1, count)), protobuf.decodeTraces],
    ['log records', nested([1, 2], empties(2, count)), protobuf.decodeLogs],
    ['data points', nested([1, 2, 2, 5], empties(1, count)), protobuf.countMetricPoints],
  ];
  for (const [what, bytes, decode] of bombs) {
    test(`protobuf: ${what}`, () => assert.throws(() => decode(bytes), tooMany));
  }
  test('JSON: attributes', () => {
    const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{${jsonIds},"attributes":[${'{},'.repeat(maxItems)}{}]}]}]}]}`;
    assert.throws(() => json.decodeTraces(text), /more than \d+ (items|values)/);
  });
  test('as many as that are taken', () => {
    const attributes = nested([1, 2, 2], Buffer.concat([nested([1], ids.traceId), nested([2], ids.spanId), empties(9, maxItems - 3)]));
    assert.equal(protobuf.decodeTraces(attributes).spans[0]?.attributes.length, maxItems - 3);
  });
});

test('a batch of an SDK at its default limits is within the budget', () => {
  // 512 spans a request; 128 attributes, events and links a span; 128 attributes an event or link, of which the body limit leaves room for few.
  const attributesOfEach = 28;
  assert.ok(512 * (1 + 128 + 2 * 128 * (1 + attributesOfEach)) < maxItems);
});

test('a resource in a million pieces is read once, not a million times', () => {
  const pieces = Buffer.concat([nested([1], empties(1, 100_000)), empties(1, 1_000_000)]);
  const span = nested([2, 2], encode('Span', ids));
  const [read] = protobuf.decodeTraces(nested([1], Buffer.concat([pieces, span]))).spans;
  assert.equal(read?.resource.attributes.length, 100_000);
});

describe('a JSON text that would fill the heap is refused before it is parsed', () => {
  const big = 2 * 1024 * 1024;
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['values', `[${'0,'.repeat(maxJsonValues)}0]`, new RegExp(`more than ${maxJsonValues} values`)],
    ['depth, of brackets alone', '['.repeat(big), new RegExp(`more than ${maxJsonDepth} deep`)],
    ['depth, of objects', '{"a":'.repeat(big / 4), new RegExp(`more than ${maxJsonDepth} deep`)],
    ['members of one object', `{${'"a":0,'.repeat(big / 4)}"a":0}`, new RegExp(`more than ${maxJsonMembers} members`)],
    ['names', `[${Array.from({ length: big / 8 }, (_, i) => `{"${i.toString(36)}":0}`).join(',')}]`, new RegExp(`more than ${maxJsonNames} different names`)],
  ];
  for (const [what, text, message] of cases) {
    test(what, () => {
      assert.throws(() => json.decodeTraces(text), (error) => DecodeError.is(error) && message.test(error.message));
      assert.throws(() => json.decodeLogs(Buffer.from(text)), (error) => DecodeError.is(error) && message.test(error.message));
    });
  }
  test('not what only looks like it: brackets, commas and quotes within strings', () => {
    const name = `${'[{,:'.repeat(big / 2)}\\"[\\\\`;
    const [span] = json.decodeTraces(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${jsonIds},"name":"${name}"}]}]}]}`).spans;
    assert.equal(span?.name, JSON.parse(`"${name}"`));
  });
  test('text that closes what it never opened, or ends within a string', () => {
    for (const text of [']'.repeat(big), `"${'x'.repeat(big)}`, `"${'\\'.repeat(big + 1)}`]) assert.throws(() => json.decodeTraces(text), /not JSON/);
  });
});

test('keys and values come as they are, however long: the request bounds them', () => {
  const key = 'k'.repeat(1024 * 1024);
  const value = 'é'.repeat(4 * 1024 * 1024);
  const bytes = encode('ExportTraceServiceRequest', { resourceSpans: [{ scopeSpans: [{ spans: [{ ...ids, attributes: [{ key, value: { stringValue: value } }] }] }] }] });
  const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{${jsonIds},"attributes":[{"key":"${key}","value":{"stringValue":"${value}"}}]}]}]}]}`;
  for (const [span] of [protobuf.decodeTraces(bytes).spans, json.decodeTraces(text).spans]) {
    assert.ok(span?.attributes[0]?.key === key && span.attributes[0].value === value);
  }
});
