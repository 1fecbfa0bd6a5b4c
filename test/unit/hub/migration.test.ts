import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { decodeTraces } from '../../../src/decode/otlpJson.ts';
import { HubCore } from '../../../src/hub/core.ts';
import { openStore, storeFileName } from '../../../src/hub/store/openStore.ts';
import { packTraces } from '../../../src/hub/store/tracePacking.ts';
import { atEnd, request, temporaryFolder, traceIdOf } from './spans.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: (message: unknown) => { throw new Error(String(message)); } };

/** As the first version made them. */
const firstSchema = `
  CREATE TABLE captures (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,
    pinned INTEGER NOT NULL DEFAULT 0, spans INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE chunks (
    chunk INTEGER PRIMARY KEY AUTOINCREMENT, signal INTEGER NOT NULL, encoding INTEGER NOT NULL, received INTEGER NOT NULL,
    override TEXT, skipped BLOB, bytes BLOB NOT NULL
  );
  CREATE TABLE parts (
    chunk INTEGER NOT NULL, capture INTEGER NOT NULL, items INTEGER NOT NULL, errors INTEGER NOT NULL, traces BLOB NOT NULL,
    PRIMARY KEY (chunk, capture)
  );
  CREATE INDEX parts_of_capture ON parts (capture, chunk);
  CREATE TABLE trace_chunks (
    trace BLOB NOT NULL, chunk INTEGER NOT NULL, capture INTEGER NOT NULL, PRIMARY KEY (trace, chunk, capture)
  ) WITHOUT ROWID;
  CREATE TABLE traces (
    trace BLOB PRIMARY KEY, capture TEXT NOT NULL, service TEXT NOT NULL, root TEXT NOT NULL, root_true INTEGER NOT NULL,
    root_start INTEGER NOT NULL, services TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, spans INTEGER NOT NULL,
    errors INTEGER NOT NULL, version INTEGER NOT NULL
  );
  CREATE INDEX traces_by_start ON traces (start);
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO counters VALUES ('logs', 3), ('droppedSpans', 7);
  PRAGMA user_version = 1;
`;

const idBytes = (n: number) => Buffer.from(traceIdOf(n), 'hex');

/** Four traces in two captures, one of them pinned; logs of a trace, of one whose spans have not come, and of none. */
function writeFirst(file: string): void {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; ${firstSchema}`);
  db.exec(`INSERT INTO captures VALUES (1, 'external', 'external', 'external', 5, NULL, 0, 3, 1), (2, 'kept', 'Kept', 'debug', 6, 7, 1, 1, 0)`);
  for (const n of [1, 2, 3, 4]) {
    const isPinned = n === 4;
    const { bytes } = request([{ id: n, trace: n, name: n === 3 ? 'fails' : 'works', error: n === 3, file: `/${n}.js`, ...(isPinned ? { capture: 'kept' } : {}) }]);
    const { lastInsertRowid: chunk } = db.prepare('INSERT INTO chunks (signal, encoding, received, bytes) VALUES (0, 1, ?, ?)').run(Date.now() - 1000 + n, bytes);
    const capture = isPinned ? 2 : 1;
    db.prepare('INSERT INTO parts VALUES (?, ?, 1, ?, ?)').run(chunk, capture, n === 3 ? 1 : 0, packTraces([{ traceId: traceIdOf(n), items: 1, errors: n === 3 ? 1 : 0 }]));
    db.prepare('INSERT INTO trace_chunks VALUES (?, ?, ?)').run(idBytes(n), chunk, capture);
    db.prepare('INSERT INTO traces VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, 1, ?, 1)').run(idBytes(n), isPinned ? 'kept' : 'external', 'shop', n === 3 ? 'fails' : 'works', n, '["shop"]', n, n + 5, n === 3 ? 1 : 0);
  }
  for (const [traceId, count] of [[1, 1], [9, 1], [undefined, 1]] as const) {
    const bytes = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ ...(traceId === undefined ? {} : { traceId: traceIdOf(traceId) }), body: { stringValue: 'said' } }] }] }] }));
    const { lastInsertRowid: chunk } = db.prepare('INSERT INTO chunks (signal, encoding, received, bytes) VALUES (1, 1, ?, ?)').run(Date.now(), bytes);
    db.prepare('INSERT INTO parts VALUES (?, 1, ?, 0, ?)').run(chunk, count, packTraces(traceId === undefined ? [] : [{ traceId: traceIdOf(traceId), items: 1, errors: 0 }]));
    if (traceId !== undefined) db.prepare('INSERT INTO trace_chunks VALUES (?, ?, 1)').run(idBytes(traceId), chunk);
  }
  db.close();
}

test('a store of the first version is brought up in place: all spans, captures and logs of traces, and it goes on', async (t) => {
  const folder = await temporaryFolder(t);
  writeFirst(path.join(folder, storeFileName));
  await assert.rejects(openStore(folder, { readOnly: true }), /an older Traceline wrote it/);
  const { store, troubles } = await openStore(folder, { readOnly: false });
  const core = new HubCore({ dataDir: folder, version: '1.0.0', limitBytes: 1e9, store, readOnly: false, troubles, log, onChange: () => {} });
  atEnd(t, () => core.close());
  await core.catchUp();
  assert.deepEqual(troubles, []);
  assert.deepEqual(core.answers.traceList({}).map(({ traceId, rootName, spanCount, errorCount, capture }) => [Number(`0x${traceId}`), rootName, spanCount, errorCount, capture]), [
    [4, 'works', 1, 0, 'kept'], [3, 'fails', 1, 1, 'external'], [2, 'works', 1, 0, 'external'], [1, 'works', 1, 0, 'external'],
  ]);
  assert.deepEqual(core.status().captures.map(({ captureId, name, pinned, spanCount }) => [captureId, name, pinned, spanCount]), [['external', 'external', false, 3], ['kept', 'Kept', true, 1]]);
  assert.deepEqual([core.status().spans.stored, core.status().spans.dropped, core.status().logs.stored], [4, 7, 2]);
  assert.deepEqual([...(await core.answers.trace(traceIdOf(1)))!.strings], ['works', 'shop']);
  assert.deepEqual(store.usage().map(({ service, rank, spans }) => `${service} ${rank} ${spans}`).sort(), [' ordinary 0', 'shop error 1', 'shop ordinary 2', 'shop pinned 1'].filter((line) => line !== ' ordinary 0'));
  assert.equal((await core.handlers().summaries(undefined)).summaries.reduce((sum, { count }) => sum + count, 0), 4);
  const again = request([{ id: 2, trace: 2 }, { id: 20, trace: 2, parent: 2 }, { id: 90, trace: 9 }]);
  await core.traces(again.bytes, again.encoding, again.batch);
  assert.deepEqual([core.status().spans.stored, (await core.answers.trace(traceIdOf(2)))?.spanCount, (await core.answers.trace(traceIdOf(9)))?.spanCount], [6, 2, 1]);
  assert.deepEqual(decodeTraces((await core.answers.exportOtlpJson(undefined)).json).spans.length, 6);
});
