import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { PlannedSpan } from '../support/generateTrace.ts';
import type { WaterfallSite } from './page.ts';
import { axeViolations, callsOf, picture, settled, tell, waterfallSite } from './page.ts';
import type { ThemeName } from './themes.ts';

let site: WaterfallSite;
before(async () => {
  site = await waterfallSite();
});
after(() => site.close());

const closeAll = (page: Page): Promise<void> => page.context().close();
const chosenTab = (page: Page): Promise<string | null> => page.locator('[role=tab][aria-selected=true]').getAttribute('id');
const heading = async (page: Page): Promise<string | null> => (await settled(page), page.locator('.details h2').textContent());
const cells = async (page: Page, column: number): Promise<string[]> => {
  await settled(page);
  return page.locator('.table-row').evaluateAll((rows, at) => rows
    .sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
    .map((row) => row.children[at]?.querySelector('.name')?.textContent ?? row.children[at]?.textContent ?? ''), column);
};

/** Waits until a condition in the page holds; the condition is the assertion. */
async function until(holds: () => Promise<boolean>, page: Page, what: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await holds()) return;
    await page.waitForTimeout(30);
  }
  assert.fail(`never: ${what}`);
}

describe('the views of a trace', () => {
  test('tabs: by keys, by arrows, by mouse; the focus goes along, and a reload brings the view back', async () => {
    const page = await site.open();
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('3');
    assert.equal(await chosenTab(page), 'tab-operations');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'grid', 'the new view has the keyboard');
    await page.locator('#tab-operations').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await chosenTab(page), 'tab-spans');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'tab-spans', 'the keyboard stays on the tabs');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    assert.equal(await chosenTab(page), 'tab-waterfall', 'around');
    assert.deepEqual(await page.locator('[role=tab]').evaluateAll((tabs) => tabs.filter((tab) => (tab as HTMLElement).tabIndex === 0).length), 1);
    await page.locator('#tab-icicle').click();
    assert.equal(await page.locator('[role=tabpanel]').getAttribute('aria-labelledby'), 'tab-icicle');
    await page.waitForTimeout(300);
    await page.reload();
    await page.locator('.icicle').waitFor();
    assert.equal(await chosenTab(page), 'tab-icicle');
    await closeAll(page);
  });

  test('one selection and one zoom in all of them', async () => {
    const page = await site.open();
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    await page.keyboard.press('z');
    for (const view of ['2', '4', '1']) {
      await page.keyboard.press(view);
      assert.equal(await heading(page), 'card.authorize');
    }
    await page.keyboard.press('4');
    await settled(page);
    assert.match((await page.locator('.view-note').textContent()) ?? '', /^\d+ of 32 spans: in the zoomed stretch$/);
    assert.equal(await page.locator('.table-row.selected .name').textContent(), 'card.authorize');
    await page.keyboard.press('0');
    await settled(page);
    assert.equal(await page.locator('.view-note').textContent(), '');
    await closeAll(page);
  });

  test('icicle: clicks and arrow keys select, and the tree beneath the canvas says what is selected', async () => {
    const page = await site.open();
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('2');
    await page.keyboard.press('ArrowDown');
    assert.equal(await heading(page), 'POST /checkout');
    const spoken = async (): Promise<string | null> => (await settled(page), page.locator('[role=treeitem][aria-selected=true]').textContent());
    assert.equal(await spoken(), 'POST /checkout, gateway, 1.24 s, calls 1');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await spoken(), 'POST, gateway, 806 ms, calls 1', 'the longest of what it calls');
    await page.keyboard.press('ArrowRight');
    assert.equal(await spoken(), 'POST, gateway, 290 ms, calls 1');
    assert.equal(await page.locator('[role=treeitem][aria-selected=true]').getAttribute('aria-posinset'), '3');
    assert.equal(await page.locator('[role=tree]').getAttribute('aria-activedescendant'), await page.locator('[role=treeitem][aria-selected=true]').getAttribute('id'));
    await page.keyboard.press('ArrowUp');
    assert.equal(await spoken(), 'request handler - /checkout, gateway, 1.23 s, calls 4');
    await page.keyboard.press('Enter');
    assert.equal((await callsOf(page, 'openSource')).some((call) => !(call as { preserveFocus: boolean }).preserveFocus), true);
    const box = await page.locator('.icicle-canvas').boundingBox();
    assert.ok(box !== null);
    await page.mouse.click(box.x + 4, box.y + 5);
    assert.equal(await heading(page), 'POST /checkout');
    await page.mouse.click(box.x + box.width * 0.2, box.y + 18 * 4 + 8);
    assert.equal(await heading(page), 'OrderService.reserve');
    await closeAll(page);
  });

  test('operations: figures, orders, groupings, and Enter goes to the slowest span', async () => {
    const page = await site.open();
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('3');
    assert.deepEqual((await cells(page, 0)).slice(0, 3), ['SELECT stock.items', 'mail.send', 'card.authorize']);
    assert.deepEqual([(await cells(page, 2))[0], (await cells(page, 4))[0], (await cells(page, 6))[0], (await cells(page, 7))[0]], ['12', '408 ms', '33 ms', '37 ms']);
    await page.getByRole('button', { name: 'Count' }).click();
    assert.deepEqual((await cells(page, 2)).slice(0, 3), ['12', '2', '2']);
    assert.equal(await page.locator('[aria-sort]').getAttribute('aria-sort'), 'descending');
    await page.getByRole('button', { name: 'Operation' }).click();
    assert.deepEqual((await cells(page, 0)).slice(0, 2), ['GET', 'GET /stock/:sku']);
    await page.getByRole('radio', { name: 'service' }).check();
    assert.deepEqual((await cells(page, 0)), ['gateway', 'inventory', 'orders', 'payments']);
    await page.getByRole('radio', { name: 'function' }).check();
    assert.ok((await cells(page, 0)).includes('OrderService.reserve · orders.ts'));
    await page.getByRole('radio', { name: 'operation' }).check();
    await page.getByRole('button', { name: 'Self' }).click();
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    assert.equal(await chosenTab(page), 'tab-waterfall');
    assert.equal(await heading(page), 'SELECT stock.items');
    await page.locator('.details .facts-list').waitFor();
    assert.match((await page.locator('.details .facts-list').textContent()) ?? '', /duration37 ms/);
    await closeAll(page);
  });

  test('spans: any order, many rows, few in the page', async () => {
    const page = await site.open({ trace: { kind: 'generated', spanCount: 20_000 } });
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('4');
    await settled(page);
    assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), '20001');
    await page.getByRole('button', { name: 'Duration' }).click();
    assert.equal((await cells(page, 3))[0], '1 min 0 s');
    await page.getByRole('button', { name: 'Duration' }).click();
    const shortest = await cells(page, 3);
    assert.notEqual(shortest[0], '1 min 0 s');
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    assert.equal(await heading(page), 'POST /import');
    assert.ok((await page.locator('.table-row').count()) < 80);
    await closeAll(page);
  });

  test('logs: in the order of time, with their spans; a log leads to its span, the zoom leaves the others out', async () => {
    const page = await site.open();
    assert.equal(await page.locator('#tab-logs').textContent(), 'Logs 2');
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('5');
    await page.locator('.table-row').first().waitFor();
    assert.deepEqual([await cells(page, 0), await cells(page, 1), await cells(page, 2), await cells(page, 3)], [['+230 ms', '+1.05 s'], ['WARN', 'ERROR'], ['pool wait 4 ms', 'issuer said no: 51'], ['SELECT stock.items', 'card.authorize']]);
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    assert.equal(await heading(page), 'card.authorize');
    await page.keyboard.press('z');
    assert.deepEqual(await cells(page, 1), ['ERROR']);
    assert.match((await page.locator('.view-note').textContent()) ?? '', /1 of 2 logs/);
    await page.keyboard.press('Enter');
    assert.equal(await chosenTab(page), 'tab-waterfall');
    await tell(page, { kind: 'checkout', version: 2 });
    await page.keyboard.press('5');
    await until(async () => (await callsOf(page, 'traceLogs')).length === 2, page, 'the logs of the new version');
    await closeAll(page);
  });

  test('services: who calls whom, by arrows and by mouse; a service searches for its spans', async () => {
    const page = await site.open();
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('6');
    await page.locator('.service-node').first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.startsWith('gateway')), true);
    assert.equal(await page.locator('.service-node').first().textContent(), 'gateway8 spans · self 182 ms calls orders 1 times; payments 1 times, 1 failed');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.startsWith('payments')), true);
    await page.keyboard.press('Space');
    assert.equal(await page.locator('.search-input').inputValue(), 'service=payments');
    assert.match((await (await settled(page), page.locator('.match-count')).textContent()) ?? '', /^1 of 3$/);
    assert.equal(await page.locator('.service-node[aria-pressed=true] .name').textContent(), 'payments');
    await page.locator('.service-node.selected').click();
    assert.equal(await page.locator('.search-input').inputValue(), '', 'a second time, no longer');
    await closeAll(page);
  });

  for (const theme of ['dark', 'light', 'highContrast'] as const satisfies readonly ThemeName[]) {
    test(`axe has no complaint about any view, wide or narrow: ${theme}`, async () => {
      for (const width of [1360, 320]) {
        const page = await site.open({ theme, width, height: 700 });
        await page.getByRole('treegrid').focus();
        await page.keyboard.press('n');
        await page.locator('.frame-link').first().waitFor();
        for (const [index, view] of ['waterfall', 'icicle', 'operations', 'spans', 'logs', 'services'].entries()) {
          await page.keyboard.press(String(index + 1));
          if (view === 'logs') await page.locator('.table-row').first().waitFor();
          await settled(page);
          assert.deepEqual(await axeViolations(page), [], `${view} at ${width} px`);
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true, `${view} is within ${width} px`);
          await picture(page, `${view}-${theme}-${width}`);
        }
        await page.keyboard.press('?');
        assert.deepEqual(await axeViolations(page), [], 'the keys');
        assert.deepEqual(await page.evaluate(() => window.fakeHost.violations), []);
        await closeAll(page);
      }
    });
  }
});

