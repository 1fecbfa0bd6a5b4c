import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CompareModel } from '../../../webview/layout/compareModel.ts';
import { type Comparison, compareTraces, comparedTrace, marks } from '../../../webview/layout/compareTraces.ts';
import { operationDifferences } from '../../../webview/layout/compareTotals.ts';
import { cutColumns } from '../../../webview/layout/cutColumns.ts';
import { matchTraces, rowsAt } from '../../../webview/layout/matchTraces.ts';
import { generateTrace, traceOf } from '../../support/generateTrace.ts';

type Planned = Parameters<typeof traceOf>[0][number];
const span = (name: string, startMs: number, endMs: number, parent?: number | 'missing', more: Partial<Planned> = {}): Planned => ({ name, service: 's', startMs, durationMs: endMs - startMs, parent, ...more });
const at = (line: number): Partial<Planned> => ({ place: { file: 'a.ts', line } });
const compared = (before: readonly Planned[], after: readonly Planned[]): Comparison => {
  // Sites are numbered by the hub, over all traces: here by their lines.
  const columnsOf = (plan: readonly Planned[]): Parameters<typeof comparedTrace>[0] => {
    const { columns, places } = traceOf(plan);
    return { ...columns, site: columns.site.map((site) => places.find((place) => place.site === site)?.line ?? -1) };
  };
  return compareTraces(comparedTrace(columnsOf(before)), comparedTrace(columnsOf(after)));
};

/** `  name 1→2 +3 slower more`: a row with its depth, how many spans, how much longer in ms, and its marks; steps begin with `*`. */
function told({ matched, before, after, was, is, slowerByNs, marks: changed, steps }: Comparison): string[] {
  return Array.from({ length: matched.rowCount }, (_, row) => {
    const { columns } = (is.counts[row] ?? 0) > 0 ? after : before;
    const [first = 0] = rowsAt((is.counts[row] ?? 0) > 0 ? matched.after : matched.before, row);
    const byMs = Math.round((slowerByNs[row] ?? 0) / 1e6);
    const named = Object.entries(marks).filter(([, bit]) => ((changed[row] ?? 0) & bit) !== 0).map(([name]) => name);
    return [`${steps.includes(row) ? '*' : ''}${' '.repeat(matched.depth[row] ?? 0)}${columns.strings[columns.name[first] ?? 0]}`, `${was.counts[row]}→${is.counts[row]}`, `${byMs > 0 ? '+' : ''}${byMs}`, ...named].join(' ');
  });
}

