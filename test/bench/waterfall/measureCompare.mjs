import { frames, withPage } from './pageFrames.mjs';

const wheelEvents = 120;
const wheelPx = 240;

/**
 * Compares the trace of the page with the one before it, and scrolls the tree of both.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 */
export function measureCompare(browser, url) {
  return withPage(browser, url, async (page) => {
    await page.evaluate(() => document.querySelector('[role="treegrid"]').focus());
    // What came with opening is over.
    await page.waitForTimeout(1500);
    await page.evaluate(() => {
      const look = () => (document.querySelector('.compare [role="row"][aria-rowindex]') === null ? requestAnimationFrame(look) : setTimeout(() => (window.bench.comparedAtMs = performance.now()), 0));
      document.addEventListener('keydown', (event) => {
        window.bench.askedAtMs = event.timeStamp;
        requestAnimationFrame(look);
      }, { capture: true, once: true });
    });
    await page.keyboard.press('d');
    await page.waitForFunction(() => window.bench.comparedAtMs !== undefined, undefined, { timeout: 120_000 });
    const firstRowsMs = await page.evaluate(() => window.bench.comparedAtMs - window.bench.askedAtMs);
    await page.mouse.move(300, 500);
    await page.waitForTimeout(1500);
    const scroll = await frames(page, async () => {
      for (let i = 0; i < wheelEvents; i++) await page.mouse.wheel(0, i < wheelEvents * 0.75 ? wheelPx : -wheelPx);
    });
    return { firstRowsMs, scroll, rowCount: await page.evaluate(() => Number(document.querySelector('.compare [aria-rowcount]').getAttribute('aria-rowcount'))) };
  });
}
