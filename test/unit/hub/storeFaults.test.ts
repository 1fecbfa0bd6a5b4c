import assert from 'node:assert/strict';
import { copyFile, open, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { HubCore } from '../../../src/hub/core.ts';
import type { HubLog } from '../../../src/hub/log.ts';
import { SinkError } from '../../../src/hub/sink.ts';
import { openStore, storeFileName } from '../../../src/hub/store/openStore.ts';
import { pageBytes } from '../../../src/hub/store/schema.ts';
import { SqliteStore } from '../../../src/hub/store/sqliteStore.ts';
import type { Store } from '../../../src/hub/store/store.ts';
import type { Trouble } from '../../../src/protocol/hub.ts';
import { atEnd, request, type SpanShape, spanIdOf, temporaryFolder, traceIdOf } from './spans.ts';

const silent: HubLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function coreOf(test: TestContext, dataDir: string, store: Store, troubles: readonly Trouble[] = [], limitBytes = 1e9): HubCore {
  const core = new HubCore({ dataDir, version: '1.0.0', limitBytes, store, readOnly: false, troubles, log: silent, onChange: () => {} });
  let closing: Promise<void> | undefined;
  const close = core.close.bind(core);
  core.close = () => (closing ??= close());
  atEnd(test, () => core.close());
  return core;
}

async function openCore(test: TestContext, dataDir: string): Promise<HubCore> {
  const { store, troubles } = await openStore(dataDir, { readOnly: false });
  const core = coreOf(test, dataDir, store, troubles);
  await core.catchUp();
  return core;
}

function send(core: HubCore, shapes: readonly SpanShape[]): Promise<void> {
  const { bytes, encoding, batch } = request(shapes);
  return core.traces(bytes, encoding, batch);
}

/** One span of 40 kB, which is more than a page, in a trace of its own. True where it was acknowledged. */
async function isKept(core: HubCore, id: number): Promise<boolean> {
  try {
    await send(core, [{ trace: id, id, name: 'work', attributes: [{ key: 'big', value: 'x'.repeat(40_000) }] }]);
    return true;
  } catch (error) {
    assert.ok(SinkError.is(error), String(error));
    assert.ok(error.retryAfterSeconds > 0);
    return false;
  }
}

async function storedIds(core: HubCore): Promise<string[]> {
  const { json } = await core.answers.exportOtlpJson(undefined);
  return [...json.matchAll(/"spanId":"([0-9a-f]{16})"/g)].map(([, id]) => id!).sort();
}

const codes = (core: HubCore) => core.status().troubles.map(({ code }) => code);

test('a full disk: refused with a time to come again, said, what was acknowledged is there; with room it goes on by itself', async (t) => {
  const dataDir = await temporaryFolder(t);
  const db = new DatabaseSync(path.join(dataDir, storeFileName));
  const core = coreOf(t, dataDir, new SqliteStore(db, { readOnly: false }));
  await core.catchUp();
  // SQLite answers as on a full disk (SQLITE_FULL) where the file may not grow.
  db.exec(`PRAGMA max_page_count = ${Number(db.prepare('PRAGMA page_count').get()!['page_count']) + 80}`);
  const kept: number[] = [];
  let refused = 0;
  for (let id = 1; id <= 60; id++) {
    if (await isKept(core, id)) kept.push(id);
    else refused++;
  }
  assert.ok(kept.length > 10 && refused > 10, `${kept.length} kept, ${refused} refused`);
  assert.deepEqual(codes(core), ['store-failed']);
  assert.match(core.status().troubles[0]!.message, /database or disk is full.*are being refused\. Make room/);
  assert.deepEqual(await storedIds(core), kept.map(spanIdOf));
  db.exec('PRAGMA max_page_count = 100000');
  for (let id = 1; id <= 60; id++) assert.ok(await isKept(core, id));
  assert.deepEqual(codes(core), []);
  assert.equal((await core.handlers().summaries(undefined)).summaries.reduce((sum, { count }) => sum + count, 0), 60);
  await core.close();
  assert.deepEqual(await storedIds(await openCore(t, dataDir)), Array.from({ length: 60 }, (_, n) => spanIdOf(n + 1)));
});

test('a transaction that fails leaves no capture behind that is not there, and the next one is stored under it', async (t) => {
  const dataDir = await temporaryFolder(t);
  const db = new DatabaseSync(path.join(dataDir, storeFileName));
  const core = coreOf(t, dataDir, new SqliteStore(db, { readOnly: false }));
  await core.catchUp();
  db.exec('PRAGMA query_only = 1');
  await assert.rejects(send(core, [{ id: 1, capture: 'new' }]), SinkError);
  db.exec('PRAGMA query_only = 0');
  await send(core, [{ id: 2, capture: 'other' }]);
  await send(core, [{ id: 1, capture: 'new' }]);
  assert.deepEqual(core.status().captures.map(({ captureId, spanCount }) => [captureId, spanCount]).sort(), [['new', 1], ['other', 1]]);
});

test('a store that another program has locked: refused, said, and stored as soon as it is free', async (t) => {
  const dataDir = await temporaryFolder(t);
  const core = await openCore(t, dataDir);
  assert.ok(await isKept(core, 1));
  const other = new DatabaseSync(path.join(dataDir, storeFileName));
  other.exec('BEGIN IMMEDIATE');
  assert.ok(!(await isKept(core, 2)));
  assert.match(core.status().troubles[0]!.message, /locked.*Another program has the store/);
  other.exec('ROLLBACK');
  other.close();
  assert.ok(await isKept(core, 2));
  assert.deepEqual([codes(core), await storedIds(core)], [[], [1, 2].map(spanIdOf)]);
});

test('a store that is locked when the hub comes up, or that cannot be written: spans in memory, said, the file as it was', { timeout: 30_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const before = await openCore(t, dataDir);
  assert.ok(await isKept(before, 1));
  await before.close();
  const other = new DatabaseSync(path.join(dataDir, storeFileName));
  other.exec('BEGIN IMMEDIATE');
  const core = await openCore(t, dataDir);
  assert.equal(core.status().store.kind, 'memory');
  assert.match(core.status().troubles[0]!.message, /memory only and are lost when the hub ends.*locked/);
  assert.ok(await isKept(core, 2));
  assert.deepEqual([codes(core), await storedIds(core)], [['store-failed'], [spanIdOf(2)]]);
  await core.close();
  other.exec('ROLLBACK');
  other.close();
  assert.deepEqual(await storedIds(await openCore(t, dataDir)), [spanIdOf(1)]);
});

test('a data folder that cannot be made: spans in memory, said', async (t) => {
  const file = path.join(await temporaryFolder(t), 'a file');
  await writeFile(file, '');
  const core = await openCore(t, path.join(file, 'data'));
  assert.ok(await isKept(core, 1));
  assert.deepEqual([core.status().store.kind, codes(core)], ['memory', ['store-failed']]);
});

/** A store of 40 spans, closed, and its file. */
async function closedStore(t: TestContext): Promise<{ dataDir: string; file: string }> {
  const dataDir = await temporaryFolder(t);
  const core = await openCore(t, dataDir);
  for (let id = 1; id <= 40; id++) assert.ok(await isKept(core, id));
  await core.close();
  return { dataDir, file: path.join(dataDir, storeFileName) };
}

test('a header, a middle page and a tail that are damaged: the hub comes up and stores; set aside and said, or all still there', async (t) => {
  const overwrite = async (file: string, at: number, length: number) => {
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(length, 0x5a), 0, length, at);
    await handle.close();
  };
  const damages: Readonly<Record<string, (file: string, size: number) => Promise<void>>> = {
    header: (file) => overwrite(file, 0, 100),
    'middle page': (file, size) => overwrite(file, Math.floor(size / 2 / pageBytes) * pageBytes, pageBytes),
    'every page but the first': (file, size) => overwrite(file, pageBytes, size - pageBytes),
    'half of it gone': (file, size) => truncate(file, Math.floor(size / 2)),
    'nothing left': (file) => writeFile(file, ''),
  };
  for (const [name, damage] of Object.entries(damages)) {
    const { dataDir, file } = await closedStore(t);
    await damage(file, (await stat(file)).size);
    const core = await openCore(t, dataDir);
    let tries = 0;
    while (!(await isKept(core, 100))) assert.ok(++tries < 10, name);
    // Whatever it still finds damaged while it is read.
    await Promise.resolve(core.handlers().exportOtlpJson({ traceIds: undefined })).catch(() => undefined);
    while (!(await isKept(core, 100))) assert.ok(++tries < 20, name);
    const ids = await storedIds(core);
    assert.ok(ids.includes(spanIdOf(100)), name);
    assert.equal(new Set(ids).size, ids.length, name);
    if (name !== 'nothing left' && ids.length < 41) assert.ok(codes(core).includes('store-recovered'), `${name}: ${ids.length} of 41, ${codes(core).join()}`);
    assert.equal(core.status().store.kind, 'sqlite', name);
    await core.close();
  }
});

