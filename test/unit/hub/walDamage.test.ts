import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { HubCore } from '../../../src/hub/core.ts';
import { openStore, storeFileName } from '../../../src/hub/store/openStore.ts';
import { lostTransactions } from '../../../src/hub/store/walDamage.ts';
import { isAcknowledged } from '../../support/acknowledged.ts';
import { connect, startHubProcess } from '../client/hubProcesses.ts';
import { atEnd, request, spanIdOf, temporaryFolder } from './spans.ts';

async function openCore(t: TestContext, dataDir: string): Promise<HubCore> {
  const { store, troubles } = await openStore(dataDir, { readOnly: false });
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const core = new HubCore({ dataDir, version: '1.0.0', limitBytes: 1e9, store, readOnly: false, troubles, log, onChange: () => {} });
  let closing: Promise<void> | undefined;
  const close = core.close.bind(core);
  core.close = () => (closing ??= close());
  atEnd(t, () => core.close());
  await core.catchUp();
  return core;
}

/** Each span of 40 kB is a request, and a transaction. */
async function send(core: HubCore, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    const { bytes, encoding, batch } = request([{ trace: id, id, attributes: [{ key: 'big', value: 'x'.repeat(40_000) }] }]);
    await core.traces(bytes, encoding, batch);
  }
}

async function storedIds(core: HubCore): Promise<string[]> {
  const { json } = await core.answers.exportOtlpJson(undefined);
  return [...json.matchAll(/"spanId":"([0-9a-f]{16})"/g)].map(([, id]) => id!).sort();
}

/** The folder as a killed hub leaves it, with another write-ahead file. */
async function killed(t: TestContext, dataDir: string, change: (wal: Buffer) => Buffer): Promise<string> {
  const copy = await temporaryFolder(t);
  await copyFile(path.join(dataDir, storeFileName), path.join(copy, storeFileName));
  await writeFile(path.join(copy, `${storeFileName}-wal`), change(await readFile(path.join(dataDir, `${storeFileName}-wal`))));
  return copy;
}

const codes = (core: HubCore) => core.status().troubles.map(({ code }) => code);
const ids = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

function flipped(wal: Buffer, at: number): Buffer {
  wal[at] = (wal[at] ?? 0) ^ 0x10;
  return wal;
}

test('a byte that is wrong anywhere in the write-ahead file: where acknowledged spans are lost with it, it is said', { timeout: 120_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  await send(await openCore(t, dataDir), ids(12));
  const { size } = await stat(path.join(dataDir, `${storeFileName}-wal`));
  const frameBytes = 24 + 16_384;
  // Of the header; of a frame in the middle its page number, commit, salt, checksum, and page; and some anywhere.
  const middle = 32 + Math.floor((size - 32) / frameBytes / 2) * frameBytes;
  const places = [0, 9, 17, 25, middle + 3, middle + 7, middle + 9, middle + 17, middle + 24 + 5000, ...Array.from({ length: 14 }, (_, n) => Math.floor((size / 14) * (n + 0.6)))];
  let said = 0;
  for (const at of places) {
    const core = await openCore(t, await killed(t, dataDir, (wal) => flipped(wal, at)));
    const kept = await storedIds(core);
    assert.deepEqual(kept, ids(kept.length).map(spanIdOf), `at ${at}`);
    const isSaid = codes(core).includes('store-damaged');
    // A transaction that is the last one may as well have been cut short.
    if (kept.length < 11) assert.ok(isSaid, `${kept.length} kept with a wrong byte at ${at}`);
    if (isSaid) {
      said++;
      const lost = Number(/the last (\d+) commits? behind/.exec(core.status().troubles[0]!.message)?.[1]);
      assert.ok(lost >= 11 - kept.length, `${lost} commits lost, ${kept.length} of 12 spans kept`);
    }
    await send(core, ids(12));
    assert.equal((await storedIds(core)).length, 12);
    await core.close();
  }
  assert.ok(said > 10, `${said} of ${places.length}`);
});

