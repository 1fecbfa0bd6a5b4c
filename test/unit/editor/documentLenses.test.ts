import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationRow } from '../../../src/client/functionTable.ts';
import { callsOnLine, documentLenses, groupAt } from '../../../src/editor/documentLenses.ts';
import { TextTracker } from '../../../src/editor/textTracker.ts';
import { range, row } from './rows.ts';

const figures = ({ count }: { count: number }) => ({ count, errorCount: 0, p50Ns: 12e6, p95Ns: 48e6, maxNs: 50e6 });
const shown = (rows: readonly OperationRow[], tracker = new TextTracker(), fileChanged?: number) => documentLenses(rows, tracker, figures, fileChanged);

test('a function with spans has one lens over its first line', () => {
  const { lenses } = shown([row({ line: 12 }), row({ line: 14, operation: 'validate', count: 5 })]);
  assert.deepEqual(lenses, [{ line: 10, column: 3, functionName: 'Orders.reserve', text: '12 ms p50 · 48 ms p95 · 37 spans · +1 more' }]);
});

test('calls are hints on their own line and are not counted in the lens', () => {
  const { lenses, hints } = shown([row(), row({ kind: 'client', operation: 'SELECT stock', line: 13, count: 38 })]);
  assert.deepEqual(lenses.map(({ text }) => text), ['12 ms p50 · 48 ms p95 · 37 spans']);
  assert.deepEqual(hints, [{ line: 13, text: 'SELECT stock · 12 ms p50 · 38 spans' }]);
});

test('a function that only calls out has a hint and no lens', () => {
  const { lenses, hints } = shown([row({ kind: 'client' })]);
  assert.deepEqual([lenses.length, hints.length], [0, 1]);
});

test('two calls of one line are one hint', () => {
  const { hints } = shown([row({ kind: 'client', operation: 'a', line: 13, count: 2 }), row({ kind: 'client', operation: 'b', line: 13, count: 9 })]);
  assert.deepEqual(hints, [{ line: 13, text: 'b · 12 ms p50 · 9 spans · +1 more' }]);
});

test('what has no figures yet is not shown', () => {
  const { lenses, hints, groups } = documentLenses([row(), row({ kind: 'client' })], new TextTracker(), () => undefined, undefined);
  assert.deepEqual([lenses.length, hints.length, groups.length], [0, 0, 1]);
});

test('a lens outside of functions is on its own line', () => {
  assert.deepEqual(shown([row({ function: undefined, line: 4 })]).lenses.map(({ line, column }) => [line, column]), [[4, 1]]);
});

test('an edited function says so until spans come that ended after it was saved', () => {
  const tracker = new TextTracker();
  tracker.setFunctions([range('Orders.reserve', 10, 20)]);
  const before = row({ lastEndUnixMs: 1000 });
  shown([before], tracker);
  tracker.edit({ startLine: 12, startColumn: 1, endLine: 12, endColumn: 4, lineDelta: 0, movesEndLine: false });
  assert.match(shown([before], tracker).lenses[0]?.text ?? '', /edited since the last run$/);
  assert.match(shown([row({ lastEndUnixMs: 9000 })], tracker).lenses[0]?.text ?? '', /edited since the last run$/, 'unsaved text has not run');
  tracker.saved(5000);
  assert.match(shown([before], tracker).lenses[0]?.text ?? '', /edited since the last run$/);
  assert.doesNotMatch(shown([row({ lastEndUnixMs: 9000 })], tracker).lenses[0]?.text ?? '', /edited/);
});

test('a line that was edited loses its hint until newer spans come', () => {
  const tracker = new TextTracker();
  const call = row({ kind: 'client', line: 13, lastEndUnixMs: 1000 });
  assert.equal(shown([call], tracker).hints.length, 1);
  tracker.edit({ startLine: 13, startColumn: 9, endLine: 13, endColumn: 9, lineDelta: 0, movesEndLine: false });
  tracker.saved(5000);
  assert.equal(shown([call], tracker).hints.length, 0);
  assert.equal(shown([{ ...call, lastEndUnixMs: 6000 }], tracker).hints.length, 1);
});

test('a file that is newer than its spans says so', () => {
  assert.match(shown([row({ lastEndUnixMs: 1000 })], new TextTracker(), 2000).lenses[0]?.text ?? '', /file changed since the last run$/);
  assert.doesNotMatch(shown([row({ lastEndUnixMs: 3000 })], new TextTracker(), 2000).lenses[0]?.text ?? '', /changed/);
});

test('an inferred place says so', () => {
  assert.match(shown([row({ inferred: true, via: 'inferred:stack' })]).lenses[0]?.text ?? '', /· inferred$/);
});

test('a command finds the function by its lens, else the innermost around the line', () => {
  const { groups } = shown([row(), row({ line: 16, function: range('callback', 15, 18) }), row({ function: range('same', 10, 11), operation: 'x' })]);
  assert.equal(groupAt(groups, 10, 'Orders.reserve')?.function?.name, 'Orders.reserve');
  assert.equal(groupAt(groups, 10, 'same')?.function?.name, 'same');
  assert.equal(groupAt(groups, 16)?.function?.name, 'callback');
  assert.equal(groupAt(groups, 19)?.function?.name, 'Orders.reserve');
  assert.equal(groupAt(groups, 99), undefined);
});

test('the calls on a line are its own', () => {
  const tracker = new TextTracker();
  const { groups } = shown([row({ kind: 'client', line: 13 }), row({ kind: 'client', line: 14, operation: 'other' }), row({ line: 13, operation: 'inner' })], tracker);
  assert.deepEqual(callsOnLine(groups, 14, tracker).map(({ operation }) => operation), ['other']);
});
