import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openScene } from '../../../scripts/lib/scene.mjs';
import { freePort } from '../../../scripts/lib/vscodeServer.mjs';
import { chooseRow, openBrowser, openFile, runCommand } from '../../../scripts/lib/workbench.mjs';
import { plain, runningSessions, stopDebugging, vscodeVersion, waitFor, waitForLens, waitForStatus } from '../../support/window.ts';

// One person's session with programs that make no span, or that Traceline did not start. Each test begins where the one before it ended.
let browser: Awaited<ReturnType<typeof openBrowser>>;
let scene: Awaited<ReturnType<typeof openScene>>;
let page: Page;
/** Where a program waits for the debugger of the configuration "Join". */
let attachPort: number;

/** Has an SDK that the environment sets up. */
const ownSdk = `import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK();
sdk.start();

function work() {
  trace.getTracer('own').startSpan('work').end();
}

for (let i = 0; i < 4; i++) work();
await sdk.shutdown();
`;

before(async () => {
  scene = await openScene({ version: vscodeVersion, workspace: 'hanging' });
  const launch = inWorkspace('.vscode', 'launch.json');
  const { version, configurations } = JSON.parse(await readFile(launch, 'utf8')) as { version: string; configurations: readonly object[] };
  attachPort = await freePort();
  await writeFile(launch, JSON.stringify({ version, configurations: [...configurations, { name: 'Join', type: 'node', request: 'attach', address: '127.0.0.1', port: attachPort }] }));
  await writeFile(inWorkspace('own.mjs'), ownSdk);
  browser = await openBrowser();
  page = await browser.openWindow(scene.url);
});
after(async () => {
  await browser?.close();
  await scene?.close();
});

test('of a program that is up and makes no span the window says what to do, after a while', async () => {
  await openFile(page, 'idle.js');
  await startDebugging('Idle');
  await waitForDebugConsole(/Traceline: no spans have come from Idle\. The program is up and instrumented, and has done nothing yet that makes a span\. Send it a request\./);
  assert.equal(await page.locator('.notification-toast, .monaco-dialog-box').count(), 0, 'nothing stands in the way');
  await stopDebugging(page);
});

test('of a program that has tracing switched off it says so', async () => {
  await startDebugging('Off');
  await waitForStatus(page, /^Off: no spans will come$/);
  await waitForDebugConsole(/Traceline: OTEL_SDK_DISABLED/);
  await stopDebugging(page);
});

test('who attaches is told that a running program cannot be changed, once, and how to start it', async () => {
  const program = spawn(process.execPath, [`--inspect=127.0.0.1:${attachPort}`, inWorkspace('idle.js')], { stdio: ['ignore', 'ignore', 'pipe'] });
  program.stderr.setEncoding('utf8');
  await once(program.stderr, 'data');
  try {
    await startDebugging('Join');
    await waitForDebugConsole(/Traceline: this program was started without Traceline.*"Traceline: Copy Environment for a Container or Shell…"/);
    await stopDebugging(page);
    assert.equal(program.exitCode, null, 'the program goes on');
  } finally {
    program.kill();
    await once(program, 'exit');
  }
});

test('the environment copied for a shell brings the spans of what is started with it', async () => {
  await openFile(page, 'server.js');
  await runCommand(page, 'Traceline: Copy Environment for a Container or Shell…');
  await chooseRow(page, 'Shell');
  const copied = await waitFor(page, 'the copied text', async () => {
    const text = await page.evaluate(() => navigator.clipboard.readText());
    return text.includes('export OTEL_') ? text : undefined;
  });
  await rm(inWorkspace('port'), { force: true });
  const { NODE_OPTIONS: _options, ...own } = process.env;
  const server = spawn('/bin/sh', ['-c', `${copied}\nexec "$0" server.js`, process.execPath], { cwd: inWorkspace(), env: own, stdio: 'ignore' });
  try {
    await askQuick(await portOfServer(), 3);
    await waitForLens(page, / · 3 spans\b/);
  } finally {
    server.kill();
    await once(server, 'exit');
  }
});

test('terminals carry the variables while the setting is on, and new ones no more when it is off', async () => {
  assert.equal(await endpointInNewTerminal(), '');
  await writeFile(inWorkspace('.vscode', 'settings.json'), '{ "traceline.terminals.inject": true }');
  await waitFor(page, 'a terminal with them', async () => ((await endpointInNewTerminal()).startsWith('http://127.0.0.1:') ? true : undefined));
  await openFile(page, 'own.mjs');
  await runInNewTerminal(`"${process.execPath}" own.mjs`);
  await waitForLens(page, / · 4 spans$/);
  // VS Code sees after a moment that the file was written.
  await writeFile(inWorkspace('.vscode', 'settings.json'), '{ "traceline.terminals.inject": false }');
  await waitFor(page, 'a terminal without them', async () => ((await endpointInNewTerminal()) === '' ? true : undefined));
});

async function startDebugging(name: string): Promise<void> {
  await runCommand(page, 'Debug: Select and Start Debugging');
  await chooseRow(page, name);
  await runningSessions(page).waitFor();
}

async function waitForDebugConsole(said: RegExp): Promise<void> {
  await runCommand(page, 'Debug Console: Focus on Debug Console View');
  await waitFor(page, `${said.source} in the debug console`, async () => said.exec(plain(await page.locator('.repl').innerText().catch(() => '')).replaceAll(/\s+/g, ' '))?.[0]);
}

async function runInNewTerminal(command: string): Promise<void> {
  const before = await page.locator('.terminal-wrapper').count();
  await runCommand(page, 'Terminal: Create New Terminal');
  // Until its shell asks, what is typed may go to the one before.
  const rows = page.locator('.terminal-wrapper.active:has(.xterm-helper-textarea:focus) .xterm-rows');
  await waitFor(page, 'a prompt in a new terminal', async () => {
    const isNew = (await page.locator('.terminal-wrapper').count()) > before;
    const said = plain((await rows.innerText({ timeout: 1000 }).catch(() => ''))).trim();
    return isNew && /^[^\n]*[#$]$/.test(said) ? true : undefined;
  });
  await page.keyboard.type(`${command}\n`);
}

async function endpointInNewTerminal(): Promise<string> {
  const file = inWorkspace('variable');
  await runInNewTerminal('printf %s "[$OTEL_EXPORTER_OTLP_ENDPOINT]" > variable');
  const text = await waitFor(page, 'the variable of a terminal', () => readFile(file, 'utf8').then((said) => (said.endsWith(']') ? said : undefined), () => undefined));
  await rm(file);
  return text.slice(1, -1);
}

async function portOfServer(): Promise<string> {
  const port = await waitFor(page, 'the server', () => readFile(inWorkspace('port'), 'utf8').then((text) => (text === '' ? undefined : text), () => undefined));
  return `http://127.0.0.1:${port}`;
}

async function askQuick(base: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await (await fetch(`${base}/quick`)).text();
}

function inWorkspace(...names: readonly string[]): string {
  return path.join(scene.folder ?? '', ...names);
}
