import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { serveWaterfallPage } from '../../scripts/lib/waterfallPage.mjs';
import type { PlannedSpan } from '../support/generateTrace.ts';
import type { TraceRecipe } from './fakeHost.ts';
import { axeViolations, callsOf, picture, settled, waterfallSite, type WaterfallSite } from './page.ts';

let site: WaterfallSite;
before(async () => {
  site = await waterfallSite();
});
after(() => site?.close());

const orders = { file: 'orders/src/orders.ts', line: 42, functionName: 'OrderService.reserve' };
const cart = { file: 'gateway/src/cart.ts', line: 18, functionName: 'validate' };
/** A checkout with so many queries; `isOld` before a cache was replaced and the card's service began to fail. */
function checkout(queries: number, isOld: boolean, startUnixNano: string): TraceRecipe {
  const reserveMs = queries * 10 + 20;
  const spans: PlannedSpan[] = [
    { name: 'POST /checkout', service: 'gateway', kind: 'server', startMs: 0, durationMs: reserveMs + 120 },
    { name: 'validate cart', service: 'gateway', startMs: 2, durationMs: 20, parent: 0, place: cart },
    { name: 'reserve', service: 'orders', startMs: 25, durationMs: reserveMs, parent: 0, place: orders },
    ...Array.from({ length: queries }, (_, at): PlannedSpan => ({ name: 'SELECT stock', service: 'orders', kind: 'client', startMs: 30 + at * 10, durationMs: 9, parent: 2, place: orders })),
    { name: isOld ? 'cache.set' : 'redis.set', service: 'orders', startMs: 26 + reserveMs, durationMs: 8, parent: 0, place: orders },
    { name: 'authorize', service: 'payments', startMs: 40 + reserveMs, durationMs: 60, parent: 0, error: isOld ? undefined : 'declined' },
    { name: 'render', service: 'gateway', startMs: 102 + reserveMs, durationMs: 10, parent: 0 },
    { name: 'template', service: 'gateway', startMs: 103 + reserveMs, durationMs: 8, parent: queries + 5 },
  ];
  return { kind: 'plan', spans, startUnixNano };
}
const now = checkout(30, false, '1784037751564218943');
const previous = checkout(10, true, '1784037691564218943');
const middle = checkout(30, false, '1784037631564218943');

const open = async (options: Partial<Parameters<WaterfallSite['open']>[0]> = {}): Promise<Page> => {
  const page = await site.open({ trace: now, others: [previous, middle], ...options });
  await page.keyboard.press('d');
  await page.locator('.table-row').first().waitFor();
  await page.locator('.table').focus();
  await settled(page);
  return page;
};
/** `name before after difference what` of each row in sight. */
const rows = (page: Page): Promise<string[]> => page.locator('.compare .table-row').evaluateAll((all) => all.map((row) => {
  const text = (selector: string): string => row.querySelector(selector)?.textContent ?? '';
  return [text('.name'), text('.badge'), ...[...row.querySelectorAll('.cell.number')].slice(0, 3).map((cell) => cell.textContent ?? ''), text('.difference')].filter((part) => part !== '').join(' ');
}));
const selected = async (page: Page): Promise<string | null> => {
  await settled(page);
  return page.locator('.compare .table-row.selected .name').textContent();
};

