import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TraceColumns } from '../../../src/protocol/hub.ts';
import { criticalNs, criticalPath } from '../../../webview/layout/criticalPath.ts';
import { selfTimesNs, spanAbove } from '../../../webview/layout/selfTime.ts';
import { spanLengthNs, spanStartNs } from '../../../webview/layout/spanTimes.ts';
import { buildTraceTree } from '../../../webview/layout/traceTree.ts';
import { generateTrace, traceOf } from '../../support/generateTrace.ts';

const span = (name: string, startMs: number, endMs: number, parent?: number | 'missing'): Parameters<typeof traceOf>[0][number] => ({ name, service: 's', startMs, durationMs: endMs - startMs, parent });

function nameOf(columns: TraceColumns, row: number): string {
  return columns.strings[columns.name[row] ?? 0] ?? '';
}

/** `name:milliseconds` by node. */
function selfOf(plan: Parameters<typeof traceOf>[0]): string[] {
  const { columns } = traceOf(plan);
  const tree = buildTraceTree(columns);
  return [...selfTimesNs(columns, tree)].map((ns, node) => `${(tree.row[node] ?? -1) < 0 ? '-' : nameOf(columns, tree.row[node] ?? 0)}:${ns / 1e6}`);
}

/** `name start-end`, in order of time. */
function pathOf(plan: Parameters<typeof traceOf>[0]): string[] {
  const { columns } = traceOf(plan);
  const tree = buildTraceTree(columns);
  const path = criticalPath(columns, tree);
  return [...path.node.keys()]
    .sort((a, b) => (path.startNs[a] ?? 0) - (path.startNs[b] ?? 0))
    .map((at) => `${nameOf(columns, tree.row[path.node[at] ?? 0] ?? 0)} ${(path.startNs[at] ?? 0) / 1e6}-${(path.endNs[at] ?? 0) / 1e6}`);
}

test('self time: children that overlap count once, one that outlasts its parent only to its end', () => {
  //  p |----------------| 0-16    a 3-8   b 5-11   c 14-20   of which d 15-30
  assert.deepEqual(selfOf([span('p', 0, 16), span('a', 3, 8, 0), span('b', 5, 11, 0), span('c', 14, 20, 0), span('d', 15, 30, 3)]), ['p:6', 'a:5', 'b:6', 'c:1', 'd:15']);
});

test('self time: a child before its parent, one of no length, one that ends before it starts', () => {
  assert.deepEqual(selfOf([span('p', 10, 20), span('early', 0, 12, 0), span('moment', 15, 15, 0), span('wrong', 18, 17, 0)]), ['p:8', 'early:12', 'moment:0', 'wrong:0']);
});

test('self time: orphans have their own, the placeholder has none', () => {
  assert.deepEqual(selfOf([span('p', 0, 4), span('o', 1, 3, 'missing'), span('x', 2, 3, 1)]), ['p:4', '-:0', 'o:1', 'x:1']);
});

test('critical path: the last to end was waited for, and what overlaps it was not', () => {
  //  r |--------------------------| 0-26
  //  a   |-------| 2-10    b  |-----------| 11-23    c  |-----| 13-19
  assert.deepEqual(pathOf([span('r', 0, 26), span('a', 2, 10, 0), span('b', 11, 23, 0), span('c', 13, 19, 0)]), ['r 0-2', 'a 2-10', 'r 10-11', 'b 11-23', 'r 23-26']);
});

test('critical path: goes down to whatever the waited-for span waited for', () => {
  assert.deepEqual(pathOf([span('r', 0, 10), span('a', 1, 9, 0), span('b', 2, 5, 1), span('c', 5, 8, 1), span('d', 6, 7, 3)]), ['r 0-1', 'a 1-2', 'b 2-5', 'c 5-6', 'd 6-7', 'c 7-8', 'a 8-9', 'r 9-10']);
});

