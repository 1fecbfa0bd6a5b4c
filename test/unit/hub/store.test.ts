import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { MemoryStore } from '../../../src/hub/store/memoryStore.ts';
import { openStore, storeFileName } from '../../../src/hub/store/openStore.ts';
import { type NewChunk, type Store, StoreError } from '../../../src/hub/store/store.ts';
import { atEnd, baseUnixNano, temporaryFolder, traceIdOf } from './spans.ts';

const opened = (test: TestContext, store: Store): Store => {
  atEnd(test, async () => store.close());
  return store;
};

const kinds: Readonly<Record<string, (test: TestContext) => Promise<Store>>> = {
  sqlite: async (test) => opened(test, (await openStore(await temporaryFolder(test), { readOnly: false })).store),
  memory: async (test) => opened(test, new MemoryStore()),
};

/** A chunk with `spans` spans of each trace, all in `captures` alike. */
function chunk(traces: readonly number[], captures: readonly string[] = ['external'], bytes = 10, receivedUnixMs = 0): NewChunk {
  return {
    signal: 'traces', encoding: 'protobuf', bytes: new Uint8Array(bytes).fill(7), receivedUnixMs, captureOverride: undefined, skipped: undefined,
    parts: captures.map((captureId) => ({
      captureId, items: 2 * traces.length, errors: traces.length, traces: traces.map((trace) => ({ traceId: traceIdOf(trace), items: 2, errors: 1 })),
    })),
    deltas: captures.flatMap((captureId) => traces.map((trace) => ({
      traceId: traceIdOf(trace), captureId, service: `${captureId} service`, rootName: `${captureId} root`, rootIsTrue: captureId === captures[0],
      rootStartUnixNano: baseUnixNano + BigInt(trace), services: [`${captureId} service`], startUnixNano: baseUnixNano + BigInt(trace),
      endUnixNano: baseUnixNano + BigInt(trace) + 100n, spanCount: 2, errorCount: 1,
    }))),
  };
}

function chunkIds(store: Store): number[] {
  const ids: number[] = [];
  for (let id = store.nextChunk(0, 'traces'); id !== undefined; id = store.nextChunk(id, 'traces')) ids.push(id);
  return ids;
}

function drain(step: () => { spans: number } | undefined): number {
  let spans = 0;
  for (let dropped = step(); dropped !== undefined && dropped.spans > 0; dropped = step()) spans += dropped.spans;
  return spans;
}