describe('the comparison', () => {
  it('is with the previous trace of the operation: what is slower, new, gone, failed, and where the time went', async () => {
    const page = await open();
    assert.deepEqual(await rows(page), [
      'POST /checkout 240 ms 440 ms +200 ms ▲ slower',
      'validate cart 20 ms 20 ms 0',
      'reserve 120 ms 320 ms +200 ms ▲ slower',
      'SELECT stock 10× → 30× 90 ms 270 ms +180 ms ▲ slower',
      'redis.set – 8 ms +8 ms + new',
      'cache.set 8 ms – −8 ms − gone',
      'authorize 60 ms 60 ms 0 ⊘ new error',
      'render 10 ms 10 ms 0',
    ]);
    assert.match(await page.locator('.compare-sum').innerText(), /^240 ms → 440 ms \+200 ms \(\+83 %\) · 17 → 37 spans · \d changes$/);
    assert.match(await page.locator('.compare-why').innerText(), /^where it went: SELECT stock \+180 ms \(10× → 30×\)/);
    assert.equal(await page.locator('.compare-select option:checked').textContent(), 'previous · 14:01:31.564 · 240 ms');
    assert.deepEqual(await page.evaluate(() => window.fakeHost.violations), []);
    await picture(page, 'compare');
    await page.close();
  });

  it('with the mouse: another trace, folds, sorting, what changed alone, the way to either span and to the line', async () => {
    const page = await open();
    await page.locator('.table-row', { hasText: 'render' }).locator('.twistie').click();
    assert.equal((await rows(page)).at(-1), 'template 8 ms 8 ms 0');
    await page.getByLabel('only what changed').check();
    await settled(page);
    assert.deepEqual((await rows(page)).map((row) => row.split(' ')[0]), ['POST', 'reserve', 'SELECT', 'redis.set', 'cache.set', 'authorize']);
    await page.getByRole('button', { name: 'Difference' }).click();
    await settled(page);
    assert.deepEqual((await rows(page)).map((row) => row.split(' ')[0]), ['POST', 'reserve', 'SELECT', 'redis.set', 'authorize', 'cache.set']);

    await page.locator('.table-row', { hasText: 'cache.set' }).locator('.name').click();
    await page.getByText('after: not there').waitFor();
    assert.equal((await callsOf(page, 'openSource')).length, 1, 'the line of what is gone is shown too');
    await page.getByRole('button', { name: /^before: 8 ms/ }).click();
    assert.deepEqual(await callsOf(page, 'openTrace'), [{ traceId: '1'.padStart(32, '0'), spanId: await page.evaluate(() => window.fakeHost.spanIdOf(13)) }]);
    await page.locator('.table-row', { hasText: 'SELECT' }).locator('.place').click();
    assert.deepEqual((await callsOf(page, 'openSource')).at(-1), { site: 1, preserveFocus: false });
    await page.getByRole('button', { name: /^after: 9 ms/ }).click();
    assert.equal(await page.locator('[role=tab][aria-selected=true]').getAttribute('id'), 'tab-waterfall');
    assert.equal(await page.locator('.row.selected .name').textContent(), 'SELECT stock');

    await page.locator('#tab-compare').click();
    await page.locator('.compare-select').selectOption({ index: 1 });
    await page.getByText('nothing differs that is more than chance').waitFor();
    await settled(page);
    assert.equal(await page.locator('.compare .difference:visible', { hasText: /slower|new|gone/ }).count(), 0);
    await page.waitForFunction(() => (window.fakeHost.state() as { compare: { traceId: string } }).compare.traceId.endsWith('2'));
    await page.reload();
    await page.getByText('nothing differs that is more than chance').waitFor();
    await page.close();
  });

  it('with the keyboard alone: along the changes, into the tree, to the spans', async () => {
    const page = await open();
    const steps: (string | null)[] = [];
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press('n');
      steps.push(await selected(page));
    }
    assert.deepEqual(steps, ['reserve', 'SELECT stock', 'redis.set', 'cache.set', 'authorize', 'reserve']);
    await page.keyboard.press('Shift+N');
    assert.equal(await selected(page), 'authorize');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await selected(page), 'template');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await selected(page), 'render');
    await page.keyboard.press('ArrowLeft');
    await settled(page);
    assert.equal(await page.locator('.table-row.selected').getAttribute('aria-expanded'), 'false');
    assert.equal(await page.locator('.details h2').textContent(), 'render', 'the details are of the span after');
    await page.keyboard.press('m');
    await settled(page);
    assert.equal((await rows(page)).length, 6);
    assert.equal(await page.locator('.compare .only-changed input').isChecked(), true);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.deepEqual((await callsOf(page, 'openSource')).at(-1), { site: 1, preserveFocus: false });
    await page.keyboard.press('b');
    assert.equal((await callsOf(page, 'openTrace')).length, 1);
    await page.keyboard.press('a');
    assert.equal(await page.locator('.row.selected .name').textContent(), 'reserve');
    await page.keyboard.press('7');
    await page.locator('.compare-select').focus();
    await page.keyboard.press('c');
    assert.equal(await page.locator('.compare-select:focus').count(), 1, 'letters in the list are no keys of the page');
    const chosen = await page.locator('.compare-select').inputValue();
    await page.keyboard.press('1');
    await page.keyboard.press('n');
    assert.equal(await page.locator('#tab-compare[aria-selected=true]').count(), 1, 'nor are digits');
    assert.equal(await page.locator('.compare-select').inputValue(), chosen);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.compare [role=treegrid]:focus').count(), 1);
    await page.keyboard.press('1');
    assert.equal(await page.locator('#tab-waterfall[aria-selected=true]').count(), 1);
    await page.close();
  });

  it('keys lead out of it from wherever nothing is typed, also where there is nothing to compare with', async () => {
    const page = await open();
    await page.getByLabel('only what changed').check();
    await page.keyboard.press('3');
    assert.equal(await page.locator('#tab-operations[aria-selected=true]').count(), 1);
    await page.close();
    const alone = await site.open({ trace: now });
    await alone.keyboard.press('7');
    await alone.getByText('No other trace is kept to compare with').waitFor();
    await alone.keyboard.press('5');
    assert.equal(await alone.locator('#tab-logs[aria-selected=true]').count(), 1);
    await alone.close();
  });

  it('by operation: self times and the critical path, and back into the tree', async () => {
    const page = await open();
    await page.getByLabel('by operation').check();
    await settled(page);
    const [first] = await page.locator('.compare .table-row').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    assert.deepEqual(first, ['SELECT stock', 'orders', '10 → 30', '90 ms', '270 ms', '+180 ms', '+180 ms']);
    await page.locator('.table').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await selected(page), 'SELECT stock');
    assert.equal(await page.locator('[role=treegrid]:focus').count(), 1);
    await page.close();
  });

  it('that the host asks for: two spans of one operation, with the figures of their captures', async () => {
    const page = await site.open({ trace: now, others: [previous] });
    await page.evaluate(() => {
      const figure = (name: string, p50Ns: number, errorCount: number): object => ({ name, count: 40, errorCount, p50Ns, p95Ns: p50Ns * 2 });
      window.fakeHost.compare({
        traceId: '1'.padStart(32, '0'), spanId: window.fakeHost.spanIdOf(2), ownSpanId: window.fakeHost.spanIdOf(2),
        captures: { operation: 'reserve', before: figure('shop 14:01', 12e6, 0), after: figure('shop <b>14:02</b>', 18e6, 2) } as never,
      });
    });
    await page.locator('.compare .table-row').first().waitFor();
    assert.deepEqual((await rows(page)).map((row) => row.split(' ')[0]), ['reserve', 'SELECT']);
    assert.deepEqual(await page.locator('.compare-captures tbody tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent).join(' '))), ['shop 14:01 12 ms 24 ms 40 0', 'shop <b>14:02</b> 18 ms 36 ms 40 2', 'change +50 % +50 % 0 +2']);
    assert.deepEqual(await axeViolations(page), []);
    await picture(page, 'compare-captures');
    await page.getByRole('button', { name: 'compare the whole traces' }).click();
    await page.locator('.compare .table-row', { hasText: 'POST /checkout' }).waitFor();
    assert.equal(await page.locator('.compare-captures').isVisible(), false);
    await page.close();
  });

  it('says when there is nothing to compare with, or the other trace is gone', async () => {
    const page = await site.open({ trace: now });
    await page.keyboard.press('d');
    await page.getByText('No other trace is kept to compare with.').waitFor();
    await page.evaluate(() => window.fakeHost.compare({ traceId: 'f'.repeat(32) }));
    await page.getByText('No span of that trace is kept any more.').waitFor();
    assert.equal(await page.locator('.compare-select option:checked').textContent(), 'another trace');
    assert.deepEqual(await axeViolations(page), []);
    await page.close();
  });

  for (const theme of ['dark', 'light', 'highContrast'] as const) {
    it(`reads well: axe finds nothing in ${theme}`, async () => {
      const page = await open({ theme });
      await page.keyboard.press('n');
      await settled(page);
      assert.deepEqual(await axeViolations(page), []);
      await picture(page, `compare-${theme}`);
      await page.getByLabel('by operation').check();
      await settled(page);
      assert.deepEqual(await axeViolations(page), []);
      await page.close();
    });
  }

  it('fits into 320 px, with rows in sight, and sideways nothing hangs over', async () => {
    const page = await open({ width: 320, height: 640 });
    assert.ok((await page.locator('.compare .table').boundingBox())!.height >= 100);
    assert.deepEqual(await page.evaluate(() => [document.documentElement.scrollWidth, document.querySelector('.compare')?.scrollWidth]), [320, 320]);
    assert.deepEqual(await axeViolations(page), []);
    await picture(page, 'compare-320');
    await page.close();
  });
});