describe('for every person', () => {
  test('no table hangs over its room, however wide: what has none is left out, its heads too', async () => {
    const page = await site.open({ trace: { kind: 'checkout' }, others: [{ kind: 'checkout' }] });
    await page.getByRole('treegrid').focus();
    for (const width of [320, 640, 880, 940, 1100, 1360]) {
      await page.setViewportSize({ width, height: 800 });
      for (const key of ['3', '4', '5', '7']) {
        await page.keyboard.press(key);
        await page.locator('.table-row').first().waitFor();
        await settled(page);
        const table = await page.locator('.table').evaluate((shown) => {
          const { right } = shown.getBoundingClientRect();
          const ends = (selector: string): number[] => [...shown.querySelectorAll<HTMLElement>(selector)].filter((cell) => cell.offsetWidth > 0).map((cell) => Math.round(cell.getBoundingClientRect().right));
          return { isWithin: ends('.cell').every((end) => end <= right), heads: ends('[role=columnheader]'), cells: ends('.table-row:first-child .cell') };
        });
        assert.equal(table.isWithin, true, `key ${key} at ${width}`);
        assert.deepEqual(table.cells, table.heads, `key ${key} at ${width}`);
      }
    }
    await page.close();
  });

  test('text twice as large, or a page from right to left, keeps everything within the page and the bars under their ruler', async () => {
    for (const setUp of [() => document.documentElement.style.setProperty('--vscode-font-size', '26px'), () => (document.documentElement.dir = 'rtl')]) {
      const page = await site.open({ width: 700 });
      await page.evaluate(setUp);
      await page.getByRole('treegrid').focus();
      await page.keyboard.press('End');
      for (const view of ['1', '2', '3', '4', '5', '6']) {
        await page.keyboard.press(view);
        await settled(page);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true, view);
        const inSight = await page.locator('.search-input, [role=tab][aria-selected=true], .status').evaluateAll((elements) => elements.every((element) => {
          const box = element.getBoundingClientRect();
          return box.left >= 0 && box.right <= window.innerWidth && box.width > 0;
        }));
        assert.equal(inSight, true, view);
      }
      await page.keyboard.press('1');
      await settled(page);
      const [bars, ruler] = [await page.locator('canvas.bars').boundingBox(), await page.locator('.ruler canvas').boundingBox()];
      assert.equal(bars?.x, ruler?.x);
      await closeAll(page);
    }
  });

  test('every key of the list under ? is one that does something, and none is left out', async () => {
    const page = await site.open();
    await page.keyboard.press('?');
    const listed = (await page.locator('.keys kbd').allTextContents()).join(' ').split(/\s+/);
    for (const key of ['n', 'N', 's', 'S', 'f', 'm', 'c', 'e', 'z', '/', '?', '0', '+', 'Enter', 'Esc']) assert.ok(listed.includes(key), key);
    await page.keyboard.press('Escape');
    // The browser closes a dialog in its own time, and keys go to it until then.
    await page.locator('.keys').waitFor({ state: 'hidden' });
    await page.keyboard.press('f');
    await page.getByText('the code no longer follows the selection').waitFor();
    assert.equal((await callsOf(page, 'toggleFollow')).length, 1);
    // Where nothing had the focus before, it stays in the closed list until the next frame: a key is not lost there.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('?');
    await page.evaluate(() => {
      document.querySelector<HTMLDialogElement>('.keys')?.close();
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'f', bubbles: true }));
    });
    await page.getByText('the code follows the selection', { exact: true }).waitFor();
    await closeAll(page);
  });
});