for (const [kind, make] of Object.entries(kinds)) {
  describe(kind, () => {
    test('gives back chunk and traces as they were put in', async (t) => {
      const store = await make(t);
      store.append({ ...chunk([1, 2]), skipped: Uint32Array.of(0, 3), captureOverride: 'imported', parts: chunk([1, 2], ['imported']).parts });
      store.append({ ...chunk([2]), encoding: 'json' });
      const [first, second] = chunkIds(store);
      assert.deepEqual(store.chunk(first!), {
        chunkId: first, signal: 'traces', encoding: 'protobuf', bytes: new Uint8Array(10).fill(7), captureOverride: 'imported',
        skipped: Uint32Array.of(0, 3), captures: new Set(['imported']),
      });
      assert.equal(store.chunk(second!)?.encoding, 'json');
      assert.equal(store.chunk(99), undefined);
      assert.deepEqual(store.chunksOfTrace(traceIdOf(2), 'traces'), [first, second]);
      assert.deepEqual(store.chunksOfTrace(traceIdOf(3), 'traces'), []);
      assert.deepEqual([store.previousChunk(Number.MAX_SAFE_INTEGER, 'traces'), store.previousChunk(second!, 'traces'), store.previousChunk(first!, 'traces')], [second, first, undefined]);
      const row = store.trace(traceIdOf(2));
      assert.equal(row?.startUnixNano, baseUnixNano + 2n);
      assert.deepEqual([row?.spanCount, row?.errorCount, row?.version], [4, 2, 2]);
      assert.deepEqual([...store.traces()].map(({ traceId }) => traceId), [traceIdOf(2), traceIdOf(1)]);
      assert.deepEqual(store.counts(), { spans: 6, logs: 0, droppedSpans: 0 });
      assert.ok(store.isInCapture(traceIdOf(1), 'imported'));
      assert.ok(!store.isInCapture(traceIdOf(1), 'external'));
    });

    test('logs make no trace, but make one newer', async (t) => {
      const store = await make(t);
      const logs: NewChunk = { ...chunk([1]), signal: 'logs', deltas: [] };
      store.append(logs);
      assert.equal(store.trace(traceIdOf(1)), undefined);
      store.append(chunk([1]));
      store.append(logs);
      assert.equal(store.trace(traceIdOf(1))?.version, 2);
      assert.equal(store.chunksOfTrace(traceIdOf(1), 'logs').length, 2);
      assert.deepEqual(store.counts(), { spans: 2, logs: 4, droppedSpans: 0 });
      assert.equal(store.captures()[0]?.spanCount, 2);
      store.deleteFromCapture('external', 99);
      assert.deepEqual(store.counts(), { spans: 0, logs: 0, droppedSpans: 0 });
    });

    test('deleting a capture leaves what others have in the same batch and trace', async (t) => {
      const store = await make(t);
      store.append(chunk([1, 2], ['a', 'b']));
      store.append(chunk([3], ['a']));
      assert.equal(store.trace(traceIdOf(1))?.captureId, 'a');
      const dropped = store.deleteFromCapture('a', 99);
      assert.deepEqual([dropped?.spans, dropped?.captureIds], [6, ['a']]);
      assert.deepEqual(dropped?.traceIds.toSorted(), [1, 2, 3].map(traceIdOf));
      assert.deepEqual([...store.traces()].map(({ traceId, captureId, spanCount }) => [traceId, captureId, spanCount]), [[traceIdOf(2), 'b', 2], [traceIdOf(1), 'b', 2]]);
      assert.deepEqual(store.captures().map(({ captureId, spanCount, errorCount }) => [captureId, spanCount, errorCount]), [['b', 4, 2]]);
      assert.deepEqual([...store.chunk(chunkIds(store)[0]!)!.captures], ['b']);
      assert.equal(store.deleteFromCapture('a', 99), undefined);
      store.deleteFromCapture('b', 99);
      assert.deepEqual(chunkIds(store), []);
      assert.deepEqual(store.counts(), { spans: 0, logs: 0, droppedSpans: 0 });
    });

    test('the oldest capture goes first, its oldest batches first, a pinned one never', async (t) => {
      const store = await make(t);
      for (const [captureId, startedUnixMs] of [['pinned', 1], ['old', 2], ['new', 3]] as const) store.putCapture(captureId, { startedUnixMs }, 0);
      store.putCapture('pinned', { pinned: true }, 0);
      store.putCapture('old', { endedUnixMs: 5 }, 0);
      [['pinned', 1], ['new', 2], ['old', 3], ['old', 4]].forEach(([captureId, trace]) => store.append(chunk([trace as number], [captureId as string])));
      assert.deepEqual(store.dropOldest(1)?.traceIds, [traceIdOf(3)]);
      const second = store.dropOldest(1);
      assert.deepEqual([second?.traceIds, second?.captureIds], [[traceIdOf(4)], ['old']]);
      // 'new' has not ended: it stays listed.
      const third = store.dropOldest(9);
      assert.deepEqual([third?.traceIds, third?.captureIds], [[traceIdOf(2)], []]);
      assert.equal(store.dropOldest(9), undefined);
      assert.deepEqual(store.captures().map(({ captureId }) => captureId), ['pinned', 'new']);
      assert.deepEqual(store.counts(), { spans: 2, logs: 0, droppedSpans: 6 });
    });

    test('"external" is as old as its oldest batch', async (t) => {
      const store = await make(t);
      store.append(chunk([1], ['external'], 10, 100));
      store.putCapture('session', { startedUnixMs: 200 }, 0);
      store.append(chunk([2], ['session'], 10, 210));
      store.append(chunk([3], ['external'], 10, 300));
      const order = [1, 2, 3].map(() => store.dropOldest(1)?.traceIds[0]);
      assert.deepEqual(order, [1, 2, 3].map(traceIdOf));
    });

    test('dropping frees the bytes', async (t) => {
      const store = await make(t);
      const before = store.bytes();
      for (let i = 1; i <= 20; i++) store.append(chunk([i], ['external'], 100_000, i));
      assert.ok(store.bytes() > before + 2_000_000);
      assert.equal(drain(() => store.dropOldest(4)), 40);
      assert.ok(store.bytes() < before + 100_000);
    });
  });
}

