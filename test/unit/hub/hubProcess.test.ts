import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { findHub, readLease } from '../../../src/client/findHub.ts';
import { leaseFileName } from '../../../src/protocol/lease.ts';
import { connect, hubScript, startHubProcess } from '../client/hubProcesses.ts';
import { temporaryFolder } from './spans.ts';

test('the control channel opens for the token only, and never for a page', { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const { info } = await startHubProcess(t, dataDir);
  const { token } = (await readLease(dataDir))!;
  const answer = (headers: Record<string, string>) => new Promise<number | 'open'>((resolve, reject) => {
    const socket = new WebSocket(info.control, { headers });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('error', reject);
  });
  const authorization = `Bearer ${token}`;
  assert.equal(await answer({ authorization }), 'open');
  assert.equal(await answer({}), 401);
  assert.equal(await answer({ authorization: `Bearer ${token}x` }), 401);
  assert.equal(await answer({ authorization: token }), 401);
  assert.equal(await answer({ authorization, origin: 'http://127.0.0.1:3000' }), 403);
  assert.equal(await answer({ authorization, origin: 'null' }), 403);
  assert.equal(await answer({ authorization, host: 'evil.example' }), 403);
  assert.equal(await answer({ authorization, host: '127.0.0.1.evil.example:80' }), 403);
  assert.equal(await answer({ authorization, host: 'localhost:1' }), 'open');
});

test('garbage on the control channel ends that connection, not the hub', { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const { info } = await startHubProcess(t, dataDir);
  const { token } = (await readLease(dataDir))!;
  for (const garbage of ['{', Buffer.from([1, 2, 3]), Buffer.alloc(50, 0xff)]) {
    const socket = new WebSocket(info.control, { headers: { authorization: `Bearer ${token}` } });
    await once(socket, 'open');
    socket.send(garbage);
    const [code] = (await once(socket, 'close')) as [number];
    assert.equal(code, 1007);
  }
  assert.equal((await findHub(dataDir))?.pid, info.pid);
});

test('health is told to who addresses this machine', { timeout: 60_000 }, async (t) => {
  const { info } = await startHubProcess(t, await temporaryFolder(t));
  const ask = (host: string) => new Promise<number | undefined>((resolve, reject) => {
    const url = `${info.control.replace('ws', 'http')}/healthz`;
    httpRequest(url, { headers: { host } }, (response) => resolve(response.resume().statusCode)).on('error', reject).end();
  });
  assert.deepEqual([await ask('127.0.0.1'), await ask('evil.example')], [200, 404]);
});

test('lease and store are their owner\'s alone, and the lease goes with the hub', { timeout: 60_000 }, async (t) => {
  const dataDir = path.join(await temporaryFolder(t), 'made by the hub');
  const { child } = await startHubProcess(t, dataDir);
  assert.equal((await stat(dataDir)).mode & 0o777, 0o700);
  for (const file of [leaseFileName, 'spans.db', 'hub.log']) assert.equal(statSync(path.join(dataDir, file)).mode & 0o777, 0o600, file);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.ok(!existsSync(path.join(dataDir, leaseFileName)));
});

test('a second hub on the folder says who has it and exits 1; after a kill the folder is free at once', { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const { child, info } = await startHubProcess(t, dataDir);
  const second = spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', hubScript, '--data', dataDir], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  second.stderr.on('data', (part) => (said += String(part)));
  assert.deepEqual(await once(second, 'close'), [1, null]);
  assert.ok(said.includes(String(info.pid)) && said.includes(info.control), said);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(existsSync(path.join(dataDir, leaseFileName)), 'the stale lease is there');
  const { info: next } = await startHubProcess(t, dataDir);
  assert.equal((await readLease(dataDir))?.pid, next.pid);
});

test('a hub nobody uses leaves; one with a client stays', { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const { child, info } = await startHubProcess(t, dataDir, ['--idle-exit-ms', '700', '--hub-version', '1.0.0']);
  const window = connect(t, dataDir);
  await window.ready();
  // Three times as long as it would stay alone.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  assert.equal((await window.call('status', undefined)).pid, info.pid);
  window.close();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a hub whose folder is deleted leaves', { timeout: 60_000 }, async (t) => {
  const dataDir = path.join(await temporaryFolder(t), 'data');
  const { child } = await startHubProcess(t, dataDir);
  await rm(dataDir, { recursive: true });
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a taken port is replaced, and that is said', { timeout: 60_000 }, async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as { port: number };
  const dataDir = await temporaryFolder(t);
  const { info } = await startHubProcess(t, dataDir, ['--otlp-http', String(port), '--hub-version', '1.0.0']);
  assert.notEqual(new URL(info.otlpHttp).port, String(port));
  const { troubles, otlpHttp } = await connect(t, dataDir).call('status', undefined);
  assert.equal(otlpHttp, info.otlpHttp);
  assert.deepEqual(troubles.map(({ code }) => code), ['port-taken']);
  assert.match(troubles[0]!.message, new RegExp(`Port ${port} .*${new URL(info.otlpHttp).port}`));
});