it('in the plain page: two traces of one file', async () => {
  const span = (traceId: string, index: number, name: string, startNs: bigint, lengthMs: number): object => ({
    traceId, spanId: (index + 1).toString(16).padStart(16, '0'), name, startTimeUnixNano: String(startNs), endTimeUnixNano: String(startNs + BigInt(lengthMs) * 1_000_000n), ...(index > 0 ? { parentSpanId: '0000000000000001' } : {}),
  });
  const trace = (id: string, startNs: bigint, lengthMs: number): object[] => [span(id.repeat(32), 0, 'job', startNs, lengthMs + 10), span(id.repeat(32), 1, 'step', startNs, lengthMs)];
  const spans = [...trace('a', 1_784_037_751_000_000_000n, 20), ...trace('b', 1_784_037_752_000_000_000n, 50)];
  const plain = await serveWaterfallPage({ bytes: Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })), port: 0 });
  const page = await site.visit(plain.url);
  try {
    await page.locator('.row').first().waitFor();
    await page.keyboard.press('d');
    await page.locator('.compare .table-row').first().waitFor();
    assert.deepEqual(await rows(page), ['job 30 ms 60 ms +30 ms ▲ slower', 'step 20 ms 50 ms +30 ms ▲ slower']);
    await page.locator('.compare .table-row', { hasText: 'step' }).click();
    await page.getByRole('button', { name: /^before: 20 ms/ }).click();
    await page.locator('.row.selected', { hasText: 'step' }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('trace'), 'a'.repeat(32), 'the span before is in its own trace');
  } finally {
    await page.close();
    await plain.close();
  }
});
