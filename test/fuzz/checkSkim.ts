import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { DecodeError, type TraceBatch } from '../../src/decode/batch.ts';
import { decodeTraces } from '../../src/hub/chunkReader.ts';
import { skimTraces } from '../../src/hub/skim.ts';
import type { Encoding } from '../../src/hub/sink.ts';
import { countedFacts } from '../unit/hub/countedFacts.ts';

/**
 * The skim says nothing, or of each span what the decoder says; and what the decoder refuses it leaves alone. It remembers shapes and origins of the requests
 * before, so one that fails may do so only behind them.
 * @returns what became of the request
 */
export function checkSkim(bytes: Uint8Array, encoding: Encoding): 'skimmed' | 'left' | 'refused' {
  const skimmed = skimTraces(bytes, encoding);
  let decoded: TraceBatch;
  try {
    decoded = decodeTraces(bytes, encoding);
  } catch (error) {
    if (!DecodeError.is(error)) throw error;
    assert.equal(skimmed, undefined, `skimmed what the decoder refuses: ${error.message}`);
    return 'refused';
  }
  if (skimmed === undefined) return decoded.rejections.length > 0 ? 'refused' : 'left';
  assert.deepEqual(decoded.rejections, [], 'skimmed what the decoder refuses in part');
  const [said, wanted] = [skimmed.spans.map(countedFacts), decoded.spans.map(countedFacts)];
  // The assertion takes long to say yes.
  if (!isDeepStrictEqual(said, wanted)) assert.deepEqual(said, wanted);
  assert.equal(skimmed.sizes.length, skimmed.spans.length);
  assert.ok(skimmed.sizes.every((size) => size > 20) && skimmed.sizes.reduce((a, b) => a + b, 0) <= bytes.length, `sizes ${skimmed.sizes.join(' ')}`);
  return 'skimmed';
}
