import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Location } from '../../../src/locate/location.ts';
import { OpenWaterfalls } from '../../../src/views/openWaterfalls.ts';
import { nextRowMadeAt } from '../../../src/views/spansMadeAt.ts';

const range = (name: string, startLine: number, endLine: number) => ({ name, startLine, startColumn: 1, endLine, endColumn: 2 });
const place = (file: string, line: number, around?: ReturnType<typeof range>): Location => ({ file, line, column: 1, function: around, via: ['stack'], inferred: false });
const create = range('create', 10, 60);
const reserve = range('reserve', 30, 50);
const places: readonly (Location | undefined)[] = [place('/w/a.ts', 12, create), place('/w/a.ts', 42, reserve), place('/w/b.ts', 42), undefined, place('/w/a.ts', 44, reserve)];
// Rows by their sites; -1 has none.
const sites = Int32Array.from([0, 1, -1, 1, 2, 3, 1, 4]);

function found(line: number, selected?: number, file = '/w/a.ts'): number | undefined {
  return nextRowMadeAt(sites, (site) => places[site], { file, line }, (row) => row === selected);
}

test('the spans of the line, one after the other', () => {
  assert.deepEqual([found(42), found(42, 1), found(42, 3), found(42, 6), found(42, 0)], [1, 3, 6, 1, 1]);
  assert.equal(found(42, undefined, '/w/b.ts'), 4);
});

test('where no span was made on the line, those of the innermost function around it', () => {
  assert.deepEqual([found(43), found(43, 6), found(43, 7)], [1, 7, 1]);
  assert.deepEqual([found(20), found(55)], [0, 0]);
});

test('nothing outside of every function, or in a file no span is of', () => {
  assert.deepEqual([found(5), found(61), found(42, undefined, '/w/c.ts')], [undefined, undefined, undefined]);
});

test('a drive letter in either case is the same file', () => {
  const location = place('C:\\w\\a.ts', 3);
  assert.equal(nextRowMadeAt(Int32Array.from([0]), () => location, { file: 'c:\\w\\a.ts', line: 3 }, () => false), 0);
});

test('the latest waterfall a person was in comes first', () => {
  const open = new OpenWaterfalls<string>();
  for (const each of ['a', 'b', 'c', 'a']) open.add(each);
  open.delete('b');
  assert.deepEqual(open.all(), ['a', 'c']);
});
