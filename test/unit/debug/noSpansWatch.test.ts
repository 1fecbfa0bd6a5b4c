import assert from 'node:assert/strict';
import { mock, test, type TestContext } from 'node:test';
import { NoSpansWatch } from '../../../src/debug/noSpansWatch.ts';
import type { CaptureRecord, HubCaller, TraceSummary } from '../../../src/protocol/hub.ts';

interface Scene {
  readonly watch: NoSpansWatch;
  readonly told: string[];
  begin(isHeld?: () => boolean): void;
  /** Lets so much time go by, and what was asked be answered. */
  pass(ms: number): Promise<void>;
}

function scene(t: TestContext, capture: Partial<CaptureRecord> | undefined, traces: readonly TraceSummary[] = []): Scene {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const known: CaptureRecord[] = capture === undefined ? [] : [{ captureId: 'c', name: 'shop', kind: 'debug', startedUnixMs: 1, endedUnixMs: undefined, pinned: false, spanCount: 0, errorCount: 0, ...capture }];
  const call = (method: string): Promise<unknown> => Promise.resolve(method === 'status' ? { captures: known } : traces);
  const watch = new NoSpansWatch({ call } as unknown as HubCaller);
  const told: string[] = [];
  return {
    watch,
    told,
    begin: (isHeld = () => false) => watch.begin({ captureId: 'c', facts: { spansWillCome: true, notes: [], runtime: 'node' }, isHeld, tell: ({ messages }) => told.push(messages.join(' ')) }),
    async pass(ms) {
      mock.timers.tick(ms);
      for (let i = 0; i < 10; i++) await Promise.resolve();
    },
  };
}

test('after five seconds without a span it is told why, once', async (t) => {
  const { begin, pass, told } = scene(t, { programs: [{ pid: 1, runtime: 'node', version: 'v24.1.0', sdk: 'bundled', reason: undefined }] });
  begin();
  await pass(4999);
  assert.deepEqual(told, []);
  await pass(1);
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /Send it a request/);
  await pass(60_000);
  assert.equal(told.length, 1);
});

test('not where spans came, where one runs, where the capture is not known, and where it ended', async (t) => {
  for (const [capture, traces] of [[{ spanCount: 1 }, []], [{}, [{} as TraceSummary]], [undefined, []]] as const) {
    const { begin, pass, told } = scene(t, capture, traces);
    begin();
    await pass(5000);
    assert.deepEqual(told, []);
    mock.timers.reset();
  }
  const { watch, begin, pass, told } = scene(t, {});
  begin();
  watch.end('c');
  await pass(5000);
  assert.deepEqual(told, []);
});

test('a program that the debugger holds has time until five seconds after', async (t) => {
  let held = true;
  const { begin, pass, told } = scene(t, {});
  begin(() => held);
  await pass(5000);
  await pass(5000);
  assert.deepEqual(told, []);
  held = false;
  await pass(5000);
  assert.equal(told.length, 1);
});
