import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { HubCore } from '../../../src/hub/core.ts';
import { openReader } from '../../../src/hub/reader.ts';
import type { HubLog } from '../../../src/hub/log.ts';
import { openStore, storeFileName } from '../../../src/hub/store/openStore.ts';
import type { CaptureRecord } from '../../../src/protocol/hub.ts';
import { atEnd, baseUnixNano, request, type SpanShape, spanIdOf, temporaryFolder, traceIdOf } from './spans.ts';

const silent: HubLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function startCore(test: TestContext, dataDir: string): Promise<HubCore> {
  const { store, troubles } = await openStore(dataDir, { readOnly: false });
  const core = new HubCore({ dataDir, version: '1.0.0', limitBytes: 1e9, store, readOnly: false, troubles, log: silent, onChange: () => {} });
  let closed = false;
  const close = core.close.bind(core);
  core.close = async () => {
    if (!closed) await close();
    closed = true;
  };
  atEnd(test, () => core.close());
  return core;
}

async function send(core: HubCore, ...shapes: readonly SpanShape[]): Promise<void> {
  const { bytes, encoding, batch } = request(shapes);
  await core.traces(bytes, encoding, batch);
}

const unixNano = (ms: number): string => (baseUnixNano + BigInt(Math.round(ms * 1e6))).toString();

async function hold(core: HubCore, fromMs: number, toMs: number, captureId = 'one', holdId = `h-${fromMs}`): Promise<void> {
  await core.handlers().hold({ captureId, holdId, fromUnixNano: unixNano(fromMs), toUnixNano: unixNano(toMs) });
}

async function figures(core: Pick<HubCore, 'handlers'>, captureId = 'one', operation = 'handle'): Promise<{ p95Ms: number; maxMs: number; heldMs: number | undefined; holds: number | undefined; version: number }> {
  const { summaries, version } = await core.handlers().summaries(undefined);
  const mine = summaries.filter((summary) => summary.captureId === captureId && summary.operation === operation);
  const [stats] = await core.handlers().latencies({ groups: [mine.map(({ summaryId }) => summaryId)] });
  return { p95Ms: stats!.p95Ns / 1e6, maxMs: stats!.maxNs / 1e6, heldMs: stats!.heldNs === undefined ? undefined : stats!.heldNs / 1e6, holds: mine[0]?.holds, version };
}

/** Twenty requests of 10 ms, then one in which a person looked around for two seconds. */
function requests(capture = 'one', firstId = 100): SpanShape[] {
  const even = Array.from({ length: 20 }, (_, i) => ({ id: firstId + i, trace: firstId + i, name: 'handle', capture, startMs: i * 20, durationMs: 10 }));
  return [...even, { id: firstId + 50, trace: firstId + 50, name: 'handle', capture, startMs: 1000, durationMs: 2010 }];
}

const started = (core: HubCore, captureId = 'one', kind: CaptureRecord['kind'] = 'debug') => core.handlers().startCapture({ captureId, name: `Program ${captureId}`, kind });

