import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { missingParent, noParent, traceOrder } from '../../../src/model/traceOrder.ts';

const indexOf = (ids: readonly string[]): ReadonlyMap<string, number> => new Map(ids.map((id, index) => [id, index]));

type Row = readonly [id: string, parent: string | undefined, start: number];

/** `  id` indented by depth, in row order; `?` marks orphans. */
function draw(spans: readonly Row[]): string[] {
  const { order, parentRow, depth } = traceOrder(indexOf(spans.map(([id]) => id)), spans.map(([, parent]) => parent), spans.map(([, , start]) => start));
  return [...order].map((index, row) => '  '.repeat(depth[row]!) + (parentRow[row] === missingParent ? '?' : '') + spans[index]![0]);
}

test('parents before children, siblings by start and then by id', () => {
  assert.deepEqual(
    draw([['d', 'a', 5], ['c', 'a', 3], ['b', 'a', 3], ['e', 'c', 9], ['a', undefined, 4], ['z', undefined, 1]]),
    ['z', 'a', '  b', '  c', '    e', '  d'],
  );
});

test('orphans come after the roots, with what hangs under them', () => {
  assert.deepEqual(
    draw([['o', 'gone', 0], ['p', 'o', 1], ['a', undefined, 7], ['n', 'also gone', -1]]),
    ['a', '?n', '?o', '  p'],
  );
});

test('circles and spans that are their own parent are opened at their earliest span', () => {
  assert.deepEqual(draw([['a', 'a', 1]]), ['?a']);
  assert.deepEqual(draw([['a', 'c', 3], ['b', 'a', 1], ['c', 'b', 2], ['x', 'a', 0]]), ['?b', '  c', '    a', '      x']);
  assert.deepEqual(draw([]), []);
});

test('a chain of 200,000 does not overflow, and its depth stays at the cap', () => {
  const count = 200_000;
  const ids = Array.from({ length: count }, (_, i) => String(i).padStart(8, '0'));
  const { order, parentRow, depth } = traceOrder(indexOf(ids), ids.map((_, i) => (i === 0 ? undefined : ids[i - 1])), ids.map((_, i) => -i));
  assert.equal(order[count - 1], count - 1);
  assert.equal(parentRow[count - 1], count - 2);
  assert.equal(depth[65_535], 65_535);
  assert.equal(depth[count - 1], 65_535);
});

test('any parents whatever give every span once, below a parent that stands before it', () => {
  const spans = fc.integer({ min: 1, max: 40 }).chain((count) => fc.array(
    fc.tuple(fc.option(fc.integer({ min: 0, max: count + 5 }), { nil: undefined }), fc.integer({ min: 0, max: 5 })), { minLength: count, maxLength: count },
  ));
  fc.assert(fc.property(spans, (shapes) => {
    const ids = shapes.map((_, i) => `s${i}`);
    const parents = shapes.map(([parent]) => (parent === undefined ? undefined : `s${parent}`));
    const starts = shapes.map(([, start]) => start);
    const { order, parentRow, depth } = traceOrder(indexOf(ids), parents, starts);
    assert.deepEqual([...order].sort((a, b) => a - b), ids.map((_, i) => i));
    let orphansBegan = false;
    const lastChild = new Map<number, number>();
    order.forEach((index, row) => {
      const parent = parentRow[row]!;
      if (parent >= 0) {
        assert.ok(parent < row);
        assert.equal(ids[order[parent]!], parents[index]);
        assert.equal(depth[row], depth[parent]! + 1);
      } else {
        assert.equal(depth[row], 0);
        assert.equal(parent === noParent, parents[index] === undefined);
        orphansBegan ||= parent === missingParent;
        assert.equal(parent === missingParent, orphansBegan);
      }
      const before = lastChild.get(parent);
      if (before !== undefined) assert.ok(starts[before]! <= starts[index]!);
      lastChild.set(parent, index);
      // Pre-order: whatever stands between a span and its child is below that span.
      if (parent >= 0) for (let between = parent + 1; between < row; between++) assert.ok(depth[between]! > depth[parent]!);
    });
    // Only who has to be an orphan is one: its parent is missing, or it closes a circle.
    order.forEach((index, row) => {
      if (parentRow[row] !== missingParent || !ids.includes(parents[index]!)) return;
      let up = parents[index];
      for (let steps = 0; steps <= ids.length && up !== ids[index]; steps++) up = parents[ids.indexOf(up!)];
      assert.equal(up, ids[index]);
    });
  }));
});
