import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DurationRing } from '../../../src/stats/durationRing.ts';
import { latencyStats, percentile } from '../../../src/stats/latency.ts';

test('percentiles by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.deepEqual([0, 0.5, 0.95, 0.951, 1].map((fraction) => percentile(values, fraction)), [1, 50, 95, 96, 100]);
  assert.equal(percentile([7], 0.5), 7);
  assert.throws(() => percentile([], 0.5), RangeError);
});

test('a ring keeps the last ones', () => {
  const ring = new DurationRing(1000);
  for (let i = 1; i <= 2500; i++) ring.add(i, i * 10);
  const { durationsNs, startsNs } = ring.values();
  assert.ok(durationsNs.every((duration, at) => startsNs[at] === duration * 10));
  const values = [...durationsNs].sort((a, b) => a - b);
  assert.equal(values.length, 1000);
  assert.deepEqual([values[0], values[999]], [1501, 2500]);
  const few = new DurationRing(1000);
  for (let i = 0; i < 20; i++) few.add(i, 0);
  assert.equal(few.values().durationsNs.length, 20);
});

test('several rings are one distribution', () => {
  const stats = latencyStats(10, 2, [Float64Array.of(4, 1), Float64Array.of(3), Float64Array.of(2)]);
  assert.deepEqual(stats, { count: 10, errorCount: 2, p50Ns: 2, p95Ns: 4, maxNs: 4 });
  assert.deepEqual(latencyStats(0, 0, []), { count: 0, errorCount: 0, p50Ns: 0, p95Ns: 0, maxNs: 0 });
});
