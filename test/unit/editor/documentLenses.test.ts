import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveRow } from '../../../src/client/liveRow.ts';
import type { OpenRow } from '../../../src/client/openSpanRows.ts';
import { callsOnLine, documentLenses, groupAt } from '../../../src/editor/documentLenses.ts';
import { type TextEdit, TextTracker } from '../../../src/editor/textTracker.ts';
import { range, row } from './rows.ts';

const figures = ({ count }: { count: number }) => ({ count, errorCount: 0, p50Ns: 12e6, p95Ns: 48e6, maxNs: 50e6 });
const shown = (rows: readonly LiveRow[], tracker = new TextTracker()) => documentLenses(rows, tracker, figures);

test('a function with spans has one lens over its first line', () => {
  const { lenses } = shown([row({ line: 12 }), row({ line: 14, operation: 'validate', count: 5 })]);
  assert.deepEqual(lenses, [{ line: 10, column: 3, functionName: 'Orders.reserve', text: '12 ms p50 · 48 ms p95 · 37 spans · +1 more' }]);
});

test('calls are hints on their own line and are not counted in the lens', () => {
  const { lenses, hints } = shown([row(), row({ kind: 'client', operation: 'SELECT stock', line: 13, count: 38 })]);
  assert.deepEqual(lenses.map(({ text }) => text), ['12 ms p50 · 48 ms p95 · 37 spans']);
  assert.deepEqual(hints, [{ line: 13, isOld: false, text: 'SELECT stock · 12 ms p50 · 38 spans' }]);
});

test('a function that only calls out has a hint and no lens', () => {
  const { lenses, hints } = shown([row({ kind: 'client' })]);
  assert.deepEqual([lenses.length, hints.length], [0, 1]);
});

test('two calls of one line are one hint', () => {
  const { hints } = shown([row({ kind: 'client', operation: 'a', line: 13, count: 2 }), row({ kind: 'client', operation: 'b', line: 13, count: 9 })]);
  assert.deepEqual(hints, [{ line: 13, isOld: false, text: 'b · 12 ms p50 · 9 spans · +1 more' }]);
});

test('what has no figures yet is not shown', () => {
  const { lenses, hints, groups } = documentLenses([row(), row({ kind: 'client' })], new TextTracker(), () => undefined);
  assert.deepEqual([lenses.length, hints.length, groups.length], [0, 0, 1]);
});

test('a lens outside of functions is on its own line', () => {
  assert.deepEqual(shown([row({ function: undefined, line: 4 })]).lenses.map(({ line, column }) => [line, column]), [[4, 1]]);
});

const edit = (startLine: number, endLine: number, lineDelta: number, over: Partial<TextEdit> = {}): TextEdit =>
  ({ startLine, startColumn: 1, endLine, endColumn: 1, lineDelta, movesEndLine: true, ...over });
const typed = edit(12, 12, 0, { startColumn: 9, endColumn: 9, movesEndLine: false });

test('an edited function says so, with a clock, until its spans are of the text that was saved', () => {
  const tracker = new TextTracker('a');
  tracker.setFunctions([range('Orders.reserve', 10, 20)]);
  const before = row({ textId: 'a' });
  shown([before], tracker);
  tracker.edit(typed);
  const old = /^\$\(history\) 12 ms p50 · .* · edited since the last run$/;
  assert.match(shown([before], tracker).lenses[0]?.text ?? '', old);
  tracker.saved('b');
  assert.match(shown([before], tracker).lenses[0]?.text ?? '', old);
  assert.match(shown([row({ textId: 'b', edited: 'function' })], tracker).lenses[0]?.text ?? '', old, 'found in the new text, but of the old');
  assert.equal(shown([row({ textId: 'b' })], tracker).lenses[0]?.text, '12 ms p50 · 48 ms p95 · 37 spans', 'a new run');
});

test('an edit that is taken back is none', () => {
  const tracker = new TextTracker('a');
  tracker.setFunctions([range('Orders.reserve', 10, 20)]);
  tracker.edit(typed);
  tracker.saved('a');
  assert.doesNotMatch(shown([row({ textId: 'a' })], tracker).lenses[0]?.text ?? '', /edited/);
});

test('a file that is newer than its spans says so where nothing more is known', () => {
  assert.match(shown([row({ edited: 'file' })]).lenses[0]?.text ?? '', /^\$\(history\) .* · file changed since the last run$/);
});

