// What a person waits for in a page, measured in a real browser: all of it as the page's own clock and frames tell it.
import { frames, withPage } from './pageFrames.mjs';

const wheelEvents = 120;
const wheelPx = 240;
const toggles = 16;
const term = 'charge';

/**
 * Opens a page, scrolls it, and where it is a waterfall zooms, folds and searches it too.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {{ isPlain?: boolean, onFirstRows?: () => void }} options
 */
export async function measurePage(browser, url, { isPlain = false, onFirstRows } = {}) {
  return withPage(browser, url, async (page) => {
    const firstRowsMs = await page.evaluate(() => window.bench.marks.firstRowsMs);
    onFirstRows?.();
    const interactiveMs = isPlain ? undefined : await firstAnswerMs(page);
    const scroll = await scrolled(page, isPlain);
    if (isPlain) return { firstRowsMs, scroll };
    const zoom = await zoomed(page);
    const collapse = await folded(page);
    const heap = await heapMegabytes(page);
    return { firstRowsMs, interactiveMs, scroll, zoom, collapse, heapMegabytes: heap, searchMs: await searched(page) };
  });
}

/** Until a key has moved the selection, since the page was asked for. */
async function firstAnswerMs(page) {
  await page.evaluate(() => document.querySelector('[role="treegrid"]').focus());
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.querySelector('[role="row"][aria-selected="true"]') !== null, undefined, { timeout: 120_000 });
  return page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.now()), 0))));
}

async function scrolled(page, isPlain) {
  await page.mouse.move(300, 500);
  // What came with opening is over.
  await page.waitForTimeout(1500);
  return frames(page, async () => {
    for (let i = 0; i < wheelEvents; i++) await page.mouse.wheel(0, i < wheelEvents * 0.75 || isPlain ? wheelPx : -wheelPx);
  });
}

async function zoomed(page) {
  await page.mouse.move(700, 500);
  await page.keyboard.down('Control');
  const lengths = await frames(page, async () => {
    for (let i = 0; i < wheelEvents; i++) await page.mouse.wheel(0, i % 40 < 20 ? -60 : 60);
  });
  await page.keyboard.up('Control');
  return lengths;
}

/** The root and what is selected beneath it, again and again: all rows go and come. */
async function folded(page) {
  await page.evaluate(() => document.querySelector('[role="treegrid"]').focus());
  await page.keyboard.press('Home');
  return frames(page, async () => {
    for (let i = 0; i < toggles; i++) {
      await page.keyboard.press('Space');
      await page.waitForTimeout(60);
    }
  });
}

/** Of each key of the term. */
async function searched(page) {
  await page.keyboard.press('/');
  await page.evaluate(() => window.bench.watchSearch());
  await page.keyboard.type(term, { delay: 400 });
  await page.waitForTimeout(1000);
  return page.evaluate(() => window.bench.waits.map(({ waitMs }) => waitMs));
}

/** What the page holds when nothing is left to collect, typed arrays among it. */
async function heapMegabytes(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await session.send('Runtime.getHeapUsage');
  return { objects: usedSize / 1e6, arrays: backingStorageSize / 1e6, all: (usedSize + backingStorageSize) / 1e6 };
}
