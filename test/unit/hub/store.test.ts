import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { MemoryStore } from '../../../src/hub/store/memoryStore.ts';
import { openStore, storeFileName } from '../../../src/hub/store/openStore.ts';
import { pageBytes } from '../../../src/hub/store/schema.ts';
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
      endUnixNano: baseUnixNano + BigInt(trace) + 100n, spanCount: 2, errorCount: 1, bytes: bytes / traces.length / captures.length,
    }))),
  };
}

function chunkIds(store: Store): number[] {
  const ids: number[] = [];
  for (let id = store.nextChunk(0, 'traces'); id !== undefined; id = store.nextChunk(id, 'traces')) ids.push(id);
  return ids;
}

const none = { spans: 0, logs: 0, droppedSpans: 0, droppedLogs: 0, droppedFor: { size: 0, count: 0, age: 0 } };

for (const [kind, make] of Object.entries(kinds)) {
  describe(kind, () => {
    test('gives back chunk and traces as they were put in', async (t) => {
      const store = await make(t);
      store.append([{ ...chunk([1, 2]), skipped: Uint32Array.of(0, 3), captureOverride: 'imported', parts: chunk([1, 2], ['imported']).parts }, { ...chunk([2]), encoding: 'json' }]);
      const [first, second] = chunkIds(store);
      assert.deepEqual(store.chunk(first!), {
        chunkId: first, signal: 'traces', encoding: 'protobuf', receivedUnixMs: 0, bytes: new Uint8Array(10).fill(7), captureOverride: 'imported',
        skipped: Uint32Array.of(0, 3), captures: new Set(['imported']), traces: undefined,
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
      assert.deepEqual(store.counts(), { ...none, spans: 6 });
      assert.ok(store.isInCapture(traceIdOf(1), 'imported'));
      assert.ok(!store.isInCapture(traceIdOf(1), 'external'));
    });

    test('logs make no trace, but make one newer', async (t) => {
      const store = await make(t);
      const logs: NewChunk = { ...chunk([1]), signal: 'logs', deltas: [] };
      store.append([logs]);
      assert.equal(store.trace(traceIdOf(1)), undefined);
      store.append([chunk([1])]);
      const { version } = store.trace(traceIdOf(1))!;
      store.append([logs]);
      assert.equal(store.trace(traceIdOf(1))?.version, version + 1);
      assert.equal(store.chunksOfTrace(traceIdOf(1), 'logs').length, 2);
      assert.deepEqual(store.counts(), { ...none, spans: 2, logs: 4 });
      assert.equal(store.captures()[0]?.spanCount, 2);
      store.deleteFromCapture('external', 99);
      assert.deepEqual(store.counts(), none);
    });

    test('deleting a capture leaves what others have in the same batch and trace', async (t) => {
      const store = await make(t);
      store.append([chunk([1, 2], ['a', 'b'])]);
      store.append([chunk([3], ['a'])]);
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
      assert.deepEqual(store.counts(), none);
    });

    test('what is read in one go is as it is alone; one that fails says so, and what comes after it is kept', async (t) => {
      const store = await make(t);
      store.append([chunk([1])]);
      assert.deepEqual(store.reading(() => [1, 2].map((id) => store.holdsTrace(traceIdOf(id)))), [true, false]);
      assert.throws(() => store.reading(() => {
        store.holdsTrace(traceIdOf(1));
        throw new Error('of the reader');
      }), /of the reader/);
      store.append([chunk([2])]);
      assert.deepEqual(store.reading(() => [1, 2].map((id) => store.holdsTrace(traceIdOf(id)))), [true, true]);
    });

    test('a trace that is let go takes its logs along, in shared batches too, and is counted; what stays is as it was', async (t) => {
      const store = await make(t);
      const [first, logs, second] = store.append([chunk([1, 2, 3], ['a', 'b']), { ...chunk([1, 2], ['a']), signal: 'logs', deltas: [] }, chunk([1])]);
      const dropped = store.dropTraces([traceIdOf(1), traceIdOf(99)], 'size');
      assert.deepEqual([dropped.spans, dropped.logs, dropped.captureIds], [6, 2, []]);
      assert.deepEqual([store.trace(traceIdOf(1)), store.holdsTrace(traceIdOf(1)), store.chunk(second!)], [undefined, false, undefined]);
      assert.deepEqual([store.chunk(first!)?.traces, store.chunk(logs!)?.traces], [new Set([2, 3].map(traceIdOf)), new Set([traceIdOf(2)])]);
      assert.deepEqual([store.trace(traceIdOf(2))?.spanCount, store.trace(traceIdOf(2))?.errorCount], [4, 2]);
      assert.deepEqual(store.captures().map(({ captureId, spanCount, errorCount }) => [captureId, spanCount, errorCount]), [['a', 4, 2], ['b', 4, 2], ['external', 0, 0]]);
      assert.deepEqual(store.counts(), { spans: 8, logs: 2, droppedSpans: 6, droppedLogs: 2, droppedFor: { size: 6, count: 0, age: 0 } });
      assert.deepEqual(store.chunksOfTrace(traceIdOf(1), 'traces'), []);
    });

    test('logs of no trace, and of traces whose spans have not come, are a lot that can be let go; then the spans come', async (t) => {
      const store = await make(t);
      const batch = chunk([1], ['a'], 100);
      const [id] = store.append([{ ...batch, signal: 'logs', deltas: [], parts: [{ ...batch.parts[0]!, items: 5 }] }]);
      const [loose] = store.usage();
      assert.deepEqual([store.usage().length, loose?.service, loose?.spans, loose?.bytes], [1, '', 0, 100]);
      const [first, second] = store.oldestTraces(loose!.operation, 'ordinary', 9).map(({ traceId }) => traceId);
      assert.equal(store.holdsTrace(traceIdOf(1)), true);
      const other = first === traceIdOf(1) ? second! : first!;
      assert.deepEqual([store.dropTraces([other], 'count').logs, [...store.chunk(id!)!.traces!]], [3, [traceIdOf(1)]]);
      store.append([chunk([1], ['a'])]);
      assert.equal(store.trace(traceIdOf(1))?.spanCount, 2);
      assert.deepEqual(store.usage().filter(({ bytes }) => bytes > 0).map(({ service, rank, spans }) => [service, rank, spans]), [['a service', 'error', 2]]);
    });

    test('the usage is of what is kept: by operation and rank, through errors, pins, slow ones and deletions', async (t) => {
      const store = await make(t);
      const calm = (trace: number, captureId: string) => {
        const { parts, deltas, ...rest } = chunk([trace], [captureId], 1000);
        return { ...rest, parts: parts.map((part) => ({ ...part, errors: 0, traces: part.traces.map((each) => ({ ...each, errors: 0 })) })), deltas: deltas.map((delta) => ({ ...delta, errorCount: 0 })) };
      };
      const usage = () => store.usage().filter(({ bytes }) => bytes > 0).map(({ service, rank, bytes, spans }) => `${service} ${rank} ${spans} ${bytes}`).sort();
      store.append([calm(1, 'a'), calm(2, 'a'), calm(3, 'a'), calm(4, 'b'), chunk([5], ['b'], 1000)]);
      assert.deepEqual(usage(), ['a service ordinary 6 3000', 'b service error 2 1000', 'b service ordinary 2 1000']);
      store.markSlow([traceIdOf(2), traceIdOf(5)]);
      store.putCapture('b', { pinned: true }, 0);
      assert.deepEqual(usage(), ['a service ordinary 4 2000', 'a service slow 2 1000', 'b service pinned 4 2000']);
      store.append([calm(6, 'b'), chunk([1], ['a'], 500)]);
      assert.deepEqual(usage(), ['a service error 4 1500', 'a service ordinary 2 1000', 'a service slow 2 1000', 'b service pinned 6 3000']);
      const { operation } = store.usage().find(({ service, rank }) => service === 'a service' && rank === 'ordinary')!;
      assert.deepEqual(store.oldestTraces(operation, 'ordinary', 9), [{ traceId: traceIdOf(3), durationNs: 100n, bytes: 1000, spans: 2 }]);
      assert.deepEqual(store.oldestTraces(operation, 'slow', 9).map(({ traceId }) => traceId), [traceIdOf(2)]);
      store.putCapture('b', { pinned: false }, 0);
      store.dropTraces([traceIdOf(3), traceIdOf(4)], 'age');
      while (store.deleteFromCapture('a', 1) !== undefined);
      assert.deepEqual(usage(), ['b service error 2 1000', 'b service ordinary 2 1000']);
      assert.deepEqual(store.counts(), { ...none, spans: 4, droppedSpans: 4, droppedFor: { size: 0, count: 0, age: 4 } });
    });

    test('only what came long ago, and nothing of since, is too old; never what is pinned', async (t) => {
      const store = await make(t);
      store.append([chunk([1], ['pinned'], 10, 1000), chunk([2, 3], ['a'], 10, 1000), chunk([3], ['a'], 10, 3000), chunk([4], ['a'], 10, 3000)]);
      store.putCapture('pinned', { pinned: true }, 0);
      assert.deepEqual([store.tracesBefore(1000), store.tracesBefore(2000)], [[], [traceIdOf(2)]]);
      assert.deepEqual(store.tracesBefore(4000).toSorted(), [2, 3, 4].map(traceIdOf));
    });

    test('an ended capture goes with its last trace, one that may get more stays', async (t) => {
      const store = await make(t);
      store.append([chunk([1], ['ended']), chunk([2], ['open'])]);
      store.putCapture('ended', { endedUnixMs: 5 }, 0);
      assert.deepEqual(store.dropTraces([1, 2].map(traceIdOf), 'size').captureIds, ['ended']);
      assert.deepEqual(store.captures().map(({ captureId }) => captureId), ['open']);
    });

    test('rewriting frees the bytes of what was let go, the deadest batches first; one that cannot be rewritten is left', async (t) => {
      const store = await make(t);
      const ids = store.append([1, 2, 3].map((n) => chunk([n * 10, n * 10 + 1, n * 10 + 2, n * 10 + 3], ['a'], 200_000)));
      assert.equal(store.deadBytes(), 0);
      assert.equal(store.rewrite(9, () => new Uint8Array()), false);
      store.dropTraces([10, 20, 21, 22, 30, 31].map(traceIdOf), 'size');
      assert.equal(store.deadBytes(), 300_000);
      const before = store.bytes();
      const asked: number[] = [];
      const half = (chunk: { chunkId: number; bytes: Uint8Array }) => {
        asked.push(chunk.chunkId);
        return chunk.chunkId === ids[2] ? undefined : chunk.bytes.subarray(0, 50_000);
      };
      assert.equal(store.rewrite(1, half), true);
      assert.deepEqual([asked, store.chunk(ids[1]!)?.bytes.length, store.chunk(ids[1]!)?.traces], [[ids[1]], 50_000, undefined]);
      while (store.rewrite(1, half));
      assert.deepEqual([asked, store.deadBytes()], [[ids[1], ids[2], ids[0]], 0]);
      assert.equal(store.chunk(ids[2]!)?.bytes.length, 200_000);
      assert.equal(store.chunk(ids[2]!)?.traces?.size, 2);
      assert.ok(before - store.bytes() > 250_000);
    });

    test('letting everything go frees the bytes', async (t) => {
      const store = await make(t);
      const before = store.bytes();
      for (let i = 1; i <= 20; i++) store.append([chunk([i], ['external'], 100_000, i)]);
      assert.ok(store.bytes() > before + 2_000_000);
      store.dropTraces(Array.from({ length: 20 }, (_, i) => traceIdOf(i + 1)), 'size');
      assert.ok(store.bytes() < before + 200_000);
    });
  });
}

test('what was stored is there when the folder is opened again, also only for reading', async (t) => {
  const folder = await temporaryFolder(t);
  const { store } = await openStore(folder, { readOnly: false });
  store.append([chunk([1, 2], ['a'])]);
  store.putCapture('a', { name: 'A run', kind: 'run', pinned: true, endedUnixMs: 9 }, 0);
  const captures = store.captures();
  store.close();
  for (const readOnly of [true, false]) {
    const again = (await openStore(folder, { readOnly })).store;
    assert.deepEqual(again.captures(), captures);
    assert.deepEqual(again.counts(), { ...none, spans: 4 });
    assert.equal(again.trace(traceIdOf(2))?.spanCount, 2);
    if (readOnly) assert.throws(() => again.append([chunk([3])]), StoreError);
    again.close();
  }
});

test('a failed batch leaves nothing behind', async (t) => {
  const folder = await temporaryFolder(t);
  const store = opened(t, (await openStore(folder, { readOnly: false })).store);
  const bad = { ...chunk([1], ['a']), parts: chunk([1], ['a', 'a']).parts };
  assert.throws(() => store.append([bad]), StoreError);
  assert.deepEqual([store.captures(), chunkIds(store), store.trace(traceIdOf(1)), store.counts().spans], [[], [], undefined, 0]);
  store.append([chunk([1], ['a'])]);
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
      await handle.write(Buffer.alloc(2 * pageBytes, 0x5a), 0, 2 * pageBytes, pageBytes);
      await handle.close();
    },
    'cut short': (file) => truncate(file, pageBytes + 1000),
  };
  for (const [name, damage] of Object.entries(damages)) {
    const folder = await temporaryFolder(t);
    const file = path.join(folder, storeFileName);
    const before = (await openStore(folder, { readOnly: false })).store;
    before.append([chunk([1])]);
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
    store.append([chunk([2])]);
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

test('the write-ahead file begins anew while there is no end of what is written', async (t) => {
  const folder = await temporaryFolder(t);
  const store = opened(t, (await openStore(folder, { readOnly: false })).store);
  let pauses = 0;
  let longest = 0;
  // Some 320 MB, with the pauses that the store asks for and no others.
  for (let n = 0; n < 320; n++) {
    const pause = store.pause();
    if (pause !== undefined) {
      pauses++;
      await pause;
    }
    store.append([chunk([n], ['external'], 1_000_000)]);
    longest = Math.max(longest, (await stat(path.join(folder, `${storeFileName}-wal`))).size);
  }
  assert.ok(pauses > 0 && longest < 160_000_000, `${pauses} pauses, ${longest} bytes`);
});