describe('understanding a trace', () => {
  const spans: readonly PlannedSpan[] = [
    { name: 'call', service: 'web', kind: 'client', startMs: 0, durationMs: 1000 },
    { name: 'serve', service: 'api', kind: 'server', startMs: -60, durationMs: 900, parent: 0, place: { file: 'api.ts', line: 3 } },
    { name: 'query', service: 'api', kind: 'client', startMs: 0, durationMs: 100, parent: 1 },
    { name: 'query', service: 'api', kind: 'client', startMs: 500, durationMs: 100, parent: 1 },
  ].map((span) => ({ ...span, startMs: span.startMs + 100 }) as PlannedSpan);

  test('a fold says what it is of, opens by key and mouse, stays open over a reload, and tells its figures', async () => {
    const page = await site.open();
    const fold = page.locator('.row.folded');
    assert.equal(await fold.locator('.badge').textContent(), 'N+1 · 12×');
    assert.equal(await fold.getAttribute('aria-expanded'), 'false');
    assert.match((await fold.locator('.spoken').textContent()) ?? '', /^12 spans, 408 ms, the same call one after another, starts at/);
    await fold.click();
    assert.equal(await heading(page), '12 × SELECT stock.items');
    assert.match((await page.locator('.details').textContent()) ?? '', /orders\/src\/orders\.ts:42:24.*12 spans from the same line in this trace.*together408 ms in 477 ms of the clock.*each31 ms to 37 ms/s);
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.getByRole('treegrid').getAttribute('aria-rowcount'), '34');
    await page.keyboard.press('ArrowRight');
    assert.equal(await heading(page), 'SELECT stock.items');
    await page.locator('.details .facts-list').waitFor();
    await page.getByText('one of 12 like it, one after another').click();
    assert.equal(await heading(page), '12 × SELECT stock.items');
    await page.waitForTimeout(300);
    await page.reload();
    await page.locator('.row.selected').waitFor();
    assert.equal(await page.locator('.row.folded').getAttribute('aria-expanded'), 'true');
    assert.equal(await heading(page), '12 × SELECT stock.items');
    await closeAll(page);
  });

  /** The white pixels on the line under a row's bar. */
  const whiteUnder = (page: Page, index: number): Promise<number> => page.locator('canvas.bars').evaluate((canvas: HTMLCanvasElement, at) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, at * 22 + 19, canvas.width, 1);
    let count = 0;
    for (let pixel = 0; pixel < data.length; pixel += 4) if (data[pixel] === 0xcc && data[pixel + 1] === 0xcc && data[pixel + 3] === 255) count++;
    return count;
  }, index);

  test('the critical path is drawn under the bars, said, and switched off by a key, which a reload remembers', async () => {
    const page = await site.open();
    await until(async () => (await whiteUnder(page, 2)) > 5, page, 'the path under "validate cart"');
    assert.equal(await whiteUnder(page, 7), 0, 'cache.set was not waited for');
    assert.match((await page.locator('.status').textContent()) ?? '', /critical path 1\.24 s of 1\.4 s/);
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('c');
    await settled(page);
    assert.equal(await whiteUnder(page, 2), 0);
    assert.doesNotMatch((await page.locator('.status').textContent()) ?? '', /critical path/);
    await page.waitForTimeout(300);
    await page.reload();
    await page.locator('.row').first().waitFor();
    await page.waitForTimeout(300);
    assert.equal(await whiteUnder(page, 2), 0);
    await closeAll(page);
  });

  test('the longest self time, then the next; the way to the deepest error', async () => {
    const page = await site.open();
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('s');
    assert.equal(await heading(page), 'mail.send');
    await page.keyboard.press('s');
    assert.equal(await heading(page), 'card.authorize');
    await page.keyboard.press('S');
    assert.equal(await heading(page), 'mail.send');
    await page.keyboard.press('e');
    assert.equal(await heading(page), 'card.authorize');
    assert.deepEqual(await page.locator('.row.on-error-path .name').allTextContents(), ['POST /checkout', 'request handler - /checkout', 'POST', 'POST /charge', 'card.authorize']);
    assert.ok((await page.locator('.row.dimmed').count()) > 10);
    assert.deepEqual(await axeViolations(page), []);
    await page.keyboard.press('e');
    await settled(page);
    assert.equal(await page.locator('.row.dimmed').count(), 0);
    await closeAll(page);
  });

  test('gaps and a clock that is off are said; times move only when asked, and back', async () => {
    const page = await site.open({ trace: { kind: 'plan', spans } });
    const serve = page.locator('.row', { hasText: 'serve' });
    assert.equal(await serve.locator('.skew-sign').isVisible(), true);
    assert.equal(await page.locator('.row', { hasText: 'call' }).locator('.skew-sign').isVisible(), false);
    await serve.click();
    await page.locator('.details .facts-list').waitFor();
    const details = (await page.locator('.details').textContent()) ?? '';
    assert.match(details, /gap400 ms from \+160 ms on: nothing that was traced ran/);
    assert.match(details, /clockseems to be 60 ms behind its caller’s/);
    await picture(page, 'gap-and-skew');
    await page.getByText('Correct the clocks').click();
    await page.locator('.status', { hasText: 'clocks corrected' }).waitFor();
    assert.match((await serve.locator('.spoken').textContent()) ?? '', /starts at 100 ms/);
    await page.getByText('Show the times as recorded').click();
    await settled(page);
    assert.match((await serve.locator('.spoken').textContent()) ?? '', /starts at 40 ms/);
    assert.doesNotMatch((await page.locator('.status').textContent()) ?? '', /clocks corrected/);
    await closeAll(page);
  });
});
