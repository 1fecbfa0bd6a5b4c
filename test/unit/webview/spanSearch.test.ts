import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsNow } from '../../../src/protocol/spanRows.ts';
import { nothingCarried } from '../../../webview/layout/carried.ts';
import { TraceModel } from '../../../webview/layout/traceModel.ts';
import { linesText } from '../../../webview/layout/attributeText.ts';
import { type PlannedSpan, traceOf } from '../../support/generateTrace.ts';

const span = (id: number, startMs: number, parent?: number): PlannedSpan => ({ id, name: `n${id}`, service: 's', startMs, durationMs: 5, ...(parent === undefined ? {} : { parent }) });
const model = (spans: readonly PlannedSpan[]): TraceModel => {
  const made = new TraceModel(traceOf(spans).columns, [], nothingCarried);
  made.searchFor('order-7');
  return made;
};
const names = (of: TraceModel): string[] => Array.from(of.search.matches, (node) => of.nameOf(of.tree.row[node] ?? -1));

test('what the hub found holds in the next snapshot, at the rows where those spans are then, until it has looked again', () => {
  const before = model([span(0, 0), span(1, 10, 0), span(2, 20, 0)]);
  assert.equal(before.search.answer(before.search.unanswered, [Uint32Array.of(2)]), true);
  assert.deepEqual(names(before), ['n2']);
  assert.equal(before.search.answer(before.search.unanswered, []), false);
  // 3 is new, and first; 1 is gone.
  const after = model([span(0, 0), span(3, 5, 0), span(4, 6, 0), span(2, 20, 0)]);
  after.search.takeOver(before.search, rowsNow(before.columns, after.columns));
  assert.deepEqual(names(after), ['n2']);
  assert.equal(after.search.unanswered.length, 1, 'the hub is asked about the others');
  const same = model([span(0, 0), span(3, 5, 0), span(4, 6, 0), span(2, 20, 0)]);
  same.search.takeOver(after.search);
  assert.equal(same.search.unanswered.length, 1, 'what was to be asked still is');
  assert.equal(same.search.answer(same.search.unanswered, [Uint32Array.of(1, 3)]), true);
  assert.equal(same.search.unanswered.length, 0);
  const grown = model([span(0, 0), span(3, 5, 0), span(4, 6, 0), span(2, 20, 0)]);
  grown.search.takeOver(same.search);
  assert.deepEqual(names(grown), ['n3', 'n2']);
  assert.equal(grown.search.unanswered.length, 0, 'of the same spans nothing is asked twice');
});

test('the rows of another snapshot: by id, -1 for what is gone', () => {
  const before = traceOf([span(0, 0), span(1, 10, 0), span(2, 20, 0)]).columns;
  const now = traceOf([span(9, 0), span(2, 1, 0), span(0, 2, 0)]).columns;
  assert.deepEqual([...rowsNow(before, now)], [2, -1, 1]);
});

test('a list of texts reads as lines, any other value as what it is', () => {
  const texts = (values: readonly unknown[]): unknown => ({ arrayValue: { values } });
  assert.equal(linesText(texts([{ stringValue: 'Error: x' }, { stringValue: '    at a (b.js:1:2)' }])), 'Error: x\n    at a (b.js:1:2)');
  assert.equal(linesText({ stringValue: 'one' }), 'one');
  assert.equal(linesText(texts([{ stringValue: 'a' }, { intValue: '1' }])), '["a",1]');
});