test('critical path: a child that runs on after its parent is waited for no longer than that', () => {
  assert.deepEqual(pathOf([span('r', 0, 10), span('async', 4, 50, 0), span('x', 6, 60, 1)]), ['r 0-4', 'async 4-6', 'x 6-10']);
});

test('critical path: a child whose clock is ahead does not reach before its parent', () => {
  assert.deepEqual(pathOf([span('r', 10, 20), span('early', 2, 15, 0), span('lost', 1, 5, 0)]), ['early 10-15', 'r 15-20']);
});

test('critical path: the longest root; an orphan only where there is no root; nothing of nothing', () => {
  assert.deepEqual(pathOf([span('short', 0, 1), span('long', 5, 9), span('orphan', 0, 90, 'missing')]), ['long 5-9']);
  assert.deepEqual(pathOf([span('o1', 0, 3, 'missing'), span('o2', 0, 9, 'missing')]), ['o2 0-9']);
  assert.deepEqual(pathOf([span('moment', 0, 0)]), []);
});

test('any trace: self times and the path add up and never overlap', () => {
  const plan = fc.array(fc.tuple(fc.integer({ min: -1, max: 40 }), fc.integer({ min: 0, max: 100 }), fc.integer({ min: -3, max: 60 })), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(plan, (drawn) => {
      const { columns } = traceOf(drawn.map(([parent, startMs, lengthMs], index) => span('x', startMs, startMs + lengthMs, parent >= 0 && parent < index ? parent : parent < 0 ? undefined : 'missing')));
      const tree = buildTraceTree(columns);
      const selfNs = selfTimesNs(columns, tree);
      const path = criticalPath(columns, tree);
      const childrenNs = new Float64Array(tree.nodeCount);
      for (let node = 0; node < tree.nodeCount; node++) {
        const above = spanAbove(tree, node);
        if (above >= 0) childrenNs[above] = (childrenNs[above] ?? 0) + spanLengthNs(columns, tree.row[node] ?? 0);
      }
      for (let node = 0; node < tree.nodeCount; node++) {
        const row = tree.row[node] ?? -1;
        const lengthNs = row < 0 ? 0 : spanLengthNs(columns, row);
        const own = selfNs[node] ?? 0;
        assert.ok(own >= 0 && own <= lengthNs);
        assert.ok(own >= lengthNs - (childrenNs[node] ?? 0));
        for (let at = path.first[node] ?? 0; at < (path.first[node + 1] ?? 0); at++) {
          assert.equal(path.node[at], node);
          assert.ok((path.startNs[at] ?? 0) >= spanStartNs(columns, row) && (path.endNs[at] ?? 0) <= spanStartNs(columns, row) + lengthNs);
        }
        // Waiting for a span while none of its children is waited for is at most all of its length.
        assert.ok(criticalNs(path, node) <= lengthNs);
      }
      const byTime = [...path.node.keys()].sort((a, b) => (path.startNs[a] ?? 0) - (path.startNs[b] ?? 0));
      let atNs = spanStartNs(columns, tree.row[path.root] ?? 0);
      for (const at of byTime) {
        assert.equal(path.startNs[at], atNs);
        atNs = path.endNs[at] ?? 0;
      }
      assert.equal(atNs, spanStartNs(columns, tree.row[path.root] ?? 0) + spanLengthNs(columns, tree.row[path.root] ?? 0));
    }),
    { numRuns: 3000 },
  );
});

test('100,000 spans, and 5,000 deep', () => {
  const { columns } = generateTrace({ spanCount: 100_000 });
  const tree = buildTraceTree(columns);
  const path = criticalPath(columns, tree);
  assert.ok(path.node.length > 0);
  const deep = traceOf(Array.from({ length: 5000 }, (_, depth) => span('x', depth, 10_000 - depth, depth === 0 ? undefined : depth - 1))).columns;
  const deepPath = criticalPath(deep, buildTraceTree(deep));
  assert.equal(deepPath.node.length, 9999);
});
