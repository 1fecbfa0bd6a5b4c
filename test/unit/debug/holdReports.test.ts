import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from '../../../src/client/logger.ts';
import { HoldReports } from '../../../src/debug/holdReports.ts';
import type { HubCaller, HubRequests } from '../../../src/protocol/hub.ts';

function scene(failures: number) {
  const told: HubRequests['hold'][0][] = [];
  const warnings: string[] = [];
  let left = failures;
  const hub: HubCaller = {
    call: (_method, params) => {
      told.push(params as HubRequests['hold'][0]);
      return left-- > 0 ? Promise.reject(new Error('the hub is not connected')) : Promise.resolve(undefined as never);
    },
  };
  const log: Logger = { trace() {}, debug() {}, info() {}, warn: (message) => void warnings.push(message), error() {} };
  return { told, warnings, reports: new HoldReports(hub, log) };
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

test('a hold is told in nanoseconds, under an id of its own', () => {
  const { told, reports } = scene(0);
  reports.report('one', { fromUnixMs: 1_790_000_000_123, toUnixMs: 1_790_000_002_123 });
  reports.report('one', { fromUnixMs: 1_790_000_003_000, toUnixMs: 1_790_000_003_001 });
  assert.deepEqual(told.map(({ captureId, fromUnixNano, toUnixNano }) => [captureId, fromUnixNano, toUnixNano]), [
    ['one', '1790000000123000000', '1790000002123000000'], ['one', '1790000003000000000', '1790000003001000000'],
  ]);
  assert.equal(new Set(told.map(({ holdId }) => holdId)).size, 2);
});

test('where the hub is away it is told again, the same hold, until it is there', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { told, warnings, reports } = scene(2);
  reports.report('one', { fromUnixMs: 1, toUnixMs: 2 });
  for (let i = 0; i < 5; i++) {
    await settle();
    t.mock.timers.tick(2000);
  }
  assert.equal(told.length, 3);
  assert.equal(new Set(told.map(({ holdId }) => holdId)).size, 1);
  assert.deepEqual(warnings, []);
});

test('a hub that stays away is given up, and said; nothing is told after the window is gone', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { told, warnings, reports } = scene(1000);
  reports.report('one', { fromUnixMs: 1, toUnixMs: 2 });
  for (let i = 0; i < 50; i++) {
    await settle();
    t.mock.timers.tick(2000);
  }
  assert.equal(told.length, 30);
  assert.equal(warnings.length, 1);
  reports.report('one', { fromUnixMs: 3, toUnixMs: 4 });
  await settle();
  reports.dispose();
  t.mock.timers.tick(10_000);
  await settle();
  assert.equal(told.length, 31);
});