describe('compareTraces', () => {
  it('matches children in their order by service, kind and name, and says what differs', () => {
    assert.deepEqual(
      told(compared(
        [span('a', 0, 100), span('q', 10, 20, 0), span('q', 30, 40, 0), span('z', 50, 90, 0), span('deep', 60, 70, 3)],
        [span('a', 0, 140), span('q', 10, 30, 0), span('new', 40, 50, 0), span('inner', 40, 50, 2), span('z', 60, 80, 0)],
      )),
      ['*a 1→1 +40 slower', '* q 1→1 +10 slower', '* new 0→1 +10 new', '  inner 0→1 +10 new', '* q 1→0 -10 gone', '* z 1→1 -20 faster', '*  deep 1→0 -10 gone'],
    );
  });

  it('what only took longer since something beneath it did is marked, but no step', () => {
    //  a |======================|      a |================================|
    //  b  |====================|       b  |==============================|
    //  c    |=====|                    c    |===============|
    assert.deepEqual(told(compared([span('a', 0, 100), span('b', 1, 99, 0), span('c', 5, 30, 1)], [span('a', 0, 150), span('b', 1, 149, 0), span('c', 5, 80, 1)])), ['a 1→1 +50 slower', ' b 1→1 +50 slower', '*  c 1→1 +50 slower']);
  });

  it('many alike are one row, and what is beneath them is matched together', () => {
    const many = (count: number, eachMs: number): Planned[] => [span('a', 0, 500), ...Array.from({ length: count }, (_, index) => [span('q', index * 5, index * 5 + eachMs, 0, at(7)), span('net', index * 5, index * 5 + 1, 1 + index * 2)]).flat()];
    assert.deepEqual(told(compared(many(38, 3), many(76, 3))), ['a 1→1 0', '* q 38→76 +114 slower more', '*  net 38→76 +38 slower more']);
    assert.deepEqual(told(compared(many(2, 3), many(3, 3))), ['a 1→1 0', ' q 1→1 0', '  net 1→1 0', ' q 1→1 0', '  net 1→1 0', '* q 0→1 +3 new', '  net 0→1 +1 new'], 'few are matched one by one, the first with the first');
    assert.deepEqual(told(compared(many(4, 3), many(5, 3))).slice(1, 2), ['* q 4→5 +3 more'], 'less than a hundredth of the trace is no difference');
  });

  it('what a new span was put around is matched all the same, and only the rest of it is new time', () => {
    const before = [span('a', 0, 100), span('q', 10, 60, 0), span('z', 70, 90, 0)];
    const after = [span('a', 0, 110), span('retry', 5, 70, 0), span('q', 10, 60, 1), span('z', 80, 100, 0)];
    assert.deepEqual(told(compared(before, after)), ['a 1→1 +10 slower', '* retry 0→1 +15 new', '  q 1→1 0', ' z 1→1 0']);
    assert.deepEqual(told(compared(after, before)), ['a 1→1 -10 faster', '* retry 1→0 -15 gone', '  q 1→1 0', ' z 1→1 0']);
    const each = (isWrapped: boolean): Planned[] => [span('a', 0, 100), ...[10, 30].flatMap((startMs, at) => (isWrapped ? [span('retry', startMs, startMs + 12, 0), span('q', startMs, startMs + 10, 1 + at * 2)] : [span('q', startMs, startMs + 10, 0)]))];
    assert.deepEqual(told(compared(each(false), each(true))), ['a 1→1 0', '* retry 0→1 +2 new', '  q 1→1 0', '* retry 0→1 +2 new', '  q 1→1 0'], 'each around one');
  });

  it('those of one site stand together; what has moved goes by its kind', () => {
    const calls = (...lines: number[]): Planned[] => [span('a', 0, 100), ...lines.map((line, index) => span('q', index, index + line, 0, at(line)))];
    assert.deepEqual(told(compared(calls(20, 30), calls(10, 20, 30))), ['a 1→1 0', '* q 0→1 +10 new', ' q 1→1 0', ' q 1→1 0']);
    assert.deepEqual(told(compared(calls(20, 30), calls(21, 31))), ['a 1→1 0', ' q 1→1 +1', ' q 1→1 +1'], 'a line was added above');
  });

  it('keeps apart what differs in service or kind, but for the only top of each; an orphan is matched as a root is', () => {
    assert.deepEqual(told(compared([span('a', 0, 1)], [span('b', 0, 1, undefined, { service: 't' })])), ['b 1→1 0']);
    assert.deepEqual(told(compared([span('a', 0, 1), span('b', 0, 1)], [span('a', 0, 1, undefined, { kind: 'client' }), span('b', 0, 1)])), ['*a 0→1 +1 new', '*a 1→0 -1 gone', 'b 1→1 0']);
    assert.deepEqual(told(compared([span('a', 0, 10)], [span('a', 0, 20, 'missing')])), ['*a 1→1 +10 slower']);
  });

  it('errors that are new or gone are marked where the time is the same', () => {
    const of = (error?: string): Planned[] => [span('a', 0, 10), span('b', 0, 10, 0, { error })];
    assert.deepEqual(told(compared(of(), of('no'))), ['a 1→1 0', '* b 1→1 0 newErrors']);
    assert.deepEqual(told(compared(of('no'), of())), ['a 1→1 0', '* b 1→1 0 goneErrors']);
  });

  it('time that the debugger held counts for nothing', () => {
    const before = [span('a', 0, 100), span('b', 10, 50, 0)];
    const after = [span('a', 0, 1100, undefined, { heldMs: [[20, 1020]] }), span('b', 10, 1050, 0, { heldMs: [[20, 1020]] })];
    const comparison = compared(before, after);
    assert.deepEqual(told(comparison), ['a 1→1 0', ' b 1→1 0']);
    assert.equal(comparison.after.lengthNs, 100e6);
  });

  it('says where the time went, by self time and by what was waited for', () => {
    //  a |==========|            a |===============|
    //  b   |==|                  b   |=======|
    //  c   |====|                c   |====|         b is waited for now, and c no more
    const differences = operationDifferences(compared([span('a', 0, 100), span('b', 10, 30, 0), span('c', 10, 50, 0)], [span('a', 0, 150), span('b', 10, 100, 0), span('c', 10, 50, 0)]));
    assert.deepEqual(differences.map(({ name, selfByNs, waitByNs, row }) => [name, selfByNs / 1e6, waitByNs / 1e6, row]), [['b', 70, 90, 1], ['c', 0, -40, 2], ['a', 0, 0, 0]]);
  });
});

