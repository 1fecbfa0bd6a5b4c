import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { startLocator } from '../../../src/client/locator.ts';
import { temporaryFolder } from '../locate/support.ts';

/** Stands in for the worker: a place's file is what it was started with, its line how many sites were asked of it so far. */
const worker = `
const { parentPort, workerData } = require('node:worker_threads');
let asked = 0;
let settings = 'none';
const answers = {
  configure: (params) => { settings = params.workspaceFolders.join(); },
  locate: (sites) => sites.map(() => ({ file: workerData.endsWhenBroken + ' ' + settings, line: ++asked, column: 1, function: undefined, via: [], inferred: false })),
  invalidate: () => true,
  explain: (site) => { if (site.functionName === 'emit') parentPort.postMessage({ event: 'placesChanged', data: undefined }); },
};
parentPort.on('message', ({ id, method, params }) => {
  parentPort.postMessage({ id, result: answers[method](params) });
  if (method === 'explain' && params.functionName === 'break') process.exit(70);
  if (method === 'explain' && params.functionName === 'die') process.exit(1);
});
`;

async function start() {
  const folder = await temporaryFolder();
  const workerScript = path.join(folder.path, 'worker.cjs');
  await writeFile(workerScript, worker);
  const warnings: string[] = [];
  const log = { trace: () => {}, debug: () => {}, info: () => {}, warn: (text: string) => warnings.push(text), error: (error: string | Error) => warnings.push(String(error)) };
  let changes = 0;
  const locator = startLocator({ workerScript, log, onPlacesChanged: () => changes++ });
  await locator.call('configure', { workspaceFolders: ['/w'], pathRules: [] });
  return {
    locator,
    warnings,
    changes: () => changes,
    locate: async (...lines: number[]) => (await locator.call('locate', lines.map((line) => ({ filePath: '/a.js', line })))).map((place) => place?.line),
    file: async (line: number) => (await locator.call('locate', [{ filePath: '/b.js', line }]))[0]?.file,
    tell: (functionName: string) => locator.call('explain', { functionName }),
    [Symbol.asyncDispose]: async () => {
      await locator.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function ended(warnings: readonly string[], count: number): Promise<void> {
  while (warnings.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('what the worker answered is asked for again only when it may be another', async () => {
  await using started = await start();
  const { locator, locate, tell, changes } = started;
  assert.deepEqual(await locate(1, 2), [1, 2]);
  assert.deepEqual(await locate(2, 1, 3), [2, 1, 3]);
  await locator.call('invalidate', { files: ['/elsewhere.ts'] });
  assert.deepEqual(await locate(1), [4]);
  await locator.call('configure', { workspaceFolders: ['/w'], pathRules: [] });
  assert.deepEqual(await locate(1), [5]);
  await tell('emit');
  assert.equal(changes(), 1);
  assert.deepEqual(await locate(1, 3), [6, 7]);
  assert.deepEqual(await locate(3, 1), [7, 6]);
});

test('a worker that ends is replaced, with its settings', async () => {
  await using started = await start();
  const { locate, file, tell, warnings } = started;
  assert.deepEqual(await locate(1), [1]);
  await tell('die');
  await ended(warnings, 1);
  assert.match(warnings[0] ?? '', /ended with code 1;/);
  assert.deepEqual(await locate(1, 2), [1, 1], 'the new one is asked for what is not known');
  assert.equal(await file(1), 'true /w');
});

test('a worker whose parser broke is replaced three times, and then stays as it is', async () => {
  await using started = await start();
  const { file, tell, warnings } = started;
  const files = [];
  for (let i = 0; i < 4; i++) {
    files.push(await file(i));
    await tell('break');
    await ended(warnings, i + 1);
  }
  assert.deepEqual([...files, await file(4)], ['true /w', 'true /w', 'true /w', 'false /w', 'false /w']);
});

test('a locator that was closed answers nothing', async () => {
  await using started = await start();
  await started.locate(1);
  await started.locator.close();
  await assert.rejects(started.locate(1), /closed/);
  await assert.rejects(started.tell('emit'), /closed/);
});
