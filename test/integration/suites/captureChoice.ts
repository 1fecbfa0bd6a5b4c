import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HubConnection } from '../../../src/client/hubConnection.ts';
import { connectHubOfWindow, startServer } from '../../support/hubInsideVsCode.ts';
import { lensOver, open, stopDebugging } from '../../support/insideVsCode.ts';

let hub: HubConnection;

before(async () => {
  hub = await connectHubOfWindow();
});
after(() => hub.close());
afterEach(stopDebugging);

async function askQuick(base: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await (await fetch(`${base}/quick`)).text();
}

async function newestCapture(): Promise<string> {
  const { captures } = await hub.call('status', undefined);
  const newest = captures.filter(({ kind }) => kind === 'debug').at(-1);
  assert.ok(newest !== undefined);
  return newest.captureId;
}

/** As the tree's own item would be handed to the command. */
async function chooseCapture(captureId: string): Promise<void> {
  const capture = (await hub.call('status', undefined)).captures.find((each) => each.captureId === captureId);
  await vscode.commands.executeCommand('traceline.chooseCapture', { kind: 'capture', capture });
}

describe('the lenses', () => {
  it('say what runs, beside figures that do not count it', async () => {
    const { document } = await open('server.js');
    const base = await startServer();
    await askQuick(base, 3);
    await lensOver(document, 'function handle(', / · 3 spans · \+1 more$/);
    const controller = new AbortController();
    fetch(`${base}/hang`, { signal: controller.signal }).catch(() => undefined);
    await lensOver(document, 'function handle(', / · 3 spans · \+1 more · 1 running$/);
    controller.abort();
    await lensOver(document, 'function handle(', / · 4 spans · \+1 more$/);
  });

  it('are of the latest run as soon as it has spans, of another one where it is chosen, and of the latest again where that is deleted', async () => {
    const { document } = await open('server.js');
    await askQuick(await startServer(), 7);
    await lensOver(document, 'function handle(', / · 7 spans · \+1 more$/);
    const first = await newestCapture();
    await stopDebugging();
    const base = await startServer();
    await lensOver(document, 'function handle(', / · 7 spans · \+1 more$/);
    await askQuick(base, 2);
    await lensOver(document, 'function handle(', / · 2 spans · \+1 more$/);
    await chooseCapture(first);
    await lensOver(document, 'function handle(', / · 7 spans · \+1 more$/);
    await askQuick(base, 1);
    await lensOver(document, 'function handle(', / · 7 spans · \+1 more$/);
    await hub.call('deleteCapture', { captureId: first });
    await lensOver(document, 'function handle(', / · 3 spans · \+1 more$/);
  });
});
