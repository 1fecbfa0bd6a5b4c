import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FieldReader } from '../../../src/decode/fieldReader.ts';
import { ItemBudget } from '../../../src/decode/limits.ts';

const reader = (bytes: readonly number[]) => new FieldReader(Uint8Array.from(bytes), new ItemBudget());

/** In as few bytes as hold it, then with as many more that say nothing. */
function varint(value: bigint, idle = 0): number[] {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  bytes.push(Number(left));
  for (let n = 0; n < idle && bytes.length < 10; n++) {
    bytes[bytes.length - 1]! |= 0x80;
    bytes.push(0);
  }
  return bytes;
}

test('every int64 is read as it was written, however many bytes it took, and what follows it too', () => {
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(9), fc.nat(63), (whole, idle, shift) => {
    const value = whole >> BigInt(shift);
    const fields = reader([...varint(value, idle), 0x2a]);
    assert.equal(fields.int64(), value);
    assert.equal(fields.int64(), 42n);
  }), { numRuns: 2000, examples: [[0n, 0, 0], [-1n, 0, 0], [2n ** 63n - 1n, 0, 0], [-(2n ** 63n), 0, 0], [2n ** 28n, 0, 0], [2n ** 56n, 0, 0]] });
});

test('an int64 that ends early, or never, is an error', () => {
  for (let length = 0; length < 10; length++) assert.throws(() => reader(new Array<number>(length).fill(0xff)).int64(), RangeError);
  assert.throws(() => reader([...new Array<number>(10).fill(0xff), 1]).int64());
  // Within a message it may not go on behind the message's end.
  const fields = reader([3, 0x80, 0x80, 0x80, 1]);
  fields.enter();
  assert.throws(() => fields.int64(), RangeError);
});
