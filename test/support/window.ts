/** What the tests that drive VS Code from outside share. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { root } from '../../scripts/lib/scene.mjs';
import { runCommand } from '../../scripts/lib/workbench.mjs';

/** The VS Code to test with, as `npm test` or `npm run test:oldest` says. */
export const vscodeVersion = process.env['TRACELINE_TEST_VSCODE'] === 'oldest' ? 'oldest' : 'newest';

/** The texts of Traceline's lenses in view, from top to bottom. */
export async function lensTexts(page: Page): Promise<string[]> {
  const texts = await page.locator('.codelens-decoration a').allInnerTexts();
  return texts.map(plain).filter((text) => / p50 · /.test(text));
}

/** Waits for a lens in view whose text matches. */
export async function waitForLens(page: Page, text: RegExp, timeoutMs = 60_000): Promise<string> {
  return waitFor(page, `a lens like ${text.source}`, async () => (await lensTexts(page)).find((lens) => text.test(lens)), timeoutMs);
}

/** Asks again and again until `look` gives something. */
export async function waitFor<T>(page: Page, what: string, look: () => Promise<T | undefined>, timeoutMs = 30_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) {
      const picture = await keepPicture(page, what);
      throw new Error(`waited ${timeoutMs / 1000} s in vain for ${what}; the window then: ${path.relative(root, picture)}`);
    }
    await page.waitForTimeout(100);
  }
}

/** The text at the end of each line in view that a decoration added. */
export async function lineEndTexts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.view-line span')]
      .map((element) => getComputedStyle(element, '::after').content)
      .filter((content) => content !== 'none' && content !== 'normal' && content !== '""')
      .map((content) => content.replace(/^"|"$/g, '').replaceAll('\u00a0', ' ')),
  );
}

/** Waits until Traceline's item in the status bar reads so. */
export async function waitForStatus(page: Page, text: RegExp): Promise<void> {
  const item = page.locator('[id="traceline.traceline.traceline.status"]');
  await waitFor(page, `a status like ${text.source}`, async () => (text.test(plain(await item.innerText())) ? true : undefined));
}

/** What "Why Is There No Lens Here?" lists at the cursor. */
export async function whyNoLens(page: Page): Promise<string[]> {
  await runCommand(page, 'Traceline: Why Is There No Lens Here?');
  const rows = await quickPickRows(page, 'Why is there no lens here?');
  await closeQuickPick(page);
  return rows;
}

/** The rows of the quick pick of that title, once it has any: a row's texts on one line, with ` | ` between. */
export async function quickPickRows(page: Page, title: string): Promise<string[]> {
  await page.locator('.quick-input-title', { hasText: title }).waitFor();
  const rows = page.locator('.quick-input-list .monaco-list-row');
  await rows.first().waitFor();
  return (await rows.allInnerTexts()).map((text) => plain(text).replaceAll(/\s*\n\s*/g, ' | '));
}

/**
 * What was opened or clicked has the focus. It comes a while after the thing itself is there (of a view in a frame, when its page is loaded), and closes what was
 * opened in between: a person sees the view before they go on.
 */
export async function waitForFocusIn(page: Page, selector: string): Promise<void> {
  await waitFor(page, `the focus in ${selector}`, async () => ((await page.evaluate((each) => document.activeElement?.closest(each) ?? undefined, selector)) === undefined ? undefined : true));
}

/** Enter in the quick pick of that title, until it is gone: a key that is pressed while the focus is on its way there is lost, which a person sees. */
export async function acceptPick(page: Page, title: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    await page.keyboard.press('Enter');
    try {
      await page.locator('.quick-input-title', { hasText: title }).waitFor({ state: 'hidden', timeout: 5000 });
      return;
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** Escape, and it is gone. Not before a person can have seen it: what is closed sooner is shown once more (src/views/onceMore.ts). */
export async function closeQuickPick(page: Page): Promise<void> {
  await page.waitForTimeout(500);
  await page.keyboard.press('Escape');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** The count that VS Code shows at "Run and Debug" while programs run. */
export function runningSessions(page: Page): Locator {
  return page.locator('.action-item', { has: page.locator('[aria-label^="Run and Debug"]') }).locator('.badge');
}

/** Shift+F5, and no program runs any more. A key that is pressed while the focus is on its way into a webview is lost, so it is pressed again. */
export async function stopDebugging(page: Page): Promise<void> {
  for (let tries = 0; tries < 4; tries++) {
    await page.keyboard.press('Shift+F5');
    if (await runningSessions(page).waitFor({ state: 'hidden', timeout: 8000 }).then(() => true, () => false)) return;
  }
  throw new Error('programs run on after Shift+F5');
}

/** Text as it reads: with ordinary spaces. */
export function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ').trim();
}

/** The number of spans a lens speaks of. */
export function spanCount(lens: string): number {
  const count = /([\d,]+) spans?/.exec(lens)?.[1];
  assert.ok(count !== undefined, lens);
  return Number(count.replaceAll(',', ''));
}

async function keepPicture(page: Page, name: string): Promise<string> {
  const folder = path.join(root, 'test-results');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name.replaceAll(/[^\w]+/g, '-').slice(0, 60)}.png`);
  await page.screenshot({ path: file });
  return file;
}
