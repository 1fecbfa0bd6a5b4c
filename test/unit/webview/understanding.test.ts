import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { clockSkews } from '../../../webview/layout/clockSkew.ts';
import { gaps } from '../../../webview/layout/gaps.ts';
import { operationRows } from '../../../webview/layout/operations.ts';
import { selfTimesNs } from '../../../webview/layout/selfTime.ts';
import { serviceGraph } from '../../../webview/layout/serviceGraph.ts';
import { buildTraceTree } from '../../../webview/layout/traceTree.ts';
import { generateTrace, traceOf } from '../../support/generateTrace.ts';

type Planned = Parameters<typeof traceOf>[0][number];
type Parent = number | 'missing' | undefined;

const span = (name: string, startMs: number, endMs: number, parent?: Parent, more: Partial<Planned> = {}): Planned => ({ name, service: 's', startMs, durationMs: endMs - startMs, parent, ...more });

function laidOut(plan: readonly Planned[]): { columns: ReturnType<typeof traceOf>['columns']; tree: ReturnType<typeof buildTraceTree>; selfNs: Float64Array; name: (node: number) => string } {
  const { columns } = traceOf(plan);
  const tree = buildTraceTree(columns);
  return { columns, tree, selfNs: selfTimesNs(columns, tree), name: (node) => columns.strings[columns.name[tree.row[node] ?? 0] ?? 0] ?? '' };
}

describe('operationRows', () => {
  const plan = [
    span('GET /', 0, 100, undefined, { kind: 'server', service: 'web' }),
    span('query', 10, 20, 0, { service: 'db' }),
    span('query', 20, 50, 0, { service: 'db', error: 'no' }),
    span('query', 60, 62, 0, { service: 'web' }),
    span('lost', 70, 71, 'missing', { service: 'web' }),
  ];
  const { columns, tree, selfNs } = laidOut(plan);
  const rows = (grouping: 'operation' | 'service' | 'function'): unknown[] =>
    operationRows(columns, tree, selfNs, grouping, (row) => (columns.kind[row] === 2 ? 'handle' : undefined)).map(({ label, service, count, errorCount, totalNs, selfNs: own, p50Ns, p95Ns }) => [label, service, count, errorCount, totalNs / 1e6, own / 1e6, p50Ns / 1e6, p95Ns / 1e6]);

  it('by operation: one name in two services is two', () => {
    assert.deepEqual(rows('operation'), [['GET /', 'web', 1, 0, 100, 58, 100, 100], ['query', 'db', 2, 1, 40, 40, 10, 30], ['query', 'web', 1, 0, 2, 2, 2, 2], ['lost', 'web', 1, 0, 1, 1, 1, 1]]);
  });

  it('by service and by function', () => {
    assert.deepEqual(rows('service'), [['web', 'web', 3, 0, 103, 61, 2, 100], ['db', 'db', 2, 1, 40, 40, 10, 30]]);
    assert.deepEqual(rows('function'), [['handle', 'web', 1, 0, 100, 58, 100, 100], ['', undefined, 4, 1, 43, 43, 2, 30]]);
  });

  it('any trace: counts and self times add up, whatever they are grouped by', () => {
    for (const spanCount of [1, 50, 3000]) {
      const generated = generateTrace({ spanCount }).columns;
      const generatedTree = buildTraceTree(generated);
      const own = selfTimesNs(generated, generatedTree);
      const all = own.reduce((sum, ns) => sum + ns, 0);
      for (const grouping of ['operation', 'service', 'function'] as const) {
        const grouped = operationRows(generated, generatedTree, own, grouping, (row) => (row % 3 === 0 ? undefined : `f${row % 7}`));
        assert.equal(grouped.reduce((sum, { count }) => sum + count, 0), spanCount);
        assert.ok(Math.abs(grouped.reduce((sum, { selfNs: ns }) => sum + ns, 0) - all) <= all * 1e-9);
      }
    }
  });
});

