// A page in a real browser, and the lengths of its frames while something is done to it, as the page's own clock tells them.

const viewport = { width: 1360, height: 800 };

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
 * Opens a page and hands it over once it has rows. What goes wrong in it is thrown when it is closed.
 * @template T
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {(page: import('playwright-core').Page) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withPage(browser, url, use) {
  const context = await browser.newContext({ viewport });
  try {
    const page = await context.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.addInitScript(watchPage);
    await page.goto(url);
    await page.waitForFunction(() => window.bench.marks.firstRowsMs !== undefined, undefined, { timeout: 120_000 });
    const used = await use(page);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return used;
  } finally {
    await context.close();
  }
}

/** Of the frames while `act` runs, and until what it asked for is drawn. */
export async function frames(page, act) {
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