describe('a breakpoint held for two seconds', () => {
  test('changes no percentile, whether it is told before the spans come or after', async (t) => {
    for (const order of ['before', 'after']) {
      const core = await startCore(t, await temporaryFolder(t));
      await started(core);
      if (order === 'before') await hold(core, 1005, 3005);
      await send(core, ...requests());
      if (order === 'after') {
        const before = await figures(core);
        assert.deepEqual([before.maxMs, before.heldMs, before.holds], [2010, undefined, undefined]);
        await hold(core, 1005, 3005);
        const after = await figures(core);
        assert.ok(after.version > before.version, 'whoever shows figures hears of it');
      }
      const { p95Ms, maxMs, heldMs, holds } = await figures(core);
      assert.deepEqual([p95Ms, maxMs, heldMs, holds], [10, 10, 2000, 1], order);
    }
  });

  test('is told with recent spans, lists of traces, the tree and the details, beside the time as recorded', async (t) => {
    const core = await startCore(t, await temporaryFolder(t));
    await started(core);
    await send(core, { id: 1, name: 'handle', capture: 'one', startMs: 1000, durationMs: 2010 }, { id: 2, parent: 1, name: 'step', capture: 'one', startMs: 1001, durationMs: 2 });
    const first = await core.answers.trace(traceIdOf(1));
    assert.deepEqual([first?.heldCount, first?.heldNs], [undefined, undefined]);
    await hold(core, 1005, 2005);
    await hold(core, 2006, 3006);
    const trace = await core.answers.trace(traceIdOf(1));
    assert.deepEqual([[...trace!.heldCount!], [...trace!.heldNs!]], [[2, 0], [5e6, 1005e6, 1006e6, 2006e6]]);
    assert.ok(trace!.version > first!.version, 'a panel takes it for a new snapshot');
    assert.equal(await core.answers.trace(traceIdOf(1)), trace, 'and is not sent the same again');
    assert.equal((await core.answers.spanDetails(traceIdOf(1), spanIdOf(1)))?.heldNs, 2000e6);
    assert.equal((await core.answers.spanDetails(traceIdOf(1), spanIdOf(2)))?.heldNs, undefined);
    const { summaries } = await core.handlers().summaries(undefined);
    const recent = await core.answers.recentSpans({ summaryIds: summaries.map(({ summaryId }) => summaryId), limit: 9 });
    assert.deepEqual(recent.map(({ durationNs, heldNs }) => [durationNs, heldNs]), [[2010e6, 2000e6], [2e6, undefined]]);
    assert.deepEqual(core.answers.traceList({}).map(({ durationNs, heldNs }) => [durationNs, heldNs]), [[2010e6, 2000e6]]);
    assert.deepEqual([core.answers.traceList({ minDurationMs: 11 }).length, core.answers.traceList({ minDurationMs: 10 }).length], [0, 1]);
  });

  test('counts against its own capture alone', async (t) => {
    const core = await startCore(t, await temporaryFolder(t));
    await started(core, 'one');
    await started(core, 'two');
    await send(core, ...requests('one', 100), ...requests('two', 300));
    await hold(core, 1005, 3005, 'two');
    assert.deepEqual([(await figures(core, 'one')).maxMs, (await figures(core, 'two')).maxMs], [2010, 10]);
  });

  test('survives the hub, is there for a reader of the store, and goes with its capture', async (t) => {
    const folder = await temporaryFolder(t);
    let core = await startCore(t, folder);
    await started(core);
    await send(core, ...requests());
    await hold(core, 1005, 3005);
    const version = (await core.answers.trace(traceIdOf(150)))?.version;
    await core.close();

    const reader = await openReader(folder, '1.0.0');
    const { summaries } = await reader.call('summaries', undefined);
    const [stats] = await reader.call('latencies', { groups: [summaries.map(({ summaryId }) => summaryId)] });
    assert.deepEqual([stats?.maxNs, stats?.heldNs], [10e6, 2000e6]);
    await assert.rejects(async () => reader.call('hold', { captureId: 'one', holdId: 'x', fromUnixNano: '1', toUnixNano: '2' }), /only being read/);
    await reader.close();

    core = await startCore(t, folder);
    assert.equal((await figures(core)).maxMs, 10);
    assert.equal((await core.answers.trace(traceIdOf(150)))?.version, version);
    await core.handlers().endCapture({ captureId: 'one' });
    await core.handlers().deleteCapture({ captureId: 'one' });
    await core.close();
    const db = new DatabaseSync(path.join(folder, storeFileName), { readOnly: true });
    assert.deepEqual(db.prepare('SELECT * FROM holds').all(), []);
    db.close();
  });
});

test('a hold told twice, one of no time, and one of a capture nobody knows change nothing', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  await started(core);
  await send(core, ...requests());
  await hold(core, 1005, 3005);
  const { version } = await figures(core);
  await hold(core, 1005, 3005);
  await hold(core, 1005, 9005, 'one', 'h-1005');
  await hold(core, 1500, 1500);
  await hold(core, 1500, 1400);
  await hold(core, 1005, 3005, 'nobody');
  const after = await figures(core);
  assert.deepEqual([after.version, after.maxMs], [version, 10]);
  assert.deepEqual(core.status().captures.map(({ captureId }) => captureId), ['one']);
  const bad = { captureId: 'one', holdId: 'h', fromUnixNano: '1', toUnixNano: '2' };
  for (const wrong of [{ fromUnixNano: '-1' }, { toUnixNano: '1.5' }, { toUnixNano: undefined }, { fromUnixNano: '9'.repeat(30) }, { holdId: '' }, { captureId: 'a b' }]) {
    await assert.rejects(async () => core.handlers().hold({ ...bad, ...wrong } as typeof bad), TypeError, JSON.stringify(wrong));
  }
});

test('a store that an older hub wrote reads as one without holds, and takes them once it is written to', async (t) => {
  const folder = await temporaryFolder(t);
  let core = await startCore(t, folder);
  await started(core);
  await send(core, ...requests());
  await core.close();
  const db = new DatabaseSync(path.join(folder, storeFileName));
  db.exec('DROP TABLE holds');
  db.close();
  const reader = await openReader(folder, '1.0.0');
  assert.equal((await reader.call('traces', {})).length, 21);
  await reader.close();
  core = await startCore(t, folder);
  await hold(core, 1005, 3005);
  assert.equal((await figures(core)).maxMs, 10);
});
