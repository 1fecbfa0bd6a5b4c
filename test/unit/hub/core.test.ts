import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { decodeTraces } from '../../../src/decode/otlpJson.ts';
import { HubCore } from '../../../src/hub/core.ts';
import { openReader } from '../../../src/hub/reader.ts';
import type { HubLog } from '../../../src/hub/log.ts';
import { SinkError } from '../../../src/hub/sink.ts';
import { openStore, storeFileName } from '../../../src/hub/store/openStore.ts';
import { pageBytes } from '../../../src/hub/store/schema.ts';
import { atEnd, baseUnixNano, request, type SpanShape, spanIdOf, temporaryFolder, traceIdOf } from './spans.ts';

const silent: HubLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function startCore(test: TestContext, dataDir: string, limitBytes = 1e9): Promise<HubCore> {
  const { store, troubles } = await openStore(dataDir, { readOnly: false });
  const core = new HubCore({ dataDir, version: '1.0.0', limitBytes, store, readOnly: false, troubles, log: silent, onChange: () => {} });
  let closed = false;
  const close = core.close.bind(core);
  core.close = async () => {
    if (!closed) await close();
    closed = true;
  };
  atEnd(test, () => core.close());
  await core.catchUp();
  return core;
}

function send(core: HubCore, shapes: readonly SpanShape[]): Promise<void> {
  const { bytes, encoding, batch } = request(shapes);
  return core.traces(bytes, encoding, batch);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const shop: readonly SpanShape[] = [
  { id: 4, parent: 3, name: 'SELECT', kind: 3, file: '/db.js', startMs: 3, durationMs: 2 },
  { id: 3, parent: 1, name: 'load', file: '/load.js', startMs: 1, durationMs: 6, error: true },
  { id: 1, name: 'GET /', kind: 2, durationMs: 9 },
];

test('a batch can be read back: list, tree, one span, summaries, text', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  await send(core, shop);
  assert.deepEqual(core.answers.traceList({}), [{
    traceId: traceIdOf(1), rootName: 'GET /', service: 'shop', startUnixNano: baseUnixNano.toString(), durationNs: 9e6, spanCount: 3, errorCount: 1, capture: 'external',
  }]);
  const trace = await core.answers.trace(traceIdOf(1));
  assert.ok(trace !== undefined);
  assert.deepEqual([...trace.name].map((name) => trace.strings[name]), ['GET /', 'load', 'SELECT']);
  assert.deepEqual([[...trace.parentRow], [...trace.depth], [...trace.startNs], [...trace.durationsNs]], [[-1, 0, 1], [0, 1, 2], [0, 1e6, 3e6], [9e6, 6e6, 2e6]]);
  const { summaries } = await core.handlers().summaries(undefined);
  const entry = summaries.find((summary) => summary.operation === 'GET /');
  assert.equal(trace.site[0], entry?.siteId);
  const details = await core.answers.findSpan(spanIdOf(1));
  assert.deepEqual([details?.site?.siteId, details?.site?.filePath, details?.site?.beneath?.length, details?.name], [entry?.siteId, undefined, 2, 'GET /']);
  assert.match(details?.site?.beneath?.[0] ?? '', /load\.js/);
  assert.equal((await core.answers.spanDetails(traceIdOf(1), spanIdOf(4)))?.site?.beneath, undefined);
  assert.equal(await core.answers.spanDetails(traceIdOf(2), spanIdOf(4)), undefined);
  assert.equal(await core.answers.findSpan(spanIdOf(99)), undefined);
  assert.equal(await core.answers.trace('not an id'), undefined);
  const { json, nextChunk } = await core.answers.exportOtlpJson(undefined);
  assert.equal(nextChunk, undefined);
  assert.deepEqual(decodeTraces(json).spans, request(shop).batch.spans);
});