test('what was stored is there when the folder is opened again, also only for reading', async (t) => {
  const folder = await temporaryFolder(t);
  const { store } = await openStore(folder, { readOnly: false });
  store.append(chunk([1, 2], ['a']));
  store.putCapture('a', { name: 'A run', kind: 'run', pinned: true, endedUnixMs: 9 }, 0);
  const captures = store.captures();
  store.close();
  for (const readOnly of [true, false]) {
    const again = (await openStore(folder, { readOnly })).store;
    assert.deepEqual(again.captures(), captures);
    assert.deepEqual(again.counts(), { spans: 4, logs: 0, droppedSpans: 0 });
    assert.equal(again.trace(traceIdOf(2))?.spanCount, 2);
    if (readOnly) assert.throws(() => again.append(chunk([3])), StoreError);
    again.close();
  }
});

test('a failed batch leaves nothing behind', async (t) => {
  const folder = await temporaryFolder(t);
  const store = opened(t, (await openStore(folder, { readOnly: false })).store);
  const bad = chunk([1], ['a', 'a']);
  assert.throws(() => store.append(bad), StoreError);
  assert.deepEqual([store.captures(), chunkIds(store), store.trace(traceIdOf(1)), store.counts().spans], [[], [], undefined, 0]);
  store.append(chunk([1], ['a']));
  assert.equal(store.captures()[0]?.spanCount, 2);
});

test('a folder without spans reads as an empty store and stays untouched', async (t) => {
  const folder = await temporaryFolder(t);
  const { store, troubles } = await openStore(folder, { readOnly: true });
  assert.deepEqual([[...store.traces()], troubles, existsSync(path.join(folder, storeFileName))], [[], [], false]);
});

test('a damaged file is moved aside, said so, and replaced', async (t) => {
  const damages: Readonly<Record<string, (file: string) => Promise<void>>> = {
    'no database at all': (file) => writeFile(file, 'this was a shopping list'.repeat(1000)),
    'overwritten pages': async (file) => {
      const handle = await open(file, 'r+');
      await handle.write(Buffer.alloc(8192, 0x5a), 0, 8192, 4096);
      await handle.close();
    },
    'cut short': (file) => truncate(file, 5000),
  };
  for (const [name, damage] of Object.entries(damages)) {
    const folder = await temporaryFolder(t);
    const file = path.join(folder, storeFileName);
    const before = (await openStore(folder, { readOnly: false })).store;
    before.append(chunk([1]));
    before.close();
    await damage(file);
    const damaged = await readFile(file);
    const { store, troubles } = await openStore(folder, { readOnly: false });
    opened(t, store);
    assert.deepEqual(troubles.map(({ code }) => code), ['store-recovered'], name);
    const aside = `${file}.damaged-1`;
    assert.ok(troubles[0]!.message.includes(aside));
    assert.deepEqual(await readFile(aside), damaged);
    assert.equal(store.kind, 'sqlite');
    store.append(chunk([2]));
    assert.equal(store.counts().spans, 2);
  }
});

test('a file of a newer version, or one that cannot be opened, is left alone and spans go to memory', async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, storeFileName);
  const { DatabaseSync } = await import('node:sqlite');
  const newer = new DatabaseSync(file);
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  const { store, troubles } = await openStore(folder, { readOnly: false });
  assert.equal(store.kind, 'memory');
  assert.deepEqual(troubles.map(({ code }) => code), ['store-failed']);
  assert.match(troubles[0]!.message, /newer Traceline/);
  assert.ok(!existsSync(`${file}.damaged-1`));
  await assert.rejects(openStore(folder, { readOnly: true }), StoreError);
});
