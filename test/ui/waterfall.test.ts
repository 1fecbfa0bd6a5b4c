import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { PlannedSpan } from '../support/generateTrace.ts';
import type { WaterfallSite } from './page.ts';
import { axeViolations, callsOf, picture, settled, tell, waterfallSite } from './page.ts';
import type { ThemeName } from './themes.ts';

let site: WaterfallSite;
before(async () => {
  site = await waterfallSite();
});
after(() => site.close());

const row = (page: Page, name: string): Locator => page.locator('.row', { has: page.locator('.name', { hasText: new RegExp(`^${name.replace(/[/()[\]*+?.]/g, '\\$&')}$`) }) });
const rowCount = async (page: Page): Promise<number> => Number((await settled(page), await page.getByRole('treegrid').getAttribute('aria-rowcount')));
const selectedName = async (page: Page): Promise<string | null> => {
  await settled(page);
  return page.locator('.row.selected .name').textContent();
};
/** What was asked for by key or click is drawn in the next frame; only then is a locator read. */
const drawn = async (locator: Locator): Promise<Locator> => {
  await settled(locator.page());
  return locator;
};
const closeAll = (page: Page): Promise<void> => page.context().close();

/** Waits until a condition in the page holds; the condition is the assertion. */
async function until(page: Page, holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await holds()) return;
    await page.waitForTimeout(30);
  }
  assert.fail(`never: ${what}`);
}

