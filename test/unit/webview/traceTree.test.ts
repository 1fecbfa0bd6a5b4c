import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TraceColumns } from '../../../src/protocol/hub.ts';
import { buildTraceTree, lastAtOrBefore, visibleNodes } from '../../../webview/layout/traceTree.ts';
import { checkoutTrace, generateTrace, traceOf } from '../../support/generateTrace.ts';

const names = (columns: TraceColumns, tree: ReturnType<typeof buildTraceTree>, nodes: Iterable<number>): string[] =>
  [...nodes].map((node) => `${' '.repeat(tree.depth[node] ?? 0)}${tree.row[node] === -1 ? '<late>' : columns.strings[columns.name[tree.row[node] ?? 0] ?? 0]}`);

//   a ├─ b ── c
//     └─ d            and an orphan e with a child f
const span = (name: string, startMs: number, parent?: number | 'missing', error?: string): Parameters<typeof traceOf>[0][number] => ({ name, service: 's', startMs, durationMs: 1, parent, error });
const small = traceOf([span('a', 0), span('b', 1, 0), span('c', 2, 1, 'no'), span('d', 3, 0), span('e', 0, 'missing'), span('f', 5, 4)]).columns;

test('orphans stand under a placeholder after the roots', () => {
  const tree = buildTraceTree(small);
  assert.deepEqual(names(small, tree, tree.row.keys()), ['a', ' b', '  c', ' d', '<late>', ' e', '  f']);
  assert.equal(tree.placeholder, 4);
  assert.deepEqual([...tree.end], [4, 3, 3, 4, 7, 7, 7]);
  assert.deepEqual([...tree.parent], [-1, 0, 1, 0, -1, 4, 5]);
  assert.deepEqual([...tree.errorsBefore], [0, 0, 0, 1, 1, 1, 1, 1]);
  assert.equal(tree.coverEndNs[4], 6e6);
});

test('a collapsed node hides its subtree and nothing else', () => {
  const tree = buildTraceTree(small);
  const collapsed = new Uint8Array(tree.nodeCount);
  collapsed[1] = 1;
  collapsed[4] = 1;
  assert.deepEqual(names(small, tree, visibleNodes(tree, collapsed)), ['a', ' b', ' d', '<late>']);
});

test('no root at all: everything is late', () => {
  const { columns } = traceOf([span('x', 0, 'missing'), span('y', 1, 0)]);
  const tree = buildTraceTree(columns);
  assert.deepEqual(names(columns, tree, tree.row.keys()), ['<late>', ' x', '  y']);
});

test('5,000 deep, a span under itself and a cycle are laid out without recursion', () => {
  const deep = buildTraceTree(traceOf(Array.from({ length: 5000 }, (_, index) => span('x', index, index === 0 ? undefined : index - 1))).columns);
  assert.equal(deep.depth[4999], 4999);
  const columns = { ...small, parentRow: Int32Array.from([-1, 1, 3, 2, 99, -7]) };
  const tree = buildTraceTree(columns);
  assert.equal(tree.nodeCount, 7);
  assert.deepEqual([...tree.row].sort((a, b) => a - b), [-1, 0, 1, 2, 3, 4, 5]);
});

test('durations that are no durations cover no time', () => {
  const { columns } = traceOf([span('a', 0), { ...span('b', 5, 0), durationMs: -3 }, { ...span('c', 6, 0), durationMs: NaN }]);
  const tree = buildTraceTree(columns);
  assert.equal(tree.coverEndNs[0], 6e6);
});

test('any forest: every span once, parents above, subtrees whole, in the order of any collapse', () => {
  const parents = fc.array(fc.tuple(fc.integer({ min: -3, max: 60 }), fc.boolean()), { minLength: 1, maxLength: 60 });
  fc.assert(fc.property(parents, (drawn) => {
    const { columns } = traceOf(drawn.map((_, index) => span('x', index)));
    const tree = buildTraceTree({ ...columns, parentRow: Int32Array.from(drawn, ([parent]) => parent) });
    assert.deepEqual([...tree.row].filter((row) => row >= 0).sort((a, b) => a - b), drawn.map((_, row) => row));
    const collapsed = Uint8Array.from(tree.row, (row) => (row >= 0 && drawn[row]?.[1] === true ? 1 : 0));
    const visible = visibleNodes(tree, collapsed);
    const shown = new Set(visible);
    for (let node = 0; node < tree.nodeCount; node++) {
      const parent = tree.parent[node] ?? -1;
      assert.ok(parent < node);
      if (parent >= 0) assert.ok(node < (tree.end[parent] ?? 0) && (tree.end[node] ?? 0) <= (tree.end[parent] ?? 0));
      assert.equal(shown.has(node), parent < 0 || (shown.has(parent) && collapsed[parent] !== 1));
      assert.ok(lastAtOrBefore(visible, node) >= 0);
    }
  }));
});

test('a large trace has every span on a row', () => {
  const { columns } = generateTrace({ spanCount: 100_000 });
  const tree = buildTraceTree(columns);
  assert.equal(visibleNodes(tree, new Uint8Array(tree.nodeCount)).length, tree.placeholder < 0 ? 100_000 : 100_001);
  assert.equal(checkoutTrace().columns.spanCount, 32);
});