test('a span sent again counts once: at once, after a restart, and within one batch', async (t) => {
  const folder = await temporaryFolder(t);
  let core = await startCore(t, folder);
  await send(core, shop);
  await send(core, shop);
  await send(core, [{ id: 9, parent: 1, name: 'new' }, ...shop, { id: 9, parent: 1, name: 'new again' }]);
  const check = async () => {
    assert.equal(core.status().spans.stored, 4);
    assert.deepEqual(core.status().captures.map(({ spanCount, errorCount }) => [spanCount, errorCount]), [[4, 1]]);
    assert.equal(core.answers.traceList({})[0]?.spanCount, 4);
    const trace = await core.answers.trace(traceIdOf(1));
    assert.equal(trace?.spanCount, 4);
    assert.ok(!trace.strings.includes('new again'));
    const { summaries } = await core.handlers().summaries(undefined);
    assert.deepEqual(summaries.map(({ operation, count }) => `${operation} ${count}`).sort(), ['GET / 1', 'SELECT 1', 'load 1', 'new 1']);
  };
  await check();
  assert.equal(core.status().spans.received, 11);
  await core.close();
  core = await startCore(t, folder);
  await check();
  await send(core, [...shop, { id: 9 }]);
  await check();
});

test('a trace grows, and its version with it', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  await send(core, [{ id: 2, parent: 1, name: 'child', startMs: 5 }]);
  const first = await core.answers.trace(traceIdOf(1));
  assert.deepEqual([first?.parentRow[0], core.answers.traceList({})[0]?.rootName], [-2, 'child']);
  await send(core, [{ id: 1, name: 'root', kind: 2 }]);
  const second = await core.answers.trace(traceIdOf(1));
  assert.ok(second!.version > first!.version);
  assert.deepEqual([...second!.parentRow], [-1, 0]);
  assert.equal(core.answers.traceList({})[0]?.rootName, 'root');
});

test('logs are tied to their span', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  await send(core, shop);
  const before = await core.answers.trace(traceIdOf(1));
  const record = (body: string, spanId: string | undefined, time: string) => ({ timeUnixNano: time, body: { stringValue: body }, traceId: traceIdOf(1), spanId });
  const bytes = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [
    record('second', spanIdOf(3), '200'), record('first', spanIdOf(3), '100'), record('other', spanIdOf(4), '1'),
  ] }] }] }));
  const { decodeLogs } = await import('../../../src/decode/otlpJson.ts');
  await core.logs(bytes, 'json', decodeLogs(bytes));
  const trace = await core.answers.trace(traceIdOf(1));
  assert.deepEqual([...trace!.logCount], [0, 2, 1]);
  assert.ok(trace!.version > before!.version);
  assert.deepEqual((await core.answers.spanDetails(traceIdOf(1), spanIdOf(3)))?.logs.map(({ body }) => body), [{ stringValue: 'first' }, { stringValue: 'second' }]);
  assert.equal(core.status().logs.stored, 3);
});

test('traces are listed newest first and by every filter', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  await core.handlers().startCapture({ captureId: 'c', name: 'C', kind: 'debug' });
  await send(core, [
    { trace: 1, id: 1, name: 'Älpha', startMs: 1, durationMs: 10 }, { trace: 2, id: 2, name: 'beta', startMs: 2, durationMs: 20, error: true },
    { trace: 3, id: 3, name: 'gamma', startMs: 3, durationMs: 30, service: 'pay' }, { trace: 3, id: 4, parent: 3, service: 'shop', capture: 'c', startMs: 4 },
  ]);
  const ids = (query: Parameters<HubCore['answers']['traceList']>[0]) => core.answers.traceList(query).map(({ traceId }) => Number(traceId));
  assert.deepEqual(ids({}), [3, 2, 1]);
  assert.deepEqual(ids({ limit: 2 }), [3, 2]);
  assert.deepEqual(ids({ name: 'äL' }), [1]);
  assert.deepEqual(ids({ minDurationMs: 20 }), [3, 2]);
  assert.deepEqual(ids({ errorsOnly: true }), [2]);
  assert.deepEqual(ids({ service: 'shop' }), [3, 2, 1]);
  assert.deepEqual(ids({ service: 'pay' }), [3]);
  assert.deepEqual(ids({ captureId: 'c' }), [3]);
});

