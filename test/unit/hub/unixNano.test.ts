import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asNumber, nsBetween, ofSeconds } from '../../../src/hub/unixNano.ts';

const edges = [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 1_790_000_000_123_456_789n];
const times = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, 2n ** 64n - 1n));

test('as numbers, times and what is between them are what BigInts say', () => {
  fc.assert(fc.property(times, times, (from, to) => {
    assert.equal(asNumber(from), Number(from));
    assert.equal(nsBetween(from, to), Number(to - from));
    assert.equal(nsBetween(from, from), 0);
  }), { numRuns: 5000 });
});

test('nanoseconds of seconds are exact', () => {
  const of = (seconds: number, rest: number) => assert.equal(ofSeconds(seconds, rest), BigInt(seconds) * 1_000_000_000n + BigInt(rest), `${seconds} ${rest}`);
  for (const seconds of [0, 1, 65_535, 65_536, 4_294_967_295, 4_294_967_296, 9_999_999_999]) for (const rest of [0, 1, 999_999_999]) of(seconds, rest);
  fc.assert(fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), fc.integer({ min: 0, max: 999_999_999 }), of), { numRuns: 5000 });
});
