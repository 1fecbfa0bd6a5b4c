import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { heldNs } from '../../../src/model/heldTime.ts';
import { HoldTracker } from '../../../src/debug/holdTracker.ts';

type Line =
  | { readonly at: number; readonly ask: string; readonly seq?: number; readonly thread?: number; readonly single?: boolean }
  | { readonly at: number; readonly answer: number; readonly success?: boolean; readonly body?: object }
  | { readonly at: number; readonly event: string; readonly body?: object }
  | { readonly at: number; readonly end: true };

function play(...lines: readonly Line[]): { holds: [number, number][]; held: boolean } {
  const holds: [number, number][] = [];
  const tracker = new HoldTracker(({ fromUnixMs, toUnixMs }) => holds.push([fromUnixMs, toUnixMs]));
  for (const line of lines) {
    if ('ask' in line) {
      tracker.toAdapter({ type: 'request', seq: line.seq ?? 1, command: line.ask, arguments: { threadId: line.thread ?? 1, ...(line.single === undefined ? {} : { singleThread: line.single }) } }, line.at);
    } else if ('answer' in line) {
      tracker.fromAdapter({ type: 'response', request_seq: line.answer, success: line.success ?? true, ...(line.body === undefined ? {} : { body: line.body }) }, line.at);
    } else if ('event' in line) {
      tracker.fromAdapter({ type: 'event', event: line.event, ...(line.body === undefined ? {} : { body: line.body }) }, line.at);
    } else {
      tracker.end(line.at);
    }
  }
  return { holds, held: tracker.isHeld };
}

const stop = (at: number, body: object = { reason: 'breakpoint', threadId: 1 }): Line => ({ at, event: 'stopped', body });

describe('one thread, as Node’s debugger has', () => {
  test('a breakpoint: from the stop to the request to go on, whether its answer or an event tells of it', () => {
    const asked: Line = { at: 2100, ask: 'continue' };
    assert.deepEqual(play(stop(100), asked, { at: 2110, answer: 1, body: { allThreadsContinued: false } }).holds, [[100, 2100]]);
    assert.deepEqual(play(stop(100), asked, { at: 2108, event: 'continued', body: { threadId: 1, allThreadsContinued: false } }, { at: 2110, answer: 1 }).holds, [[100, 2100]]);
  });

  test('each step is a hold of its own, also where the next stop comes before the answer', () => {
    const { holds, held } = play(
      stop(100), { at: 1000, ask: 'next', seq: 7 }, { at: 1003, answer: 7 }, stop(1010),
      { at: 2000, ask: 'stepIn', seq: 8 }, stop(2008), { at: 2009, answer: 8 },
      { at: 3000, ask: 'continue', seq: 9 }, { at: 3001, answer: 9 },
    );
    assert.deepEqual([holds, held], [[[100, 1000], [1000, 1010], [1010, 2000], [2000, 2008], [2008, 3000]], false]);
  });

  test('a long step is the program’s own time, and so is what runs until a further breakpoint', () => {
    const step = play(stop(100), { at: 1000, ask: 'next' }, { at: 1003, answer: 1 }, stop(1301, { reason: 'step', threadId: 1 }), { at: 2000, end: true });
    assert.deepEqual(step.holds, [[100, 1000], [1301, 2000]]);
    const run = play(stop(100), { at: 1000, ask: 'continue' }, { at: 1003, answer: 1 }, stop(1010), { at: 2000, end: true });
    assert.deepEqual(run.holds, [[100, 1000], [1010, 2000]]);
  });

  test('fifty steps through a handler leave it its own time, whichever of them it ends in', () => {
    const lines: Line[] = [stop(1000)];
    for (let i = 0; i < 50; i++) lines.push({ at: 2000 + i * 1200, ask: 'next', seq: i }, { at: 2003 + i * 1200, answer: i }, stop(2200 + i * 1200));
    const { holds } = play(...lines, { at: 70_000, end: true });
    const stretches = holds.map(([from, to]) => ({ fromNs: from * 1e6, toNs: to * 1e6 }));
    for (const end of [2100, 2100 + 20 * 1200, 2100 + 49 * 1200]) {
      const netMs = end - 990 - heldNs(990e6, end * 1e6, stretches) / 1e6;
      assert.ok(netMs >= 10 && netMs <= 110, `${netMs} ms of ${end - 990}`);
    }
  });

  test('a step that is refused, or a question that makes nothing run, ends no hold', () => {
    const { holds, held } = play(
      stop(100), { at: 200, ask: 'stepIn', seq: 2 }, { at: 201, answer: 2, success: false },
      { at: 300, ask: 'evaluate', seq: 3 }, { at: 310, answer: 3 }, { at: 320, ask: 'restartFrame', seq: 4 }, { at: 321, answer: 4 }, stop(330, { reason: 'frame entry', threadId: 1 }),
    );
    assert.deepEqual([holds, held], [[], true]);
  });

  test('a program that goes on unasked did so a little before its adapter said it', () => {
    assert.deepEqual(play(stop(100), { at: 500, event: 'continued', body: { threadId: 1 } }).holds, [[100, 480]]);
  });

  for (const last of [{ at: 900, event: 'terminated' }, { at: 900, event: 'exited', body: { exitCode: 1 } }, { at: 900, ask: 'disconnect' }, { at: 900, ask: 'restart' }, { at: 900, ask: 'terminate' }, { at: 900, end: true }] as const) {
    test(`a hold ends with ${JSON.stringify(last)}, once`, () => {
      assert.deepEqual(play(stop(100), last, { at: 950, event: 'terminated' }, { at: 960, end: true }), { holds: [[100, 900]], held: false });
    });
  }
});