test('an import is a capture of its own; what is kept already is not kept again; after its deletion it can come again', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  const { bytes } = request([{ id: 1, capture: 'elsewhere' }, { id: 2 }]);
  const handlers = core.handlers();
  await handlers.startCapture({ captureId: 'file', name: 'a.json', kind: 'import' });
  assert.deepEqual(await handlers.importOtlp({ bytes, encoding: 'json', captureId: 'file' }), { accepted: 2, rejected: 0, errorMessage: '' });
  assert.deepEqual(await handlers.importOtlp({ bytes, encoding: 'json', captureId: 'file2' }), { accepted: 0, rejected: 0, errorMessage: '' });
  assert.deepEqual(core.status().captures.map(({ captureId, spanCount }) => [captureId, spanCount]), [['file', 2]]);
  assert.equal((await core.answers.findSpan(spanIdOf(1)))?.captureId, 'file');
  await handlers.deleteCapture({ captureId: 'file' });
  assert.deepEqual([core.status().spans.stored, core.status().spans.dropped, core.answers.traceList({})], [0, 0, []]);
  assert.deepEqual((await handlers.summaries(undefined)).summaries, []);
  assert.equal((await handlers.importOtlp({ bytes, encoding: 'json', captureId: 'file' })).accepted, 2);
  await assert.rejects(async () => handlers.importOtlp({ bytes: Buffer.from('{'), encoding: 'json', captureId: 'file' }));
  await assert.rejects(async () => handlers.importOtlp({ bytes, encoding: 'json', captureId: 'no/id' }), TypeError);
});

test('captures begin, end, are renamed, pinned and ended for good', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  const handlers = core.handlers();
  await send(core, [{ id: 1, capture: 'early' }]);
  await handlers.startCapture({ captureId: 'early', name: 'Early', kind: 'debug' });
  await handlers.renameCapture({ captureId: 'early', name: 'Earlier' });
  await handlers.pinCapture({ captureId: 'early', pinned: true });
  await handlers.endCapture({ captureId: 'early' });
  const [capture] = core.status().captures;
  assert.deepEqual([capture?.name, capture?.kind, capture?.pinned, capture?.spanCount, typeof capture?.endedUnixMs], ['Earlier', 'debug', true, 1, 'number']);
  await handlers.endCapture({ captureId: 'nobody' });
  await assert.rejects(async () => handlers.pinCapture({ captureId: 'nobody', pinned: true }), /no capture nobody/);
  assert.equal(core.status().captures.length, 1);
});

test('past the limit the oldest go, pinned ones stay, and it is said when nothing may go', async (t) => {
  const limitBytes = 2_000_000;
  const core = await startCore(t, await temporaryFolder(t), limitBytes);
  const handlers = core.handlers();
  const big = [{ key: 'big', value: 'x'.repeat(50_000) }];
  await handlers.startCapture({ captureId: 'pinned', name: 'P', kind: 'debug' });
  await handlers.pinCapture({ captureId: 'pinned', pinned: true });
  for (let n = 1; n <= 10; n++) await send(core, [{ trace: n, id: n, capture: 'pinned', attributes: big }]);
  for (let n = 11; n <= 60; n++) await send(core, [{ trace: n, id: n, name: 'work', attributes: big }]);
  await until(() => core.status().store.bytes <= limitBytes);
  const { spans, captures, troubles } = core.status();
  assert.equal(spans.stored + spans.dropped, 60);
  assert.ok(spans.dropped > 20);
  assert.equal(captures.find(({ captureId }) => captureId === 'pinned')?.spanCount, 10);
  assert.deepEqual(troubles, []);
  // The newest of the others are still there, and what was let go may come again.
  assert.ok(await core.answers.findSpan(spanIdOf(60)) !== undefined);
  assert.equal(await core.answers.findSpan(spanIdOf(11)), undefined);
  await handlers.setLimit({ limitBytes: 600_000 });
  await until(() => core.status().troubles.length > 0);
  assert.deepEqual(core.status().troubles.map(({ code }) => code), ['store-full']);
  assert.equal(core.status().spans.stored, 10);
  await handlers.setLimit({ limitBytes });
  assert.deepEqual(core.status().troubles, []);
});

test('rejected spans are counted and told', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  const { bytes, encoding, batch } = request([{ id: 1 }]);
  await core.traces(bytes, encoding, { ...batch, rejections: [{ reason: 'span id must be 8 bytes', count: 2 }] });
  assert.deepEqual(core.status().spans, { received: 3, stored: 1, rejected: 2, dropped: 0, droppedFor: { size: 0, count: 0, age: 0 } });
  assert.match(core.status().troubles[0]?.message ?? '', /^2 spans rejected since the hub started.*span id must be 8 bytes/);
});

