import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordOf } from '../../../src/hub/idWords.ts';
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
  assert.deepEqual([stored, fresh, fresh].map((id) => seen.add({ traceId: 't', spanId: id })), [false, true, false]);
  seen.trim();
  assert.equal(seen.add({ traceId: 't', spanId: fresh }), false);
  assert.deepEqual(asked, ['t']);
  seen.forget('t');
  assert.equal(seen.add({ traceId: 't', spanId: fresh }), true);
  assert.deepEqual(asked, ['t', 't']);
});

test('what was not stored is as if it had never come, also where its trace was forgotten meanwhile', () => {
  const seen = new SeenSpans(1000, () => [stored]);
  const span = { traceId: 't', spanId: fresh };
  assert.equal(seen.add(span), true);
  seen.remove(span);
  assert.deepEqual([seen.has(span), seen.add(span)], [false, true]);
  seen.forget('t');
  seen.remove(span);
  assert.deepEqual([seen.has({ traceId: 't', spanId: stored }), seen.add(span), seen.add(span)], [true, true, false]);
});

test('a few ids and very many are told apart alike', () => {
  const words = (id: string) => [wordOf(id, 0), wordOf(id, 8)] as const;
  const all = Array.from({ length: 300 }, (_, n) => (BigInt(n) * 0x9e37_79b9_7f4a_7c15n & 0xffff_ffff_ffff_ffffn).toString(16).padStart(16, '0'));
  const ids = new SpanIds(all.slice(0, 10));
  for (const [n, id] of all.entries()) {
    assert.equal(ids.add(...words(id)), n >= 10, id);
    assert.equal(ids.add(...words(id)), false);
    assert.equal(ids.size, Math.max(10, n + 1));
  }
  // They differ in one digit only, wherever it is.
  for (let at = 0; at < 16; at++) assert.ok(!ids.has(...words(`${all[7]!.slice(0, at)}${all[7]![at] === '0' ? '1' : '0'}${all[7]!.slice(at + 1)}`)), String(at));
  for (const few of [ids, new SpanIds(all.slice(0, 20))]) {
    assert.deepEqual([few.delete(...words(all[3]!)), few.delete(...words(all[3]!))], [true, false]);
    assert.deepEqual([few.has(...words(all[3]!)), few.has(...words(all[4]!))], [false, true]);
  }
});
