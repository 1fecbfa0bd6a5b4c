import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Frame, Page } from 'playwright-core';
import { openScene } from '../../../scripts/lib/scene.mjs';
import { openBrowser, openFile, runCommand, webviewFrame } from '../../../scripts/lib/workbench.mjs';
import { acceptPick, lensTexts, plain, quickPickRows, spanCount, stopDebugging, vscodeVersion, waitFor, waitForFocusIn, waitForLens } from '../../support/window.ts';

// Comparing, as a person does it: each test begins where the one before it ended.
let scene: Awaited<ReturnType<typeof openScene>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;

before(async () => {
  scene = await openScene({ version: vscodeVersion, workspace: 'orders' });
  browser = await openBrowser();
  page = await browser.openWindow(scene.url);
  await openFile(page, 'orders.js');
  await page.keyboard.press('F5');
  // The newest of several has one before it.
  await waitFor(page, 'several spans in each function', async () => {
    const lenses = await lensTexts(page);
    return lenses.length === 2 && lenses.every((lens) => spanCount(lens) >= 4) ? true : undefined;
  }, 60_000);
});
after(async () => {
  await browser?.close();
  await scene?.close();
});

/** The comparison in sight: its line of sums, and its rows. */
async function compared(): Promise<{ readonly sum: string; readonly rows: readonly string[]; readonly frame: Frame }> {
  const frame = await webviewFrame(page, '.compare [role="treegrid"] [role="row"]');
  return waitFor(page, 'the two traces as one tree', async () => {
    const rows = await frame.locator('.compare .table-row').allInnerTexts();
    const sum = plain(await frame.locator('.compare-sum').innerText());
    return rows.length > 0 && sum.includes('→') ? { sum, rows: rows.map((row: string) => plain(row).replaceAll(/\s*\n\s*/g, ' ')), frame } : undefined;
  });
}

test('from the recent spans of a function, with the keyboard alone', async () => {
  await page.keyboard.press('Control+G');
  await page.keyboard.type('34');
  await page.keyboard.press('Enter');
  await runCommand(page, 'Traceline: Show Recent Spans of Function');
  await quickPickRows(page, 'Orders.place');
  await page.keyboard.press('Alt+C');
  const { sum, rows } = await compared();
  assert.match(sum, /^[\d.]+ (µs|ms) → [\d.]+ (µs|ms) ([+−][\d.]+ (ns|µs|ms) \([+−×]?[\d.]+( %)?\)|0) · \d+ → \d+ spans/);
  assert.match(rows[0] ?? '', /^place order/);
  assert.ok(rows.some((row) => row.includes('priceOf')), rows.join('; '));
});

test('a row leads to its line', async () => {
  const { frame } = await compared();
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+Home');
  await frame.locator('.compare .table-row', { hasText: 'GET stock' }).locator('.place').click();
  await page.locator('.line-numbers.active-line-number', { hasText: '23' }).waitFor();
});

test('with the trace that is picked, the previous one first, from the trace’s own view', async () => {
  await page.locator('.tab', { hasText: 'place order' }).first().click();
  await compared();
  await waitForFocusIn(page, 'iframe');
  await runCommand(page, 'Traceline: Compare Traces…');
  const rows = await quickPickRows(page, 'With (Before)');
  assert.match(rows[0] ?? '', /place order.*previous/);
  assert.match(rows[1] ?? '', /median of all others/);
  await page.keyboard.press('ArrowDown');
  await acceptPick(page, 'With (Before)');
  // Of a program that runs another trace may be in the middle by now, but the list has the one that was picked.
  const { frame } = await compared();
  await waitFor(page, 'the whole traces', async () => ((await frame.getByRole('button', { name: 'compare the whole traces' }).count()) === 0 ? true : undefined));
  assert.match((await frame.locator('.compare-select option:checked').textContent()) ?? '', /./);
});

test('an operation between two runs, by its figures and two spans that are like them', async () => {
  await stopDebugging(page);
  await openFile(page, 'orders.js');
  await page.keyboard.press('F5');
  await waitForLens(page, / [\d,]+ spans$/);
  await runCommand(page, 'Traceline: Show Captures and Traces');
  await waitFor(page, 'two captures with spans', async () => {
    const rows = await page.locator('.pane-body .monaco-list-row').allInnerTexts();
    return rows.map(plain).filter((row) => /Orders[\s\S]* [1-9][\d,]* spans/.test(row)).length >= 2 ? true : undefined;
  });
  await waitForFocusIn(page, '.pane-body');
  const frame = await comparedFrame();
  const table = await waitFor(page, 'the figures of both runs', async () => {
    const text = plain(await frame.locator('.compare-captures').innerText());
    return text.includes('change') ? text : undefined;
  });
  assert.match(table, /^place order; beneath, a span close to each p50/);
});

/** From the palette to the table of the operation's figures. */
async function comparedFrame(): Promise<Frame> {
  await runCommand(page, 'Traceline: Compare Captures…');
  assert.equal((await quickPickRows(page, 'Compare which capture (after)?')).length, 2);
  await acceptPick(page, 'Compare which capture (after)?');
  assert.equal((await quickPickRows(page, 'with (before)')).length, 1);
  await acceptPick(page, 'with (before)');
  const rows = await quickPickRows(page, 'Orders → Orders');
  const placed = rows.find((row) => row.includes('place order')) ?? '';
  assert.match(placed, /(▲|▼|=).*place order.*Orders\.place.*p50 [\d.]+ (µs|ms) → [\d.]+ (µs|ms) · p95 .* spans/);
  await page.keyboard.type('place order');
  await acceptPick(page, 'Orders → Orders');
  return webviewFrame(page, '.compare-captures td');
}
