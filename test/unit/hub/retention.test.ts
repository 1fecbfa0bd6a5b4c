import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { decodeLogs } from '../../../src/decode/otlpJson.ts';
import { decodeTraces } from '../../../src/decode/otlpProtobuf.ts';
import { logParts, spanParts } from '../../../src/hub/batchParts.ts';
import { readLogs, readSpans } from '../../../src/hub/chunkReader.ts';
import { HubCore } from '../../../src/hub/core.ts';
import { withoutDropped } from '../../../src/hub/keepRecords.ts';
import type { HubLog } from '../../../src/hub/log.ts';
import { Retention } from '../../../src/hub/retention.ts';
import { resourceFacts } from '../../../src/hub/spanFacts.ts';
import { nextGiver, slowest } from '../../../src/hub/store/fairShare.ts';
import { MemoryStore } from '../../../src/hub/store/memoryStore.ts';
import { openStore, storeFileName } from '../../../src/hub/store/openStore.ts';
import type { Store, Usage } from '../../../src/hub/store/store.ts';
import { traceRequest } from '../decode/modelToProto.ts';
import { encode } from '../decode/otlpProto.ts';
import { atEnd, makeSpan, type SpanShape, temporaryFolder, traceIdOf } from './spans.ts';

const log: HubLog = { debug: () => {}, info: () => {}, warn: () => {}, error: (message) => { throw new Error(String(message)); } };

/** A protobuf request of spans that each take about `bytes`. */
function chunkOf(shapes: readonly SpanShape[], receivedUnixMs = 1000, bytes = 1000) {
  const spans = shapes.map((shape) => makeSpan({ ...shape, attributes: [{ key: 'padding', value: `${shape.id}`.padEnd(bytes - 100, '.') }] }));
  const body = Buffer.from(encode('ExportTraceServiceRequest', traceRequest(spans)));
  const kept = spans.map((span) => ({ span, captureId: resourceFacts(span.resource).captureId }));
  return { body, spans, chunk: { signal: 'traces' as const, encoding: 'protobuf' as const, bytes: body, receivedUnixMs, captureOverride: undefined, skipped: undefined, ...spanParts(kept, body.length) } };
}

/** Everything a store says of what it keeps is what its chunks hold. */
function checkWhole(store: Store): void {
  const traces = new Map<string, number>();
  const captures = new Map<string, number>();
  let logs = 0;
  for (let id = store.nextChunk(0); id !== undefined; id = store.nextChunk(id)) {
    const chunk = store.chunk(id)!;
    if (chunk.signal === 'logs') {
      logs += readLogs(chunk).length;
      continue;
    }
    for (const { span, captureId } of readSpans(chunk)) {
      traces.set(span.traceId, (traces.get(span.traceId) ?? 0) + 1);
      captures.set(captureId, (captures.get(captureId) ?? 0) + 1);
      assert.ok(store.chunksOfTrace(span.traceId, 'traces').includes(id));
    }
  }
  const rows = [...store.traces()];
  assert.deepEqual(new Map(rows.map(({ traceId, spanCount }) => [traceId, spanCount])), traces);
  assert.deepEqual(new Map(store.captures().filter(({ spanCount }) => spanCount > 0).map(({ captureId, spanCount }) => [captureId, spanCount])), captures);
  const spans = [...traces.values()].reduce((a, b) => a + b, 0);
  assert.deepEqual([store.counts().spans, store.counts().logs], [spans, logs]);
  const usage = store.usage();
  assert.equal(usage.reduce((sum, each) => sum + each.spans, 0), spans);
  for (const { operation, rank, bytes } of usage) assert.equal(store.oldestTraces(operation, rank, 1e6).reduce((sum, trace) => sum + trace.bytes, 0), bytes);
}

async function sqliteStore(t: TestContext, folder?: string): Promise<Store> {
  const { store, troubles } = await openStore(folder ?? (await temporaryFolder(t)), { readOnly: false });
  assert.deepEqual(troubles, []);
  let isClosed = false;
  const close = store.close.bind(store);
  store.close = () => {
    if (!isClosed) close();
    isClosed = true;
  };
  atEnd(t, async () => store.close());
  return store;
}

const kinds: Readonly<Record<string, (t: TestContext) => Promise<Store>>> = { sqlite: sqliteStore, memory: async () => new MemoryStore() };
const far = { bytes: 1e12, spans: 1e12, ageMs: 1e12 };

function retentionOf(store: Store): Retention {
  return new Retention({ store: () => store, rewrite: withoutDropped, onDropped: () => {} });
}

/** Makes room, and says how many steps that took. */
function makeRoom(store: Store, limits: Partial<typeof far>): number {
  const retention = retentionOf(store);
  let steps = 0;
  while (retention.step({ ...far, ...limits }) === 'more') steps++;
  return steps;
}

