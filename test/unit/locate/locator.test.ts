/** The locator's two clients: the worker as it is bundled and shipped, and the one within a command's own process. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import esbuild from 'esbuild';
import type { LocatorClient } from '../../../src/client/locator.ts';
import { localLocator, startLocator } from '../../../src/client/locator.ts';
import type { Logger } from '../../../src/client/logger.ts';
import { grammarDir, root, temporaryFolder, writeFiles } from './support.ts';

function recordingLog(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const add = (message: string | Error) => void lines.push(String(message));
  return { lines, trace: add, debug: add, info: add, warn: add, error: add };
}

/** dist/ as far as the worker needs it. */
async function distFolder(folder: string): Promise<string> {
  await mkdir(path.join(folder, 'grammars'), { recursive: true });
  await esbuild.build({
    absWorkingDir: root, entryPoints: ['src/client/locateWorker.ts'], outfile: path.join(folder, 'locateWorker.cjs'),
    bundle: true, platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'], logLevel: 'error', logOverride: { 'empty-import-meta': 'silent' },
  });
  await copyFile(path.join(root, 'node_modules/source-map/lib/mappings.wasm'), path.join(folder, 'mappings.wasm'));
  for (const name of ['tree-sitter.wasm', 'tree-sitter-typescript.wasm']) await copyFile(path.join(grammarDir, name), path.join(folder, 'grammars', name));
  return path.join(folder, 'locateWorker.cjs');
}

const source = 'export class Shop {\n  async pay() {\n    return 1;\n  }\n}\n';

async function check(locator: LocatorClient, folder: string): Promise<void> {
  await writeFiles(folder, { 'src/a.ts': source });
  await esbuild.build({ absWorkingDir: folder, entryPoints: ['src/a.ts'], outfile: 'dist/a.js', minify: true, sourcemap: true, logLevel: 'error' });
  await locator.call('configure', { workspaceFolders: [folder], pathRules: [] });
  const built = (await import('node:fs')).readFileSync(path.join(folder, 'dist/a.js'), 'utf8');
  const question = { filePath: path.join(folder, 'dist/a.js'), line: 1, column: built.indexOf('return') + 1 };
  const [found, none] = await locator.call('locate', [question, { filePath: '/etc/passwd', line: 1 }]);
  assert.equal(found?.file, path.join(folder, 'src/a.ts'));
  assert.equal(found.function?.name, 'Shop.pay');
  assert.equal(found.line, 3);
  assert.equal(none, undefined);
  const explained = await locator.call('explain', question);
  assert.deepEqual(explained.location, found);
  assert.ok(explained.steps.length >= 3);
  assert.deepEqual((await locator.call('functions', { file: 'x.ts', text: source }))?.map((each) => each.name), ['Shop.pay']);
  assert.equal(await locator.call('functions', { file: 'x.txt', text: source }), undefined);
  assert.equal(await locator.call('invalidate', { files: undefined }), true);
}

test('the worker as it is shipped', async () => {
  await using folder = await temporaryFolder();
  const log = recordingLog();
  const locator = startLocator({ workerScript: await distFolder(path.join(folder.path, 'extension')), log, onPlacesChanged: () => {} });
  await check(locator, path.join(folder.path, 'workspace'));
  await locator.close();
  await assert.rejects(locator.call('invalidate', { files: undefined }), /closed/);
  assert.deepEqual(log.lines, []);
});

test('a grammar that is missing leaves the line and says so', async () => {
  await using folder = await temporaryFolder();
  const locator = startLocator({ workerScript: await distFolder(path.join(folder.path, 'extension')), log: recordingLog(), onPlacesChanged: () => {} });
  const workspace = path.join(folder.path, 'workspace');
  await writeFiles(workspace, { 'a.py': 'def f():\n  pass\n' });
  await locator.call('configure', { workspaceFolders: [workspace], pathRules: [] });
  const result = await locator.call('explain', { filePath: path.join(workspace, 'a.py'), line: 2 });
  assert.equal(result.location?.line, 2);
  assert.equal(result.location.function, undefined);
  assert.ok(result.steps.some((step) => step.result.startsWith('the grammar cannot be used')));
  await assert.rejects(locator.call('functions', { file: 'a.py', text: '' }), /tree-sitter-python\.wasm/);
  await locator.close();
});

test('a worker that dies is replaced, with its settings', async () => {
  await using folder = await temporaryFolder();
  const script = await distFolder(path.join(folder.path, 'extension'));
  // Dies once, at the first call after its settings.
  const dying = path.join(path.dirname(script), 'dying.cjs');
  await writeFile(dying, `
const { existsSync, writeFileSync } = require('node:fs');
const { parentPort } = require('node:worker_threads');
parentPort.on('message', (message) => {
  if (message.method === 'functions' && message.params.file === 'poison.ts') process.exit(3);
  if (message.method !== 'explain' || existsSync(__filename + '.died')) return;
  writeFileSync(__filename + '.died', '');
  process.exit(2);
});
require('./locateWorker.cjs');
`);
  const log = recordingLog();
  const locator = startLocator({ workerScript: dying, log, onPlacesChanged: () => {} });
  await check(locator, path.join(folder.path, 'workspace'));
  assert.equal(log.lines.length, 1);
  assert.match(log.lines[0]!, /ended with code 2/);
  // What kills every worker is an error, not a loop.
  await assert.rejects(locator.call('functions', { file: 'poison.ts', text: '' }));
  assert.equal((await locator.call('functions', { file: 'a.ts', text: source }))?.length, 1);
  await locator.close();
});

test('within a process of its own', async () => {
  await using folder = await temporaryFolder();
  const locator = localLocator({ grammarDir });
  await check(locator, folder.path);
  await locator.close();
  await assert.rejects(locator.call('invalidate', { files: undefined }), /closed/);
});