test('a deleted function has no lens and no hints, and the one below does not take them', () => {
  const tracker = new TextTracker('a');
  const publish = range('Orders.publish', 22, 30);
  const rows = [row({ textId: 'a' }), row({ textId: 'a', kind: 'client', line: 13 }), row({ textId: 'a', function: publish, line: 24, operation: 'publish' })];
  tracker.setFunctions([range('Orders.reserve', 10, 20), publish]);
  assert.equal(shown(rows, tracker).lenses.length, 2);
  tracker.edit(edit(10, 22, -12));
  assert.deepEqual(shown(rows, tracker).lenses.map(({ line, functionName }) => [line, functionName]), [[10, 'Orders.publish']], 'before it is parsed');
  tracker.setFunctions([range('Orders.publish', 10, 18)]);
  const { lenses, hints } = shown(rows, tracker);
  assert.deepEqual(lenses.map(({ line, functionName, text }) => [line, functionName, text]), [[10, 'Orders.publish', '12 ms p50 · 48 ms p95 · 37 spans']]);
  assert.deepEqual(hints, []);
});

test('a deleted function that comes back has its lens back', () => {
  const tracker = new TextTracker('a');
  const rows = [row({ textId: 'a' })];
  tracker.setFunctions([range('Orders.reserve', 10, 20)]);
  shown(rows, tracker);
  tracker.edit(edit(10, 22, -12));
  tracker.setFunctions([]);
  assert.equal(shown(rows, tracker).lenses.length, 0);
  tracker.edit(edit(10, 10, 12));
  tracker.setFunctions([range('Orders.reserve', 10, 20)]);
  assert.equal(shown(rows, tracker).lenses.length, 1);
});

test('a hint in a function that was edited is paler, and its own line’s edit takes it away', () => {
  const tracker = new TextTracker('a');
  tracker.setFunctions([range('Orders.reserve', 10, 20)]);
  const call = row({ textId: 'a', kind: 'client', line: 13 });
  assert.deepEqual(shown([call], tracker).hints.map(({ isOld }) => isOld), [false]);
  tracker.edit(typed);
  assert.deepEqual(shown([call], tracker).hints.map(({ isOld }) => isOld), [true]);
  tracker.edit(edit(13, 13, 0, { startColumn: 9, endColumn: 9, movesEndLine: false }));
  tracker.saved('b');
  assert.deepEqual(shown([call], tracker).hints, []);
  assert.deepEqual(shown([row({ textId: 'b', kind: 'client', line: 10, edited: 'function', via: 'attributes+exact+symbol' })], tracker).hints, [], 'only its function was found again');
  assert.deepEqual(shown([row({ textId: 'b', kind: 'client', line: 13 })], tracker).hints.map(({ isOld }) => isOld), [false], 'a new run');
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

function openRow(traceId: string, over: Partial<OpenRow> = {}): OpenRow {
  const open = {
    traceId, spanId: traceId, service: 'shop', operation: 'GET', kind: 'server', startUnixNano: '1', durationNs: 5, error: false, statusMessage: '', captureId: 'one', state: 'running', siteId: 1,
  } as const;
  return { ...row({ kind: 'server', operation: 'GET', summaryIds: [], count: 0 }), open, ...over };
}

test('requests that run in a function are counted beside its figures, each once, and in no figure', () => {
  const open = [openRow('a'), openRow('a', { line: 14, kind: 'client' }), openRow('b')];
  const { lenses, hints, groups } = documentLenses([row()], new TextTracker(), figures, open);
  assert.deepEqual(lenses.map(({ text }) => text), ['12 ms p50 · 48 ms p95 · 37 spans · 2 running']);
  assert.deepEqual([hints.length, groups.length, groups[0]?.open.length, groups[0]?.operations.length], [0, 1, 3, 1]);
});

test('a function that has nothing but what runs says that; what was never ended alone is no lens', () => {
  const other = { function: range('Orders.release', 30, 40), line: 33 };
  const { lenses, hints, groups } = documentLenses([row()], new TextTracker(), figures, [openRow('a', other), openRow('b', { ...other, kind: 'client' })]);
  assert.deepEqual(lenses.map(({ line, functionName, text }) => [line, functionName, text]), [[10, 'Orders.reserve', '12 ms p50 · 48 ms p95 · 37 spans'], [30, 'Orders.release', '2 running']]);
  assert.deepEqual([hints, callsOnLine(groups, 33, new TextTracker())], [[], []]);
  const gone = openRow('a', other);
  assert.equal(documentLenses([], new TextTracker(), figures, [{ ...gone, open: { ...gone.open, state: 'neverEnded' } }]).lenses.length, 0);
});