test('a hub that was killed says nothing, and says it where a byte was changed before it came up again', { timeout: 60_000 }, async (t) => {
  const agent = new http.Agent();
  for (const isChanged of [false, true]) {
    const dataDir = await temporaryFolder(t);
    const { child, info } = await startHubProcess(t, dataDir);
    for (const id of ids(30)) {
      const span = { traceId: spanIdOf(id).repeat(2), spanId: spanIdOf(id), name: 'x'.repeat(20_000), startTimeUnixNano: '1', endTimeUnixNano: '2' };
      assert.ok(await isAcknowledged(`${info.otlpHttp}/v1/traces`, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }), agent));
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    const wal = path.join(dataDir, `${storeFileName}-wal`);
    const bytes = await readFile(wal);
    if (isChanged) await writeFile(wal, flipped(bytes, Math.floor(bytes.length / 2)));
    const { troubles, spans } = await connect(t, dataDir).call('status', undefined);
    assert.deepEqual(troubles.map(({ code }) => code), isChanged ? ['store-damaged'] : []);
    assert.ok(isChanged ? spans.stored > 5 && spans.stored < 29 : spans.stored === 30, `${spans.stored} stored`);
  }
});

test('a file cut off anywhere, as a kill leaves it, is no damage; nor is what an earlier generation or a rollback left behind', { timeout: 120_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const core = await openCore(t, dataDir);
  const walFile = path.join(dataDir, `${storeFileName}-wal`);
  const cuts = async (name: string) => {
    const wal = await readFile(walFile);
    const scratch = path.join(await temporaryFolder(t), 'wal');
    for (let cut = 0; cut <= 100; cut++) {
      await writeFile(scratch, wal.subarray(0, Math.floor((wal.length * cut) / 100)));
      assert.equal(lostTransactions(scratch), 0, `${name}, cut at ${cut} of 100`);
    }
    // A frame whose header was written and its page was not, at the place where the next one would be.
    // How many frames SQLite reads: WalIndexHdr.mxFrame, in the machine's order (sqlite.org/walformat.html).
    const frames = new Uint32Array(new Uint8Array((await readFile(`${path.join(dataDir, storeFileName)}-shm`)).subarray(0, 20)).buffer)[4]!;
    assert.ok(frames > 0);
    const next = 32 + frames * (24 + 16_384);
    const torn = Buffer.concat([wal, Buffer.alloc(24 + 16_384)]);
    torn.writeUInt32BE(1, next);
    torn.writeUInt32BE(50, next + 4);
    wal.copy(torn, next + 8, 16, 24);
    await writeFile(scratch, torn);
    assert.equal(lostTransactions(scratch), 0, `${name}, torn`);
  };
  await send(core, ids(20));
  await cuts('one generation');
  const db = new DatabaseSync(path.join(dataDir, storeFileName));
  db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  await send(core, [21, 22, 23]);
  await cuts('stale frames behind');
  // More than SQLite keeps in memory is in the file before it is rolled back.
  db.exec('PRAGMA cache_size = 10; BEGIN IMMEDIATE; CREATE TABLE big (a)');
  for (let n = 0; n < 100; n++) db.prepare('INSERT INTO big VALUES (?)').run(Buffer.alloc(40_000, n));
  db.exec('ROLLBACK');
  const grown = (await stat(walFile)).size;
  await send(core, [24]);
  assert.ok(grown > 32 + 250 * (24 + 16_384), `${grown}`);
  await cuts('rolled back frames behind');
  db.close();
  const again = await openCore(t, await killed(t, dataDir, (wal) => wal));
  assert.deepEqual([codes(again), (await storedIds(again)).length], [[], 24]);
});

test('no file, an empty one, one of another kind: nothing to say', async (t) => {
  const folder = await temporaryFolder(t);
  assert.throws(() => lostTransactions(path.join(folder, 'none')), /ENOENT/);
  for (const [name, bytes] of [['empty', ''], ['short', 'x'.repeat(31)], ['text', 'spans '.repeat(20_000)], ['zeros', Buffer.alloc(100_000)], ['ones', Buffer.alloc(100_000, 0xff)]] as const) {
    const file = path.join(folder, name);
    await writeFile(file, bytes);
    assert.equal(lostTransactions(file), 0, name);
  }
});

test('what was written into the database already, and does not fit what is left of the write-ahead file, is set aside', async (t) => {
  const dataDir = await temporaryFolder(t);
  const core = await openCore(t, dataDir);
  await send(core, ids(12));
  const db = new DatabaseSync(path.join(dataDir, storeFileName));
  db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  db.close();
  const folder = await killed(t, dataDir, (wal) => flipped(wal, Math.floor(wal.length / 2)));
  const again = await openCore(t, folder);
  const kept = await storedIds(again);
  const [code, ...others] = codes(again);
  assert.deepEqual(others, []);
  // SQLite's check finds that, or finds that the older pages fit.
  assert.ok(code === 'store-recovered' ? kept.length === 0 : code === 'store-damaged' && kept.length > 0 && kept.length < 12, `${code}, ${kept.length} kept`);
  await send(again, ids(12));
  assert.equal((await storedIds(again)).length, 12);
});
