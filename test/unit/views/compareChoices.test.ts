import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HubCaller, TraceQuery, TraceSummary } from '../../../src/protocol/hub.ts';
import { choicesAmong, compareChoices, medianTrace, operationOf } from '../../../src/views/compareChoices.ts';
import { traceOf } from '../../support/generateTrace.ts';

const trace = (id: number, startUnixNano: number, durationNs: number, more: Partial<TraceSummary> = {}): TraceSummary => ({
  traceId: String(id).padStart(32, '0'), rootName: 'POST /checkout', service: 'gateway', startUnixNano: String(startUnixNano), durationNs, spanCount: 3, errorCount: 0, capture: 'one', ...more,
});
const own = { traceId: String(3).padStart(32, '0'), rootName: 'POST /checkout', service: 'gateway', startUnixNano: '300' };
const told = (choices: ReturnType<typeof choicesAmong>): string[] => choices.map(({ role, traceId }) => `${role} ${Number(traceId)}`);

test('the previous one is the newest before it; the median is of the others; of what is alike only in part nothing is the same', () => {
  const newestFirst = [
    trace(5, 500, 900), trace(4, 400, 10), trace(3, 300, 50), trace(2, 200, 70),
    trace(9, 150, 1, { rootName: 'POST /checkout/again' }), trace(8, 140, 1, { service: 'other' }), trace(1, 100, 80),
  ];
  assert.deepEqual(told(choicesAmong(own, newestFirst, newestFirst)), ['previous 2', 'median 2', 'same 5', 'same 4', 'same 2', 'same 1', 'other 9', 'other 8']);
});

test('the first of its operation has no previous one, and the only one nothing', () => {
  assert.deepEqual(told(choicesAmong(own, [trace(4, 400, 10), trace(3, 300, 50)], [])), ['median 4', 'same 4']);
  assert.deepEqual(told(choicesAmong(own, [trace(3, 300, 50)], [trace(3, 300, 50)])), []);
});

test('the median goes by the time that nobody held, and never by a trace that runs', () => {
  const traces = [trace(1, 1, 1000, { heldNs: 990 }), trace(2, 2, 20), trace(3, 3, 30), trace(4, 4, 25, { open: { running: 1, neverEnded: 0 } })];
  assert.equal(medianTrace(traces)?.traceId, traces[1]?.traceId);
  assert.equal(medianTrace(traces.slice(0, 2))?.traceId, traces[0]?.traceId, 'the shorter of two');
  assert.equal(medianTrace([]), undefined);
});

test('the hub is asked for the operation, and for what is recent', async () => {
  const { columns } = traceOf([{ name: 'GET /', service: 'web', startMs: 0, durationMs: 1 }]);
  const asked: TraceQuery[] = [];
  const hub = { call: (_: string, query: TraceQuery) => {
    asked.push(query);
    return Promise.resolve([]);
  } } as unknown as HubCaller;
  assert.deepEqual(await compareChoices(hub, operationOf(columns)), []);
  assert.deepEqual(asked, [{ service: 'web', name: 'GET /', limit: 1000 }, { limit: 100 }]);
});
