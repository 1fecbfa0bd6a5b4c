import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { alikeSpans } from '../../../webview/layout/alike.ts';
import { clockSkews } from '../../../webview/layout/clockSkew.ts';
import { correctedColumns } from '../../../webview/layout/correctedColumns.ts';
import { criticalPath } from '../../../webview/layout/criticalPath.ts';
import { errorPath } from '../../../webview/layout/errorPath.ts';
import { foldGroups, isNPlusOne } from '../../../webview/layout/foldGroups.ts';
import { gaps } from '../../../webview/layout/gaps.ts';
import { HeldRows } from '../../../webview/layout/heldRows.ts';
import { netSelfTimesNs, selfTimesNs } from '../../../webview/layout/selfTime.ts';
import { errorNodes } from '../../../webview/layout/traceBounds.ts';
import { buildTraceTree, visibleNodes, withAncestors } from '../../../webview/layout/traceTree.ts';
import { generateTrace, type PlannedSpan, traceOf } from '../../support/generateTrace.ts';

const span = (name: string, startMs: number, durationMs: number, parent?: number, more: Partial<PlannedSpan> = {}): PlannedSpan => ({ name, service: 's', startMs, durationMs, parent, ...more });
const laidOut = (plan: readonly PlannedSpan[]) => {
  const { columns } = traceOf(plan);
  const groups = foldGroups(columns, alikeSpans(columns));
  const tree = buildTraceTree(columns, groups);
  const nameOf = (node: number): string => columns.strings[columns.name[tree.row[node] ?? -1] ?? -1] ?? (tree.group[node] === -1 ? '<late>' : `<${groups.size[tree.group[node] ?? 0]}>`);
  return { columns, groups, tree, names: Array.from(tree.row.keys(), (node) => `${' '.repeat(tree.depth[node] ?? 0)}${nameOf(node)}`) };
};
const query = (startMs: number, more: Partial<PlannedSpan> = {}): PlannedSpan => span('SELECT', startMs, 8, 0, { kind: 'client', ...more });

describe('groups of alike siblings', () => {
  test('five are one, wherever they stand among their siblings; four are not', () => {
    // reserve ├─ S ├─ cache ├─ S ├─ S ├─ S ├─ S
    const five = laidOut([span('reserve', 0, 100), query(0), span('cache', 9, 1, 0), query(10), query(20), query(30), query(40)]);
    assert.deepEqual(five.names, ['reserve', ' <5>', '  SELECT', '  SELECT', '  SELECT', '  SELECT', '  SELECT', ' cache']);
    assert.equal(five.tree.coverStartNs[1], 0);
    assert.equal(five.tree.coverEndNs[1], 48e6);
    assert.deepEqual([five.groups.sumNs[0], five.groups.ranNs[0]], [40e6, 40e6]);
    const four = laidOut([span('reserve', 0, 100), query(0), query(10), query(20), query(30)]);
    assert.equal(four.groups.count, 0);
  });

  test('another name, service, kind or site is not alike; roots and orphans are left as they are', () => {
    const place = { file: 'a.ts', line: 1 };
    for (const other of [{ name: 'UPDATE' }, { service: 't' }, { kind: 'server' as const }, { place }]) {
      assert.equal(laidOut([span('reserve', 0, 100), ...[0, 10, 20, 30].map((at) => query(at)), query(40, other)]).groups.count, 0, JSON.stringify(other));
    }
    assert.equal(laidOut([0, 1, 2, 3, 4].map((at) => span('root', at, 1))).groups.count, 0);
    assert.equal(laidOut([0, 1, 2, 3, 4].map((at) => ({ ...span('lost', at, 1), parent: 'missing' as const }))).groups.count, 0);
  });

  test('what is beneath a member stays beneath it', () => {
    const { names } = laidOut([span('a', 0, 100), ...[0, 10, 20, 30, 40].map((at) => query(at)), span('deep', 21, 1, 3)]);
    assert.deepEqual(names, ['a', ' <5>', '  SELECT', '  SELECT', '  SELECT', '   deep', '  SELECT', '  SELECT']);
  });

  test('N+1 is client spans one after another, not at once, and not of another kind', () => {
    const verdict = (starts: readonly number[], more: Partial<PlannedSpan> = {}): boolean => {
      const { groups, columns } = laidOut([span('a', 0, 100), ...starts.map((at) => query(at, more))]);
      return isNPlusOne(groups, 0, columns);
    };
    assert.equal(verdict([0, 10, 20, 30, 40]), true);
    assert.equal(verdict([0, 8, 16, 24, 32]), true, 'right after each other');
    assert.equal(verdict([0, 0, 0, 0, 0]), false, 'at once');
    assert.equal(verdict([0, 4, 8, 12, 16]), false, 'overlapping by half');
    assert.equal(verdict([0, 10, 20, 30, 40], { kind: 'internal' }), false);
  });

  test('any trace: every row has one node, subtrees nest, and self time, gaps and the critical path are those without groups', () => {
    fc.assert(fc.property(fc.array(fc.record({ up: fc.nat({ max: 6 }), startMs: fc.nat({ max: 60 }), durationMs: fc.nat({ max: 40 }), name: fc.constantFrom('a', 'b'), isLost: fc.integer({ min: 0, max: 30 }) }), { minLength: 1, maxLength: 60 }), (drawn) => {
      const plan = drawn.map(({ up, startMs, durationMs, name, isLost }, index): PlannedSpan => ({ name, service: 's', startMs, durationMs, ...(index === 0 ? {} : isLost === 0 ? { parent: 'missing' as const } : { parent: Math.max(0, Math.floor(index / 8) - up) }) }));
      const { columns, tree, groups } = laidOut(plan);
      assert.deepEqual([...tree.nodeOfRow].sort((a, b) => a - b).length, new Set(tree.nodeOfRow).size);
      for (let node = 0; node < tree.nodeCount; node++) {
        const parent = tree.parent[node] ?? -1;
        if (parent >= 0) assert.ok(parent < node && (tree.end[node] ?? 0) <= (tree.end[parent] ?? 0));
        if ((tree.group[node] ?? -1) >= 0) assert.equal((tree.end[node] ?? 0) > node + (groups.size[tree.group[node] ?? 0] ?? 0), true);
      }
      const plain = buildTraceTree(columns);
      const byRow = (of: typeof tree, values: Float64Array): number[] => Array.from(of.nodeOfRow, (node) => values[node] ?? NaN);
      assert.deepEqual(byRow(tree, selfTimesNs(columns, tree)), byRow(plain, selfTimesNs(columns, plain)));
      const gapsOf = (of: typeof tree) => gaps(columns, of, 60e6).map((gap) => [of.row[gap.node], gap.startNs, gap.endNs]).sort();
      assert.deepEqual(gapsOf(tree), gapsOf(plain));
      const lengthOf = (of: typeof tree): number => { const path = criticalPath(columns, of); return path.endNs.reduce((sum, end, at) => sum + end - (path.startNs[at] ?? 0), 0); };
      assert.ok(Math.abs(lengthOf(tree) - lengthOf(plain)) < 1);
    }), { numRuns: 500 });
  });
});

