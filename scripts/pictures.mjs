// `npm run pictures`: takes the pictures of the README in the real VS Code, on the example shop with its traffic running.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { packageExtension } from './lib/packageExtension.mjs';
import { openScene, root } from './lib/scene.mjs';
import { chooseRow, openBrowser, openFile, runCommand, webviewFrame } from './lib/workbench.mjs';

const settings = {
  'workbench.colorTheme': 'Default Dark Modern',
  'window.commandCenter': false,
  'window.title': '${activeEditorShort}${separator}${rootName}',
  'editor.fontSize': 13,
  'explorer.compactFolders': false,
  'debug.showInStatusBar': 'never',
  'task.quickOpen.showAll': false,
};
const trafficMs = 30_000;

const media = path.join(root, 'media');
await mkdir(media, { recursive: true });
const scratch = await mkdtemp(path.join(os.tmpdir(), 'traceline-pictures-'));
// The packed extension: what a person has installed, and a window that does not call itself a development host.
const packedExtension = path.join(scratch, 'traceline.vsix');
await packageExtension(packedExtension);
const scene = await openScene({ workspace: 'shop', packedExtension, settings });
const browser = await openBrowser({ width: 1280, height: 800, deviceScaleFactor: 2 });
let page;
try {
  page = await browser.openWindow(scene.url);
  await openFile(page, 'orderService.ts');
  await runCommand(page, 'Debug: Select and Start Debugging');
  await chooseRow(page, 'shop');
  await page.locator('.codelens-decoration a:visible', { hasText: 'p50' }).first().waitFor({ timeout: 90_000 });
  await runCommand(page, 'View: Hide Panel').catch(() => page.keyboard.press('Escape'));
  await page.waitForTimeout(trafficMs);
  await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
  await openFile(page, 'orderService.ts');
  await showLine(page, 35);
  await take(page, 'lens');

  await page.locator('.codelens-decoration a:visible', { hasText: 'p50' }).first().click();
  await page.locator('.quick-input-list .monaco-list-row').nth(5).waitFor();
  await page.waitForTimeout(500);
  await take(page, 'recent-spans');

  // A trace without an error, through all three services.
  for (let steps = 0; steps < 30; steps++) {
    const row = await page.locator('.quick-input-list .monaco-list-row.focused').innerText();
    if (/checkout · (3\d|4\d) spans/.test(row.replaceAll('\u00a0', ' ')) && !/declined|stock/.test(row)) break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await webviewFrame(page, '[role="row"]');
  await page.waitForTimeout(2000);
  await take(page, 'waterfall');

  const views = await webviewFrame(page, '[role="row"]');
  await views.getByRole('tab', { name: 'Icicle' }).click();
  await page.waitForTimeout(1500);
  await take(page, 'icicle');

  await views.getByRole('tab', { name: 'Compare' }).click();
  await views.locator('.compare .table-row').first().waitFor();
  await page.waitForTimeout(1500);
  await take(page, 'compare');
} catch (error) {
  await mkdir(path.join(root, 'test-results'), { recursive: true });
  await page?.screenshot({ path: path.join(root, 'test-results', 'pictures-failed.png') });
  throw error;
} finally {
  await browser.close();
  await scene.close();
  await rm(scratch, { recursive: true, force: true });
}

/** Scrolls so that the line is in the middle of the view. */
async function showLine(page, line) {
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Control+G');
  await page.keyboard.type(String(line));
  await page.keyboard.press('Enter');
  await page.waitForTimeout(1000);
}

async function take(page, name) {
  const file = path.join(media, `${name}.png`);
  await page.screenshot({ path: file });
  console.log(path.relative(root, file));
}
