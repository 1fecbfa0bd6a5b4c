import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openScene } from '../../../scripts/lib/scene.mjs';
import { openBrowser, openFile, reloadWindow, runCommand, webviewFrame } from '../../../scripts/lib/workbench.mjs';
import { lensTexts, lineEndTexts, plain, spanCount, stopDebugging, vscodeVersion, waitFor, waitForLens } from '../../support/window.ts';

// One person's session, from F5 to a second window: each test begins where the one before it ended.
let scene: Awaited<ReturnType<typeof openScene>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;

before(async () => {
  scene = await openScene({ version: vscodeVersion, workspace: 'orders' });
  browser = await openBrowser();
  page = await browser.openWindow(scene.url);
});
after(async () => {
  await browser?.close();
  await scene?.close();
});

test('F5 puts lenses over the functions that made spans', async () => {
  await openFile(page, 'orders.js');
  await page.keyboard.press('F5');
  const priceOf = await waitForLens(page, /spans · [\d,]+ errors?$/);
  const place = await waitForLens(page, /spans$/);
  assert.match(priceOf, /^[\d.,]+ (µs|ms) p50 · [\d.,]+ (µs|ms) p95 · [\d,]+ spans · [\d,]+ errors?$/);
  assert.match(place, /^[\d.,]+ (µs|ms) p50 · [\d.,]+ (µs|ms) p95 · [\d,]+ spans$/);
  assert.equal((await lensTexts(page)).length, 2);
});

test('a client call shows at the end of its own line', async () => {
  const hint = await waitFor(page, 'a hint at a line end', async () => (await lineEndTexts(page)).find((text) => text.includes('GET stock')));
  assert.match(hint, /^GET stock · [\d.,]+ (µs|ms) p50 · [\d,]+ spans$/);
});

test('the status bar says that spans come', async () => {
  await waitFor(page, 'spans per second in the status bar', async () => {
    const texts = await page.locator('.statusbar-item').allInnerTexts();
    return texts.map(plain).find((text) => /spans\/s/.test(text));
  });
});

test('a click on a lens lists the recent spans, and Escape closes the list', async () => {
  await page.locator('.codelens-decoration a:visible', { hasText: 'p50' }).first().click();
  const rows = page.locator('.quick-input-list .monaco-list-row');
  await rows.first().waitFor();
  assert.match(plain(await page.locator('.quick-input-title').innerText()), /^priceOf: [\d,]+ spans$/);
  assert.match(plain(await rows.first().innerText()), /\d\d:\d\d:\d\d/);
  await page.keyboard.press('Escape');
  await rows.first().waitFor({ state: 'hidden' });
});

test('by keyboard alone: from the function to its recent spans to the trace', async () => {
  // The cursor goes into Orders.place, whose recent spans the command then lists.
  await page.keyboard.press('Control+G');
  await page.keyboard.type('34');
  await page.keyboard.press('Enter');
  await runCommand(page, 'Traceline: Show Recent Spans of Function');
  await waitFor(page, 'the list of recent spans', async () => {
    const title = await page.locator('.quick-input-title').innerText().catch(() => '');
    return plain(title).startsWith('Orders.place') ? title : undefined;
  });
  await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await page.keyboard.press('Enter');
  const waterfall = await webviewFrame(page, '[role="treegrid"], [role="tree"]');
  const text = await waitFor(page, 'the rows of the waterfall', async () => {
    const shown = await waterfall.locator('body').innerText();
    return shown.includes('place order') && shown.includes('priceOf') ? shown : undefined;
  });
  assert.match(text, /GET stock/);
});

test('a window reload keeps lenses and waterfall', async () => {
  await stopDebugging(page);
  await openFile(page, 'orders.js');
  await page.keyboard.press('Control+Home');
  // What was under way when the program ended is still to come.
  await page.waitForTimeout(1500);
  const before = await lensTexts(page);
  assert.equal(before.length, 2);
  await reloadWindow(page);
  await waitForLens(page, / p50 · /);
  await waitFor(page, 'the same lenses as before the reload', async () => {
    const lenses = await lensTexts(page);
    return lenses.join() === before.join() ? lenses : undefined;
  });
  await page.locator('.tab', { hasText: 'place order' }).first().click();
  const waterfall = await webviewFrame(page, '[role="treegrid"], [role="tree"]');
  await waitFor(page, 'the waterfall after the reload', async () => ((await waterfall.locator('body').innerText()).includes('priceOf') ? true : undefined));
  await openFile(page, 'orders.js');
});

test('a second window sees the same', async () => {
  const first = await lensTexts(page);
  const second = await browser.openWindow(scene.url);
  await openFile(second, 'orders.js');
  await waitFor(second, 'the same lenses in the second window', async () => ((await lensTexts(second)).join() === first.join() ? true : undefined));
  await runCommand(second, 'Traceline: Show Captures and Traces');
  await waitFor(second, 'the capture in its tree', async () => {
    const rows = await second.locator('.pane-body .monaco-list-row').allInnerTexts();
    return rows.map(plain).find((row) => row.includes('Orders'));
  });
  await second.close();
});

test('spans that come later count on in the first window', async () => {
  const counted = spanCount((await lensTexts(page))[0] ?? '');
  await openFile(page, 'orders.js');
  await page.keyboard.press('F5');
  await waitFor(page, 'more spans', async () => {
    const [lens] = await lensTexts(page);
    return lens !== undefined && spanCount(lens) > counted ? lens : undefined;
  });
});
