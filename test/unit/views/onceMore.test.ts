import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onceMore } from '../../../src/views/onceMore.ts';

/** Answers one after the other, each so many milliseconds after it was asked. */
async function asked(...answers: readonly (readonly [afterMs: number, answer: string | undefined])[]): Promise<{ readonly answer: string | undefined; readonly times: number }> {
  let nowMs = 1000;
  let times = 0;
  const answer = await onceMore(async () => {
    const [afterMs, given] = answers[times++]!;
    await Promise.resolve();
    nowMs += afterMs;
    return given;
  }, () => nowMs);
  return { answer, times };
}

test('what is closed before anyone can have seen it is asked once more, and no more', async () => {
  assert.deepEqual(await asked([50, undefined], [3000, 'a']), { answer: 'a', times: 2 });
  assert.deepEqual(await asked([50, undefined], [50, undefined]), { answer: undefined, times: 2 });
});

test('what is closed later, or answered at once, is not', async () => {
  assert.deepEqual(await asked([2000, undefined]), { answer: undefined, times: 1 });
  assert.deepEqual(await asked([5, 'a']), { answer: 'a', times: 1 });
});
