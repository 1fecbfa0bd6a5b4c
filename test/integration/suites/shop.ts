import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TracelineApi } from '../../../src/extension.ts';
import { lensOver, open, stopDebugging, webviewTabs, eventually, workspaceFolder } from '../../support/insideVsCode.ts';

const figures = / p50 · .* p95 · [\d,]+ spans?/;

describe('the example shop under F5', function () {
  this.timeout(180_000);

  before(async () => {
    // The compound of the three services, their database and the traffic.
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), 'shop'), 'the debug sessions start');
  });
  after(stopDebugging);

  const places = [
    { service: 'orders (tsc)', file: 'orders/src/orderService.ts', functions: ['async create(cart', 'async reserve('] },
    { service: 'inventory (one minified file)', file: 'inventory/src/warehouse.ts', functions: ['async pick('] },
    { service: 'inventory (one minified file)', file: 'inventory/src/routePlanner.ts', functions: ['plan(shelves: readonly'] },
    { service: 'payments (ES modules)', file: 'payments/cards.mjs', functions: ['async authorize('] },
  ];
  for (const { service, file, functions } of places) {
    it(`has lenses on the sources of ${service}: ${file}`, async () => {
      const { document } = await open(file);
      for (const text of functions) await lensOver(document, text, figures, 90_000);
    });
  }

  it('is one capture, named as the compound, though each member has a task to wait for', async () => {
    const status = await vscode.extensions.getExtension<TracelineApi>('traceline.traceline')?.exports.hubStatus();
    const captures = status?.captures.filter(({ kind }) => kind === 'debug').map(({ name, endedUnixMs }) => ({ name, endedUnixMs }));
    assert.deepEqual(captures, [{ name: 'shop', endedUnixMs: undefined }]);
    assert.deepEqual(status?.captures.filter(({ kind }) => kind !== 'debug').map(({ name }) => name), [], 'no span of it is elsewhere');
  });

  it('marks the error path', async () => {
    const { document } = await open('payments/cards.mjs');
    await lensOver(document, 'async authorize(', /\d errors?/, 90_000);
  });

  it('opens the waterfall of a recent span from a lens', async () => {
    const { document } = await open('orders/src/orderService.ts');
    const lens = await lensOver(document, 'async create(cart', figures);
    const before = webviewTabs();
    void vscode.commands.executeCommand(lens.command, ...(lens.arguments ?? []));
    await eventually('the waterfall', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return webviewTabs().length > before.length ? true : undefined;
    });
  });
});
