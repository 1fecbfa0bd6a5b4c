import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openScene } from '../../../scripts/lib/scene.mjs';
import { chooseRow, openBrowser, openFile, runCommand } from '../../../scripts/lib/workbench.mjs';
import { vscodeVersion, waitFor, waitForLens } from '../../support/window.ts';

// The very file a person would install, and the service that needs the most of it: one minified bundle with a source map.
let scene: Awaited<ReturnType<typeof openScene>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;

before(async () => {
  const packedExtension = process.env['TRACELINE_TEST_VSIX'];
  assert.ok(packedExtension !== undefined, 'scripts/integration.mjs packs the extension');
  scene = await openScene({ version: vscodeVersion, workspace: 'shop', packedExtension });
  browser = await openBrowser();
  page = await browser.openWindow(scene.url);
});
after(async () => {
  await browser?.close();
  await scene?.close();
});

test('the packed extension places spans of a minified bundle on its TypeScript sources', async () => {
  await openFile(page, 'routePlanner.ts');
  await runCommand(page, 'Debug: Select and Start Debugging');
  await chooseRow(page, 'inventory');
  await waitFor(page, 'the service to answer', async () => {
    const answer = await pick(['sku-01', 'sku-02', 'sku-03']).catch(() => undefined);
    return answer?.ok === true ? answer : undefined;
  }, 90_000);
  await waitForLens(page, /p50 · .* p95 · \d+ spans?$/);
});

function pick(skus: readonly string[]): Promise<Response> {
  return fetch(`http://127.0.0.1:${scene.ports.INVENTORY_PORT}/picks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ lines: skus.map((sku) => ({ sku, quantity: 1 })) }),
  });
}