const plan = fc.array(fc.tuple(fc.integer({ min: -2, max: 25 }), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 9 }), fc.integer({ min: -2, max: 40 }), fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 25 });
type Drawn = readonly (readonly [parent: number, name: number, startMs: number, lengthMs: number, more: number])[];
const planned = (drawn: Drawn): Planned[] =>
  drawn.map(([parent, name, startMs, lengthMs, more], index) => span(`n${name}`, startMs, startMs + lengthMs, parent >= 0 && parent < index ? parent % (1 + (more % 3)) : parent === -2 ? 'missing' : undefined, { ...(more === 0 ? { error: 'no' } : {}), ...(more < 4 ? at(1 + (more % 2)) : {}) }));

describe('any two traces', () => {
  it('every span of each is in exactly one row, under the row of its parent', () => {
    fc.assert(fc.property(plan, plan, (one, other) => {
      const { matched, before, after } = compared(planned(one), planned(other));
      for (const [side, { columns }] of [[matched.before, before], [matched.after, after]] as const) {
        const rowOf = new Map<number, number>();
        for (let row = 0; row < matched.rowCount; row++) for (const each of rowsAt(side, row)) rowOf.set(each, row);
        assert.equal(side.first[matched.rowCount], columns.spanCount);
        assert.deepEqual([...rowOf.keys()].sort((a, b) => a - b), Array.from({ length: columns.spanCount }, (_, row) => row));
        // Between them there may be what only the other trace has around it.
        const above = (row: number): number => {
          let up = matched.parent[row] ?? -1;
          while (up >= 0 && rowsAt(side, up).length === 0) up = matched.parent[up] ?? -1;
          return up;
        };
        for (const [each, row] of rowOf) assert.equal(above(row), rowOf.get(columns.parentRow[each] ?? -1) ?? -1);
      }
      for (let row = 0; row < matched.rowCount; row++) {
        assert.ok((matched.parent[row] ?? 0) < row);
        assert.ok(matched.parent[row] === -1 || row < (matched.end[matched.parent[row] ?? 0] ?? 0));
        assert.ok(rowsAt(matched.before, row).length + rowsAt(matched.after, row).length > 0);
      }
    }), { numRuns: 2000 });
  });

  it('a trace with itself differs in nothing', () => {
    fc.assert(fc.property(plan, (drawn) => {
      const comparison = compared(planned(drawn), planned(drawn));
      assert.ok(comparison.marks.every((mark) => mark === 0));
      assert.equal(comparison.steps.length, 0);
      assert.ok(operationDifferences(comparison).every(({ selfByNs, waitByNs }) => selfByNs === 0 && waitByNs === 0));
    }), { numRuns: 1000 });
  });

  it('turned round, the same rows say the opposite', () => {
    const opposite: Readonly<Record<number, number>> = { 1: 2, 2: 1, 4: 8, 8: 4, 16: 32, 32: 16, 64: 128, 128: 64 };
    const turned = (mark: number): number => Object.entries(opposite).reduce((sum, [bit, other]) => sum + ((mark & Number(bit)) !== 0 ? other : 0), 0);
    const rowsOf = (comparison: Comparison, isTurned: boolean): string[] => {
      const { matched } = comparison;
      return Array.from({ length: matched.rowCount }, (_, row) => {
        const sides = [[...rowsAt(matched.before, row)].join(), [...rowsAt(matched.after, row)].join()];
        const byNs = comparison.slowerByNs[row] ?? 0;
        const mark = comparison.marks[row] ?? 0;
        return JSON.stringify([isTurned ? sides.reverse() : sides, isTurned ? 0 - byNs : byNs, isTurned ? turned(mark) : mark, comparison.steps.includes(row)]);
      }).sort();
    };
    fc.assert(fc.property(plan, plan, (one, other) => {
      assert.deepEqual(rowsOf(compared(planned(one), planned(other)), false), rowsOf(compared(planned(other), planned(one)), true));
    }), { numRuns: 2000 });
  });

  it('self times and waits by operation add up to the difference of all', () => {
    const close = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-3, `${a} ${b}`);
    fc.assert(fc.property(plan, plan, (one, other) => {
      const comparison = compared(planned(one), planned(other));
      const differences = operationDifferences(comparison);
      const sum = (values: Iterable<number>): number => [...values].reduce((all, value) => all + value, 0);
      close(sum(differences.map(({ selfByNs }) => selfByNs)), sum(comparison.after.selfNs) - sum(comparison.before.selfNs));
      assert.equal(sum(differences.map(({ before, after }) => before.count + after.count)), one.length + other.length);
      if ([comparison.before, comparison.after].every(({ columns }) => columns.parentRow.filter((parent) => parent < 0).length === 1)) {
        close(sum(differences.map(({ waitByNs }) => waitByNs)), (comparison.after.netNs[0] ?? 0) - (comparison.before.netNs[0] ?? 0));
      }
    }), { numRuns: 1000 });
  });
});

