import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { digits, nanoseconds, spanIdText, traceIdText } from '../../../src/hub/jsonTexts.ts';

test('nanoseconds are exact', () => {
  const of = (seconds: number, rest: number) => assert.equal(nanoseconds(seconds, rest), BigInt(seconds) * 1_000_000_000n + BigInt(rest), `${seconds} ${rest}`);
  for (const seconds of [0, 1, 65_535, 65_536, 4_294_967_295, 4_294_967_296, 9_999_999_999]) for (const rest of [0, 1, 999_999_999]) of(seconds, rest);
  fc.assert(fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), fc.integer({ min: 0, max: 999_999_999 }), of), { numRuns: 5000 });
});

test('digits, and what is none', () => {
  const of = (text: string) => digits(Buffer.from(text), 0, text.length);
  assert.deepEqual([of(''), of('0'), of('0042'), of('999999999999999')], [0, 0, 42, 999_999_999_999_999]);
  for (const text of ['x', '1x', ' 1', '-1', '1.', '１']) assert.equal(of(text), -1, text);
});

test('ids are lower-case hex digits, wherever they stand', () => {
  const id = '0123456789abcdef';
  assert.equal(spanIdText(Buffer.from(`"${id}"`), 1), id);
  assert.equal(traceIdText(Buffer.from(`xx${id}${id}`).subarray(1), 1), id + id);
  for (const text of ['0123456789ABCDEF', '0123456789abcdeg', '0123456789abcde"', '０123456789abc']) assert.throws(() => spanIdText(Buffer.from(text), 0), text);
  assert.throws(() => traceIdText(Buffer.from(`${id}0123456789abcde/`), 0));
});
