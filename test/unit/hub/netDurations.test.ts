import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DurationRing } from '../../../src/stats/durationRing.ts';
import { netDurations } from '../../../src/hub/netDurations.ts';

const ms = 1e6;

test('durations lose what was held, and no other does', () => {
  const ring = new DurationRing(1000);
  ring.add(10 * ms, 0);
  ring.add(2012 * ms, 95 * ms);
  ring.add(10 * ms, 500 * ms);
  ring.add(12 * ms, 3000 * ms);
  const hold = { fromNs: 100 * ms, toNs: 2100 * ms };
  assert.deepEqual(netDurations(ring, [hold]), { durationsNs: Float64Array.of(10 * ms, 12 * ms, 10 * ms, 12 * ms), heldNs: 2000 * ms });
  assert.deepEqual(netDurations(ring, []), { durationsNs: Float64Array.of(10 * ms, 2012 * ms, 10 * ms, 12 * ms), heldNs: 0 });
});

test('a duration is never below none: a span that ended before it started counts as one of no time', () => {
  const ring = new DurationRing(10);
  ring.add(0, 150 * ms);
  assert.deepEqual(netDurations(ring, [{ fromNs: 100 * ms, toNs: 200 * ms }]), { durationsNs: Float64Array.of(0), heldNs: 0 });
});