test('a write-ahead file that is cut or damaged: what stands before the damage is kept, each once, and the hub stores on', async (t) => {
  for (const damage of ['cut', 'overwritten'] as const) {
    const dataDir = await temporaryFolder(t);
    const core = await openCore(t, dataDir);
    for (let id = 1; id <= 20; id++) assert.ok(await isKept(core, id));
    // As after a kill: neither closed nor checkpointed.
    const killed = await temporaryFolder(t);
    for (const suffix of ['', '-wal']) await copyFile(path.join(dataDir, `${storeFileName}${suffix}`), path.join(killed, `${storeFileName}${suffix}`));
    const wal = path.join(killed, `${storeFileName}-wal`);
    const bytes = await readFile(wal);
    const middle = Math.floor(bytes.length / 2);
    await writeFile(wal, damage === 'cut' ? bytes.subarray(0, middle) : Buffer.concat([bytes.subarray(0, middle), Buffer.alloc(5000, 0x5a), bytes.subarray(middle + 5000)]));
    const again = await openCore(t, killed);
    const ids = await storedIds(again);
    assert.ok(ids.length > 3 && ids.length < 20, `${ids.length}`);
    assert.deepEqual(ids, ids.map((_, n) => spanIdOf(n + 1)));
    for (let id = 1; id <= 20; id++) assert.ok(await isKept(again, id));
    assert.equal((await storedIds(again)).length, 20);
  }
});

