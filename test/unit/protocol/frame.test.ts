import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFrame, encodeFrame, FrameError } from '../../../src/protocol/frame.ts';

function roundTrip(message: unknown): unknown {
  return decodeFrame(encodeFrame(message));
}

test('a plain message is JSON text', () => {
  assert.equal(encodeFrame({ id: 1, method: 'status' }), '{"id":1,"method":"status"}');
  assert.deepEqual(roundTrip({ id: 1, result: [1, 'ä', null, { a: true }] }), { id: 1, result: [1, 'ä', null, { a: true }] });
});

test('typed arrays come back as what they were, whatever lies around them', () => {
  const bytes = fc.uint8Array({ maxLength: 40 });
  const array = fc.oneof(
    bytes,
    bytes.map((b) => new Uint16Array(b)), bytes.map((b) => new Uint32Array(b)), bytes.map((b) => new Int32Array(b)),
    bytes.map((b) => Float64Array.from(b, (n) => n * 1.1e9)),
  );
  const { message } = fc.letrec((tie) => ({
    message: fc.oneof(
      { maxDepth: 4 }, array, fc.string(), fc.integer(), fc.constant(null), fc.boolean(),
      fc.array(tie('message'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('message', 'arrays')), tie('message'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(fc.property(message, (value) => {
    assert.deepEqual(roundTrip({ value }), { value });
  }));
});

test('a slice of a larger buffer sends only itself, and the receiver owns its memory', () => {
  const large = Buffer.from('abcdefgh');
  const frame = encodeFrame({ bytes: large.subarray(2, 5) }) as Uint8Array;
  // As ws delivers it: at an odd place in a pooled buffer.
  const pooled = Buffer.concat([Buffer.from('x'), frame]).subarray(1);
  const { bytes } = decodeFrame(pooled) as { bytes: Uint8Array };
  pooled.fill(0);
  assert.equal(Buffer.from(bytes).toString(), 'cde');
  assert.equal(bytes.buffer.byteLength, 3);
});

test('what JSON has no words for is refused when sending', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  for (const message of [{ n: 1n }, cycle, { a: new BigInt64Array(1) }, undefined]) assert.throws(() => encodeFrame(message), FrameError);
});

test('a broken frame is a FrameError, never anything else', () => {
  const whole = encodeFrame({ a: new Float64Array([1, 2]), b: new Uint8Array(3) }) as Uint8Array;
  for (let length = 0; length < whole.length; length++) assert.throws(() => decodeFrame(whole.subarray(0, length)), FrameError);
  fc.assert(fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
    const damaged = whole.slice();
    damaged[at] = value;
    try {
      decodeFrame(damaged);
    } catch (error) {
      assert.ok(FrameError.is(error), String(error));
    }
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
    assert.throws(() => decodeFrame(noise), FrameError);
  }));
  assert.throws(() => decodeFrame('{'), FrameError);
});

test('a path reaches neither a prototype nor what is there already', () => {
  const frame = (message: unknown, ...path: unknown[]) => {
    const head = Buffer.from(JSON.stringify({ message, arrays: [['Uint8Array', 0, 0, ...path]] }));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(head.length);
    return Buffer.concat([length, head, Buffer.alloc(16)]);
  };
  assert.deepEqual(decodeFrame(frame({ a: null }, 'a')), { a: new Uint8Array() });
  assert.throws(() => decodeFrame(frame({ a: 1 }, 'a')), FrameError);
  assert.throws(() => decodeFrame(frame({}, '__proto__', 'polluted')), FrameError);
  assert.throws(() => decodeFrame(frame({}, 'constructor', 'prototype', 'x')), FrameError);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});
