import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hintText, lensText } from '../../../src/editor/lensText.ts';

const stats = { count: 37, errorCount: 0, p50Ns: 12e6, p95Ns: 48e6, maxNs: 90e6 };
const facts = { stats, more: 0, inferred: false, edited: 'no' } as const;

test('a lens reads as one sentence', () => {
  assert.equal(lensText(facts), '12 ms p50 · 48 ms p95 · 37 spans');
  assert.equal(lensText({ ...facts, stats: { ...stats, errorCount: 2 } }), '12 ms p50 · 48 ms p95 · 37 spans · 2 errors');
});

test('one span and one error are in the singular, thousands are grouped', () => {
  assert.equal(lensText({ ...facts, stats: { ...stats, count: 1, errorCount: 1 } }), '12 ms p50 · 48 ms p95 · 1 span · 1 error');
  assert.equal(lensText({ ...facts, stats: { ...stats, count: 1234567 } }), '12 ms p50 · 48 ms p95 · 1,234,567 spans');
});

test('durations have three digits and the unit a person would choose', () => {
  assert.equal(lensText({ ...facts, stats: { ...stats, p50Ns: 830, p95Ns: 9_800_123 } }), '830 ns p50 · 9.8 ms p95 · 37 spans');
  assert.equal(lensText({ ...facts, stats: { ...stats, p50Ns: 12_345, p95Ns: 1_099_000_000 } }), '12.3 µs p50 · 1.1 s p95 · 37 spans');
});

test('what else there is, and what the lens is not sure of, is said at its end', () => {
  assert.equal(lensText({ stats, more: 2, inferred: true, edited: 'function' }), '$(history) 12 ms p50 · 48 ms p95 · 37 spans · +2 more · inferred · edited since the last run');
  assert.match(lensText({ ...facts, edited: 'file' }), /^\$\(history\) .* · file changed since the last run$/);
});

test('a hint begins with the operation, on one line, without controls', () => {
  assert.equal(hintText('SELECT stock.items', { ...stats, p50Ns: 9.8e6, count: 38 }, 0, false), 'SELECT stock.items · 9.8 ms p50 · 38 spans');
  assert.equal(hintText('SELECT\n\u202e a\u0007', { ...stats, errorCount: 1 }, 1, true), 'SELECT a · 12 ms p50 · 37 spans · 1 error · +1 more · inferred');
  assert.match(hintText('x'.repeat(5000), stats, 0, false), /^x{59}… · 12 ms/);
  assert.match(hintText('', stats, 0, false), /^unnamed · /);
});