describe('several threads', () => {
  test('held while any of them is, where they stop one by one', () => {
    const { holds } = play(
      stop(100, { reason: 'breakpoint', threadId: 1 }), stop(200, { reason: 'breakpoint', threadId: 2 }),
      { at: 300, ask: 'continue', seq: 1, thread: 1 }, { at: 301, answer: 1, body: { allThreadsContinued: false } },
      { at: 400, ask: 'continue', seq: 2, thread: 2 }, { at: 401, answer: 2, body: { allThreadsContinued: false } },
    );
    assert.deepEqual(holds, [[100, 400]]);
  });

  test('an answer that names no threads lets all of them go', () => {
    assert.deepEqual(play(stop(100), stop(200, { reason: 'breakpoint', threadId: 2 }), { at: 300, ask: 'continue' }, { at: 301, answer: 1 }).holds, [[100, 300]]);
  });

  test('one that stopped all is held until the one that is looked at goes on', () => {
    const all = { reason: 'breakpoint', threadId: 4, allThreadsStopped: true };
    assert.deepEqual(play(stop(100, all), { at: 300, ask: 'next', thread: 4 }, { at: 302, answer: 1 }, stop(310, all), { at: 400, ask: 'continue', thread: 4, seq: 2 }, { at: 401, answer: 2 }).holds, [[100, 300], [300, 310], [310, 400]]);
    assert.deepEqual(play(stop(100, all), { at: 300, ask: 'next', thread: 4, single: true }, { at: 302, answer: 1 }).holds, [[100, 300]]);
    assert.deepEqual(play(stop(100, { reason: 'pause' }), { at: 300, ask: 'continue' }, { at: 302, answer: 1, body: { allThreadsContinued: false } }).holds, [[100, 300]]);
  });

  test('a thread that ends at a breakpoint holds nothing any more', () => {
    assert.deepEqual(play(stop(100), { at: 250, event: 'thread', body: { reason: 'exited', threadId: 9 } }, { at: 300, event: 'thread', body: { reason: 'exited', threadId: 1 } }).holds, [[100, 300]]);
  });
});

test('of whatever an adapter says holds are in order, without overlaps and never of less than no time', () => {
  const threads = fc.constantFrom(1, 2, 3, undefined);
  const message: fc.Arbitrary<Line> = fc.oneof(
    fc.record({ at: fc.constant(0), ask: fc.constantFrom('continue', 'next', 'stepOut', 'disconnect', 'evaluate'), seq: fc.nat(5), thread: fc.constantFrom(1, 2, 3), single: fc.boolean() }),
    fc.record({ at: fc.constant(0), answer: fc.nat(5), success: fc.boolean(), body: fc.record({ allThreadsContinued: fc.boolean() }) }),
    fc.record({ at: fc.constant(0), event: fc.constantFrom('stopped', 'continued', 'thread', 'terminated', 'output'), body: fc.record({ threadId: threads, reason: fc.constantFrom('exited', 'started'), allThreadsStopped: fc.boolean(), allThreadsContinued: fc.boolean() }) }),
  );
  fc.assert(fc.property(fc.array(fc.tuple(message, fc.nat(50)), { maxLength: 60 }), (list) => {
    let at = 1000;
    const lines = list.map(([line, later]) => ({ ...line, at: (at += later) }));
    const { holds, held } = play(...lines, { at: at + 100, end: true });
    assert.equal(held, false);
    let last = 0;
    for (const [from, to] of holds) {
      assert.ok(from >= last && to > from && to <= at + 100, JSON.stringify(holds));
      last = to;
    }
  }));
});

test('what is no message is passed over', () => {
  const tracker = new HoldTracker(() => assert.fail('no hold'));
  for (const message of [null, undefined, 7, 'stopped', [], {}, { type: 'event' }, { type: 'event', event: 'continued', body: null }, { type: 'response' }, { type: 'response', request_seq: 'x' }]) {
    tracker.fromAdapter(message, 1);
    tracker.toAdapter(message, 1);
  }
  assert.equal(tracker.isHeld, false);
});
