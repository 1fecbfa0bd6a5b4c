import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { idFirst, idLast, isRoot, parentFirst, parentLast, wordOf } from '../../../src/hub/idWords.ts';
import { digits, hexWord, traceIdText } from '../../../src/hub/jsonTexts.ts';
import { idText, SkimmedSpan } from '../../../src/hub/skimmedSpan.ts';
import { makeSpan } from './spans.ts';

test('digits, and what is none', () => {
  const of = (text: string) => digits(Buffer.from(text), 0, text.length);
  assert.deepEqual([of(''), of('0'), of('0042'), of('999999999999999')], [0, 0, 42, 999_999_999_999_999]);
  for (const text of ['x', '1x', ' 1', '-1', '1.', '１']) assert.equal(of(text), -1, text);
});

test('ids are lower-case hex digits, wherever they stand', () => {
  const id = '0123456789abcdef';
  assert.equal(traceIdText(Buffer.from(`xx${id}${id}`).subarray(1), 1), id + id);
  for (const text of ['0123456A', '0123456g', '0123456"', '0123456/', '0123456:', '0123456`', '０12345']) assert.throws(() => hexWord(Buffer.from(text), 0), text);
  assert.throws(() => traceIdText(Buffer.from(`${id}0123456789abcde/`), 0));
});

test('an id is the same as text, as words, and of a span of either kind', () => {
  const hex = fc.bigInt(1n, 2n ** 64n - 1n).map((value) => value.toString(16).padStart(16, '0'));
  fc.assert(fc.property(hex, fc.option(hex, { nil: undefined }), (spanId, parentSpanId) => {
    const [first, last] = [wordOf(spanId, 0), wordOf(spanId, 8)];
    assert.deepEqual([hexWord(Buffer.from(`"${spanId}`), 1), hexWord(Buffer.from(spanId), 8)], [first, last]);
    assert.equal(idText(first, last), spanId);
    const plain = { ...makeSpan({ id: 1 }), spanId, parentSpanId };
    const skimmed = new SkimmedSpan(plain.traceId, first, last, parentSpanId === undefined ? 0 : wordOf(parentSpanId, 0), parentSpanId === undefined ? 0 : wordOf(parentSpanId, 8), 1n, 2n, plain.status, plain);
    assert.deepEqual([skimmed.spanId, skimmed.parentSpanId], [spanId, parentSpanId]);
    for (const read of [idFirst, idLast, isRoot]) assert.equal(read(skimmed), read(plain));
    if (parentSpanId !== undefined) for (const read of [parentFirst, parentLast]) assert.equal(read(skimmed), read(plain));
  }), { numRuns: 2000 });
});
