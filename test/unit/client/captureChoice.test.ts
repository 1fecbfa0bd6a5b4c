import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenRows } from '../../../src/client/captureChoice.ts';
import type { LiveRow } from '../../../src/client/liveRow.ts';
import type { CaptureRecord } from '../../../src/protocol/hub.ts';

const reserve = { name: 'reserve', startLine: 3, startColumn: 1, endLine: 9, endColumn: 2 };

function row(captureId: string, over: Partial<LiveRow> = {}): LiveRow {
  return {
    file: '/shop.js', line: 5, column: 1, function: reserve, operation: 'reserve', kind: 'internal', service: 'shop', captureId, via: 'stack', inferred: false,
    summaryIds: [1], count: 1, errorCount: 0, lastEndUnixMs: 100, ...over,
  };
}

function capture(captureId: string, startedUnixMs: number, over: Partial<CaptureRecord> = {}): CaptureRecord {
  return { captureId, name: captureId, kind: 'debug', startedUnixMs, endedUnixMs: startedUnixMs + 5, pinned: false, spanCount: 1, errorCount: 0, ...over };
}

const chosen = (rows: readonly LiveRow[], captures: readonly CaptureRecord[]) => chosenRows(rows, { kind: 'latest' }, captures).map(({ captureId }) => captureId);

test('latest: the capture that began last, though another sent the newer span', () => {
  const captures = [capture('first', 10, { endedUnixMs: undefined }), capture('second', 20, { endedUnixMs: undefined })];
  assert.deepEqual(chosen([row('first', { lastEndUnixMs: 999 }), row('second')], captures), ['second']);
});

test('latest: numbers of the run before stay until this one has some of the same operation at the same place', () => {
  const captures = [capture('first', 10), capture('second', 20)];
  const other = { function: { ...reserve, name: 'release' }, operation: 'release' };
  assert.deepEqual(chosen([row('first'), row('second'), row('first', other)], captures), ['second', 'first']);
  assert.deepEqual(chosen([row('first'), row('second', { function: undefined, line: 40 })], captures), ['first', 'second']);
});

test('latest: all rows of that capture, the same function though it has moved', () => {
  const captures = [capture('first', 10), capture('second', 20)];
  const moved = row('first', { function: { ...reserve, startLine: 30 }, line: 32 });
  assert.deepEqual(chosen([moved, row('second'), row('second', { line: 7 })], captures), ['second', 'second']);
});

test('latest: spans from elsewhere count by their newest, but not before a program of ours that runs', () => {
  const external = capture('external', 1, { kind: 'external', endedUnixMs: undefined });
  const rows = [row('external', { lastEndUnixMs: 500 }), row('debug', { lastEndUnixMs: 100 })];
  assert.deepEqual(chosen(rows, [external, capture('debug', 90)]), ['external']);
  assert.deepEqual(chosen(rows, [external, capture('debug', 90, { endedUnixMs: undefined })]), ['debug']);
  assert.deepEqual(chosen(rows, []), ['external'], 'captures nobody knows of go by their newest');
  const imported = [row('file'), row('debug')];
  assert.deepEqual(chosen(imported, [capture('file', 200, { kind: 'import', endedUnixMs: undefined }), capture('debug', 90)]), ['file']);
});

test('one: that one alone; all: together, as of one capture', () => {
  const rows = [row('first'), row('second')];
  assert.deepEqual(chosenRows(rows, { kind: 'one', captureId: 'first' }, []).map(({ captureId }) => captureId), ['first']);
  assert.deepEqual(chosenRows(rows, { kind: 'one', captureId: 'gone' }, []), []);
  assert.equal(new Set(chosenRows(rows, { kind: 'all' }, []).map(({ captureId }) => captureId)).size, 1);
  assert.equal(chosenRows(rows, { kind: 'all' }, []).length, 2);
});
