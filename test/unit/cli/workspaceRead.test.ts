import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { mock, test } from 'node:test';
import { workspaceRead } from '../../../src/cli/workspaceRead.ts';
import type { IndexProgress } from '../../../src/locate/locatorContract.ts';

type Locator = Parameters<typeof workspaceRead>[0];

class Scene {
  progress: IndexProgress | undefined = { done: 0, total: 0, isComplete: false };
  readonly asked: string[] = [];
  readonly written: string[] = [];
  settle: () => void = () => undefined;
  readonly locator = {
    call: (method: string) => {
      this.asked.push(method);
      return method === 'indexing' ? Promise.resolve(this.progress) : new Promise<void>((resolve) => (this.settle = resolve));
    },
  } as Locator;

  read(isTTY: boolean): Promise<boolean> {
    return workspaceRead(this.locator, { isTTY, write: (text) => this.written.push(text) });
  }

  /** Lets what was answered be heard. */
  async pass(ms: number): Promise<void> {
    for (let i = 0; i < 10; i++) await Promise.resolve();
    mock.timers.tick(ms);
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

async function withClock(body: (scene: Scene) => Promise<void>): Promise<void> {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    await body(new Scene());
  } finally {
    mock.timers.reset();
  }
}

test('nothing is waited for where no question needed the workspace, or it is read', () => withClock(async (scene) => {
  scene.progress = undefined;
  assert.equal(await scene.read(true), false);
  scene.progress = { done: 9, total: 9, isComplete: true };
  assert.equal(await scene.read(true), false);
  assert.deepEqual([scene.asked, scene.written], [['indexing', 'indexing'], []]);
}));

test('what takes less than a second is not spoken of', () => withClock(async (scene) => {
  const listeners = process.listenerCount('SIGINT');
  const read = scene.read(true);
  await scene.pass(999);
  scene.settle();
  assert.equal(await read, true);
  assert.deepEqual(scene.written, []);
  assert.equal(process.listenerCount('SIGINT'), listeners);
}));

test('in a terminal one line tells how far it is, and goes away', () => withClock(async (scene) => {
  const read = scene.read(true);
  scene.progress = { done: 1000, total: 2345, isComplete: false };
  await scene.pass(1000);
  scene.progress = { done: 2000, total: 2345, isComplete: false };
  await scene.pass(200);
  scene.settle();
  assert.equal(await read, true);
  assert.ok(scene.written[0]?.startsWith('\r\u001B[Kreading the workspace'));
  assert.match(scene.written[0] ?? '', /: 1000 of 2345 files$/);
  assert.match(scene.written[1] ?? '', /: 2000 of 2345 files$/);
  assert.deepEqual(scene.written.slice(2), ['\r\u001B[K']);
  await scene.pass(10_000);
  assert.equal(scene.written.length, 3);
}));

test('elsewhere a line now and then', () => withClock(async (scene) => {
  const read = scene.read(false);
  for (let second = 0; second < 12; second++) await scene.pass(1000);
  scene.settle();
  await read;
  assert.equal(scene.written.length, 2);
  assert.ok(scene.written.every((line) => /^traceline: reading the workspace.*\n$/.test(line)));
}));

test('Ctrl-C ends it, and the line', { timeout: 20_000, skip: process.platform === 'win32' && 'a signal cannot be sent there' }, async () => {
  const program = spawn(process.execPath, [path.join(import.meta.dirname, 'interruptedRead.ts')], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } });
  let output = '';
  program.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.endsWith('2 files')) program.kill('SIGINT');
  });
  const [code, signal] = (await once(program, 'close')) as [number | null, NodeJS.Signals | null];
  assert.deepEqual([code, signal], [null, 'SIGINT']);
  assert.ok(output.startsWith('waiting\r\u001B[Kreading the workspace') && output.endsWith(': 1 of 2 files\r\u001B[K'), output);
});
