import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateTrace, traceOf } from '../../support/generateTrace.ts';
import { heldLabel } from '../../../webview/layout/formatDuration.ts';
import { HeldRows } from '../../../webview/layout/heldRows.ts';

const held = traceOf([
  { name: 'GET /', service: 'a', startMs: 0, durationMs: 3000, heldMs: [[100, 1100], [1200, 2200]] },
  { name: 'second', service: 'a', startMs: 2300, durationMs: 5, parent: 0 },
  { name: 'first', service: 'a', startMs: 50, durationMs: 1100, parent: 0, heldMs: [[100, 1100]] },
]);

test('each row has its own stretches, in the order of the rows; the trace counts a moment once', () => {
  const rows = new HeldRows(held.columns);
  assert.deepEqual([0, 1, 2].map((row) => rows.of(row)), [
    [{ fromNs: 100e6, toNs: 1100e6 }, { fromNs: 1200e6, toNs: 2200e6 }], [{ fromNs: 100e6, toNs: 1100e6 }], [],
  ]);
  assert.deepEqual([rows.ns(0), rows.ns(1), rows.ns(2), rows.traceNs], [2000e6, 1000e6, 0, 2000e6]);
});

test('a trace nobody held, columns of an older hub and torn ones have none', () => {
  assert.equal(new HeldRows(generateTrace({ spanCount: 500 }).columns).traceNs, 0);
  const torn = new HeldRows({ ...held.columns, heldNs: Float64Array.of(100e6, NaN, 5, 5) });
  assert.deepEqual([torn.of(0), torn.of(1), torn.traceNs], [[], [], 0]);
  assert.equal(new HeldRows({ ...held.columns, heldCount: undefined }).traceNs, 0);
});

test('a label says both figures, and only where something was held', () => {
  assert.equal(heldLabel(2012e6, 2000e6), '12 ms + 2 s held');
  assert.equal(heldLabel(12e6, 0), '12 ms');
  assert.equal(heldLabel(5, 9), '0 ns + 9 ns held');
});