describe('odd traces', () => {
  it('a cycle, itself as parent, two roots: no span is lost', () => {
    const { columns } = traceOf([span('a', 0, 1), span('b', 0, 1), span('c', 0, 1)]);
    const odd = { ...columns, parentRow: Int32Array.from([2, 1, 0]) };
    const { rowCount, before, after } = matchTraces(odd, odd);
    assert.deepEqual([rowCount, ...before.rows], [3, ...after.rows]);
  });

  it('5,000 deep, 10,000 children and 100,000 spans', () => {
    const deep = traceOf(Array.from({ length: 5000 }, (_, depth) => span('x', depth, 10_000, depth === 0 ? undefined : depth - 1))).columns;
    assert.equal(matchTraces(deep, deep).rowCount, 5000);
    const wide = traceOf([span('a', 0, 1), ...Array.from({ length: 10_000 }, (_, child) => span(`x${child}`, 0, 1, 0))]).columns;
    assert.equal(matchTraces(wide, wide).rowCount, 10_001);
    const { columns } = generateTrace({ spanCount: 100_000 });
    const model = new CompareModel({ columns, spanId: undefined }, { columns: generateTrace({ spanCount: 100_000, seed: 2 }).columns, spanId: undefined });
    assert.equal(rowsAt(model.comparison.matched.before, 0).length, 1);
    assert.ok(model.visible.length > 0);
    assert.ok(model.differences.length > 0);
  });
});

describe('cutColumns', () => {
  it('is a span with what is beneath it, its held time with it', () => {
    const trace = traceOf([span('a', 0, 100, undefined, { heldMs: [[5, 6]] }), span('b', 10, 50, 0, { heldMs: [[20, 30], [45, 46]] }), span('c', 20, 40, 1, { heldMs: [[20, 30]] }), span('d', 60, 70, 0)]);
    const { columns, fromRow } = cutColumns(trace.columns, trace.spanIdOf(1));
    const { netNs, selfNs, lengthNs } = comparedTrace(columns);
    assert.deepEqual([fromRow, columns.spanCount, [...columns.parentRow], [...columns.depth]], [1, 2, [-1, 0], [0, 1]]);
    assert.deepEqual([[...netNs], [...selfNs], lengthNs], [[29e6, 10e6], [19e6, 10e6], 29e6]);
  });

  it('is all of a trace that has no such span', () => {
    const { columns } = traceOf([span('a', 0, 1)]);
    assert.equal(cutColumns(columns, 'ffffffffffffffff').columns, columns);
  });
});
