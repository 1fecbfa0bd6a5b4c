/** That the requests of `npm run fuzz` (test/fuzz) reach the skim's code: fixed seeds, whose inputs are of every kind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSkim } from '../../fuzz/checkSkim.ts';
import { randomOtlpJson } from '../../fuzz/randomOtlpJson.ts';
import { randomOtlpProtobuf } from '../../fuzz/randomOtlpProtobuf.ts';
import { Random } from '../../fuzz/random.ts';

const makers = { protobuf: randomOtlpProtobuf, json: randomOtlpJson } as const;

for (const encoding of ['protobuf', 'json'] as const) {
  test(`mutated requests, one behind the other: the skim says what the decoder says, and skims many of them: ${encoding}`, () => {
    const counts = { skimmed: 0, left: 0, refused: 0 };
    for (let index = 0; index < 1000; index++) {
      const input = makers[encoding](new Random(`skim ${index}`));
      try {
        counts[checkSkim(input, encoding)]++;
      } catch (error) {
        throw new Error(`input ${index}: ${JSON.stringify(input.toString('latin1'))}`, { cause: error });
      }
    }
    for (const [what, count] of Object.entries(counts)) assert.ok(count > 100, `${count} ${what}`);
  });
}

test('a count that is longer than a number may be is left to the decoder, which refuses it', () => {
  const long = [...new Array<number>(11).fill(0x80), 0];
  const message = (tag: number, bytes: readonly number[]) => [tag, bytes.length, ...bytes];
  const requestOf = (...ofSpan: number[]) => Buffer.from(message(0x0a, message(0x12, message(0x12, [...message(0x0a, new Array<number>(16).fill(1)), ...message(0x12, new Array<number>(8).fill(1)), ...ofSpan]))));
  assert.equal(checkSkim(requestOf(), 'protobuf'), 'skimmed');
  // Of an event, of a link, of the span.
  assert.equal(checkSkim(requestOf(...message(0x5a, [0x20, ...long])), 'protobuf'), 'refused');
  assert.equal(checkSkim(requestOf(...message(0x6a, [0x28, ...long])), 'protobuf'), 'refused');
  assert.equal(checkSkim(requestOf(0x50, ...long), 'protobuf'), 'refused');
});
