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

/** A request that hangs in its second query, and a mail that was never sent. */
const spans: readonly PlannedSpan[] = [
  { name: 'POST /orders', service: 'orders', kind: 'server', startMs: 0, durationMs: 2000, open: 'running' },
  { name: 'SELECT stock', service: 'orders', kind: 'client', startMs: 20, durationMs: 400, parent: 0 },
  { name: 'UPDATE stock', service: 'orders', kind: 'client', startMs: 500, durationMs: 1500, parent: 0, open: 'running' },
  { name: 'mail.send', service: 'mail', startMs: 100, durationMs: 900, parent: 0, open: 'neverEnded' },
];

const row = (page: Page, name: string) => page.locator('.row', { has: page.locator('.name', { hasText: new RegExp(`^${name}$`) }) });
const facts = async (page: Page): Promise<string> => (await page.locator('.header .facts').textContent()) ?? '';
const spoken = async (page: Page, name: string): Promise<string> => (await row(page, name).locator('.spoken').textContent()) ?? '';

/** The alpha of a row's bar at a part of its length. */
async function pixel(page: Page, index: number, atMs: number, endMs: number): Promise<string> {
  await settled(page);
  return page.locator('canvas.bars').evaluate((canvas: HTMLCanvasElement, [at, ms, end]) => {
    const rowPx = (document.querySelector<HTMLElement>('.row')?.offsetHeight ?? 0) * devicePixelRatio;
    const { data } = canvas.getContext('2d')!.getImageData(Math.round((ms / end) * canvas.width), Math.round((at + 0.5) * rowPx), 1, 1);
    return String(data[3]);
  }, [index, atMs, endMs] as const);
}

describe('spans that have not ended', () => {
  for (const theme of ['dark', 'light', 'highContrast'] as const satisfies readonly ThemeName[]) {
    test(`are said in words, and their bars fade: ${theme}`, async () => {
      const page = await site.open({ trace: { kind: 'plan', spans }, theme });
      assert.match(await facts(page), / · 4 spans · 2 services · 2 running · 1 never ended/);
      assert.match(await spoken(page, 'UPDATE stock'), /^running 1\.\d s, starts at/);
      assert.match(await spoken(page, 'mail.send'), /^never ended, 900 ms, starts at/);
      assert.match(await spoken(page, 'SELECT stock'), /^400 ms, starts at/);
      await picture(page, `running-${theme}`);
      await row(page, 'UPDATE stock').click();
      await page.locator('.details dl').first().waitFor();
      assert.match((await page.locator('.details').textContent()) ?? '', /durationrunning, it has not ended yet/);
      assert.deepEqual(await axeViolations(page), []);
      await page.context().close();
    });
  }

  test('a bar is whole where the span ended, and fades where it has not', async () => {
    // Never ended: nothing here moves while it is looked at.
    const still = spans.map((span) => (span.open === undefined ? span : { ...span, open: 'neverEnded' as const }));
    const page = await site.open({ trace: { kind: 'plan', spans: still } });
    assert.equal(await pixel(page, 1, 400, 2000), '255', 'the end of one that ended');
    assert.equal(await pixel(page, 2, 150, 2000), '255', 'the start of one that has not');
    assert.ok(Number(await pixel(page, 2, 980, 2000)) < 40, 'the end of one that has not');
    await page.context().close();
  });

  test('go on with the time, and keep what was selected; with their end they are as any other', async () => {
    const page = await site.open({ trace: { kind: 'plan', spans } });
    await row(page, 'UPDATE stock').click();
    await page.waitForFunction(() => [...document.querySelectorAll('.row')].some((one) => /UPDATE stock/.test(one.textContent ?? '') && /running (?:[2-9]|\d{2,})(?:\.\d+)? s/.test(one.textContent ?? '')), undefined, { timeout: 15_000 });
    assert.equal(await row(page, 'UPDATE stock').getAttribute('aria-selected'), 'true');
    assert.match(await spoken(page, 'mail.send'), /^never ended, 900 ms, starts at/);
    await tell(page, { kind: 'plan', spans: spans.map(({ open: _, ...span }) => span), version: 2 });
    await page.waitForFunction(() => !/running/.test(document.querySelector('.header .facts')?.textContent ?? 'running'));
    await settled(page);
    assert.match(await spoken(page, 'UPDATE stock'), /^1\.5 s, starts at/);
    await page.context().close();
  });
});
