import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { takeLock } from '../../../src/hub/lock.ts';
import { connect, hubScript, startHubProcess, until } from '../client/hubProcesses.ts';
import { killHub } from './hubKills.ts';
import { atEnd, request, temporaryFolder } from './spans.ts';

async function post(otlpHttp: string, id: number, signal?: AbortSignal): Promise<number> {
  const { bytes } = request([{ trace: id, id, attributes: [{ key: 'big', value: 'x'.repeat(10_000) }] }]);
  const response = await fetch(`${otlpHttp}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: bytes, signal });
  await response.arrayBuffer();
  if (response.status !== 200) assert.ok(Number(response.headers.get('retry-after')) > 0, `${response.status} without a time to come again`);
  return response.status;
}

// A hundred times: `npm run faults`.
test('kill -9 in the middle of ingest, three times: all that was acknowledged is there, once; program and client go on', { timeout: 60_000 }, async (t) => {
  const result = await killHub({ dataDir: await temporaryFolder(t), hubScript, kills: 3, maxLifeMs: 400 });
  assert.deepEqual([result.missing, result.twice, result.faults], [0, 0, []]);
  assert.ok(result.acknowledged > 100 && result.resent > 0, JSON.stringify(result));
  assert.equal(result.summarised, result.found);
  assert.deepEqual([result.program.exitCode, result.program.stderr], [0, '']);
  assert.ok(result.program.acknowledged > 0);
});

test('suspended and resumed: client and sender get their answers; what was given up and sent again is kept once', { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const { child, info } = await startHubProcess(t, dataDir, ['--hub-version', '1.0.0', '--idle-exit-ms', '1000']);
  const window = connect(t, dataDir);
  await window.ready();
  const states: string[] = [];
  window.onState(({ kind }) => states.push(kind));
  child.kill('SIGSTOP');
  const waiting = [post(info.otlpHttp, 1), post(info.otlpHttp, 2)];
  const givenUp = await post(info.otlpHttp, 3, AbortSignal.timeout(500)).catch(() => 'given up');
  const again = post(info.otlpHttp, 3);
  const status = window.call('status', undefined);
  // Longer than the hub would stay alone.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  child.kill('SIGCONT');
  assert.equal(givenUp, 'given up');
  assert.deepEqual(await Promise.all([...waiting, again]), [200, 200, 200]);
  assert.equal((await status).pid, info.pid);
  const after = await window.call('status', undefined);
  assert.deepEqual([after.spans.stored, after.troubles, states], [3, [], []]);
});

test('a disk that fills up under a hub, and has room again', { timeout: 60_000, skip: process.platform !== 'linux' || process.getuid?.() !== 0 ? 'only root can mount a small disk' : false }, async (t) => {
  const disk = path.join(await temporaryFolder(t), 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    t.skip('a small disk cannot be mounted here');
    return;
  }
  atEnd(t, async () => void execFileSync('umount', ['-l', disk]));
  const dataDir = path.join(disk, 'data');
  const { child, info } = await startHubProcess(t, dataDir, ['--hub-version', '1.0.0']);
  const filler = path.join(disk, 'filler');
  await writeFile(filler, Buffer.alloc(1_500_000));
  const window = connect(t, dataDir, { startIfMissing: false });
  let kept = 0;
  let id = 0;
  while ((await post(info.otlpHttp, ++id)) === 200) kept++;
  for (let n = 0; n < 20; n++) if ((await post(info.otlpHttp, ++id)) === 200) kept++;
  const full = await window.call('status', undefined);
  assert.equal(full.spans.stored, kept);
  assert.match(full.troubles.map(({ code, message }) => `${code}: ${message}`).join(), /^store-failed: .*(full|disk I\/O error).*Make room/);
  // What is there can be looked at meanwhile.
  assert.equal((await window.call('traces', { limit: 1000 })).length, kept);
  await rm(filler);
  await until(async () => (await post(info.otlpHttp, ++id)) === 200);
  kept++;
  assert.deepEqual((await window.call('status', undefined)).troubles, []);
  window.close();
  child.kill('SIGKILL');
  await once(child, 'exit');
  // A hub comes up on a disk that is full to the last byte, twice: it can be found, and it can say what is the matter.
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    fill(filler);
    const next = await startHubProcess(t, dataDir, ['--hub-version', '1.0.0']);
    const other = connect(t, dataDir, { startIfMissing: false });
    assert.equal((await other.call('status', undefined)).pid, next.info.pid);
    other.close();
    next.child.kill(signal);
    await once(next.child, 'exit');
  }
  await rm(filler);
  await startHubProcess(t, dataDir, ['--hub-version', '1.0.0']);
  assert.equal((await connect(t, dataDir, { startIfMissing: false }).call('status', undefined)).spans.stored, kept);
});

/** Until nothing more goes in. */
function fill(file: string): void {
  const descriptor = openSync(file, 'a');
  try {
    for (;;) writeSync(descriptor, Buffer.alloc(4096));
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(descriptor);
  }
}

test('a data folder that cannot be written to is said by its name', async (t) => {
  const folder = await temporaryFolder(t);
  // A folder where the file should be, as no permission keeps root from writing.
  await mkdir(path.join(folder, 'hub.lock'));
  await assert.rejects(takeLock(folder), (error: Error) => error.message.includes(folder) && /cannot be written to.*TRACELINE_DATA/.test(error.message));
});
