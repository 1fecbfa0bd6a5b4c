import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TextEdit, TextTracker } from '../../../src/editor/textTracker.ts';
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
  assert.equal(moved.lineEditedUnixMs(one), undefined);
  const split = following(one);
  split.edit(edit(12, 12, 1));
  assert.equal(split.line(one), 12);
  assert.equal(split.lineEditedUnixMs(one), Infinity);
});

test('a place within lines taken out goes to where they were', () => {
  const one = row({ line: 12 });
  const tracker = following(one);
  tracker.edit(edit(11, 14, -3));
  assert.equal(tracker.line(one), 11);
});

test('only the functions around an edit are edited', () => {
  const tracker = following();
  tracker.edit(edit(15, 15, 0));
  assert.equal(tracker.functionEditedUnixMs('Orders.reserve'), Infinity);
  assert.equal(tracker.functionEditedUnixMs('Orders.publish'), undefined);
});

test('text put right after or right before a function does not edit it', () => {
  const tracker = following();
  tracker.edit(edit(20, 20, 2, { startColumn: 4, endColumn: 4 }));
  tracker.edit(edit(10, 10, 1, { startColumn: 1, endColumn: 1, movesEndLine: true }));
  assert.equal(tracker.functionEditedUnixMs('Orders.reserve'), undefined);
});

test('an edit counts from when it was saved, and not at all once taken back', () => {
  const tracker = following();
  tracker.edit(edit(15, 15, 0));
  tracker.saved(5000);
  assert.equal(tracker.functionEditedUnixMs('Orders.reserve'), 5000);
  tracker.edit(edit(35, 35, 0));
  tracker.reverted();
  assert.equal(tracker.functionEditedUnixMs('Orders.publish'), undefined);
  assert.equal(tracker.functionEditedUnixMs('Orders.reserve'), 5000);
});

test('a function is found by its name in the text as it is now, the nearest of several', () => {
  const one = row({ function: range('run', 10, 12) });
  const tracker = following(one);
  tracker.setFunctions([range('run', 2, 4), range('run', 14, 16), range('other', 10, 12)]);
  assert.equal(tracker.function(one)?.startLine, 14);
});

test('a function whose name is gone keeps its place in the text', () => {
  const one = row();
  const tracker = following(one);
  tracker.edit(edit(3, 3, 2));
  tracker.setFunctions([range('Orders.renamed', 12, 22)]);
  assert.deepEqual(tracker.function(one), range('Orders.reserve', 12, 22));
});

test('a row first seen while there are unsaved edits is of the saved text', () => {
  const tracker = following();
  tracker.edit(edit(3, 3, 2));
  assert.equal(tracker.line(row({ line: 12 })), 14);
  tracker.saved(5000);
  assert.equal(tracker.line(row({ line: 12, captureId: 'two' })), 12);
});