const named = (store: Store) => {
  const counts: Record<string, number> = {};
  for (const { rootName, service } of store.traces()) counts[`${service} ${rootName}`] = (counts[`${service} ${rootName}`] ?? 0) + 1;
  return counts;
};

for (const [kind, make] of Object.entries(kinds)) {
  test(`${kind}: a noisy service cannot push out a quiet one, whatever it calls its operations`, async (t) => {
    const store = await make(t);
    let id = 0;
    for (let n = 0; n < 150; n++) {
      const noisy = Array.from({ length: 40 }, (): SpanShape => ({ id: ++id, trace: id, name: n % 2 === 0 ? 'poll' : `poll ${id}`, service: 'noisy' }));
      // In one request with the others, as a collector sends them.
      store.append([chunkOf([...noisy, { id: ++id, trace: id, name: 'order', service: 'quiet' }], 0, 3000).chunk]);
    }
    const before = store.bytes();
    makeRoom(store, { bytes: before / 4 });
    checkWhole(store);
    assert.ok(store.bytes() <= before / 4, `${store.bytes()} of ${before}`);
    assert.equal(named(store)['quiet order'], 150);
    const { spans, droppedSpans, droppedFor } = store.counts();
    assert.equal(spans + droppedSpans, 150 * 41);
    assert.deepEqual(droppedFor, { size: droppedSpans, count: 0, age: 0 });
    assert.ok(spans > 500, `${spans} left`);
  });

  test(`${kind}: of health checks the newest stay, the slow and the failed longer, and they push out no error of another operation`, async (t) => {
    const store = await make(t);
    let id = 0;
    const slow: string[] = [];
    const failed: string[] = [];
    const others: string[] = [];
    let newest: string[] = [];
    const retention = retentionOf(store);
    for (let minute = 0; minute < 40; minute++) {
      const checks = Array.from({ length: 100 }, (_, n): SpanShape => {
        const isSlow = n === 50;
        if (isSlow) slow.push(traceIdOf(id + 1));
        if (n === 70 && minute % 4 === 0) failed.push(traceIdOf(id + 1));
        return { id: ++id, trace: id, name: 'GET /health', kind: 2, durationMs: isSlow ? 500 : 2 + (n % 3), error: n === 70 && minute % 4 === 0 };
      });
      newest = [...newest, ...checks.map((check) => traceIdOf(check.trace!))].slice(-150);
      others.push(traceIdOf(id + 1));
      store.append([chunkOf([...checks, { id: ++id, trace: id, name: 'POST /order', kind: 2, error: true }]).chunk]);
      while (retention.step({ ...far, bytes: 900_000 }) === 'more');
    }
    checkWhole(store);
    const kept = new Set([...store.traces()].map(({ traceId }) => traceId));
    const share = (ids: readonly string[]) => ids.filter((each) => kept.has(each)).length / ids.length;
    assert.deepEqual([share(others), share(failed), share(newest)], [1, 1, 1]);
    // Of those that were judged: the slowest of the last ones have not been.
    assert.ok(share(slow) > 0.6, `${share(slow)}`);
    assert.ok(kept.size < 1000, `${kept.size}`);
  });

  test(`${kind}: what is pinned stays for ever, by size, count and age, and that nothing else may go is said`, async (t) => {
    const store = await make(t);
    for (let n = 1; n <= 200; n++) store.append([chunkOf([{ id: n, trace: n, capture: n % 2 === 0 ? 'pinned' : 'other', name: 'work' }]).chunk]);
    store.putCapture('pinned', { pinned: true }, 0);
    const retention = retentionOf(store);
    for (let n = 0; n < 20 && retention.isAged({ ...far, ageMs: 1000 }, 10_000); n++) retention.stepOfAge({ ...far, ageMs: 1000 }, 10_000);
    assert.deepEqual([store.counts().spans, store.counts().droppedFor], [100, { size: 0, count: 0, age: 100 }]);
    let outcome = retention.step({ ...far, spans: 10 });
    while (outcome === 'more') outcome = retention.step({ ...far, spans: 10 });
    assert.equal(outcome, 'full');
    assert.equal(store.counts().spans, 100);
    checkWhole(store);
    store.putCapture('pinned', { pinned: false }, 0);
    makeRoom(store, { spans: 10 });
    assert.ok(store.counts().spans <= 10);
    checkWhole(store);
  });

  test(`${kind}: by count and by age the same, each counted by its reason; logs go with their traces, those of none by themselves`, async (t) => {
    const store = await make(t);
    for (let n = 1; n <= 300; n++) store.append([chunkOf([{ id: n, trace: n, name: 'poll', service: n % 30 === 0 ? 'quiet' : 'noisy' }], n).chunk]);
    const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ traceId: traceIdOf(1), body: { stringValue: 'x' } }, { body: { stringValue: 'loose'.repeat(50) } }, { traceId: traceIdOf(300) }] }] }] }));
    const { records } = decodeLogs(body);
    store.append([{ signal: 'logs', encoding: 'json', bytes: body, receivedUnixMs: 2, captureOverride: undefined, skipped: undefined, parts: logParts(records), deltas: [] }]);
    makeRoom(store, { spans: 100 });
    assert.equal(named(store)['quiet poll'], 10);
    const afterCount = store.counts();
    assert.ok(afterCount.spans <= 100 && afterCount.spans >= 90, `${afterCount.spans}`);
    assert.equal(afterCount.droppedFor.count, 300 - afterCount.spans);
    checkWhole(store);
    const retention = retentionOf(store);
    while (retention.isAged({ ...far, ageMs: 50 }, 300)) retention.stepOfAge({ ...far, ageMs: 50 }, 300);
    checkWhole(store);
    const left = [...store.traces()].map(({ traceId }) => parseInt(traceId, 16));
    assert.ok(left.every((n) => n >= 250) && left.includes(300), left.join());
    assert.deepEqual([store.counts().logs, store.counts().droppedLogs], [1, 2]);
    // What nobody wants any more is rewritten away.
    while (store.rewrite(5, withoutDropped));
    checkWhole(store);
    assert.equal(store.deadBytes(), 0);
  });
}

