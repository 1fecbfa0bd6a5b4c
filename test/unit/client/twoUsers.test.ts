import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leaseFileName } from '../../../src/protocol/lease.ts';
import { isAcknowledged } from '../../support/acknowledged.ts';
import { freePort } from '../hub/freePort.ts';
import { atEnd, temporaryFolder } from '../hub/spans.ts';
import { isAlive, until } from './hubProcesses.ts';
import type { Learned, Other, UserReady } from './userProcess.ts';

const script = fileURLToPath(new URL('userProcess.ts', import.meta.url));
/** No user of a machine has these, and none is needed for a process to run as one. */
const uids = [61_001, 61_002] as const;

/** Why this cannot be tried here; undefined where it can. */
function reasonToSkip(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can run processes of two users';
  const reads = (what: string) => spawnSync(process.execPath, ['-e', what], { uid: uids[0], gid: uids[0], stdio: 'ignore' }).status === 0;
  if (!reads(`require('node:fs').readFileSync(${JSON.stringify(script)})`)) return 'another user cannot read this checkout, or not run its Node';
  return reads(`require('node:fs').accessSync(${JSON.stringify(`${os.tmpdir()}/.`)}, 1)`) ? undefined : 'another user cannot enter the temporary folder';
}

interface User {
  readonly dataDir: string;
  readonly ready: UserReady;
  look(other: Other): Promise<Learned>;
}

/** A process of that user with a home of its own, and a hub. */
async function userOf(t: TestContext, uid: number, dataDir: string, port: number): Promise<User> {
  const child: ChildProcess = spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', script, dataDir, String(port)], {
    uid, gid: uid, cwd: path.dirname(dataDir), env: { PATH: process.env['PATH'], HOME: path.dirname(dataDir) }, stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const next = async <T>() => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the process of user ${uid} ended`);
    return JSON.parse(value) as T;
  };
  const hubs: number[] = [];
  atEnd(t, async () => {
    child.stdin!.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await until(() => !hubs.some(isAlive));
  });
  const ready = await next<UserReady>();
  if (ready.lease !== undefined) hubs.push(ready.lease.pid);
  return {
    dataDir, ready,
    look: (other) => {
      child.stdin!.write(`${JSON.stringify(other)}\n`);
      return next<Learned>();
    },
  };
}

test('two users of one machine have a hub each, which the other can neither read, nor speak to, nor disturb', { timeout: 60_000, skip: reasonToSkip() }, async (t) => {
  const homes = await temporaryFolder(t);
  chmodSync(homes, 0o755);
  // Both homes can be entered by anyone; the folder of the first was made so that anyone can list it, that of the second is made by its hub.
  const folders = uids.map((uid) => {
    const home = path.join(homes, String(uid));
    mkdirSync(home, { mode: 0o755 });
    chownSync(home, uid, uid);
    return path.join(home, 'traceline');
  });
  mkdirSync(folders[0]!, { mode: 0o755 });
  chownSync(folders[0]!, uids[0], uids[0]);
  // Both are told the same port, as both have the same default.
  const port = await freePort();
  const first = await userOf(t, uids[0], folders[0]!, port);
  const second = await userOf(t, uids[1], folders[1]!, port);
  const leases = [first.ready.lease!, second.ready.lease!] as const;

  assert.deepEqual([first.ready.uid, second.ready.uid], uids);
  for (const [index, { pid }] of leases.entries()) assert.match(readFileSync(`/proc/${pid}/status`, 'utf8'), new RegExp(`^Uid:\\s+${uids[index]}\\s+${uids[index]}\\s`, 'm'));
  assert.equal(new Set(leases.flatMap(({ control, otlpHttp, otlpGrpc }) => [control, otlpHttp, otlpGrpc].map((url) => new URL(url).port))).size, 6);
  assert.equal(leases[0].otlpHttp, `http://127.0.0.1:${port}`);
  assert.deepEqual([first.ready.troubles, second.ready.troubles], [[], ['port-taken']]);

  const agent = new http.Agent();
  for (const [index, { otlpHttp }] of leases.entries()) {
    const span = { traceId: `${index + 1}`.repeat(32), spanId: `${index + 1}`.repeat(16), name: `work of ${index}`, kind: 1, startTimeUnixNano: '1', endTimeUnixNano: '2' };
    assert.ok(await isAcknowledged(`${otlpHttp}/v1/traces`, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }), agent));
  }
  const refused = { lease: 'EACCES', store: 'EACCES', log: 'EACCES', write: 'EACCES', remove: 'EACCES', find: 'none', noToken: 401, ownToken: 401, ownHub: 1 };
  assert.deepEqual(await second.look({ dataDir: first.dataDir, control: leases[0].control }), { tries: { list: true, ...refused }, stored: 1, operations: ['work of 1'] });
  assert.deepEqual(await first.look({ dataDir: second.dataDir, control: leases[1].control }), { tries: { list: 'EACCES', ...refused }, stored: 1, operations: ['work of 0'] });
  for (const [index, lease] of leases.entries()) assert.equal((JSON.parse(readFileSync(path.join(folders[index]!, leaseFileName), 'utf8')) as typeof lease).token, lease.token);
});
