import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { grownColumns, traceGrowth } from '../../../src/protocol/traceGrowth.ts';
import type { TraceColumns } from '../../../src/protocol/hub.ts';
import { type PlannedSpan, traceOf } from '../../support/generateTrace.ts';

const columnsOf = (spans: readonly PlannedSpan[], version: number, startUnixNano?: bigint): TraceColumns => traceOf(spans, { version, startUnixNano }).columns;
const span = (name: string, startMs: number, parent?: number | 'missing', more: Partial<PlannedSpan> = {}): PlannedSpan => ({ name, service: 'orders', startMs, durationMs: 5, ...(parent === undefined ? {} : { parent }), ...more });

/** What the webview has after the growth; fails where the host would send the whole trace. */
function grown(before: TraceColumns, now: TraceColumns): { columns: TraceColumns; freshCount: number } {
  const told = traceGrowth(before, now);
  assert.ok(told !== undefined, 'sent as what is new');
  const columns = grownColumns(before, structuredClone(told.growth));
  assert.ok(columns !== undefined);
  assert.deepEqual(columns, told.columns);
  return { columns, freshCount: told.growth.fresh.spanCount };
}

/** A snapshot without its numbering of texts. */
function told({ strings, name, service, ...rest }: TraceColumns): unknown {
  return { ...rest, name: Array.from(name, (index) => strings[index]), service: Array.from(service, (index) => strings[index]) };
}

describe('how a live trace has grown', () => {
  // 0 POST      0 POST
  // 1   a       1   a
  // 2   c       2   b   new
  //             3   c
  test('only what is new is sent; what stood before stands further down', () => {
    const spans = [span('POST', 0), span('a', 1, 0), span('c', 9, 0, { eventsMs: [10, 11] }), span('b', 5, 0, { eventsMs: [6] })];
    const { columns, freshCount } = grown(columnsOf(spans.slice(0, 3), 1), columnsOf(spans, 2));
    assert.equal(freshCount, 1);
    assert.deepEqual(told(columns), told(columnsOf(spans, 2)));
  });

  // 0 (orphans)  0 POST       the root came last: it is earlier, and all else is a level deeper
  // 1   a        1   a
  // 2   b        2     b
  test('a parent after its children, earlier than all of them', () => {
    const before = columnsOf([span('a', 0, 'missing', { eventsMs: [2] }), span('b', 1, 0)], 1, 1_000_000n * 20n);
    const now = columnsOf([span('a', 10, 2, { eventsMs: [12] }), span('b', 11, 0), span('POST', 0)], 2, 1_000_000n * 10n);
    const { columns, freshCount } = grown(before, now);
    // The root; and the child that was an orphan stands beneath it as it is.
    assert.equal(freshCount, 1);
    assert.deepEqual(told(columns), told(now));
  });

  test('what runs is sent each time, and what ended once more', () => {
    const spans = [span('POST', 0), span('a', 1, 0), span('b', 2, 0), span('c', 3, 0), span('d', 4, 0)];
    const running = [{ ...spans[0]!, open: 'running' as const }, ...spans.slice(1)];
    const later = grown(columnsOf(running, 1), columnsOf([{ ...running[0]!, durationMs: 50 }, ...spans.slice(1)], 2));
    assert.equal(later.freshCount, 1);
    const ended = grown(later.columns, columnsOf(spans, 3));
    assert.equal(ended.freshCount, 1);
    assert.equal(ended.columns.open, undefined);
  });

  test('a trace of which most is other is sent whole, and what follows from another snapshot is not taken', () => {
    const spans = Array.from({ length: 10 }, (_, index) => span(`n${index}`, index, index === 0 ? undefined : 0));
    assert.equal(traceGrowth(columnsOf(spans.slice(0, 2), 1), columnsOf(spans, 2)), undefined);
    const step = traceGrowth(columnsOf(spans.slice(0, 9), 1), columnsOf(spans, 2));
    assert.ok(step !== undefined);
    assert.equal(grownColumns(columnsOf(spans.slice(0, 9), 7), step.growth), undefined);
    assert.equal(traceGrowth({ ...columnsOf(spans, 1), traceId: 'f'.repeat(32) }, columnsOf(spans, 2)), undefined);
  });

  test('pieces of random traces in any order come out as the whole', () => {
    let state = 11;
    const random = (below: number): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) % below;
    let [small, whole] = [0, 0];
    for (let round = 0; round < 300; round++) {
      const count = 2 + random(40);
      const planned = Array.from({ length: count }, (_, index): PlannedSpan => span(`op ${random(6)}`, random(1000), index === 0 || random(12) === 0 ? undefined : random(index), {
        service: `s${random(3)}`, durationMs: random(50), eventsMs: Array.from({ length: random(3) }, () => random(1000)), ...(random(9) === 0 ? { open: 'neverEnded' } : {}), ...(random(9) === 0 ? { heldMs: [[1, 2]] } : {}),
      }));
      const arrival = Array.from({ length: count }, (_, index) => index).sort(() => random(3) - 1);
      let sent: TraceColumns | undefined;
      for (let come = 1 + random(count); ; come = Math.min(count, come + 1 + random(4))) {
        const now = partOf(planned, new Set(arrival.slice(0, come)), come);
        const step = sent === undefined ? undefined : traceGrowth(sent, now);
        if (sent !== undefined && step !== undefined) {
          small++;
          const columns: TraceColumns | undefined = grownColumns(sent, structuredClone(step.growth));
          assert.ok(columns !== undefined);
          assert.deepEqual(told(columns), told(now), `round ${round}, ${come} of ${count}`);
          sent = columns;
        } else {
          whole++;
          sent = now;
        }
        if (come === count) break;
      }
    }
    assert.ok(small > 300 && whole > 300, `${small} sent as what is new, ${whole} whole`);
  });
});

/** The spans of a plan that have come, each with the id it has in the plan. */
function partOf(planned: readonly PlannedSpan[], come: ReadonlySet<number>, version: number): TraceColumns {
  const indices = [...come].sort((a, b) => a - b);
  const at = new Map(indices.map((index, position) => [index, position]));
  const startMs = Math.min(...indices.map((index) => planned[index]!.startMs));
  const moved = indices.map((index): PlannedSpan => {
    const { parent, ...rest } = planned[index]!;
    const where = typeof parent === 'number' ? (at.get(parent) ?? 'missing') : parent;
    return {
      ...rest, id: index, startMs: rest.startMs - startMs, eventsMs: rest.eventsMs?.map((ms) => ms - startMs), ...(rest.heldMs === undefined ? {} : { heldMs: rest.heldMs.map(([from, to]) => [from - startMs, to - startMs] as const) }),
      ...(where === undefined ? {} : { parent: where }),
    };
  });
  return traceOf(moved, { version, startUnixNano: 1_784_037_751_000_000_000n + BigInt(startMs) * 1_000_000n }).columns;
}
