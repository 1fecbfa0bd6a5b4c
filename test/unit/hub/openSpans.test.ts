import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { DecodeError } from '../../../src/decode/batch.ts';
import { decodeProbeReport } from '../../../src/decode/probeReport.ts';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import { HubCore } from '../../../src/hub/core.ts';
import { OpenSpans } from '../../../src/hub/openSpans.ts';
import { isAlive } from '../../../src/hub/processAlive.ts';
import { openStore } from '../../../src/hub/store/openStore.ts';
import { openStates } from '../../../src/protocol/hub.ts';
import { atEnd, makeSpan, request, type SpanShape, spanIdOf, temporaryFolder, traceIdOf } from './spans.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const capture = 'the-capture';
const program = { id: '1.0.1', pid: process.pid, host: 'elsewhere' };

async function startCore(test: TestContext): Promise<HubCore> {
  const dataDir = await temporaryFolder(test);
  const { store, troubles } = await openStore(dataDir, { readOnly: false });
  const core = new HubCore({ dataDir, version: '1.0.0', limitBytes: 1e9, store, readOnly: false, troubles, log: silent, onChange: () => {} });
  atEnd(test, () => core.close());
  await core.catchUp();
  await core.handlers().startCapture({ captureId: capture, name: 'shop', kind: 'debug' });
  return core;
}

/** As a probe posts it: spans without an end. */
function report(shapes: readonly SpanShape[], more: object = {}): string {
  const spans = shapes.map((shape) => ({ ...makeSpan({ capture, ...shape }), endUnixNano: 0n }));
  return JSON.stringify({ process: program, ...traceRequestJson(spans), ...more });
}

const told = (core: HubCore, shapes: readonly SpanShape[], more?: object): void => core.probeReport(decodeProbeReport(report(shapes, more)));

function came(core: HubCore, shapes: readonly SpanShape[]): Promise<void> {
  const { bytes, encoding, batch } = request(shapes.map((shape) => ({ capture, ...shape })));
  return core.traces(bytes, encoding, batch);
}

const server: SpanShape = { id: 1, name: 'GET', kind: 2, startMs: 0 };
const query: SpanShape = { id: 2, parent: 1, name: 'SELECT', kind: 3, file: '/db.js', startMs: 5, durationMs: 2 };

test('a trace of which nothing has come is in the list and can be looked at; no figure counts it', async (t) => {
  const core = await startCore(t);
  told(core, [server]);
  const [trace, ...others] = core.answers.traceList({ captureId: capture });
  assert.deepEqual(others, []);
  assert.deepEqual([trace?.traceId, trace?.rootName, trace?.service, trace?.spanCount, trace?.open], [traceIdOf(1), 'GET', 'shop', 1, { running: 1, neverEnded: 0 }]);
  const columns = await core.answers.trace(traceIdOf(1));
  assert.deepEqual([...(columns?.open ?? [])], [openStates.running]);
  assert.ok((columns?.durationsNs[0] ?? 0) > 1e9, 'until now');
  assert.equal((await core.answers.spanDetails(traceIdOf(1), spanIdOf(1)))?.open, 'running');
  assert.equal((await core.answers.findSpan(spanIdOf(1)))?.name, 'GET');
  assert.deepEqual((await core.handlers().summaries(undefined)).summaries, []);
  assert.deepEqual(core.status().spans.stored, 0);
  assert.deepEqual(core.status().open, { version: 1, running: 1, neverEnded: 0 });
});

test('an open root stands over spans that have come, and is replaced by itself', async (t) => {
  const core = await startCore(t);
  await came(core, [query]);
  const before = await core.answers.trace(traceIdOf(1));
  told(core, [server]);
  const during = await core.answers.trace(traceIdOf(1));
  assert.deepEqual([...(during?.parentRow ?? [])], [-1, 0]);
  assert.deepEqual([...(during?.open ?? [])], [openStates.running, 0]);
  assert.equal(core.answers.traceList({})[0]?.rootName, 'GET');
  assert.equal(core.answers.traceList({})[0]?.spanCount, 2);
  const [open] = await core.handlers().openSpans(undefined);
  assert.deepEqual([open?.operation, open?.kind, open?.state], ['GET', 'server', 'running']);
  const { sites } = { sites: await core.handlers().sites({ afterSiteId: -1 }) };
  assert.match(sites.find(({ siteId }) => siteId === open?.siteId)?.beneath?.[0] ?? '', /db\.js/, 'the site of what is beneath it');

  await came(core, [{ ...server, durationMs: 9 }]);
  const after = await core.answers.trace(traceIdOf(1));
  assert.equal(after?.open, undefined);
  assert.equal(after?.spanCount, 2);
  assert.equal(new Set([before?.version, during?.version, after?.version]).size, 3, 'each is another to whoever shows it');
  assert.deepEqual(await core.handlers().openSpans(undefined), []);
  assert.equal(core.answers.traceList({})[0]?.open, undefined);
});

test('what is told of a span after it came is no news, also after its trace was not heard of for long', async (t) => {
  const core = await startCore(t);
  await came(core, [{ ...server, durationMs: 9 }]);
  told(core, [server]);
  assert.equal((await core.answers.trace(traceIdOf(1)))?.open, undefined);
  assert.equal(core.status().open, undefined);
});

