import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { findHub, readLease } from '../../../src/client/findHub.ts';
import type { Feed } from '../../../src/protocol/hub.ts';
import { leaseFileName } from '../../../src/protocol/lease.ts';
import { request, temporaryFolder, traceIdOf } from '../hub/spans.ts';
import { connect, isAlive, until } from './hubProcesses.ts';

async function post(otlpHttp: string | undefined, trace: number): Promise<void> {
  const { bytes } = request([{ trace, id: trace }]);
  const response = await fetch(`${otlpHttp}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: bytes });
  assert.equal(response.status, 200);
}

test('eight windows that start at once share one hub', { timeout: 90_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const windows = Array.from({ length: 8 }, () => connect(t, dataDir));
  const statuses = await Promise.all(windows.map((window) => window.call('status', undefined)));
  assert.equal(new Set(statuses.map(({ pid }) => pid)).size, 1);
  const feeds = windows.map((window) => new Promise<Feed>((resolve) => window.onFeed((feed) => feed.status.spans.stored === 1 && resolve(feed))));
  await post(statuses[0]?.otlpHttp, 1);
  for (const feed of await Promise.all(feeds)) assert.ok(feed.spansPerSecond > 0);
  assert.equal(windows[0]?.feed?.status.spans.stored, 1);
  assert.equal((await findHub(dataDir))?.pid, statuses[0]?.pid);
});

test('a hub that is killed is replaced, and nothing it acknowledged is lost', { timeout: 90_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const window = connect(t, dataDir);
  const { pid, otlpHttp } = await window.call('status', undefined);
  for (let trace = 1; trace <= 20; trace++) await post(otlpHttp, trace);
  const states: string[] = [];
  window.onState((state) => states.push(state.kind));
  process.kill(pid, 'SIGKILL');
  await until(() => states.includes('connected'));
  const status = await window.call('status', undefined);
  assert.notEqual(status.pid, pid);
  assert.deepEqual([status.spans.stored, status.troubles], [20, []]);
  assert.equal((await window.call('trace', { traceId: traceIdOf(20) }))?.spanCount, 1);
  const { summaries } = await window.call('summaries', undefined);
  assert.equal(summaries.reduce((sum, { count }) => sum + count, 0), 20);
});

test('an older hub makes room with its data kept; a newer one is used as it is', { timeout: 90_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const old = connect(t, dataDir, { version: '1.9.0' });
  const before = await old.call('status', undefined);
  await post(before.otlpHttp, 1);
  const young = connect(t, dataDir, { version: '1.10.0' });
  const after = await young.call('status', undefined);
  assert.deepEqual([after.version, after.spans.stored], ['1.10.0', 1]);
  assert.notEqual(after.pid, before.pid);
  // The old window follows instead of starting its own again.
  await until(async () => (await old.call('status', undefined).catch(() => undefined))?.pid === after.pid);
  assert.equal((await young.call('status', undefined)).pid, after.pid);
});

test('where no hub shall be started that is said, and no hub starts', { timeout: 30_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const window = connect(t, dataDir, { startIfMissing: false });
  await assert.rejects(window.ready(), /no hub is running/);
  await assert.rejects(window.call('status', undefined), /no hub is running/);
  assert.equal(await readLease(dataDir), undefined);
});

test('a lease left by a dead hub, whose process id another has now, is no hub', { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const stale = {
    pid: process.pid, control: 'ws://127.0.0.1:1', token: 'old', version: '9.0.0', otlpHttp: 'http://127.0.0.1:1', otlpGrpc: 'http://127.0.0.1:1', startedUnixMs: 1,
  };
  await writeFile(path.join(dataDir, leaseFileName), JSON.stringify(stale));
  assert.equal(await findHub(dataDir), undefined);
  const { pid } = await connect(t, dataDir).call('status', undefined);
  assert.notEqual(pid, process.pid);
  assert.equal((await readLease(dataDir))?.pid, pid);
});

test('a hub that cannot start is told, with where to look', { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const window = connect(t, dataDir, { hubScript: path.join(dataDir, 'missing.cjs') });
  await assert.rejects(window.ready(), /did not start \(exit code 1\).*hub\.log/);
});

test('a closed connection rejects calls and leaves the hub running', { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const window = connect(t, dataDir);
  const { pid } = await window.call('status', undefined);
  window.close();
  await assert.rejects(window.call('status', undefined), /closed/);
  assert.ok(isAlive(pid));
});