test('killed after any step of making room: all that was not counted as let go is there, and the next hub goes on', async (t) => {
  const folder = await temporaryFolder(t);
  const store = await sqliteStore(t, folder);
  let id = 0;
  for (let n = 0; n < 40; n++) {
    const shapes = Array.from({ length: 30 }, (_, k): SpanShape => ({ id: ++id, trace: 1 + Math.floor(id / 2), name: k % 3 === 0 ? 'order' : 'poll', service: k % 3 === 0 ? 'shop' : 'noisy', error: k === 5 }));
    store.append([chunkOf(shapes).chunk]);
  }
  const limits = { ...far, bytes: store.bytes() / 3 };
  const retention = retentionOf(store);
  let steps = 0;
  for (let outcome = retention.step(limits); outcome === 'more'; outcome = retention.step(limits)) {
    if (steps++ % 3 !== 0) continue;
    const killed = await temporaryFolder(t);
    for (const suffix of ['', '-wal']) await copyFile(path.join(folder, `${storeFileName}${suffix}`), path.join(killed, `${storeFileName}${suffix}`));
    const again = await sqliteStore(t, killed);
    checkWhole(again);
    assert.equal(again.counts().spans + again.counts().droppedSpans, id);
    makeRoom(again, limits);
    checkWhole(again);
    assert.ok(again.bytes() <= limits.bytes);
  }
  assert.ok(steps > 9, `${steps} steps`);
});