test('a store replaced while programs run keeps their captures by name, and what comes again is kept', async (t) => {
  const { dataDir, file } = await closedStore(t);
  const core = await openCore(t, dataDir);
  await core.handlers().startCapture({ captureId: 'one', name: 'Orders', kind: 'debug' });
  await send(core, [{ trace: 200, id: 200, capture: 'one' }]);
  // Every page but the ones that hold the captures: they are in SQLite's memory.
  const { size } = await stat(file);
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(size - pageBytes, 0x5a), 0, size - pageBytes, pageBytes);
  await handle.close();
  await Promise.resolve(core.handlers().exportOtlpJson({ traceIds: undefined })).catch(() => undefined);
  const both = await Promise.allSettled([send(core, [{ trace: 200, id: 200, capture: 'one' }]), send(core, [{ trace: 200, id: 200, capture: 'one' }])]);
  assert.deepEqual(both.map(({ status }) => status), ['fulfilled', 'fulfilled']);
  assert.ok(codes(core).includes('store-recovered'));
  assert.deepEqual(await storedIds(core), [spanIdOf(200)]);
  assert.equal((await core.answers.trace(traceIdOf(200)))?.spanCount, 1);
  assert.deepEqual(core.status().captures.map(({ captureId, name }) => [captureId, name]), [['one', 'Orders']]);
});

test('the clock jumps forth and back: nothing is refused or lost, and with a limit the first of a capture still go first', async (t) => {
  const dataDir = await temporaryFolder(t);
  const core = await openCore(t, dataDir);
  const realMs = Date.now();
  let nowMs = realMs;
  t.mock.method(Date, 'now', () => nowMs);
  const years = 365 * 86_400_000;
  for (const [at, jump] of [0, 20 * years, -30 * years, 5, -86_400_000].entries()) {
    nowMs = realMs + jump;
    for (let n = 1; n <= 10; n++) assert.ok(await isKept(core, at * 10 + n));
  }
  assert.equal((await storedIds(core)).length, 50);
  assert.deepEqual(codes(core), []);
  await core.handlers().setLimit({ limitBytes: core.status().store.bytes * 0.7 });
  while (core.status().spans.dropped === 0 || core.status().store.bytes > core.status().store.limitBytes) await new Promise((resolve) => setImmediate(resolve));
  const left = await storedIds(core);
  assert.ok(left.length > 10 && left.length < 50, `${left.length}`);
  assert.deepEqual(left, left.map((_, n) => spanIdOf(50 - left.length + n + 1)));
});

test('a store that is moved away while the hub is not there leaves an empty one, not an error', async (t) => {
  const { dataDir, file } = await closedStore(t);
  await rename(file, `${file}.elsewhere`);
  const core = await openCore(t, dataDir);
  assert.ok(await isKept(core, 1));
  assert.deepEqual([core.status().store.kind, codes(core), await storedIds(core)], ['sqlite', [], [spanIdOf(1)]]);
});
