import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HubPort, LocatorPort } from '../../../src/client/liveRows.ts';
import { OpenSpanRows } from '../../../src/client/openSpanRows.ts';
import type { Feed, OpenSpanRecord } from '../../../src/protocol/hub.ts';

const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function open(over: Partial<OpenSpanRecord> = {}): OpenSpanRecord {
  return {
    traceId: '1'.repeat(32), spanId: '2'.repeat(16), service: 'shop', operation: 'GET', kind: 'server', startUnixNano: '1000000000', durationNs: 5, error: false,
    statusMessage: '', captureId: 'c', state: 'running', siteId: 3, ...over,
  };
}

/** A hub that has these spans open; a site is at the line of its number. */
function scene() {
  const calls: string[] = [];
  let spans: readonly OpenSpanRecord[] = [];
  let listener: (feed: Feed) => void = () => undefined;
  let fails = false;
  const hub = {
    onFeed: (heard: (feed: Feed) => void) => {
      listener = heard;
      return () => undefined;
    },
    call: (method: string, params: { readonly afterSiteId: number }) => {
      calls.push(method);
      if (fails) return Promise.reject(new Error('gone'));
      return Promise.resolve(method === 'openSpans' ? spans : Array.from({ length: 10 }, (_, siteId) => ({ siteId })).filter(({ siteId }) => siteId > params.afterSiteId));
    },
  } as unknown as HubPort;
  const locator = {
    call: (_: string, sites: readonly { readonly siteId: number }[]) =>
      Promise.resolve(sites.map(({ siteId }) => (siteId === 9 ? undefined : { file: '/shop.js', line: siteId, column: 1, function: undefined, inferred: siteId === 5, via: ['stack'] }))),
  } as unknown as LocatorPort;
  const rows = new OpenSpanRows(hub, locator, quiet);
  let version = 0;
  const feed = async (told: number | undefined, pid = 1): Promise<void> => {
    listener({ version: 1, spansPerSecond: 0, status: { pid, sinceUnixMs: 1, dataDir: '/', ...(told === undefined ? {} : { open: { version: told, running: 1, neverEnded: 0 } }) } } as unknown as Feed);
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  return {
    rows,
    calls,
    feed,
    async have(now: readonly OpenSpanRecord[], options: { readonly fails?: boolean; readonly pid?: number } = {}) {
      spans = now;
      fails = options.fails === true;
      version++;
      await feed(version, options.pid);
    },
  };
}

test('spans that are open stand at their places, and go with their end', async () => {
  const { rows, calls, have, feed } = scene();
  let told = 0;
  rows.onChange(() => told++);
  await feed(undefined);
  assert.deepEqual(calls, [], 'a hub that has none is asked nothing');
  await have([open(), open({ siteId: 5, spanId: '3'.repeat(16) }), open({ siteId: 9 }), open({ siteId: undefined })]);
  assert.deepEqual(rows.rowsOf('/shop.js').map(({ line, inferred, via, count, summaryIds }) => [line, inferred, via, count, summaryIds.length]), [[3, false, 'stack', 0, 0], [5, true, 'inferred:stack', 0, 0]]);
  assert.deepEqual(rows.rowsOf('/other.js'), []);
  assert.equal(told, 1);
  await feed(1);
  assert.deepEqual(calls, ['openSpans', 'sites'], 'nothing is asked again while the same are open');
  await have([]);
  assert.deepEqual(rows.rowsOf('/shop.js'), []);
  assert.equal(told, 2);
});

test('a hub that does not answer is asked with the next news; another hub has other sites', async () => {
  const { rows, calls, have } = scene();
  await have([open()], { fails: true });
  assert.deepEqual([calls, rows.rowsOf('/shop.js')], [['openSpans'], []]);
  await have([open()]);
  assert.equal(rows.rowsOf('/shop.js').length, 1);
  await have([open({ siteId: 4 })], { pid: 2 });
  assert.deepEqual(rows.rowsOf('/shop.js').map(({ line }) => line), [4]);
});
