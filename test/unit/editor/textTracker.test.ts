import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TextEdit, TextTracker } from '../../../src/editor/textTracker.ts';
import { wholeEdit } from '../../../src/editor/wholeEdit.ts';
import { range, row } from './rows.ts';

const edit = (startLine: number, endLine: number, lineDelta: number, over: Partial<TextEdit> = {}): TextEdit =>
  ({ startLine, startColumn: 5, endLine, endColumn: 5, lineDelta, movesEndLine: false, ...over });

const reserve = range('Orders.reserve', 10, 20);
const publish = range('Orders.publish', 30, 40);

function following(...rows: ReturnType<typeof row>[]): TextTracker {
  const tracker = new TextTracker();
  tracker.setFunctions([reserve, publish]);
  for (const one of rows) {
    tracker.line(one);
    tracker.function(one);
  }
  return tracker;
}

test('places move with lines put in or taken out above, and stand when it is below', () => {
  const one = row({ line: 12 });
  const tracker = following(one);
  tracker.edit(edit(3, 3, 2));
  assert.equal(tracker.line(one), 14);
  assert.equal(tracker.function(one)?.startLine, 12);
  tracker.edit(edit(5, 6, -1));
  assert.equal(tracker.line(one), 13);
  tracker.edit(edit(13, 13, 4, { startColumn: 30, endColumn: 30 }));
  assert.equal(tracker.line(one), 13);
});

test('a line break at the start of a line moves that line; one in its middle leaves it', () => {
  const one = row({ line: 12 });
  const moved = following(one);
  moved.edit(edit(12, 12, 1, { movesEndLine: true }));
  assert.equal(moved.line(one), 13);
  assert.equal(moved.isLineEdited(one), false);
  const split = following(one);
  split.edit(edit(12, 12, 1));
  assert.equal(split.line(one), 12);
  assert.equal(split.isLineEdited(one), true);
});

test('a place within lines taken out goes to where they were', () => {
  const one = row({ line: 12 });
  const tracker = following(one);
  tracker.edit(edit(11, 14, -3));
  assert.equal(tracker.line(one), 11);
});

const isEdited = (tracker: TextTracker, name: string, textId?: string) => tracker.isFunctionEdited(row({ textId, function: undefined }), name);

test('only the functions around an edit are edited', () => {
  const tracker = following();
  tracker.edit(edit(15, 15, 0));
  assert.equal(isEdited(tracker, 'Orders.reserve'), true);
  assert.equal(isEdited(tracker, 'Orders.publish'), false);
});

test('text put right after or right before a function does not edit it', () => {
  const tracker = following();
  tracker.edit(edit(20, 20, 2, { startColumn: 4, endColumn: 4 }));
  tracker.edit(edit(10, 10, 1, { startColumn: 1, endColumn: 1, movesEndLine: true }));
  assert.equal(isEdited(tracker, 'Orders.reserve'), false);
});

test('an edit counts for rows of the texts before it, and not at all once taken back', () => {
  const tracker = new TextTracker('one');
  tracker.setFunctions([reserve, publish]);
  tracker.edit(edit(15, 15, 0));
  tracker.saved('two');
  assert.deepEqual(['one', 'two'].map((textId) => isEdited(tracker, 'Orders.reserve', textId)), [true, false]);
  tracker.edit(edit(35, 35, 0));
  assert.deepEqual(['one', 'two'].map((textId) => isEdited(tracker, 'Orders.publish', textId)), [true, true]);
  tracker.saved('two');
  assert.deepEqual(['one', 'two'].map((textId) => isEdited(tracker, 'Orders.publish', textId)), [false, false]);
  assert.equal(isEdited(tracker, 'Orders.reserve', 'one'), true);
});

test('a row’s line is of the text it names, whatever was edited before', () => {
  const tracker = new TextTracker('one');
  tracker.edit(edit(3, 3, 2));
  tracker.saved('two');
  tracker.edit(edit(3, 3, 5));
  const lines = () => ['one', 'two', 'three', undefined].map((textId) => tracker.line(row({ textId, line: 12 })));
  assert.deepEqual(lines(), [19, 17, 17, 17], 'a text that the document never had is taken for the last one saved');
  tracker.saved('two');
  assert.deepEqual(lines(), [14, 12, 12, 12], 'taken back');
});