describe('the waterfall', () => {
  test('shows the facts, the tree in order, the places, and errors by a sign', async () => {
    const page = await site.open();
    assert.match((await (await drawn(page.locator('.header .facts'))).textContent()) ?? '', /1\.4 s · 32 spans · 4 services · ?2 errors/);
    assert.equal(await (await drawn(page.locator('h1'))).textContent(), 'POST /checkout');
    const names = await (await drawn(page.locator('.row .name'))).allTextContents();
    assert.deepEqual(names.slice(0, 6), ['POST /checkout', 'request handler - /checkout', 'validate cart', 'POST', 'POST /orders', 'OrderService.reserve']);
    assert.equal(await (await drawn(row(page, 'POST /orders').locator('.place'))).textContent(), '≈ orders.ts:27');
    assert.equal(await row(page, 'POST /orders').locator('.place').evaluate((place) => getComputedStyle(place).fontStyle), 'italic');
    assert.equal(await (await drawn(row(page, 'POST /charge').locator('.error-sign'))).isVisible(), true);
    assert.equal(await (await drawn(row(page, 'cache.set').locator('.error-sign'))).isVisible(), false);
    assert.equal(await (await drawn(page.locator('[type=search]'))).count() > 0, true);
    assert.equal(await (await drawn(row(page, 'POST').first())).getAttribute('aria-level'), '3');
    assert.equal(await (await drawn(row(page, 'POST').first())).getAttribute('aria-rowindex'), '4');
    await closeAll(page);
  });

  test('orphans stand under a placeholder, which says so in the status line', async () => {
    const page = await site.open({ height: 1000 });
    const names = await (await drawn(page.locator('.row .name'))).allTextContents();
    assert.deepEqual(names.slice(-2), ['late or orphaned', 'mail.send']);
    assert.equal(await row(page, 'late or orphaned').locator('.name').evaluate((name) => getComputedStyle(name).fontStyle), 'italic');
    assert.equal(await (await drawn(row(page, 'mail.send'))).getAttribute('aria-level'), '2');
    assert.match((await (await drawn(page.locator('.status'))).textContent()) ?? '', /32 spans · 1 group folded · 12 rows folded · 1 late or orphaned/);
    await closeAll(page);
  });

  test('a click selects, shows the details and previews the line; a double-click and the place open it', async () => {
    const page = await site.open();
    await row(page, 'OrderService.reserve').click();
    assert.equal(await (await drawn(row(page, 'OrderService.reserve'))).getAttribute('aria-selected'), 'true');
    await page.locator('.details dl').first().waitFor();
    const details = (await (await drawn(page.locator('.details'))).textContent()) ?? '';
    assert.match(details, /orders\/src\/orders\.ts:38:24 in OrderService\.reserve/);
    assert.match(details, /placed by stack \+ sourceMap/);
    assert.match(details, /duration520 ms/);
    assert.equal(await (await drawn(page.locator('.code-line.here .line-number'))).textContent(), '38');
    assert.deepEqual((await callsOf(page, 'openSource')).map((call) => (call as { preserveFocus: boolean }).preserveFocus), [true]);
    await row(page, 'OrderService.reserve').locator('.place').click();
    await row(page, 'cache.set').dblclick();
    assert.deepEqual((await callsOf(page, 'openSource')).map((call) => (call as { preserveFocus: boolean }).preserveFocus), [true, false, true, false]);
    await closeAll(page);
  });

  test('is driven by the keyboard alone', async () => {
    const page = await site.open();
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('ArrowDown');
    assert.equal(await selectedName(page), 'POST /checkout');
    await page.keyboard.press('ArrowRight');
    assert.equal(await selectedName(page), 'request handler - /checkout');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await (await drawn(row(page, 'request handler - /checkout'))).getAttribute('aria-expanded'), 'false');
    assert.equal(await rowCount(page), 4);
    await page.keyboard.press('ArrowRight');
    assert.equal(await rowCount(page), 22);
    await page.keyboard.press('End');
    assert.equal(await selectedName(page), 'mail.send');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await selectedName(page), 'late or orphaned');
    await page.keyboard.press('Home');
    await page.keyboard.press('PageDown');
    assert.notEqual(await selectedName(page), 'POST /checkout');
    await settled(page);
    assert.equal(await (await drawn(page.getByRole('treegrid'))).getAttribute('aria-activedescendant'), await (await drawn(page.locator('.row.selected'))).getAttribute('id'));
    await page.keyboard.press('n');
    assert.equal(await selectedName(page), 'POST /charge');
    await page.keyboard.press('n');
    assert.equal(await selectedName(page), 'card.authorize');
    await page.keyboard.press('N');
    assert.equal(await selectedName(page), 'POST /charge');
    await page.keyboard.press('Enter');
    const opened = (await callsOf(page, 'openSource')).map((call) => (call as { preserveFocus: boolean }).preserveFocus);
    assert.deepEqual([opened.at(-1), opened.slice(0, -1).every((preserved) => preserved)], [false, true], 'the code follows each selection, and Enter goes there');
    await page.keyboard.press('?');
    assert.equal(await (await drawn(page.locator('dialog'))).isVisible(), true);
    await page.keyboard.press('Escape');
    assert.equal(await (await drawn(page.locator('dialog'))).isVisible(), false);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'treegrid');
    await closeAll(page);
  });

  test('folding by the twistie keeps what is folded counted, its errors too', async () => {
    const page = await site.open();
    await row(page, 'POST').nth(1).locator('.twistie').click();
    assert.equal(await rowCount(page), 19);
    assert.equal(await (await drawn(row(page, 'POST').nth(1).locator('.fold'))).textContent(), '+3 · ⊘ 2');
    assert.match((await (await drawn(page.locator('.status'))).textContent()) ?? '', /15 rows folded/);
    assert.equal(await (await drawn(page.locator('.row.selected'))).count(), 0, 'folding does not select');
    await row(page, 'POST').nth(1).locator('.twistie').click();
    assert.equal(await rowCount(page), 22);
    await closeAll(page);
  });

  test('searches, counts, marks, and goes around the matches', async () => {
    const page = await site.open();
    await page.keyboard.press('/');
    await page.keyboard.type('stock');
    await until(page, async () => (await (await drawn(page.locator('.match-count'))).textContent()) === '1 of 15', 'the first match');
    assert.equal(await (await drawn(page.locator('.row mark').first())).textContent(), 'stock');
    await page.keyboard.press('Enter');
    assert.equal(await (await drawn(page.locator('.match-count'))).textContent(), '2 of 15');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Shift+Enter');
    assert.equal(await (await drawn(page.locator('.match-count'))).textContent(), '15 of 15');
    assert.equal(await selectedName(page), 'UPDATE stock.items');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'treegrid');
    assert.equal(await (await drawn(page.locator('.match-count'))).textContent(), '15 of 15', 'the matches stay');
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'treegrid');
    assert.equal(await (await drawn(page.locator('.match-count'))).textContent(), '');
    assert.equal(await (await drawn(page.locator('.row mark'))).count(), 0);
    await page.keyboard.press('/');
    await page.keyboard.type('nowhere');
    await until(page, async () => (await (await drawn(page.locator('.match-count'))).textContent()) === 'no match', 'no match');
    await closeAll(page);
  });

  test('a match under a fold is opened', async () => {
    const page = await site.open();
    await row(page, 'request handler - /checkout').locator('.twistie').click();
    await page.keyboard.press('/');
    await page.keyboard.type('cache.set');
    await until(page, async () => (await (await drawn(row(page, 'cache.set'))).count()) === 1, 'the folded match shows');
    assert.equal(await selectedName(page), 'cache.set');
    await closeAll(page);
  });

  test('zooms by wheel, keys, ruler and strip, and back', async () => {
    const page = await site.open();
    const zoom = async (): Promise<{ startNs: number; endNs: number } | undefined> => {
      await page.waitForTimeout(250);
      return page.evaluate(() => (window.fakeHost.state() as { zoom?: { startNs: number; endNs: number } }).zoom);
    };
    assert.equal(await zoom(), undefined);
    await page.mouse.move(700, 300);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    const wheeled = await zoom();
    assert.ok(wheeled !== undefined && wheeled.startNs > 0 && wheeled.endNs < 1.4e9);
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('0');
    assert.equal(await zoom(), undefined);
    await page.keyboard.press('+');
    const keyed = await zoom();
    assert.ok(keyed !== undefined && Math.abs(keyed.endNs - keyed.startNs - 1.4e9 / 1.5) < 1e4);
    await page.keyboard.press('-');
    assert.equal(await zoom(), undefined);

    const ruler = await (await drawn(page.locator('.ruler'))).boundingBox();
    assert.ok(ruler !== null);
    await page.mouse.move(ruler.x + ruler.width * 0.25, ruler.y + 8);
    await page.mouse.down();
    await page.mouse.move(ruler.x + ruler.width * 0.5, ruler.y + 8, { steps: 3 });
    await page.mouse.up();
    const dragged = await zoom();
    assert.ok(dragged !== undefined && dragged.startNs > 0.3e9 && dragged.startNs < 0.4e9 && dragged.endNs > 0.65e9 && dragged.endNs < 0.75e9);
    await page.locator('.ruler').dblclick();
    assert.equal(await zoom(), undefined);

    const strip = await (await drawn(page.locator('.minimap'))).boundingBox();
    assert.ok(strip !== null);
    await page.mouse.move(strip.x + strip.width * 0.5, strip.y + 20);
    await page.mouse.down();
    await page.mouse.move(strip.x + strip.width * 0.75, strip.y + 20, { steps: 3 });
    await page.mouse.up();
    const picked = await zoom();
    assert.ok(picked !== undefined && picked.startNs > 0.65e9 && picked.endNs < 1.1e9);
    await page.mouse.move(strip.x + strip.width * 0.6, strip.y + 20);
    await page.mouse.down();
    await page.mouse.move(strip.x + strip.width * 0.5, strip.y + 20, { steps: 3 });
    await page.mouse.up();
    const shifted = await zoom();
    assert.ok(shifted !== undefined && shifted.startNs < picked.startNs && Math.abs(shifted.endNs - shifted.startNs - (picked.endNs - picked.startNs)) < 1e3);
    await page.locator('.minimap').dblclick({ position: { x: 20, y: 20 } });
    assert.equal(await zoom(), undefined);
    await closeAll(page);
  });

  test('details: exception frames, logs, links and why it is here', async () => {
    const page = await site.open();
    await row(page, 'card.authorize').click();
    await page.locator('.frame-link').first().waitFor();
    assert.match((await (await drawn(page.locator('.exception'))).textContent()) ?? '', /CardDeclined: The issuer declined the card/);
    await page.locator('.frame-link', { hasText: 'CardGateway.authorize' }).click();
    const [frame] = await callsOf(page, 'openFrame');
    assert.deepEqual((frame as { frame: unknown }).frame, { functionName: 'CardGateway.authorize', file: '/srv/payments/dist/charge.js', line: 41, column: 11 });
    await page.locator('.frame-link', { hasText: 'node:internal' }).click();
    await page.getByText('node:internal/process/task_queues is not a file of this workspace.').waitFor();
    assert.match((await (await drawn(page.locator('.details'))).textContent()) ?? '', /ERROR issuer said no: 51/);
    await page.getByText('Why here?').click();
    await page.getByText('Placed by its stack and a source map.').waitFor();
    await row(page, 'SELECT stock.items').first().locator('.twistie').click();
    await row(page, 'SELECT stock.items').nth(4).click();
    await page.getByText('trace 0af7651916cd43dd8448eb211c80319c').click();
    assert.deepEqual(await callsOf(page, 'openTrace'), [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00f067aa0ba902b7' }]);
    await page.getByText('Find spans that link here').click();
    await page.getByText('retry <b>order</b> · jobs').click();
    assert.equal((await callsOf(page, 'openTrace')).length, 2);
    assert.match((await page.locator('.linked-from').textContent()) ?? '', /There may be more/);
    await page.locator('.details .entry', { hasText: 'db.namespace' }).locator('.copy').click();
    assert.deepEqual(await callsOf(page, 'copy'), [{ text: 'stock' }]);
    await closeAll(page);
  });

  test('a held arrow key asks for the details of the last span only', async () => {
    const page = await site.open();
    await page.getByRole('treegrid').focus();
    for (let press = 0; press < 12; press++) await page.keyboard.press('ArrowDown', { delay: 0 });
    await page.locator('.details dl').first().waitFor();
    const asked = await callsOf(page, 'spanDetails');
    assert.ok(asked.length < 12, `${asked.length} requests for 12 rows passed`);
    assert.deepEqual(asked.at(-1), { spanId: await page.evaluate(() => (window.fakeHost.spanIdOf(22))) });
    await closeAll(page);
  });

  test('hostile names and values stay text', async () => {
    const markup = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
    const long = 'x'.repeat(100_000);
    const page = await site.open({
      trace: {
        kind: 'plan',
        spans: [
          { name: markup, service: `${markup}\u202e`, startMs: 0, durationMs: 10, error: markup, attributes: { [markup]: markup, 'bidi\u202ekey': 'evil\u202etxt.exe', long } },
          { name: 'a\u202Eb\u0007c', service: 's', startMs: 1, durationMs: 1, parent: 0 },
          { name: 'y'.repeat(100_000), service: '', startMs: 2, durationMs: 1, parent: 0 },
          { name: '', service: 's', startMs: 2, durationMs: 1, parent: 0 },
        ],
      },
    });
    await page.locator('.row').first().click();
    await page.locator('.details .entry', { hasText: 'long' }).waitFor();
    assert.equal(await page.evaluate(() => (window as { pwned?: number }).pwned), undefined);
    assert.equal(await (await drawn(page.locator('.app img, .app script'))).count(), 0);
    assert.equal(await (await drawn(page.locator('.row .name').first())).textContent(), markup);
    assert.equal(await (await drawn(page.locator('.row .name').nth(1))).textContent(), 'a\\u202eb\\u0007c');
    assert.equal(((await (await drawn(page.locator('.row .name').nth(2))).textContent()) ?? '').length, 300);
    assert.equal(await (await drawn(page.locator('.row .name').nth(3))).textContent(), '(no name)');
    const text = (await (await drawn(page.locator('.app'))).textContent()) ?? '';
    assert.ok(!text.includes('\u202e'), 'no bidi override reaches the page');
    assert.ok(text.length < 20_000, 'the long value is cut');
    await page.getByText('Show all (100,000 characters)').click();
    assert.equal(((await (await drawn(page.locator('.value.whole'))).textContent()) ?? '').length, 100_000);
    assert.deepEqual(await page.evaluate(() => window.fakeHost.violations), []);
    await picture(page, 'hostile');
    await closeAll(page);
  });

  test('bad durations, a year between spans and 5,000 levels are shown sanely', async () => {
    const spans: PlannedSpan[] = [
      { name: 'root', service: 's', startMs: 0, durationMs: 365 * 86_400_000 },
      { name: 'zero', service: 's', startMs: 1, durationMs: 0, parent: 0 },
      { name: 'backwards', service: 's', startMs: 5, durationMs: -3, parent: 0 },
      { name: 'no number', service: 's', startMs: NaN, durationMs: NaN, parent: 0 },
      ...Array.from({ length: 5000 }, (_, index): PlannedSpan => ({ name: `level ${index}`, service: 's', startMs: 10, durationMs: 5, parent: index === 0 ? 0 : index + 3 })),
    ];
    const page = await site.open({ trace: { kind: 'plan', spans } });
    assert.match((await (await drawn(row(page, 'backwards').locator('.spoken'))).textContent()) ?? '', /ends before it starts/);
    assert.match((await (await drawn(row(page, 'zero').locator('.spoken'))).textContent()) ?? '', /^0 ns/);
    assert.match((await (await drawn(row(page, 'no number').locator('.spoken'))).textContent()) ?? '', /no duration/);
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('End');
    assert.equal(await selectedName(page), 'level 4999');
    assert.equal(await (await drawn(page.locator('.row.selected'))).getAttribute('aria-level'), '5001');
    const name = await (await drawn(page.locator('.row.selected .name'))).boundingBox();
    const cell = await (await drawn(page.locator('.row.selected .name-cell'))).boundingBox();
    assert.ok(name !== null && cell !== null && name.x + 20 < cell.x + cell.width, 'the name is within its column');
    await picture(page, 'deep');
    await closeAll(page);
  });

  test('a live trace fills in and keeps selection, folds, zoom and what is being read', async () => {
    const recipe = { kind: 'generated', spanCount: 2000, seed: 7, serviceCount: 6 } as const;
    const page = await site.open({ trace: recipe });
    const grid = page.getByRole('treegrid');
    await grid.evaluate((scroller) => (scroller.scrollTop = 22 * 400 + 7));
    await until(page, async () => (await (await drawn(page.locator('[aria-rowindex="405"]'))).count()) === 1, 'rows of the middle');
    await page.locator('[aria-rowindex="405"]').click();
    const selectedId = async (): Promise<string> => {
      await page.waitForTimeout(250);
      return page.evaluate(() => (window.fakeHost.state() as { selectedSpanId: string }).selectedSpanId);
    };
    const before = await selectedId();
    const topBefore = await (await drawn(page.locator('.row.selected'))).boundingBox();
    await page.keyboard.press('+');
    // The same seed with more spans: what was there keeps its id, and more stands above.
    await tell(page, { ...recipe, spanCount: 3000, version: 2 });
    await until(page, async () => (await rowCount(page)) >= 3000, 'the new spans');
    assert.equal(await selectedId(), before);
    const topAfter = await (await drawn(page.locator('.row.selected'))).boundingBox();
    assert.ok(topBefore !== null && topAfter !== null);
    assert.ok(Math.abs(topAfter.y - topBefore.y) <= 22 * 3, `the selected row moved by ${topAfter.y - topBefore.y} px`);
    assert.ok((await page.evaluate(() => (window.fakeHost.state() as { zoom?: unknown }).zoom)) !== undefined);
    assert.equal(await (await drawn(page.locator('.live'))).count(), 1);
    await closeAll(page);
  });

  test('spans that arrive late leave the placeholder', async () => {
    const page = await site.open({ trace: { kind: 'checkout', without: ['POST /checkout'] }, height: 1000 });
    assert.equal(await (await drawn(page.locator('h1'))).textContent(), 'no root yet');
    assert.equal(await (await drawn(row(page, 'late or orphaned'))).getAttribute('aria-rowindex'), '1');
    await tell(page, { kind: 'checkout', version: 2 });
    await until(page, async () => (await (await drawn(page.locator('h1'))).textContent()) === 'POST /checkout', 'the root');
    assert.equal(await (await drawn(row(page, 'late or orphaned'))).getAttribute('aria-rowindex'), '21');
    await closeAll(page);
  });

  test('a reload brings back selection, folds, zoom and sizes', async () => {
    const page = await site.open();
    await row(page, 'OrderService.reserve').locator('.twistie').click();
    await row(page, 'publish order.created').click();
    await page.keyboard.press('+');
    await page.locator('.name-splitter').focus();
    await page.keyboard.press('ArrowRight');
    const width = (await (await drawn(page.locator('.name-head'))).boundingBox())?.width;
    await page.waitForTimeout(300);
    const kept = await page.evaluate(() => window.fakeHost.state());
    await page.reload();
    await page.locator('.row.selected').waitFor();
    assert.equal(await selectedName(page), 'publish order.created');
    assert.equal(await (await drawn(row(page, 'OrderService.reserve'))).getAttribute('aria-expanded'), 'false');
    assert.equal((await (await drawn(page.locator('.name-head'))).boundingBox())?.width, width);
    await page.waitForTimeout(300);
    assert.deepEqual(await page.evaluate(() => window.fakeHost.state()), kept);
    await closeAll(page);
  });

  test('the span the host was asked for is selected and in sight, at the start and later', async () => {
    const first = await site.open();
    const ids = await first.evaluate(() => [window.fakeHost.spanIdOf(27), window.fakeHost.spanIdOf(2)]);
    await closeAll(first);
    const page = await site.open({ select: ids[0], height: 400 });
    assert.equal(await selectedName(page), 'card.authorize (retry)');
    assert.equal(await (await drawn(page.locator('.row.selected'))).isVisible(), true);
    await page.evaluate((spanId) => window.fakeHost.select(spanId), ids[1] ?? '');
    await until(page, async () => (await selectedName(page)) === 'validate cart', 'the other span');
    await closeAll(page);
  });

  test('a trace that is gone, or cannot be read, says so and can be tried again', async () => {
    const gone = await site.open({ trace: { kind: 'missing' } });
    assert.match((await gone.locator('.message').textContent()) ?? '', /No span of trace 4bf92f3577b34da6a3ce929d0e0e4736 is kept any more/);
    await closeAll(gone);
    const failed = await site.open({ trace: { kind: 'failed', message: 'the connection closed' } });
    assert.match((await failed.locator('.message').textContent()) ?? '', /could not be read: the connection closed/);
    await failed.getByText('Try again').click();
    assert.equal((await callsOf(failed, 'ready')).length, 2);
    await tell(failed, { kind: 'checkout' });
    await failed.locator('.row').first().waitFor();
    await closeAll(failed);
  });

  test('100,000 spans open, scroll to the end, search and fold with few rows in the page', async () => {
    const page = await site.open({ trace: { kind: 'generated', spanCount: 100_000 } });
    const rows = await rowCount(page);
    assert.ok(rows >= 100_000);
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('End');
    await until(page, async () => (await (await drawn(page.locator('.row.selected'))).getAttribute('aria-rowindex')) === String(rows), 'the last row');
    assert.equal(await (await drawn(page.locator('.row.selected'))).isVisible(), true);
    assert.ok((await (await drawn(page.locator('.row'))).count()) < 80);
    await page.keyboard.press('/');
    await page.keyboard.type('service-07');
    await until(page, async () => /^\d[\d,]* of \d[\d,]*$/.test((await (await drawn(page.locator('.match-count'))).textContent()) ?? ''), 'matches');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    assert.ok((await rowCount(page)) < rows / 2);
    await page.keyboard.press('ArrowRight');
    assert.equal(await rowCount(page), rows);
    await picture(page, 'large');
    await closeAll(page);
  });

  for (const theme of ['dark', 'light', 'highContrast'] as const satisfies readonly ThemeName[]) {
    test(`axe and the page's policy have no complaint: ${theme}`, async () => {
      const page = await site.open({ theme });
      await row(page, 'card.authorize').click();
      await page.locator('.frame-link').first().waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('a');
      await page.locator('.row mark').first().waitFor();
      const violations = await axeViolations(page);
      assert.deepEqual(violations, []);
      assert.deepEqual(await page.evaluate(() => window.fakeHost.violations), []);
      await page.keyboard.press('Escape');
      await row(page, 'SELECT stock.items').first().locator('.twistie').click();
      await row(page, 'SELECT stock.items').nth(4).click();
      await page.locator('.details .entry', { hasText: 'db.namespace' }).waitFor();
      await picture(page, theme);
      await closeAll(page);
    });
  }

  test('narrow: the details go below, and all of it is within the page', async () => {
    for (const width of [320, 560]) {
      const page = await site.open({ width, height: 700 });
      await page.keyboard.press('n');
      await page.locator('.frame-link').first().waitFor();
      assert.equal(await selectedName(page), 'POST /charge');
      const chart = await (await drawn(page.locator('.chart'))).boundingBox();
      const details = await (await drawn(page.locator('.details'))).boundingBox();
      assert.ok(chart !== null && details !== null && details.y >= chart.y + chart.height - 4);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true);
      const box = await (await drawn(page.locator('.search-input'))).boundingBox();
      assert.ok(box !== null && box.x >= 0 && box.x + box.width <= width);
      await picture(page, `narrow-${width}`);
      await closeAll(page);
    }
  });
});