test('a store that breaks under a running hub is replaced; the sender is told to try again, and nothing is taken for kept', async (t) => {
  const folder = await temporaryFolder(t);
  let core = await startCore(t, folder);
  for (let n = 1; n <= 50; n++) await send(core, [{ trace: n, id: n, attributes: [{ key: 'big', value: 'x'.repeat(20_000) }] }]);
  await core.close();
  core = await startCore(t, folder);
  const file = await open(path.join(folder, storeFileName), 'r+');
  const { size } = await file.stat();
  await file.write(Buffer.alloc(size - pageBytes, 0x5a), 0, size - pageBytes, pageBytes);
  await file.close();
  let refused = 0;
  const again = async (): Promise<void> => {
    try {
      await send(core, [{ trace: 100, id: 100 }]);
    } catch (error) {
      assert.ok(SinkError.is(error), String(error));
      refused++;
      if (refused < 20) await again();
    }
  };
  // SQLite may hold the pages it needs in memory; reading what it does not hold finds the damage.
  await core.answers.findSpan(spanIdOf(999)).catch(() => undefined);
  await Promise.resolve(core.handlers().findSpan({ spanId: spanIdOf(999) })).catch(() => undefined);
  await again();
  assert.ok(core.status().troubles.some(({ code }) => code === 'store-recovered'), JSON.stringify(core.status().troubles));
  assert.equal(core.status().spans.stored, 1);
  assert.equal((await core.answers.trace(traceIdOf(100)))?.spanCount, 1);
});

test('a reader answers without a hub, from a store that was not closed cleanly, and changes nothing', async (t) => {
  const folder = await temporaryFolder(t);
  const core = await startCore(t, folder);
  await send(core, shop);
  // `core` still has the file open: the spans are in the write-ahead file only.
  const reader = await openReader(folder, '1.0.0');
  atEnd(t, () => reader.close());
  const { summaries } = await reader.call('summaries', undefined);
  assert.deepEqual(summaries.map(({ operation }) => operation).sort(), ['GET /', 'SELECT', 'load']);
  assert.equal((await reader.call('trace', { traceId: traceIdOf(1).toUpperCase() }))?.spanCount, 3);
  assert.equal((await reader.call('recentSpans', { summaryIds: summaries.map(({ summaryId }) => summaryId), limit: 2 })).length, 2);
  assert.equal((await reader.call('status', undefined)).otlpHttp, undefined);
  await assert.rejects(reader.call('deleteCapture', { captureId: 'external' }), /no hub is running/);
  const empty = await openReader(path.join(folder, 'nothing here'), '1.0.0');
  assert.deepEqual(await empty.call('traces', {}), []);
  await empty.close();
});

test('a capture that starts again goes on under the name a person gave it', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  const start = () => core.handlers().startCapture({ captureId: 'one', name: 'Orders', kind: 'debug' });
  await start();
  const [first] = core.status().captures;
  await core.handlers().renameCapture({ captureId: 'one', name: 'before the fix' });
  await core.handlers().endCapture({ captureId: 'one' });
  assert.notEqual(core.status().captures[0]?.endedUnixMs, undefined);
  await start();
  assert.deepEqual(core.status().captures, [{ ...first, name: 'before the fix' }]);
  await send(core, [{ id: 1, capture: 'early' }]);
  await core.handlers().startCapture({ captureId: 'early', name: 'Shop', kind: 'debug' });
  assert.deepEqual(core.status().captures.map(({ name, kind }) => [name, kind]).sort(), [['Shop', 'debug'], ['before the fix', 'debug']]);
});

test('a capture deleted while its program runs comes back under its name with the next spans, and not after its end', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  await core.handlers().startCapture({ captureId: 'one', name: 'Orders', kind: 'debug' });
  await core.handlers().startCapture({ captureId: 'two', name: 'Shop', kind: 'run' });
  await send(core, [{ id: 1, capture: 'one' }, { id: 2, capture: 'two' }]);
  const [first] = core.status().captures;
  for (const captureId of ['one', 'two']) await core.handlers().deleteCapture({ captureId });
  await core.handlers().endCapture({ captureId: 'two' });
  assert.deepEqual(core.status().captures, []);
  await send(core, [{ id: 3, capture: 'one' }, { id: 4, capture: 'two' }]);
  assert.deepEqual(core.status().captures.map(({ name, kind }) => [name, kind]).sort(), [['Orders', 'debug'], ['two', 'external']]);
  assert.equal(core.status().captures.find(({ name }) => name === 'Orders')?.startedUnixMs, first?.startedUnixMs);
});