test('a function is found by its name in the text as it is now', () => {
  const one = row({ function: range('run', 10, 12) });
  const tracker = following(one);
  tracker.setFunctions([range('run', 14, 16), range('other', 10, 12)]);
  assert.equal(tracker.function(one)?.startLine, 14);
});

test('of several functions of one name each is the one at its own line', () => {
  const [first, second] = [row({ function: range('run', 10, 12) }), row({ function: range('run', 20, 22) })];
  const tracker = new TextTracker('one');
  tracker.setFunctions([range('run', 10, 12), range('run', 20, 22)]);
  tracker.edit(edit(3, 3, 2));
  tracker.setFunctions([range('run', 12, 14), range('run', 22, 24)]);
  assert.deepEqual([first, second].map((each) => tracker.function(each)?.startLine), [12, 22]);
  tracker.edit(edit(12, 22, -10, { startColumn: 1, endColumn: 1, movesEndLine: true }));
  tracker.setFunctions([range('run', 12, 14)]);
  assert.deepEqual([first, second].map((each) => [tracker.function(each)?.startLine, tracker.isGone(each)]), [[undefined, true], [12, false]]);
});

test('a function that does not parse for a while keeps its place', () => {
  const one = row();
  const tracker = following(one);
  tracker.edit(edit(3, 3, 2));
  tracker.setFunctions([]);
  assert.deepEqual(tracker.function(one), range('Orders.reserve', 12, 22));
  assert.equal(tracker.isGone(one), false);
});

test('a function that is renamed where it stands keeps its place', () => {
  const one = row();
  const tracker = following(one);
  tracker.edit(edit(10, 10, 0));
  tracker.setFunctions([range('Orders.book', 10, 20), publish]);
  assert.equal(tracker.function(one)?.name, 'Orders.book');
});

test('a function that was taken out is gone, also where another one has come to its line', () => {
  const takenOut = (...edits: readonly TextEdit[]) => {
    const one = row();
    const tracker = following(one);
    for (const each of edits) tracker.edit(each);
    tracker.setFunctions([range('Orders.publish', 10, 20)]);
    return tracker.isGone(one);
  };
  assert.equal(takenOut(edit(10, 30, -20, { startColumn: 1, endColumn: 1, movesEndLine: true })), true, 'whole lines');
  assert.equal(takenOut(edit(10, 30, -20, { startColumn: 3, endColumn: 3, movesEndLine: true })), true, 'from its first word on');
  assert.equal(takenOut(edit(9, 20, -11, { startColumn: 40, endColumn: 4 }), edit(9, 19, -10, { startColumn: 40, endColumn: 1 })), true, 'from the end of the line before');
  const lines = Array.from({ length: 20 }, () => edit(10, 11, -1, { startColumn: 1, endColumn: 1, movesEndLine: true }));
  assert.equal(takenOut(...lines), true, 'line by line');
});

test('a line outside of functions that was taken out is gone', () => {
  const [one, below] = [row({ function: undefined, line: 3 }), row({ function: undefined, line: 4 })];
  const tracker = following(one, below);
  tracker.edit(edit(3, 4, -1, { startColumn: 1, endColumn: 1, movesEndLine: true }));
  assert.deepEqual([one, below].map((each) => [tracker.isGone(each), tracker.line(each)]), [[true, 3], [false, 3]]);
});

test('a document that is opened with edits has its rows in the text of the disk', () => {
  const tracker = new TextTracker();
  tracker.openedEdited('disk', wholeEdit(['a', 'b', 'c', 'd'], ['a', 'new', 'new', 'c', 'd']));
  const rows = [1, 2, 3, 4].map((line) => row({ textId: 'disk', line, function: undefined }));
  assert.deepEqual(rows.map((each) => [tracker.line(each), tracker.isGone(each)]), [[1, false], [2, true], [4, false], [5, false]]);
});

test('one edit makes a text of another', () => {
  const whole = { startColumn: 1, endColumn: 1, movesEndLine: true };
  assert.deepEqual(wholeEdit(['a', 'b', 'c'], ['a', 'x', 'y', 'c']), { ...whole, startLine: 2, endLine: 3, lineDelta: 1 });
  assert.deepEqual(wholeEdit(['a', 'a', 'a'], ['a', 'a']), { ...whole, startLine: 3, endLine: 4, lineDelta: -1 });
  assert.deepEqual(wholeEdit([], ['a']), { ...whole, startLine: 1, endLine: 1, lineDelta: 1 });
});
