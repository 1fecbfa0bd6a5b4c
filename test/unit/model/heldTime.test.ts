import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { heldNs, heldStretches, insertHold, type Stretch, stretchesNs } from '../../../src/model/heldTime.ts';

const ms = 1e6;

function inOrder(holds: readonly (readonly [number, number])[]): Stretch[] {
  const list: Stretch[] = [];
  for (const [from, to] of holds) insertHold(list, { fromNs: from * ms, toNs: to * ms });
  return list;
}

function held(startMs: number, endMs: number, ...holds: readonly (readonly [number, number])[]): [number, number][] {
  return heldStretches(startMs * ms, endMs * ms, inOrder(holds)).map(({ fromNs, toNs }) => [fromNs / ms, toNs / ms]);
}

describe('which part of a span a hold from 100 to 200 ms takes', () => {
  const hold = [100, 200] as const;
  const cases: readonly (readonly [string, number, number, [number, number][]])[] = [
    ['before it: nothing', 10, 90, []],
    ['ended while it lasted: nothing', 10, 150, []],
    ['began and ended while it lasted: nothing', 120, 150, []],
    ['covers it: all of it', 10, 250, [[100, 200]]],
    ['began with it and ended with it: all', 100, 200, [[100, 200]]],
    ['began within it and ended after: from its own start', 150, 250, [[150, 200]]],
    ['after it: nothing', 210, 250, []],
    ['held, and ended with it by another clock: up to its own end', 10, 197, [[100, 197]]],
    ['began and ended in the last moments of it, by a thread that ran: nothing', 196, 199, []],
    ['began in the last moment of it: nothing, by whichever clock', 198, 260, []],
    ['no time at all', 150, 150, []],
  ];
  for (const [what, startMs, endMs, expected] of cases) test(what, () => assert.deepEqual(held(startMs, endMs, hold), expected));
});

test('stepping: every stop counts, what ran between stays', () => {
  assert.deepEqual(held(0, 1000, [100, 300], [310, 600], [605, 900]), [[100, 300], [310, 600], [605, 900]]);
});

test('of two processes held at once each counts for itself, and no moment twice', () => {
  assert.deepEqual(held(0, 500, [100, 200], [150, 300]), [[100, 300]]);
  assert.deepEqual(held(0, 500, [150, 200], [100, 300]), [[100, 300]]);
  // Let go by the first at 200 and ended at 250, while the other process stood still.
  assert.deepEqual(held(0, 250, [100, 200], [150, 300]), [[100, 200]]);
});

const time = fc.integer({ min: 0, max: 80 });
const holdsOf = fc.array(fc.tuple(time, fc.integer({ min: 1, max: 30 })), { maxLength: 12 }).map((list) => list.map(([from, length]) => [from, from + length] as const));
const spanOf = fc.tuple(time, fc.integer({ min: 0, max: 60 })).map(([start, length]) => [start, start + length] as const);

/** The rule read moment by moment. */
function slowly([start, end]: readonly [number, number], holds: readonly (readonly [number, number])[]): number {
  const counting = holds.filter(([from, to]) => start + 5 < to && (start <= from ? end >= to - 5 : end >= to));
  let moments = 0;
  for (let moment = start; moment < end; moment++) if (counting.some(([from, to]) => from <= moment && moment < to)) moments++;
  return moments;
}

describe('of any span and any holds', () => {
  test('what is taken out is what the rule says moment by moment', () => {
    fc.assert(fc.property(spanOf, holdsOf, (span, holds) => {
      assert.equal(heldNs(span[0] * ms, span[1] * ms, inOrder(holds)), slowly(span, holds) * ms);
    }), { numRuns: 2000 });
  });

  test('stretches lie within the span, ascend and do not overlap', () => {
    fc.assert(fc.property(spanOf, holdsOf, ([start, end], holds) => {
      let last = start * ms - 1;
      const stretches = heldStretches(start * ms, end * ms, inOrder(holds));
      for (const { fromNs, toNs } of stretches) {
        assert.ok(fromNs > last && toNs > fromNs);
        last = toNs;
      }
      assert.ok(last <= end * ms);
      assert.ok(stretchesNs(stretches) <= (end - start) * ms);
    }));
  });

  test('the order in which the holds were told does not matter', () => {
    fc.assert(fc.property(spanOf, holdsOf.chain((holds) => fc.tuple(fc.constant(holds), fc.shuffledSubarray(holds, { minLength: holds.length }))), ([start, end], [holds, shuffled]) => {
      assert.deepEqual(heldStretches(start * ms, end * ms, inOrder(holds)), heldStretches(start * ms, end * ms, inOrder(shuffled)));
    }));
  });
});
