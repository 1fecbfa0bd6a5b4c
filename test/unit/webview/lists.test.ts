import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { completionsAt, quoted } from '../../../webview/layout/completions.ts';
import { distribution } from '../../../webview/layout/distribution.ts';
import { firstEndingAfter, flameLanes } from '../../../webview/layout/flameLanes.ts';
import { graphLayout, nodeHeightPx } from '../../../webview/layout/graphLayout.ts';
import { serviceGraph } from '../../../webview/layout/serviceGraph.ts';
import { sortedOrder } from '../../../webview/layout/sortedOrder.ts';
import { spanLengthNs, spanStartNs } from '../../../webview/layout/spanTimes.ts';
import { buildTraceTree } from '../../../webview/layout/traceTree.ts';
import { parseSpanQuery } from '../../../src/model/spanQuery.ts';
import { generateTrace, type PlannedSpan, traceOf } from '../../support/generateTrace.ts';

test('sortedOrder is a stable sort of any numbers', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3 }))), (values) => {
    const expected = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || (values[a] === values[b] ? a - b : (values[a] ?? 0) < (values[b] ?? 0) ? -1 : 1));
    assert.deepEqual([...sortedOrder(Float64Array.from(values))], expected);
  }), { numRuns: 1000 });
  assert.deepEqual([...sortedOrder(Float64Array.of(2, NaN, -Infinity, 1))], [1, 2, 3, 0]);
});

describe('flame lanes', () => {
  const lanesOf = (plan: readonly PlannedSpan[]): number[] => [...flameLanes(traceOf(plan).columns).lane];

  test('a span lies under its parent, and beside what does not overlap it', () => {
    //  root |===========|
    //  a     |===| |=c=|
    //  b       |===|            overlaps a
    const span = (startMs: number, durationMs: number, parent?: number): PlannedSpan => ({ name: 'x', service: 's', startMs, durationMs, parent });
    assert.deepEqual(lanesOf([span(0, 12), span(1, 4, 0), span(3, 4, 0), span(8, 3, 0)]), [0, 1, 2, 1]);
  });

  test('any trace: no two spans of a lane overlap, none is above its parent, and each can be found by its time', () => {
    for (const seed of [1, 2, 3]) {
      const { columns } = generateTrace({ spanCount: 1500, seed });
      const lanes = flameLanes(columns);
      for (let lane = 0; lane < lanes.laneCount; lane++) {
        for (let at = (lanes.first[lane] ?? 0) + 1; at < (lanes.first[lane + 1] ?? 0); at++) {
          const [before, row] = [lanes.rows[at - 1] ?? 0, lanes.rows[at] ?? 0];
          assert.ok(spanStartNs(columns, before) + spanLengthNs(columns, before) <= spanStartNs(columns, row) + 1e-6);
        }
      }
      for (let row = 0; row < columns.spanCount; row++) {
        const parent = columns.parentRow[row] ?? -1;
        if (parent >= 0) assert.ok((lanes.lane[row] ?? 0) > (lanes.lane[parent] ?? 0));
        const middle = spanStartNs(columns, row) + spanLengthNs(columns, row) / 2;
        assert.equal(lanes.rows[firstEndingAfter(lanes, columns, lanes.lane[row] ?? 0, middle)], row);
      }
    }
  });

  test('5,000 at once and 5,000 deep take bounded time and lanes', () => {
    const wide = traceOf(Array.from({ length: 5000 }, (_, index): PlannedSpan => ({ name: 'x', service: 's', startMs: 0, durationMs: 1, ...(index === 0 ? {} : { parent: 0 }) }))).columns;
    assert.ok(flameLanes(wide).laneCount <= 4000);
    const deep = traceOf(Array.from({ length: 5000 }, (_, index): PlannedSpan => ({ name: 'x', service: 's', startMs: 0, durationMs: 1, ...(index === 0 ? {} : { parent: index - 1 }) }))).columns;
    assert.ok(flameLanes(deep).laneCount <= 4000);
  });
});

describe('completions', () => {
  const vocabulary = { services: ['orders', 'order mail', 'gateway'], names: ['GET "x"'], files: ['orders.ts'], functions: ['reserve'], keys: ['http.method', 'db.operation'] };
  const offered = (text: string, caret = text.length): string[] => completionsAt(text, caret, vocabulary).offers.map((offer) => offer.text);

  test('fields and attribute keys, those that begin so first; then values', () => {
    assert.deepEqual(offered('du'), ['duration>']);
    assert.deepEqual(offered('op'), ['db.operation=']);
    assert.deepEqual(offered('-ht'), ['-http.method=']);
    assert.deepEqual(offered('service=ord'), ['service=orders', 'service="order mail"']);
    assert.deepEqual(offered('service=orders'), [], 'nothing is left to offer');
    assert.deepEqual(offered('a service="order m'), ['service="order mail"']);
    assert.deepEqual(offered('kind=s'), ['kind=server', 'kind=consumer']);
    assert.deepEqual(offered('status!=e'), ['status!=error', 'status!=unset']);
    assert.deepEqual(offered('"du'), [], 'a text is a text');
    assert.deepEqual(offered('duration>5'), []);
  });

  test('the word at the caret is what is replaced', () => {
    const { from, to, offers } = completionsAt('kind=client ser name=x', 15, vocabulary);
    assert.deepEqual([from, to, offers[0]?.text], [12, 15, 'service=']);
  });

  test('whatever is quoted reads back as it was', () => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), (value) => {
      const [term] = parseSpanQuery(`service=${quoted(value)}`).terms;
      assert.deepEqual(term, { kind: 'comparison', field: 'service', operator: '=', value, negated: false });
    }));
  });

  test('never throws, and replaces within the text', () => {
    fc.assert(fc.property(fc.string(), fc.nat(40), (text, at) => {
      const caret = Math.min(at, text.length);
      const { from, to } = completionsAt(text, caret, vocabulary);
      assert.ok(from >= 0 && from <= caret && to >= caret && to <= text.length);
    }));
  });
});

test('a distribution counts every value once, between the least and the most', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 300 }), (values) => {
    const { buckets, leastNs, mostNs, medianNs } = distribution(values.length, (index) => values[index] ?? 0);
    assert.equal(buckets.reduce((sum, count) => sum + count, 0), values.length);
    assert.deepEqual([leastNs, mostNs], [Math.min(...values), Math.max(...values)]);
    assert.ok(medianNs >= leastNs && medianNs <= mostNs);
  }));
});

test('services never lie over each other, whatever calls whom', () => {
  const { columns } = generateTrace({ spanCount: 3000, serviceCount: 30 });
  const graph = serviceGraph(columns, buildTraceTree(columns), new Float64Array(columns.spanCount + 1));
  const { x, y, widthPx, heightPx } = graphLayout(graph);
  const taken = new Map<string, number[]>();
  graph.nodes.forEach((_, node) => {
    assert.ok((x[node] ?? -1) >= 0 && (x[node] ?? 0) < widthPx && (y[node] ?? -1) >= 0 && (y[node] ?? 0) + nodeHeightPx <= heightPx);
    const column = taken.get(String(x[node])) ?? [];
    for (const other of column) assert.ok(Math.abs(other - (y[node] ?? 0)) >= nodeHeightPx);
    taken.set(String(x[node]), [...column, y[node] ?? 0]);
  });
});
