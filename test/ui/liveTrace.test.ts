import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { PlannedSpan } from '../support/generateTrace.ts';
import type { WaterfallSite } from './page.ts';
import { callsOf, settled, tell, waterfallSite } from './page.ts';

let site: WaterfallSite;
before(async () => {
  site = await waterfallSite();
});
after(() => site.close());

const step = (index: number, parent: number | 'missing' | undefined = 0): PlannedSpan => ({
  name: `step ${index}`, service: 'orders', startMs: index * 10, durationMs: 8, ...(parent === undefined ? {} : { parent }), attributes: { 'order.id': `order-${index}` },
});
const trace = (count: number): readonly PlannedSpan[] => [{ name: 'POST /orders', service: 'orders', startMs: 0, durationMs: 10_000 }, ...Array.from({ length: count - 1 }, (_, index) => step(index + 1))];
const row = (page: Page, name: string) => page.locator('.row', { has: page.locator('.name', { hasText: new RegExp(`^${name}$`) }) });
const shown = (page: Page, count: number): Promise<unknown> => page.waitForFunction((wanted) => document.querySelector('.header .facts')?.textContent?.includes(` · ${wanted} spans`), count.toLocaleString('en'));

describe('a live trace', () => {
  test('only what is new is sent, and rows in sight keep their elements', async () => {
    const page = await site.open({ trace: { kind: 'plan', spans: trace(60) } });
    await row(page, 'step 3').click();
    // So that a row whose element is another one shows.
    await page.evaluate(() => document.querySelectorAll('.row').forEach((one) => one.setAttribute('data-stood', one.querySelector('.name')?.textContent ?? '')));
    // It starts before all others, so every row below the root is another row from now on. The last one in the page has no room any more.
    await tell(page, { kind: 'plan', spans: [...trace(60), { ...step(60), startMs: 5 }], version: 2 });
    await shown(page, 61);
    await settled(page);
    assert.deepEqual(await callsOf(page, 'event grown'), [1]);
    assert.deepEqual(await callsOf(page, 'event trace'), []);
    const stood = await page.evaluate(() => [...document.querySelectorAll('.row')].map((one) => [one.getAttribute('aria-rowindex'), one.querySelector('.name')?.textContent, one.getAttribute('data-stood')]));
    assert.deepEqual(stood.slice(0, 5), [['1', 'POST /orders', 'POST /orders'], ['2', 'step 60', 'step 39'], ['3', 'step 1', 'step 1'], ['4', 'step 2', 'step 2'], ['5', 'step 3', 'step 3']]);
    assert.equal(await row(page, 'step 3').getAttribute('aria-selected'), 'true');
    assert.equal(await page.getByRole('treegrid').getAttribute('aria-activedescendant'), await row(page, 'step 3').getAttribute('id'));
    await page.context().close();
  });

  test('pieces out of order, parents after their children: all of it is there in the end', async () => {
    const whole: readonly PlannedSpan[] = [...trace(40), ...Array.from({ length: 80 }, (_, index): PlannedSpan => ({ ...step(40 + index, 1 + (index % 30)), startMs: (1 + (index % 30)) * 10 + 1, durationMs: 1 }))];
    // Of those whose parent has not come yet nobody knows where they belong.
    const isHere = (come: number, index: number): boolean => index % 4 < come;
    const page = await site.open({ trace: { kind: 'plan', spans: piece(whole, (index) => isHere(1, index)) } });
    for (const come of [2, 3, 4]) {
      await tell(page, { kind: 'plan', spans: piece(whole, (index) => isHere(come, index)), version: come });
      await shown(page, whole.filter((_, index) => isHere(come, index)).length);
    }
    await settled(page);
    const asGrown = await picture(page);
    const once = await site.open({ trace: { kind: 'plan', spans: piece(whole, () => true), version: 4 } });
    assert.deepEqual(asGrown, await picture(once));
    await Promise.all([page.context().close(), once.context().close()]);
  });

  test('selection, folds, zoom, what was found and what has the focus stay', async () => {
    const spans = trace(400);
    const page = await site.open({ trace: { kind: 'plan', spans } });
    await page.keyboard.press('/');
    await page.keyboard.type('order-2');
    const found = (text: RegExp) => page.waitForFunction((wanted) => new RegExp(wanted).test(document.querySelector('.match-count')?.textContent ?? ''), text.source);
    await found(/of 111$/);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('+');
    await page.waitForTimeout(300);
    const kept = await page.evaluate(() => window.fakeHost.state());
    const zoomed = await page.locator('.minimap.zoomed').count();
    await tell(page, { kind: 'plan', spans: [...spans, ...Array.from({ length: 20 }, (_, index) => step(400 + index))], version: 2 });
    // At once: what was found before is not forgotten until the hub has looked again.
    const counts = await page.evaluate(() => new Promise<string[]>((resolve) => {
      const seen: string[] = [];
      const until = performance.now() + 600;
      const look = (): void => {
        seen.push(document.querySelector('.match-count')?.textContent ?? '');
        if (performance.now() < until) requestAnimationFrame(look);
        else resolve([...new Set(seen)]);
      };
      look();
    }));
    for (const count of counts) assert.match(count, /of 111( …)?$/);
    assert.equal(zoomed, 1);
    assert.equal(await page.locator('.minimap.zoomed').count(), 1);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'treegrid');
    const now = await page.evaluate(() => window.fakeHost.state()) as { selectedSpanId: string };
    assert.equal(now.selectedSpanId, (kept as { selectedSpanId: string }).selectedSpanId);
    await page.context().close();
  });

  test('a link in the details keeps the focus while the trace grows', async () => {
    const spans = trace(30);
    const page = await site.open({ trace: { kind: 'plan', spans } });
    await row(page, 'step 3').click();
    await page.locator('.details dl').first().waitFor();
    await page.locator('.details button.link').first().focus();
    await page.evaluate(() => document.activeElement?.setAttribute('data-stood', 'yes'));
    await tell(page, { kind: 'plan', spans: [...spans, step(30)], version: 2 });
    await shown(page, 31);
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-stood')), 'yes');
    await page.context().close();
  });

  test('what does not follow from what is here has all of it asked for again', async () => {
    const page = await site.open({ trace: { kind: 'plan', spans: trace(30) } });
    await page.evaluate(() => window.postMessage({ event: 'grown', data: { growth: { fromVersion: 99, kept: new Int32Array(), newStrings: [], fresh: { traceId: '0' } }, places: [] } }, '*'));
    await page.waitForFunction(() => window.fakeHost.calls.filter(({ method }) => method === 'ready').length === 2);
    assert.equal(await page.getByRole('treegrid').getAttribute('aria-rowcount'), '30');
    await page.context().close();
  });
});

/** A plan without the spans that have not come: those beneath them are orphans. Each has the id that it has in the whole. */
function piece(whole: readonly PlannedSpan[], isHere: (index: number) => boolean): readonly PlannedSpan[] {
  const indices = whole.flatMap((_, index) => (isHere(index) ? [index] : []));
  const at = new Map(indices.map((index, position) => [index, position]));
  return indices.map((index) => {
    const { parent, ...span } = whole[index]!;
    const above = typeof parent === 'number' ? (at.get(parent) ?? 'missing') : parent;
    return { ...span, id: index, ...(above === undefined ? {} : { parent: above }) };
  });
}

/** What the page shows of all rows. */
function picture(page: Page): Promise<unknown> {
  return page.evaluate(() => [document.querySelector('.header .facts')?.textContent?.replace(/ · live/, ''), ...[...document.querySelectorAll('.row')].map((one) => [one.getAttribute('aria-rowindex'), one.getAttribute('aria-level'), one.textContent])]);
}
