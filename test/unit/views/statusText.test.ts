import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CaptureRecord, HubStatus } from '../../../src/protocol/hub.ts';
import { hubStatusText } from '../../../src/views/hubStatusText.ts';
import { currentCapture, shownCaptures } from '../../../src/views/receiverState.ts';
import { statusText } from '../../../src/views/statusText.ts';

function capture(over: Partial<CaptureRecord> = {}): CaptureRecord {
  return { captureId: 'c', name: 'shop', kind: 'debug', startedUnixMs: 10, endedUnixMs: undefined, pinned: false, spanCount: 5, errorCount: 0, ...over };
}

function status(captures: readonly CaptureRecord[], over: Partial<HubStatus> = {}): HubStatus {
  return {
    version: '1', pid: 7, dataDir: '/d', otlpHttp: 'http://127.0.0.1:4318', otlpGrpc: 'http://127.0.0.1:4317', control: 'ws://127.0.0.1:1', sinceUnixMs: 0,
    store: { kind: 'sqlite', bytes: 3 * 1_048_576, limitBytes: 512 * 1_048_576 }, spans: { received: 5, stored: 5, rejected: 0, dropped: 0 },
    logs: { received: 0, stored: 0, rejected: 0 }, metrics: { received: 0 }, captures, troubles: [], ...over,
  };
}

const connected = (hub: HubStatus, spansPerSecond = 0) => statusText({ kind: 'connected', feed: { version: 1, spansPerSecond, status: hub } });

test('off, starting and failed each say what is so', () => {
  assert.equal(statusText({ kind: 'off' }).text, '$(circle-slash) Traceline: off');
  assert.equal(statusText({ kind: 'starting' }).text, '$(loading~spin) Traceline: starting');
  const failed = statusText({ kind: 'failed', message: 'no such file' });
  assert.equal(failed.warning, true);
  assert.ok(failed.tooltip.includes('no such file'));
});

test('with no span yet it waits, and says where spans may be sent', () => {
  const said = connected(status([]));
  assert.deepEqual([said.state, said.text], ['waiting', '$(pulse) Traceline: waiting for spans']);
  assert.ok(said.tooltip.includes('OTLP/HTTP http://127.0.0.1:4318'));
  assert.equal(connected(status([capture({ spanCount: 0 })])).text, '$(pulse) shop: waiting for spans');
});

test('while spans arrive it says whose and how many; else how many there are', () => {
  assert.equal(connected(status([capture()]), 212).text, '$(pulse) shop: 212 spans/s');
  assert.equal(connected(status([capture()]), 1).text, '$(pulse) shop: 1 span/s');
  assert.equal(connected(status([capture()]), 0.3).text, '$(pulse) shop: under 1 span/s');
  assert.equal(connected(status([capture()])).text, '$(pulse) shop: 5 spans');
});

test('several programs at once are counted, and one without spans hides none that has some', () => {
  const two = [capture(), capture({ captureId: 'two', name: 'payments', spanCount: 7 }), capture({ captureId: 'three', name: 'database', spanCount: 0, startedUnixMs: 99e12 })];
  assert.equal(connected(status(two), 40).text, '$(pulse) 2 programs: 40 spans/s');
  assert.equal(connected(status(two)).text, '$(pulse) 2 programs: 12 spans');
  assert.equal(connected(status(two.slice(1)), 40).text, '$(pulse) payments: 40 spans/s');
});

test('a program that keeps its spans to itself is said to, until it ends or sends one after all', () => {
  const notice = { captureId: 'c', messages: ['OTEL_SDK_DISABLED is set.'], isTrouble: true };
  const said = (over: Partial<CaptureRecord>) => statusText({ kind: 'connected', feed: { version: 1, spansPerSecond: 0, status: status([capture({ captureId: 'c', spanCount: 0, ...over })]) } }, [notice]);
  assert.deepEqual([said({}).state, said({}).text, said({}).tooltip[0], said({}).warning], ['trouble', '$(warning) shop: no spans will come', 'OTEL_SDK_DISABLED is set.', true]);
  assert.equal(said({ spanCount: 3 }).text, '$(pulse) shop: 3 spans');
  assert.equal(said({ captureId: 'other' }).text, '$(pulse) shop: waiting for spans');
});