test('never ended: its capture is over; a program that goes on takes that back, a deletion takes all of it', async (t) => {
  const core = await startCore(t);
  told(core, [server]);
  await core.handlers().endCapture({ captureId: capture });
  assert.deepEqual(core.answers.traceList({})[0]?.open, { running: 0, neverEnded: 1 });
  const first = await core.answers.trace(traceIdOf(1));
  assert.deepEqual([...(first?.open ?? [])], [openStates.neverEnded]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual((await core.answers.trace(traceIdOf(1)))?.durationsNs, first?.durationsNs, 'it does not go on');
  told(core, [server]);
  assert.deepEqual(core.answers.traceList({})[0]?.open, { running: 1, neverEnded: 0 });
  await core.handlers().deleteCapture({ captureId: capture });
  assert.deepEqual(core.answers.traceList({}), []);
  assert.equal(await core.answers.trace(traceIdOf(1)), undefined);
});

test('the list keeps its order, its limit and its filters with traces that run', async (t) => {
  const core = await startCore(t);
  await came(core, [{ trace: 1, id: 1, startMs: 10 }, { trace: 3, id: 3, startMs: 30, service: 'mail' }]);
  told(core, [{ trace: 2, id: 2, startMs: 20 }, { trace: 4, id: 4, startMs: 40, name: 'POST /slow' }, { trace: 5, id: 5, startMs: 5 }]);
  const ids = (query: Parameters<HubCore['answers']['traceList']>[0]) => core.answers.traceList(query).map(({ traceId }) => Number(traceId));
  assert.deepEqual(ids({}), [4, 3, 2, 1, 5]);
  assert.deepEqual(ids({ limit: 3 }), [4, 3, 2]);
  assert.deepEqual(ids({ limit: 0 }), []);
  assert.deepEqual(ids({ name: 'slow' }), [4]);
  assert.deepEqual(ids({ service: 'mail' }), [3]);
  assert.deepEqual(ids({ errorsOnly: true }), []);
  assert.deepEqual(ids({ minDurationMs: 1000 }), [4, 2, 5]);
  assert.deepEqual(ids({ captureId: 'another' }), []);
});

test('of what programs say of themselves a capture keeps the first ten', async (t) => {
  const core = await startCore(t);
  for (let pid = 1; pid <= 12; pid++) {
    told(core, [], { process: { ...program, id: String(pid), pid }, program: { runtime: 'node', version: 'v24.1.0', sdk: 'none', reason: 'runtime', capture } });
  }
  const { programs } = core.status().captures[0] ?? {};
  assert.equal(programs?.length, 10);
  assert.deepEqual(programs?.[0], { pid: 1, runtime: 'node', version: 'v24.1.0', sdk: 'none', reason: 'runtime' });
});

test('what ended and does not come is forgotten, what was told of first gives way: never more than 2,000', () => {
  const open = new OpenSpans();
  const span = (id: number) => ({ span: makeSpan({ id, trace: id }), captureId: capture });
  open.open(program, [span(1)]);
  open.ended([{ traceId: traceIdOf(1), spanId: spanIdOf(1) }], 0);
  assert.equal(open.sweep(() => true, 9_999, 0n), false);
  assert.equal(open.size, 1);
  assert.equal(open.sweep(() => true, 10_000, 0n), true);
  assert.equal(open.size, 0);

  open.open(program, Array.from({ length: 1999 }, (_, id) => span(id + 10)));
  open.captureEnded(capture, 5n);
  open.open(program, [span(5000), span(5001)]);
  assert.equal(open.size, 2000);
  assert.equal(open.get(traceIdOf(10), spanIdOf(10)), undefined);
  assert.equal(open.get(traceIdOf(5001), spanIdOf(5001))?.state, 'running');
});

test('spans of a process that is gone were never ended; of one elsewhere nothing is known', () => {
  const open = new OpenSpans();
  open.open({ ...program, id: 'a' }, [{ span: makeSpan({ id: 1 }), captureId: capture }]);
  open.open({ ...program, id: 'b' }, [{ span: makeSpan({ id: 2 }), captureId: capture }]);
  assert.equal(open.sweep(({ id }) => id === 'a', 0, 7n), true);
  assert.deepEqual([open.get(traceIdOf(1), spanIdOf(1))?.state, open.get(traceIdOf(1), spanIdOf(2))?.state], ['running', 'neverEnded']);
  assert.equal(open.sweep(() => false, 0, 8n), true);
  assert.equal(isAlive({ id: 'x', pid: 4_194_304 + 1, host: 'elsewhere' }), true);
  assert.equal(isAlive({ id: 'x', pid: process.pid, host: '' }), true);
});

test('a report that is none is refused, and of a wrong one the right parts are taken', () => {
  for (const bad of ['', 'null', '[]', '{', '{"process":{}}', '{"process":{"id":"a","pid":0}}', '{"process":{"id":"a","pid":-1}}', '{"process":{"id":"","pid":1}}', '{"process":{"id":"a","pid":1},"resourceSpans":5}']) {
    assert.throws(() => decodeProbeReport(bad), DecodeError, bad);
  }
  const read = decodeProbeReport(JSON.stringify({
    process: { id: 'a'.repeat(500), pid: 1, host: 5 }, ended: [{ traceId: 'x' }, null, { traceId: traceIdOf(1), spanId: spanIdOf(1) }],
    program: { capture: '../..', runtime: 'node' },
  }));
  assert.deepEqual([read.process.id.length, read.process.host, read.ended.length, read.open.length, read.program], [200, '', 1, 0, undefined]);
});
