import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SummaryRecord } from '../../../src/protocol/hub.ts';
import { changeText, comparedOperations, figuresText, previousSpan, spanNearest } from '../../../src/views/compareFigures.ts';

const summary = (summaryId: number, captureId: string, operation: string, more: Partial<SummaryRecord> = {}): SummaryRecord => ({
  summaryId, siteId: undefined, captureId, service: 'shop', operation, kind: 'internal', count: 1, errorCount: 0, lastEndUnixMs: 0, ...more,
});

test('operations of two captures, whatever sites they were made at; those of a third do not count', () => {
  const summaries = [
    summary(1, 'before', 'reserve'), summary(2, 'before', 'reserve', { siteId: 7 }), summary(3, 'after', 'reserve', { siteId: 8 }),
    summary(4, 'third', 'reserve'), summary(5, 'after', 'new'), summary(6, 'before', 'reserve', { kind: 'client' }),
  ];
  assert.deepEqual(comparedOperations(summaries, 'before', 'after').map(({ operation, kind, before, after }) => [operation, kind, before, after]), [
    ['reserve', 'internal', [1, 2], [3]], ['new', 'internal', [], [5]], ['reserve', 'client', [6], []],
  ]);
  assert.deepEqual(comparedOperations(summaries, 'before', 'after', ({ operation }) => operation === 'new').map(({ operation }) => operation), ['new']);
});

test('the span that took closest to a figure, net of holds, the newest of equal ones', () => {
  const spans = [{ id: 1, durationNs: 90 }, { id: 2, durationNs: 1000, heldNs: 900 }, { id: 3, durationNs: 110 }, { id: 4, durationNs: 500 }];
  assert.equal(spanNearest(spans, 101)?.id, 2);
  assert.equal(spanNearest(spans, 95)?.id, 1);
  assert.equal(spanNearest([], 95), undefined);
});

test('the previous span is the newest that began before', () => {
  const span = (spanId: string, startUnixNano: string): { spanId: string; startUnixNano: string } => ({ spanId, startUnixNano });
  const spans = [span('d', '40'), span('c', '30'), span('a', '10'), span('b', '20')];
  assert.equal(previousSpan(spans, span('c', '30'))?.spanId, 'b');
  assert.equal(previousSpan(spans, span('a', '10')), undefined);
  assert.equal(previousSpan([span('x', '9007199254740993'), span('y', '9007199254740994')], span('y', '9007199254740994'))?.spanId, 'x', 'exact to the nanosecond');
});

test('a change in words', () => {
  assert.deepEqual([[100, 135], [100, 88], [100, 104], [100, 250], [0, 5], [0, 0]].map(([before = 0, after = 0]) => changeText(before, after)), ['▲ 35 %', '▼ 12 %', '=', '▲ ×2.5', '▲', '=']);
  const stats = (p50Ns: number, count: number, errorCount: number): Parameters<typeof figuresText>[0] => ({ p50Ns, p95Ns: p50Ns * 2, maxNs: p50Ns * 3, count, errorCount });
  assert.equal(figuresText(stats(12e6, 38, 0), stats(18e6, 41, 2)), 'p50 12 ms → 18 ms · p95 24 ms → 36 ms · 38 → 41 spans · $(error) 0 → 2 errors');
});
