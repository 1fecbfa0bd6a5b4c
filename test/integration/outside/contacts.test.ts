import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openScene, root } from '../../../scripts/lib/scene.mjs';
import { openBrowser, openFile, runCommand, webviewFrame } from '../../../scripts/lib/workbench.mjs';
import { closeQuickPick, quickPickRows, stopDebugging, vscodeVersion, waitForFocusIn, waitForLens, whyNoLens } from '../../support/window.ts';

// The very file a person would install, in a window where every socket is watched: of the extension host, the hub, the locator, the program and the page.
const recorder = path.join(root, 'test', 'support', 'recordSockets.cjs');
let scene: Awaited<ReturnType<typeof openScene>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;
let sockets: string;
const requested = new Set<string>();

interface Contact {
  readonly how: string;
  readonly to: string;
  readonly program: string;
  readonly stack: string;
}

before(async () => {
  const packedExtension = process.env['TRACELINE_TEST_VSIX'];
  assert.ok(packedExtension !== undefined, 'scripts/integration.mjs packs the extension');
  scene = await openScene({ version: vscodeVersion, workspace: 'orders', packedExtension });
  sockets = path.join(path.dirname(scene.folder ?? ''), 'sockets.jsonl');
  await writeFile(sockets, '');
  await watchExtension();
  await watchProgram();
  browser = await openBrowser();
  page = await browser.openWindow(scene.url);
  page.on('request', (request) => requested.add(new URL(request.url()).hostname));
});
after(async () => {
  await browser?.close();
  await scene?.close();
});

test('the packed extension, its hub and its probe contact this machine alone', async () => {
  await openFile(page, 'orders.js');
  await page.keyboard.press('F5');
  await waitForLens(page, /spans · [\d,]+ errors?$/);
  await whyNoLens(page);
  await page.keyboard.press('Control+G');
  await page.keyboard.type('34');
  await page.keyboard.press('Enter');
  await runCommand(page, 'Traceline: Show Recent Spans of Function');
  await quickPickRows(page, 'Orders.place');
  await page.keyboard.press('Enter');
  await webviewFrame(page, '[role=treegrid] .row');
  await waitForFocusIn(page, 'iframe');
  await runCommand(page, 'Traceline: Show Hub Status');
  await page.locator('.editor-instance .view-line', { hasText: 'Traceline hub' }).first().waitFor();
  await waitForFocusIn(page, '.editor-instance');
  await runCommand(page, 'Traceline: Copy Environment for a Container or Shell…');
  await quickPickRows(page, 'Copy the environment for what?');
  await closeQuickPick(page);
  await stopDebugging(page);

  const contacts = (await readFile(sockets, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as Contact);
  for (const watched of [/ --type=extensionHost$/, /\/hub\.cjs/, /^worker of /, /\/orders\.js/]) {
    assert.ok(contacts.some(({ how, program }) => how === 'watched' && watched.test(program)), `${watched.source} is watched, of ${[...new Set(contacts.map(({ program }) => program))].join('\n')}`);
  }
  // Extensions that VS Code brings share the extension host, and ask where they will.
  const ours = contacts.filter(({ stack }) => !stack.includes('/vscode/extensions/'));
  assert.deepEqual(ours.filter(({ to }) => !isThisMachine(to)).map(({ how, to, program }) => `${program}: ${how} ${to}`), []);
  assert.ok(ours.some(({ how, to }) => how === 'connect' && to === '127.0.0.1'), 'the window speaks to the hub');
  assert.deepEqual([...requested].filter((host) => !isThisMachine(host)), []);
});

/** A socket of the file system has a path for a name; files that a webview shows have one beneath vscode-cdn.net, which VS Code's service worker answers. */
function isThisMachine(host: string): boolean {
  return host === '' || host.endsWith('.vscode-resource.vscode-cdn.net') || /^(?:localhost|127(?:\.\d+){3}|::1|\[::1\]|\/.*)$/.test(host);
}

/** Puts a file before the installed extension's own `main` that watches its host, and what it starts. */
async function watchExtension(): Promise<void> {
  const extensions = path.join(path.dirname(scene.folder ?? ''), 'extensions');
  const name = (await readdir(extensions)).find((each) => each.startsWith('traceline'));
  assert.ok(name !== undefined);
  const manifestFile = path.join(extensions, name, 'package.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as { main: string };
  const watching = `
process.env.WATCHED_SOCKETS_FILE = ${JSON.stringify(sockets)};
const preload = ['--require', ${JSON.stringify(recorder)}];
require(preload[1]);
const children = require('node:child_process');
const { spawn } = children;
children.spawn = (command, given, options) => spawn(command, given?.some((each) => each.startsWith(__dirname)) ? [...preload, ...given] : given, options);
const threads = require('node:worker_threads');
const { Worker } = threads;
threads.Worker = class extends Worker {
  constructor(file, options) {
    super(file, { ...options, execArgv: preload });
  }
};
module.exports = require(${JSON.stringify(`./${path.normalize(manifest.main)}`)});
`;
  await writeFile(path.join(extensions, name, 'watched.cjs'), watching);
  await writeFile(manifestFile, JSON.stringify({ ...manifest, main: './watched.cjs' }));
}

/** A person's own NODE_OPTIONS stay beside ours. */
async function watchProgram(): Promise<void> {
  const launch = path.join(scene.folder ?? '', '.vscode', 'launch.json');
  const { version, configurations: [orders] } = JSON.parse(await readFile(launch, 'utf8')) as { version: string; configurations: [object] };
  const env = { NODE_OPTIONS: `--require "${recorder}"`, WATCHED_SOCKETS_FILE: sockets };
  await writeFile(launch, JSON.stringify({ version, configurations: [{ ...orders, env }] }));
}
