import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentMap } from '../../../src/hub/recentMap.ts';
import { SeenSpans } from '../../../src/hub/seenSpans.ts';
import { SpanIds } from '../../../src/hub/spanIds.ts';
import { spanIdOf } from './spans.ts';

const [stored, fresh] = [spanIdOf(1), 'fedcba9876543210'];

test('what is used stays, what is not goes, and the weight is bounded', () => {
  const map = new RecentMap<number[]>(100, (values) => values.length);
  map.set('kept', [1]);
  for (let n = 0; n < 1000; n++) {
    map.set(`k${n}`, [n, n]);
    assert.ok(map.get('kept') !== undefined, `after ${n}`);
    map.trim();
  }
  const left = Array.from({ length: 1000 }, (_, n) => n).filter((n) => map.get(`k${n}`) !== undefined);
  assert.ok(left.length <= 52 && left.includes(999), String(left.length));
});

test('ids are asked of the store once, and again after their trace was forgotten', () => {
  const asked: string[] = [];
  const seen = new SeenSpans(1000, (traceId) => {
    asked.push(traceId);
    return [stored];
  });
  const step = seen.begin();
  assert.deepEqual([stored, fresh, fresh].map((id) => step.isNew('t', id)), [false, true, false]);
  step.commit();
  assert.equal(seen.begin().isNew('t', fresh), false);
  assert.deepEqual(asked, ['t']);
  seen.forget('t');
  assert.equal(seen.begin().isNew('t', fresh), true);
  assert.deepEqual(asked, ['t', 't']);
});

test('a batch that was not committed is as if it had never come', () => {
  const seen = new SeenSpans(1000, () => []);
  const step = seen.begin();
  assert.equal(step.isNew('t', fresh), true);
  step.rollback();
  assert.equal(seen.begin().isNew('t', fresh), true);
});

test('a few ids and very many are told apart alike', () => {
  const all = Array.from({ length: 300 }, (_, n) => (BigInt(n) * 0x9e37_79b9_7f4a_7c15n & 0xffff_ffff_ffff_ffffn).toString(16).padStart(16, '0'));
  const ids = new SpanIds(all.slice(0, 10));
  for (const [n, id] of all.entries()) {
    assert.equal(ids.add(id), n >= 10, id);
    assert.equal(ids.add(id), false);
    assert.equal(ids.size, Math.max(10, n + 1));
  }
  // They differ in their last digits only.
  assert.ok(!ids.has(`${all[7]!.slice(0, 15)}${all[7]!.endsWith('0') ? '1' : '0'}`));
  for (const few of [ids, new SpanIds(all.slice(0, 20))]) {
    few.delete(all[3]!);
    assert.deepEqual([few.has(all[3]!), few.has(all[4]!)], [false, true]);
  }
});