test('only the wanted nodes are visible, and what is above them', () => {
  const { tree } = laidOut([span('a', 0, 9), span('b', 1, 1, 0), span('c', 1, 1, 1), span('d', 3, 1, 0)]);
  const wanted = withAncestors(tree, Int32Array.of(2));
  assert.deepEqual([...visibleNodes(tree, new Uint8Array(4), wanted)], [0, 1, 2]);
  assert.deepEqual([...visibleNodes(tree, Uint8Array.of(0, 1, 0, 0), wanted)], [0, 1]);
});

test('self time is net of what the debugger held, but for what it held of children', () => {
  //  a |====xxxx====|      held from 4 to 8 ms; its child b covers 6 to 10, so 2 ms are a's own
  //  b       |====|
  const { columns } = traceOf([span('a', 0, 12, undefined, { heldMs: [[4, 8]] }), span('b', 6, 4, 0, { heldMs: [[6, 8]] })]);
  const tree = buildTraceTree(columns);
  assert.deepEqual([...netSelfTimesNs(columns, tree, new HeldRows(columns))], [6e6, 2e6]);
});

test('the error path goes to the deepest error, of equally deep ones to the first', () => {
  const { columns, tree } = laidOut([span('a', 0, 9), span('b', 1, 5, 0, { error: 'x' }), span('c', 2, 1, 1), span('d', 3, 1, 1, { error: 'y' }), span('e', 4, 1, 1, { error: 'z' })]);
  assert.deepEqual([...errorPath(tree, errorNodes(tree, columns))], [0, 1, 3]);
  assert.deepEqual([...errorPath(tree, new Int32Array(0))], []);
});

test('corrected clocks: a skewed span lies in its caller, and all beneath it moves along', () => {
  const { columns } = traceOf([
    span('call', 100, 50, undefined, { kind: 'client' }),
    span('serve', 40, 30, 0, { kind: 'server', service: 't', eventsMs: [45], heldMs: [[50, 60]] }),
    span('query', 50, 5, 1, { service: 't' }),
    span('after', 140, 2, 0),
  ]);
  const tree = buildTraceTree(columns);
  const skews = clockSkews(columns, tree);
  const moved = correctedColumns(columns, tree, skews);
  assert.deepEqual([...moved.startNs].map((ns) => ns / 1e6), [100, 100, 110, 140]);
  assert.deepEqual([[...(moved.eventNs ?? [])], [...(moved.heldNs ?? [])]], [[105e6], [110e6, 120e6]]);
  assert.deepEqual(clockSkews(moved, tree), []);
  assert.equal(columns.startNs[1], 40e6, 'what was recorded stays');
  const generated = generateTrace({ spanCount: 500 }).columns;
  const plain = buildTraceTree(generated);
  assert.deepEqual(correctedColumns(generated, plain, []).startNs, generated.startNs);
});
