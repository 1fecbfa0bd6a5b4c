import { frames, withPage } from './pageFrames.mjs';

const everyMs = 250;
const wheelPx = 240;

/**
 * Scrolls a page while the trace in it grows several times a second.
 * @param {import('playwright-core').Browser} browser
 * @param {{ url: string, emit(event: string, data: unknown): void }} served
 * @param {Awaited<ReturnType<typeof import('./liveGrowth.mjs').liveGrowth>>} growth
 */
export function measureLive(browser, served, { first, events }) {
  return withPage(browser, served.url, async (page) => {
    const spansShown = (wanted) => page.waitForFunction((count) => document.querySelector('.header .facts')?.textContent?.includes(` · ${count} spans`), wanted.toLocaleString('en'), { timeout: 30_000 });
    served.emit('trace', first);
    await spansShown(first.columns.spanCount);
    await page.mouse.move(300, 500);
    await page.waitForTimeout(1500);
    const scroll = await frames(page, async () => {
      const startedMs = performance.now();
      for (const [index, [event, data]] of events.entries()) {
        served.emit(event, data);
        let turns = 0;
        while (performance.now() < startedMs + (index + 1) * everyMs) await page.mouse.wheel(0, turns++ % 12 < 9 ? wheelPx : -wheelPx);
      }
    });
    const shown = await page.evaluate(() => document.querySelector('.header .facts')?.textContent);
    return { scroll, shown };
  });
}
