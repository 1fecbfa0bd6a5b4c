// What a person waits for in a page, measured in a real browser: all of it as the page's own clock and frames tell it.

const viewport = { width: 1360, height: 800 };
const wheelEvents = 120;
const wheelPx = 240;
const toggles = 16;
const term = 'charge';

/** Runs before any script of the page: notes when rows came, and the lengths of frames while it is told to. */
function watchPage() {
  const marks = { firstRowsMs: undefined };
  window.bench = {
    marks,
    frames: undefined,
    startFrames() {
      let last;
      const frames = (this.frames = []);
      const frame = (now) => {
        if (this.frames !== frames) return;
        if (last !== undefined) frames.push(now - last);
        last = now;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    },
    stopFrames() {
      const { frames } = this;
      this.frames = undefined;
      return frames;
    },
    /** From each key pressed in the page until what changed in the header after it was painted. */
    watchSearch() {
      const waits = [];
      let pressed;
      document.addEventListener('keydown', (event) => (pressed = event.timeStamp), { capture: true });
      const header = document.querySelector('header') ?? document.body;
      new MutationObserver(() => {
        const since = pressed;
        const index = waits.length - 1;
        if (since === undefined) return;
        requestAnimationFrame(() => setTimeout(() => {
          const waitMs = performance.now() - since;
          if (waits[index]?.since === since) waits[index].waitMs = waitMs;
          else waits.push({ since, waitMs });
        }, 0));
      }).observe(header, { subtree: true, childList: true, characterData: true });
      this.waits = waits;
    },
  };
  const look = () => {
    if (document.querySelector('[role="row"][aria-rowindex], .plain-row') === null) requestAnimationFrame(look);
    // The frame that shows them is painted before the next task.
    else setTimeout(() => (marks.firstRowsMs = performance.now()), 0);
  };
  requestAnimationFrame(look);
}

/**
 * Opens a page, scrolls it, and where it is a waterfall zooms, folds and searches it too.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {{ isPlain?: boolean, onFirstRows?: () => void }} options
 */
export async function measurePage(browser, url, { isPlain = false, onFirstRows } = {}) {
  const context = await browser.newContext({ viewport });
  try {
    const page = await context.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.addInitScript(watchPage);
    await page.goto(url);
    await page.waitForFunction(() => window.bench.marks.firstRowsMs !== undefined, undefined, { timeout: 120_000 });
    const firstRowsMs = await page.evaluate(() => window.bench.marks.firstRowsMs);
    onFirstRows?.();
    const interactiveMs = isPlain ? undefined : await firstAnswerMs(page);
    const scroll = await scrolled(page, isPlain);
    if (isPlain) return { firstRowsMs, scroll };
    const zoom = await zoomed(page);
    const collapse = await folded(page);
    const heap = await heapMegabytes(page);
    const searchMs = await searched(page);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return { firstRowsMs, interactiveMs, scroll, zoom, collapse, heapMegabytes: heap, searchMs };
  } finally {
    await context.close();
  }
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

async function frames(page, act) {
  await page.evaluate(() => window.bench.startFrames());
  await act();
  await page.waitForTimeout(200);
  return summary(await page.evaluate(() => window.bench.stopFrames()));
}

/** @param {readonly number[]} lengths */
function summary(lengths) {
  const sorted = [...lengths].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { frames: sorted.length, medianMs: at(0.5), p95Ms: at(0.95), longestMs: at(1) };
}

/** What the page holds when nothing is left to collect, typed arrays among it. */
async function heapMegabytes(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await session.send('Runtime.getHeapUsage');
  return { objects: usedSize / 1e6, arrays: backingStorageSize / 1e6, all: (usedSize + backingStorageSize) / 1e6 };
}
