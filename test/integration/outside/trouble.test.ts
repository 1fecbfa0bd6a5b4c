import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openScene } from '../../../scripts/lib/scene.mjs';
import { freePort } from '../../../scripts/lib/vscodeServer.mjs';
import { chooseRow, openBrowser, openFile, runCommand } from '../../../scripts/lib/workbench.mjs';
import {
  closeQuickPick, lensTexts, lineEndTexts, plain, quickPickRows, runningSessions, stopDebugging, vscodeVersion, waitFor, waitForLens, waitForStatus, whyNoLens,
} from '../../support/window.ts';

// One person's session where things are in the way: another program has both OTLP ports. Each test begins where the one before it ended.
let browser: Awaited<ReturnType<typeof openBrowser>>;
let scene: Awaited<ReturnType<typeof openScene>>;
let page: Page;
let others: readonly Server[] = [];
/** How often a program came to the ports of the other one. */
let visits = 0;

before(async () => {
  others = await Promise.all([otherProgram(), otherProgram()]);
  const [http, grpc] = others.map((server) => (server.address() as AddressInfo).port);
  const settings = { 'traceline.hub.otlpHttpPort': http, 'traceline.hub.otlpGrpcPort': grpc };
  scene = await openScene({ version: vscodeVersion, workspace: 'orders', settings });
  const launch = workspaceFile('launch.json');
  const { version, configurations: [orders] } = JSON.parse(await readFile(launch, 'utf8')) as { version: string; configurations: [object] };
  const elsewhere = { ...orders, name: 'Elsewhere', env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${http}` } };
  await writeFile(launch, JSON.stringify({ version, configurations: [orders, elsewhere] }));
  browser = await openBrowser();
  page = await browser.openWindow(scene.url);
});
after(async () => {
  await browser?.close();
  await scene?.close();
  for (const server of others) server.close();
});

test('taken ports are told in the status bar', async () => {
  await openFile(page, 'orders.js');
  await waitForStatus(page, /^Traceline: waiting for spans · port taken$/);
});

test('F5 sends spans to the ports taken instead', async () => {
  await page.keyboard.press('F5');
  await waitForLens(page, /spans · [\d,]+ errors?$/);
  await waitForStatus(page, /^Orders: [\d,]+ spans\/s · port taken$/);
  assert.equal(visits, 0);
});

test('a hover over a function has its figures, and a link to the steps that placed it', async () => {
  await page.locator('.view-line', { hasText: 'async function priceOf' }).getByText('priceOf', { exact: true }).hover();
  const hover = page.locator('.monaco-hover:visible', { hasText: 'Why here?' });
  await hover.waitFor();
  assert.deepEqual(await hover.locator('th').allInnerTexts(), ['operation', 'spans', 'errors', 'p50', 'p95', 'max']);
  const cells = (await hover.locator('td').allInnerTexts()).map(plain).join(' | ');
  assert.match(cells, /^priceOf · internal \| [\d,]+ \| [\d,]+( \| [\d.,]+ (µs|ms)){3}$/);
  await hover.getByText('Why here?').click();
  const rows = await quickPickRows(page, 'Why priceOf?');
  const place = /orders\.js:14:\d+ in priceOf \| priceOf \(internal, orders\)$/;
  for (const line of [place, /^attributes: the place the span names \| .*orders\.js:14:\d+$/, /^exact: .*orders\.js \| /, /^function: priceOf \| /]) {
    assert.ok(rows.some((row) => line.test(row)), `${line.source} in:\n${rows.join('\n')}`);
  }
  await closeQuickPick(page);
});

test('in a file without lenses a command lists why there is none', async () => {
  await openFile(page, 'package.json');
  assert.ok((await whyNoLens(page)).some((row) => /^No span says that it came from this file \| [\d,]+ spans are placed elsewhere\.$/.test(row)));
});

test('the setting takes lenses away and brings them back, without a reload', async () => {
  await page.locator('.tab', { hasText: 'orders.js' }).click();
  await waitForLens(page, / p50 · /);
  await writeFile(workspaceFile('settings.json'), '{ "traceline.lens.enabled": false }');
  await waitFor(page, 'no lens', async () => ((await lensTexts(page)).length === 0 ? true : undefined));
  // Hints have a setting of their own.
  await waitFor(page, 'the hint still', async () => (await lineEndTexts(page)).find((text) => text.includes('GET stock')));
  await writeFile(workspaceFile('settings.json'), '{ "traceline.lens.enabled": true }');
  await waitForLens(page, / p50 · /);
});

test('a program set to send its spans elsewhere does so, and the debug console says it', async () => {
  await stopDebugging(page);
  await runCommand(page, 'Debug: Select and Start Debugging');
  await chooseRow(page, 'Elsewhere');
  await waitFor(page, 'the program at the place it chose', async () => (visits > 0 ? true : undefined));
  await waitForStatus(page, /^Elsewhere: no spans will come · port taken$/);
  assert.equal(await page.locator('.monaco-dialog-box').count(), 0, 'nothing stands in the way');
  await page.keyboard.press('Control+Shift+Y');
  const said = /Traceline: OTEL_EXPORTER_OTLP_ENDPOINT is set, so spans go there and not to Traceline\. Unset it, or set it to http:\/\/127\.0\.0\.1:\d+\./;
  await waitFor(page, 'the notice in the debug console', async () => said.exec(plain(await page.locator('.repl').innerText().catch(() => '')))?.[0]);
  await stopDebugging(page);
});

const notAsked = vscodeVersion === 'oldest' && 'there F5 does nothing in restricted mode, where newer versions ask';
test('a workspace that is not trusted has no say, until it is', { skip: notAsked }, async () => {
  await page.close();
  await scene.close();
  const port = await freePort();
  const settings = { 'traceline.hub.otlpHttpPort': port, 'security.workspace.trust.startupPrompt': 'never' };
  scene = await openScene({ version: vscodeVersion, workspace: 'orders', workspaceTrust: true, settings });
  // The rule makes a lens over `pause`, of which the program itself makes no span.
  const rules = { '/built/main.js': path.join(scene.folder ?? '', 'orders.js') };
  await writeFile(workspaceFile('settings.json'), JSON.stringify({ 'traceline.pathMappings': rules }));
  page = await browser.openWindow(scene.url);
  await openFile(page, 'orders.js');
  await waitForStatus(page, /^Traceline: waiting for spans$/);
  await sendSpan(port, '/built/main.js', 10);
  await waitForStatus(page, /: (1 span|under 1 span\/s|1 span\/s)$/);
  const question = page.locator('.monaco-dialog-box', { hasText: 'Do you trust' });
  // The key does nothing until VS Code knows of a debugger.
  await waitFor(page, 'the question of trust', async () => {
    await page.keyboard.press('F5');
    return question.waitFor({ timeout: 4000 }).then(() => true, () => undefined);
  });
  // A key that came late asks again.
  await waitFor(page, 'no more questions', async () => {
    if (await question.isVisible()) await question.getByText('Cancel', { exact: true }).click();
    return question.waitFor({ timeout: 2000 }).then(() => undefined, () => true);
  });
  assert.ok((await whyNoLens(page)).some((row) => row.startsWith('1 span name')));
  assert.deepEqual(await lensTexts(page), []);
  assert.equal(await runningSessions(page).isVisible(), false);

  await page.keyboard.press('F5');
  await question.getByText(/^Trust .*Continue$/).click();
  await waitForLens(page, / · 1 span$/);
  await waitForLens(page, /spans · [\d,]+ errors?$/);
});

function workspaceFile(name: string): string {
  return path.join(scene.folder ?? '', '.vscode', name);
}

/** One span that says where it was made. */
async function sendSpan(port: number, file: string, line: number): Promise<void> {
  const at = Date.now();
  const attributes = [{ key: 'code.file.path', value: { stringValue: file } }, { key: 'code.line.number', value: { intValue: line } }];
  const times = { startTimeUnixNano: `${at}000000`, endTimeUnixNano: `${at}900000` };
  const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'wait', kind: 1, ...times, attributes };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  const answer = await fetch(`http://127.0.0.1:${port}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.equal(answer.status, 200);
}

/** Listens on a port and has no use for what comes. */
async function otherProgram(): Promise<Server> {
  const server = createServer((socket) => {
    visits++;
    socket.destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}