describe('serviceGraph', () => {
  it('has an edge wherever a call goes from one service to another, in layers', () => {
    const { columns, tree, selfNs } = laidOut([
      span('a', 0, 100, undefined, { service: 'web' }),
      span('b', 1, 90, 0, { service: 'orders' }),
      span('c', 2, 10, 1, { service: 'stock', error: 'x' }),
      span('c', 12, 20, 1, { service: 'stock' }),
      span('d', 92, 95, 0, { service: 'stock' }),
      span('e', 3, 4, 2, { service: 'web' }),
    ]);
    const { nodes, edges } = serviceGraph(columns, tree, selfNs);
    assert.deepEqual(nodes.map(({ service, layer, spanCount, errorCount }) => [service, layer, spanCount, errorCount]), [['web', 0, 2, 0], ['orders', 1, 1, 0], ['stock', 2, 3, 1]]);
    assert.deepEqual(edges.map(({ from, to, callCount, errorCount, totalNs }) => [nodes[from]?.service, nodes[to]?.service, callCount, errorCount, totalNs / 1e6]), [['web', 'orders', 1, 0, 89], ['orders', 'stock', 2, 1, 16], ['stock', 'web', 1, 0, 1], ['web', 'stock', 1, 0, 3]]);
  });

  it('any trace: an edge leads to a later layer, but for those that close a circle', () => {
    const { columns } = generateTrace({ spanCount: 5000 });
    const tree = buildTraceTree(columns);
    const { nodes } = serviceGraph(columns, tree, selfTimesNs(columns, tree));
    assert.equal(nodes.reduce((sum, { spanCount }) => sum + spanCount, 0), 5000);
    assert.ok(nodes.every(({ layer }) => layer >= 0 && layer < nodes.length));
  });
});

describe('clockSkews', () => {
  const skewsOf = (plan: readonly Planned[]): unknown[] => {
    const { columns, tree, name } = laidOut(plan);
    return clockSkews(columns, tree).map(({ node, shiftNs }) => [name(node), shiftNs / 1e6]);
  };
  const caller = span('call', 100, 150, undefined, { kind: 'client' });

  it('notes a server that starts before its caller, or ends after it though it would fit', () => {
    assert.deepEqual(skewsOf([caller, span('early', 90, 120, 0, { kind: 'server', service: 't' })]), [['early', 10]]);
    assert.deepEqual(skewsOf([caller, span('late', 130, 170, 0, { kind: 'server', service: 't' })]), [['late', -20]]);
  });

  it('says nothing of one service, of a consumer that runs later, of a server that streams on, of half a millisecond', () => {
    assert.deepEqual(skewsOf([caller, span('own', 90, 120, 0)]), []);
    assert.deepEqual(skewsOf([caller, span('work', 200, 210, 0, { kind: 'consumer', service: 't' })]), []);
    assert.deepEqual(skewsOf([caller, span('stream', 110, 900, 0, { kind: 'server', service: 't' })]), []);
    assert.deepEqual(skewsOf([caller, span('close', 99.5, 120, 0, { kind: 'server', service: 't' })]), []);
  });
});

describe('gaps', () => {
  it('are between, before and after children, from a tenth of the trace on', () => {
    //  p |----------------------------| 0-100    a 20-40   b 35-50   c 56-80
    const { columns, tree, name } = laidOut([span('p', 0, 100), span('a', 20, 40, 0), span('b', 35, 50, 0), span('c', 56, 80, 0), span('leaf', 60, 61, 3)]);
    assert.deepEqual(gaps(columns, tree, 100e6).map(({ node, startNs, endNs }) => [name(node), startNs / 1e6, endNs / 1e6]), [['p', 0, 20], ['p', 80, 100], ['c', 61, 80]]);
  });

  it('any trace: lie within their span and never within a child', () => {
    const plan = fc.array(fc.tuple(fc.integer({ min: -1, max: 20 }), fc.integer({ min: 0, max: 100 }), fc.integer({ min: -3, max: 60 })), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(plan, (drawn) => {
      const { columns, tree } = laidOut(drawn.map(([parent, startMs, lengthMs], index) => span('x', startMs, startMs + lengthMs, parent >= 0 && parent < index ? parent : undefined)));
      for (const gap of gaps(columns, tree, 0)) {
        assert.ok(gap.endNs > gap.startNs);
        for (let node = 0; node < tree.nodeCount; node++) {
          const row = tree.row[node] ?? 0;
          const startNs = columns.startNs[row] ?? 0;
          const endNs = startNs + Math.max(0, columns.durationsNs[row] ?? 0);
          if (node === gap.node) assert.ok(gap.startNs >= startNs && gap.endNs <= endNs);
          if (tree.parent[node] === gap.node) assert.ok(endNs <= gap.startNs || startNs >= gap.endNs || endNs === startNs);
        }
      }
    }), { numRuns: 2000 });
  });
});
