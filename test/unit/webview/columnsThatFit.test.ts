import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnsThatFit } from '../../../webview/layout/columnsThatFit.ts';

const columns = [{ width: 'minmax(100px, 3fr)' }, { width: '60px', isExtra: true }, { width: '80px' }, { width: '80px', isExtra: true }, { width: 'minmax(70px, 1fr)', isExtra: true }];
/** 28 at the ends, four gaps of 12, 50 so that names can be read. */
const allPx = 28 + 4 * 12 + 50 + 100 + 60 + 80 + 80 + 70;

test('what is extra goes, the last first, as soon as there is no room for it', () => {
  const shown = (widthPx: number): string => columnsThatFit(columns, widthPx).map((is) => (is ? '+' : '-')).join('');
  assert.equal(shown(allPx), '+++++');
  assert.equal(shown(allPx - 1), '++++-');
  assert.equal(shown(allPx - 82), '++++-');
  assert.equal(shown(allPx - 83), '+++--');
  assert.equal(shown(allPx - 82 - 92 - 1), '+-+--');
  assert.equal(shown(0), '+-+--');
});

test('names that have a place beside them get the room for it first', () => {
  const withPlace = [{ ...columns[0]!, comfortPx: 150 }, ...columns.slice(1)];
  assert.deepEqual(columnsThatFit(withPlace, allPx + 100), [true, true, true, true, true]);
  assert.deepEqual(columnsThatFit(withPlace, allPx + 99), [true, true, true, true, false]);
});
