import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readLease } from '../../../src/client/findHub.ts';
import { atEnd, temporaryFolder } from '../hub/spans.ts';
import { connect, hubScript, isAlive, until } from './hubProcesses.ts';

const windowScript = fileURLToPath(new URL('windowProcess.ts', import.meta.url));

test('twenty windows of three versions that open, close and crash: one hub, every capture, no process left', { timeout: 180_000 }, async (t) => {
  const [mine, others] = [await temporaryFolder(t), await temporaryFolder(t)];
  const hubs = new Map<number, string>();
  const versions = ['1.0.0', '2.0.0', '1.1.0'];
  const captures = Array.from({ length: 20 }, (_, index) => `capture-${index}`);
  // Another user of the machine, meanwhile.
  const other = openWindow(t, others, '1.0.0', 'elsewhere', hubs);
  const windows = await Promise.all(captures.map(async (captureId, index) => {
    await delay(Math.random() * 3000);
    const window = openWindow(t, mine, versions[index % 3]!, captureId, hubs);
    await window.kept;
    // Most close as a person closes them, a few are killed, the rest stay for a while.
    if (index % 4 === 1) await end(window.child, 'SIGKILL');
    else if (index % 2 === 0) await close(window.child);
    return window;
  }));
  await other.kept;
  for (const { child } of [...windows, other]) await close(child);

  const hub = connect(t, mine, { version: '2.0.0', startIfMissing: false });
  const { version, pid, captures: records } = await hub.call('status', undefined);
  assert.equal(version, '2.0.0');
  assert.equal((await readLease(mine))?.pid, pid);
  const kept = new Map(records.map(({ captureId, spanCount }) => [captureId, spanCount]));
  assert.deepEqual(captures.map((captureId) => [captureId, kept.get(captureId)]), captures.map((captureId) => [captureId, 1]));
  assert.equal(kept.has('elsewhere'), false);
  // Those that were replaced, and those that lost the race to start, are gone.
  await until(() => [...hubs].filter(([started, dataDir]) => dataDir === mine && isAlive(started)).length === 1);
  assert.ok(isAlive(pid));
  assert.notEqual((await readLease(others))?.pid, pid);
});

function openWindow(t: TestContext, dataDir: string, version: string, captureId: string, hubs: Map<number, string>): { child: ChildProcess; kept: Promise<void> } {
  const child = spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', windowScript, dataDir, hubScript, version, captureId], { stdio: ['pipe', 'pipe', 'inherit'] });
  const kept = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'kept') resolve();
      else hubs.set(Number(line.slice('hub '.length)), dataDir);
    });
    child.once('exit', () => reject(new Error(`${captureId} ended before its span was kept`)));
  });
  atEnd(t, async () => {
    await end(child, 'SIGKILL');
    const started = [...hubs.keys()].filter(isAlive);
    for (const pid of started) process.kill(pid, 'SIGTERM');
    await until(() => !started.some(isAlive));
  });
  return { child, kept };
}

/** As a person closes a window. */
async function close(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.stdin?.end();
  await exit;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