test('a program that needs but a request is said to wait, with what to do', () => {
  const state = { kind: 'connected', feed: { version: 1, spansPerSecond: 0, status: status([capture({ captureId: 'c', spanCount: 0 })]) } } as const;
  const said = statusText(state, [{ captureId: 'other', messages: ['not this'], isTrouble: true }, { captureId: 'c', messages: ['Send it a request.'], isTrouble: false }]);
  assert.deepEqual([said.state, said.text, said.tooltip[0], said.warning], ['waiting', '$(pulse) shop: waiting for spans', 'Send it a request.', false]);
});

test('lenses of another capture than the latest are named', () => {
  const state = { kind: 'connected', feed: { version: 1, spansPerSecond: 0, status: status([capture({ captureId: 'c', spanCount: 3 }), capture({ captureId: 'b', name: 'before $(fix)', startedUnixMs: 1 })]) } } as const;
  const said = (choice: Parameters<typeof statusText>[2]) => statusText(state, [], choice);
  assert.equal(said({ kind: 'latest' }).text, statusText(state).text);
  assert.match(said({ kind: 'all' }).text, / · lenses of all captures$/);
  assert.match(said({ kind: 'one', captureId: 'b' }).text, / · lenses of before \\\$\(fix\)$/);
  assert.equal(said({ kind: 'one', captureId: 'gone' }).text, statusText(state).text);
});

test('a trouble is a warning, in words, with its whole message', () => {
  const said = connected(status([capture()], { troubles: [{ code: 'port-taken', message: 'Port 4318 is taken; receiving on 40123.' }] }), 9);
  assert.deepEqual([said.state, said.text, said.warning, said.tooltip[0]], ['trouble', '$(warning) shop: 9 spans/s · port taken', true, 'Port 4318 is taken; receiving on 40123.']);
});

test('a capture’s name cannot draw an icon', () => {
  assert.equal(connected(status([capture({ name: '$(bomb)' })]), 9).text, '$(pulse) \\$(bomb): 9 spans/s');
});

test('the session that lasts is spoken of; spans from elsewhere while they arrive; else the newest', () => {
  const ended = capture({ captureId: 'ended', startedUnixMs: 50, endedUnixMs: 60 });
  const external = capture({ captureId: 'external', kind: 'external', startedUnixMs: 1 });
  const lasting = capture({ captureId: 'lasting', startedUnixMs: 20, spanCount: 0 });
  assert.equal(currentCapture([external, ended, lasting], 5)?.captureId, 'lasting');
  assert.equal(currentCapture([external, ended], 5)?.captureId, 'external');
  assert.equal(currentCapture([external, ended], 0)?.captureId, 'ended');
  assert.equal(currentCapture([], 0), undefined);
});

test('captures with nothing in them and nothing to come are not shown', () => {
  const shown = shownCaptures([capture({ captureId: 'a', spanCount: 0, endedUnixMs: 5 }), capture({ captureId: 'b', spanCount: 0 }), capture({ captureId: 'e', kind: 'external', spanCount: 0 }), capture({ captureId: 'd', startedUnixMs: 99 })]);
  assert.deepEqual(shown.map(({ captureId }) => captureId), ['d', 'b']);
});

test('the status in words has the endpoints, the counts and the captures', () => {
  const text = hubStatusText(status([capture({ pinned: true })], { otlpGrpc: undefined }));
  assert.match(text, /^\* OTLP\/HTTP: http:\/\/127\.0\.0\.1:4318$/m);
  assert.match(text, /^\* OTLP\/gRPC: not listening$/m);
  assert.match(text, /^\* shop \(debug\): 5 spans, 0 errors, pinned$/m);
});
