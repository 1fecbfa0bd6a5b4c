import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentMap } from '../../../src/hub/recentMap.ts';
import { SeenSpans } from '../../../src/hub/seenSpans.ts';

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
    return ['stored'];
  });
  const step = seen.begin();
  assert.deepEqual(['stored', 'new', 'new'].map((id) => step.isNew('t', id)), [false, true, false]);
  step.commit();
  assert.equal(seen.begin().isNew('t', 'new'), false);
  assert.deepEqual(asked, ['t']);
  seen.forget('t');
  assert.equal(seen.begin().isNew('t', 'new'), true);
  assert.deepEqual(asked, ['t', 't']);
});

test('a batch that was not committed is as if it had never come', () => {
  const seen = new SeenSpans(1000, () => []);
  const step = seen.begin();
  assert.equal(step.isNew('t', 'a'), true);
  step.rollback();
  assert.equal(seen.begin().isNew('t', 'a'), true);
});
