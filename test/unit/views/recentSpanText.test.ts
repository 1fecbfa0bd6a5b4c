import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionGroup } from '../../../src/client/functionGroups.ts';
import type { RecentSpan, TraceSummary } from '../../../src/protocol/hub.ts';
import { clockText, shortTime } from '../../../src/views/clockText.ts';
import { iconText } from '../../../src/views/iconText.ts';
import { bar, groupTitle, recentSpanText } from '../../../src/views/recentSpanText.ts';

const startMs = new Date(2026, 0, 2, 14, 2, 31, 564).getTime();
const span: RecentSpan = {
  traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), service: 'shop', operation: 'reserve', startUnixNano: `${startMs}000123`, durationNs: 520e6,
  error: false, statusMessage: '', captureId: 'one',
};
const trace: TraceSummary = {
  traceId: span.traceId, rootName: 'POST /checkout', service: 'shop', startUnixNano: span.startUnixNano, durationNs: 9, spanCount: 312, errorCount: 0, capture: 'one',
};

test('a bar is relative to the slowest and never empty', () => {
  assert.equal(bar(100, 100), '▄▄▄▄▄▄▄▄▄▄');
  assert.equal(bar(52, 100), '▄▄▄▄▄▁▁▁▁▁');
  assert.equal(bar(1, 1e9), '▄▁▁▁▁▁▁▁▁▁');
  assert.equal(bar(0, 0), '▄▁▁▁▁▁▁▁▁▁');
});

test('a line says when, how long, a bar, and which trace', () => {
  assert.deepEqual(recentSpanText(span, 520e6, trace), { label: '14:02:31.564  \u2007520 ms', description: '▄▄▄▄▄▄▄▄▄▄  POST /checkout · 312 spans' });
  assert.equal(recentSpanText(span, 520e6, undefined).description, '▄▄▄▄▄▄▄▄▄▄  trace abababab');
});

test('time at a breakpoint does not count, and is named', () => {
  assert.deepEqual(recentSpanText({ ...span, durationNs: 2520e6, heldNs: 2000e6 }, 520e6, trace), { label: '14:02:31.564  \u2007520 ms', description: '▄▄▄▄▄▄▄▄▄▄  + 2 s held · POST /checkout · 312 spans' });
});

test('an error is said with a sign and in words', () => {
  assert.equal(recentSpanText({ ...span, error: true, statusMessage: 'OutOfStock: sku 7' }, 520e6, trace).description, '▄▄▄▄▄▄▄▄▄▄  $(error) OutOfStock: sku 7 · POST /checkout · 312 spans');
  assert.match(recentSpanText({ ...span, error: true }, 520e6, trace).description, /\$\(error\) error · /);
});

test('span text cannot draw an icon or break the line', () => {
  assert.equal(iconText('a $(sync~spin)\n b', 50), 'a \\$(sync~spin) b');
  assert.equal(recentSpanText({ ...span, error: true, statusMessage: '$(trash)' }, 1, undefined).description, '▄▄▄▄▄▄▄▄▄▄  $(error) \\$(trash) · trace abababab');
});

test('the title names the function and counts its spans as its lens does', () => {
  const group = { function: { name: 'OrderService.reserve' }, line: 3, operations: [{ count: 37 }] } as unknown as FunctionGroup;
  assert.equal(groupTitle(group), 'OrderService.reserve: 37 spans');
  assert.equal(groupTitle({ ...group, operations: [{ count: 37 }, { count: 900 }] } as unknown as FunctionGroup), 'OrderService.reserve: 37 spans · 1 more operation');
  assert.equal(groupTitle({ ...group, function: undefined, operations: [{ count: 1 }] } as unknown as FunctionGroup), 'line 3: 1 span');
});

test('times are local, to the millisecond; another day is named', () => {
  assert.equal(clockText(`${startMs}999999`), '14:02:31.564');
  assert.equal(shortTime(startMs, startMs), '14:02');
  assert.equal(shortTime(startMs, startMs + 48 * 3_600_000), 'Jan 2, 14:02');
});
