import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupCommit } from '../../../src/hub/groupCommit.ts';
import { type NewChunk, StoreError } from '../../../src/hub/store/store.ts';

const chunk = (name: string): NewChunk => ({ signal: 'traces', encoding: 'json', bytes: Buffer.from(name), receivedUnixMs: 0, captureOverride: undefined, skipped: undefined, parts: [], deltas: [] });

function committing(fails: (names: readonly string[]) => StoreError | undefined) {
  const groups: string[][] = [];
  let last = 0;
  const group = new GroupCommit((chunks) => {
    const names = chunks.map(({ bytes }) => Buffer.from(bytes).toString());
    const error = fails(names);
    if (error !== undefined) throw error;
    groups.push(names);
    return chunks.map(() => ++last);
  });
  const counted: string[] = [];
  const add = (name: string) => group.add(chunk(name), (chunkId) => counted.push(`${name} ${chunkId}`));
  return { group, groups, counted, add };
}

test('what comes within one turn is one transaction, counted in its order before anyone is answered', async () => {
  const { groups, counted, add } = committing(() => undefined);
  const answers: string[] = [];
  await Promise.all(['a', 'b', 'c'].map((name) => add(name).then(() => answers.push(`${name} after ${counted.length}`))));
  await add('d');
  assert.deepEqual([groups, counted, answers], [[['a', 'b', 'c'], ['d']], ['a 1', 'b 2', 'c 3', 'd 4'], ['a after 3', 'b after 3', 'c after 3']]);
});

test('where the store wants a pause, what comes meanwhile is committed together after it', async () => {
  let end = () => {};
  let pause: Promise<void> | undefined = new Promise((resolve) => (end = resolve));
  const groups: number[] = [];
  const group = new GroupCommit((chunks) => {
    groups.push(chunks.length);
    return chunks.map((_, i) => i);
  }, () => pause);
  const first = group.add(chunk('a'), () => {});
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(groups, []);
  const second = group.add(chunk('b'), () => {});
  pause = undefined;
  end();
  await Promise.all([first, second]);
  assert.deepEqual(groups, [2]);
});

test('one that cannot be kept fails alone; where the medium fails nobody is told that it was kept', async () => {
  const bad = committing((names) => (names.includes('bad') ? new StoreError('failed', 'a constraint') : undefined));
  const settled = await Promise.allSettled(['a', 'bad', 'c'].map(bad.add));
  assert.deepEqual(settled.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled']);
  assert.deepEqual(bad.counted, ['a 1', 'c 2']);
  let tries = 0;
  const locked = committing(() => {
    tries++;
    return new StoreError('locked', 'database is locked');
  });
  assert.deepEqual((await Promise.allSettled(['a', 'b'].map(locked.add))).map(({ status }) => status), ['rejected', 'rejected']);
  assert.deepEqual([tries, locked.counted], [1, []]);
});

test('who waits for the turn has it behind, kept or not', async () => {
  let isFailing = true;
  const { group, add, counted } = committing(() => (isFailing ? new StoreError('locked', 'locked') : undefined));
  const first = add('a').catch(() => 'refused');
  await group.settled();
  assert.deepEqual([await first, counted], ['refused', []]);
  isFailing = false;
  const second = add('a');
  await group.settled();
  assert.deepEqual(counted, ['a 1']);
  await second;
  await group.settled();
});

test('where what follows a commit fails, only its own batch hears of it, and nothing is committed again', async () => {
  const { group, groups, add, counted } = committing(() => undefined);
  const failing = group.add(chunk('b'), () => {
    throw new StoreError('failed', 'counting');
  });
  const settled = await Promise.allSettled([add('a'), failing, add('c')]);
  assert.deepEqual(settled.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled']);
  assert.deepEqual([groups, counted], [[['b', 'a', 'c']], ['a 2', 'c 3']]);
});
