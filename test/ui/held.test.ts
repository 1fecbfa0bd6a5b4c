import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { PlannedSpan } from '../support/generateTrace.ts';
import type { WaterfallSite } from './page.ts';
import { axeViolations, picture, settled, tell, waterfallSite } from './page.ts';
import type { ThemeName } from './themes.ts';

let site: WaterfallSite;
before(async () => {
  site = await waterfallSite();
});
after(() => site.close());

/** A request in whose handler a person looked around from 200 to 1800 ms; the query before it and the one after were not held. */
const spans: readonly PlannedSpan[] = [
  { name: 'POST /orders', service: 'orders', kind: 'server', startMs: 0, durationMs: 2000, heldMs: [[200, 1800]] },
  { name: 'SELECT stock', service: 'orders', kind: 'client', startMs: 20, durationMs: 100, parent: 0 },
  { name: 'reserve', service: 'orders', startMs: 150, durationMs: 1700, parent: 0, heldMs: [[200, 1800]] },
  { name: 'publish', service: 'orders', kind: 'producer', startMs: 1900, durationMs: 50, parent: 0 },
];
const without = spans.map(({ heldMs: _, ...span }) => span);

const row = (page: Page, name: string) => page.locator('.row', { has: page.locator('.name', { hasText: new RegExp(`^${name}$`) }) });

/** How many different colours a line through the middle of a row's bar has between two moments of the 2,000 ms trace. */
async function coloursIn(page: Page, index: number, fromMs: number, toMs: number): Promise<number> {
  await settled(page);
  return page.locator('canvas.bars').evaluate((canvas: HTMLCanvasElement, [at, from, to]) => {
    const rowPx = (document.querySelector<HTMLElement>('.row')?.offsetHeight ?? 0) * devicePixelRatio;
    const [left, right] = [from, to].map((ms) => Math.round((ms / 2000) * canvas.width));
    const { data } = canvas.getContext('2d')!.getImageData(left!, Math.round((at + 0.5) * rowPx), right! - left!, 1);
    return new Set(Array.from({ length: data.length / 4 }, (_, pixel) => data.slice(pixel * 4, pixel * 4 + 4).join())).size;
  }, [index, fromMs, toMs] as const);
}

describe('time at a breakpoint', () => {
  for (const theme of ['dark', 'light', 'highContrast'] as const satisfies readonly ThemeName[]) {
    test(`is hatched in the rows it counts for, and in no other: ${theme}`, async () => {
      const page = await site.open({ trace: { kind: 'plan', spans }, theme });
      for (const index of [0, 2]) assert.ok(await coloursIn(page, index, 400, 1600) > 1, 'lines where it was held');
      assert.equal(await coloursIn(page, 0, 20, 180), 1, 'solid where it ran');
      assert.equal(await coloursIn(page, 1, 30, 110), 1, 'a span that was not held');
      await picture(page, `held-${theme}`);
      await row(page, 'reserve').click();
      await page.locator('.details dl').first().waitFor();
      assert.deepEqual(await axeViolations(page), []);
      await page.context().close();
    });
  }

  test('both figures are said: in the header, in the row, in the details', async () => {
    const page = await site.open({ trace: { kind: 'plan', spans } });
    assert.match((await page.locator('.header .facts').textContent()) ?? '', /^400 ms \+ 1\.6 s held · 4 spans/);
    assert.match((await row(page, 'POST /orders').locator('.spoken').textContent()) ?? '', /^400 ms \+ 1\.6 s held, starts at/);
    assert.match((await row(page, 'publish').locator('.spoken').textContent()) ?? '', /^50 ms, starts at/);
    await row(page, 'reserve').click();
    await page.locator('.details dl').first().waitFor();
    const details = (await page.locator('.details').textContent()) ?? '';
    assert.match(details, /duration100 ms/);
    assert.match(details, /held1\.6 s by the debugger/);
    assert.match(details, /recorded1\.7 s, with that/);
    await row(page, 'SELECT stock').click();
    await page.locator('.details h2', { hasText: 'SELECT stock' }).waitFor();
    await page.locator('.details dl').first().waitFor();
    assert.doesNotMatch((await page.locator('.details').textContent()) ?? '', /held/);
    await page.context().close();
  });

  test('appears when the hub tells of it after the trace was shown', async () => {
    const page = await site.open({ trace: { kind: 'plan', spans: without } });
    assert.match((await page.locator('.header .facts').textContent()) ?? '', /^2 s · 4 spans/);
    assert.equal(await coloursIn(page, 0, 400, 1600), 1);
    await tell(page, { kind: 'plan', spans, version: 2 });
    await page.locator('.header .facts .held').waitFor();
    assert.ok(await coloursIn(page, 0, 400, 1600) > 1);
    await page.context().close();
  });
});