test('a hub under its limit all the time: figures of all that came, lists of what is kept, and neither differs after a restart', async (t) => {
  const folder = await temporaryFolder(t);
  const open = async () => {
    const core = new HubCore({ dataDir: folder, version: '1.0.0', limitBytes: 1_500_000, store: await sqliteStore(t, folder), readOnly: false, troubles: [], log, onChange: () => {} });
    await core.catchUp();
    return core;
  };
  let core = await open();
  let id = 0;
  for (let n = 0; n < 60; n++) {
    const { body } = chunkOf(Array.from({ length: 50 }, (_, k): SpanShape => ({ id: ++id, trace: id, name: k === 0 ? 'order' : 'poll', service: 'shop', file: `/${k % 5}.js`, durationMs: id % 100 })));
    await core.traces(body, 'protobuf', decodeTraces(body));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  while (core.status().store.bytes > 1_500_000) await new Promise((resolve) => setTimeout(resolve, 5));
  const told = async () => {
    const { summaries } = await core.handlers().summaries(undefined);
    const latencies = await core.handlers().latencies({ groups: summaries.map(({ summaryId }) => [summaryId]) });
    const recent = await core.answers.recentSpans({ summaryIds: summaries.map(({ summaryId }) => summaryId), limit: 1e6 });
    return { summaries: summaries.map(({ operation, count, errorCount }) => [operation, count, errorCount]), latencies, recent: recent.map(({ spanId }) => spanId), traces: core.answers.traceList({ limit: 1e6 }) };
  };
  const before = await told();
  assert.equal(before.summaries.reduce((sum, [, count]) => sum + (count as number), 0), 3000);
  assert.equal(before.traces.length, core.status().spans.stored);
  assert.equal(core.status().spans.stored + core.status().spans.dropped, 3000);
  assert.equal(before.traces.filter(({ rootName }) => rootName === 'order').length, 60);
  for (const { traceId } of before.traces.slice(0, 50)) assert.equal((await core.answers.trace(traceId))?.spanCount, 1);
  const kept = new Set(before.traces.map(({ traceId }) => BigInt(`0x${traceId}`).toString(16).padStart(16, '0')));
  assert.ok(before.recent.every((spanId) => kept.has(spanId)));
  await core.close();
  core = await open();
  assert.deepEqual(await told(), before);
  await core.close();
});

test('rewriting takes out what was let go and leaves every byte of the rest, known to us or not', () => {
  fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), fc.nat(3), (keeps, unknown) => {
    fc.pre(keeps.includes(true));
    const { body, spans } = chunkOf(keeps.map((_, n): SpanShape => ({ id: n + 1, trace: n + 1, service: n % 2 === 0 ? 'a' : 'b' })), 0, 200);
    // A field of a later version of the protocol, beside the resource groups.
    const bytes = Buffer.concat([body, ...Array.from({ length: unknown }, () => Buffer.from([15 << 3 | 2, 3, 1, 2, 3]))]);
    const live = new Set(spans.filter((_, n) => keeps[n]).map(({ traceId }) => traceId));
    const chunk = { chunkId: 1, signal: 'traces' as const, encoding: 'protobuf' as const, receivedUnixMs: 0, bytes, captureOverride: undefined, skipped: undefined, captures: new Set(['external']), traces: live };
    const rewritten = withoutDropped(chunk);
    assert.deepEqual(decodeTraces(rewritten).spans, spans.filter(({ traceId }) => live.has(traceId)));
    if (keeps.every((keep) => keep)) assert.deepEqual(Buffer.from(rewritten), bytes);
    if (unknown > 0) assert.equal(Buffer.from(rewritten).subarray(-5 * unknown).toString('hex'), bytes.subarray(-5 * unknown).toString('hex'));
  }));
});

test('a span that was sent twice in a request stays once when that is rewritten', () => {
  const { body, spans } = chunkOf([{ id: 1 }, { id: 2, trace: 2 }, { id: 1 }], 0, 200);
  const chunk = { chunkId: 1, signal: 'traces' as const, encoding: 'protobuf' as const, receivedUnixMs: 0, bytes: body, captureOverride: undefined, skipped: Uint32Array.of(2), captures: new Set(['external']), traces: new Set([traceIdOf(1)]) };
  assert.deepEqual(decodeTraces(withoutDropped(chunk)).spans, [spans[0]]);
});

test('who has most gives: the service, then its operation, then the rank for its parts; pinned never', () => {
  const usage = (service: string, operation: number, rank: Usage['rank'], bytes: number, spans = 1): Usage => ({ service, operation, rank, bytes, spans });
  const limits = { bytes: 1000, spans: 1000 };
  assert.equal(nextGiver([], limits), undefined);
  assert.equal(nextGiver([usage('a', 1, 'pinned', 900)], limits), undefined);
  assert.deepEqual(nextGiver([usage('a', 1, 'ordinary', 300), usage('b', 2, 'ordinary', 200), usage('b', 3, 'ordinary', 200)], limits), { operation: 2, rank: 'ordinary' });
  assert.deepEqual(nextGiver([usage('a', 1, 'ordinary', 300), usage('a', 1, 'error', 160), usage('b', 2, 'pinned', 900)], limits), { operation: 1, rank: 'error' });
  assert.deepEqual(nextGiver([usage('a', 1, 'ordinary', 300), usage('a', 1, 'error', 140)], limits), { operation: 1, rank: 'ordinary' });
  // Small ones in great numbers take most of the other limit.
  assert.deepEqual(nextGiver([usage('a', 1, 'ordinary', 300), usage('b', 2, 'ordinary', 100, 900)], limits), { operation: 2, rank: 'ordinary' });
});

test('slow is what is above the 95th percentile: one of twenty, none where all took the same', () => {
  const traces = (durations: readonly number[]) => durations.map((durationNs, n) => ({ traceId: `${n}`, durationNs: BigInt(durationNs) }));
  const of = (durations: readonly number[]) => slowest(traces(durations), traces(durations)).slow.map(({ durationNs }) => Number(durationNs));
  assert.deepEqual(of(Array.from({ length: 40 }, (_, n) => 100 - n)), [100, 99]);
  assert.deepEqual(of(Array.from({ length: 40 }, () => 7)), []);
  assert.deepEqual(of([1, 2, 3]), []);
  assert.deepEqual(slowest(traces([]), []).others, []);
});
