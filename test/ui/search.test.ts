import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { WaterfallSite } from './page.ts';
import { axeViolations, callsOf, picture, settled, tell, waterfallSite } from './page.ts';
import type { ThemeName } from './themes.ts';

let site: WaterfallSite;
before(async () => {
  site = await waterfallSite();
});
after(() => site.close());

const closeAll = (page: Page): Promise<void> => page.context().close();
const input = (page: Page) => page.locator('.search-input');
const count = async (page: Page): Promise<string> => (await settled(page), (await page.locator('.match-count').textContent()) ?? '');
const rows = async (page: Page): Promise<string[]> => (await settled(page), page.locator('.row .name').allTextContents());

async function search(page: Page, text: string): Promise<void> {
  await input(page).focus();
  await input(page).fill(text);
}

/** Waits until the count reads so; what the hub adds comes a little after what the page knows itself. */
async function counted(page: Page, wanted: string | RegExp): Promise<void> {
  let read = '';
  for (let tries = 0; tries < 100; tries++) {
    read = await count(page);
    if (typeof wanted === 'string' ? read === wanted : wanted.test(read)) return;
    await page.waitForTimeout(30);
  }
  assert.fail(`${read}, not ${String(wanted)}`);
}

describe('finding spans', () => {
  test('the search language: fields, attributes, logs, texts in attributes, and not', async () => {
    const page = await site.open();
    const expected: readonly (readonly [string, number])[] = [
      ['service=payments ', 3],
      ['service=orders duration>100ms ', 4],
      ['db.namespace=stock ', 13],
      ['http.response.status_code>=400 ', 1],
      ['"pool wait" ', 1],
      ['log~"said no" ', 1],
      ['event=exception -name=card.authorize ', 1],
      ['self>130ms service=orders ', 1],
      ['function=OrderService.reserve name~select ', 12],
    ];
    for (const [query, wanted] of expected) {
      await input(page).fill(query);
      // Which of them is selected depends on where one stood.
      await counted(page, new RegExp(`^\\d+ of ${wanted}$`));
    }
    await closeAll(page);
  });

  test('what is known here is there at once, what the hub tells follows; nothing is asked again', async () => {
    const page = await site.open();
    await page.keyboard.press('/');
    await settled(page);
    assert.deepEqual((await callsOf(page, 'searchSpans')), [{ terms: [] }], 'the hub gets ready when the box has the keyboard');
    await input(page).fill('postgresql');
    await counted(page, '1 of 13');
    const asked = await callsOf(page, 'searchSpans');
    assert.deepEqual(asked.at(-1), { terms: [{ kind: 'text', text: 'postgresql', negated: false }] });
    await input(page).fill('postgresql service=orders');
    await counted(page, '1 of 13');
    assert.equal((await callsOf(page, 'searchSpans')).length, asked.length);
    await tell(page, { kind: 'checkout', version: 2 });
    await counted(page, '1 of 13');
    assert.equal((await callsOf(page, 'searchSpans')).length, asked.length + 1, 'another version has other rows');
    await closeAll(page);
  });

  test('a problem is said and the rest still looked for', async () => {
    const page = await site.open();
    await input(page).fill('service=payments duration>soon');
    await counted(page, 'duration is compared with a duration, such as duration>50ms');
    assert.equal(await input(page).getAttribute('aria-invalid'), 'true');
    assert.equal(await page.locator('.row:not(.dimmed)').count(), 3);
    await input(page).fill('service=payments');
    await counted(page, '1 of 3');
    assert.equal(await input(page).getAttribute('aria-invalid'), 'false');
    await closeAll(page);
  });

  test('others step back; only the matches and what is above them, by key and by button', async () => {
    const page = await site.open();
    await search(page, 'service=inventory ');
    await counted(page, '1 of 2');
    assert.equal(await page.locator('.row:not(.dimmed)').count(), 2);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('m');
    assert.deepEqual(await rows(page), ['POST /checkout', 'request handler - /checkout', 'POST', 'POST /orders', 'GET', 'GET /stock/:sku', 'stock.lookup']);
    assert.equal(await page.getByRole('treegrid').getAttribute('aria-rowcount'), '7');
    assert.equal(await page.getByRole('button', { name: 'Only what was found (m)' }).getAttribute('aria-pressed'), 'true');
    await page.keyboard.press('4');
    await settled(page);
    assert.equal(await page.locator('.table-row').count(), 2, 'the list of spans too');
    await page.keyboard.press('1');
    await page.getByRole('button', { name: 'Only what was found (m)' }).click();
    assert.equal(await (await settled(page), page.getByRole('treegrid').getAttribute('aria-rowcount')), '22');
    await page.keyboard.press('m');
    await page.keyboard.press('n');
    assert.equal(await (await settled(page), page.getByRole('treegrid').getAttribute('aria-rowcount')), '22', 'a span that is not among them ends the filter');
    await closeAll(page);
  });

  test('a match in a fold opens it', async () => {
    const page = await site.open();
    assert.equal(await page.locator('.row.folded').getAttribute('aria-expanded'), 'false');
    await input(page).fill('name=cache.set');
    await counted(page, '1 of 1');
    assert.equal(await page.locator('.row.folded').getAttribute('aria-expanded'), 'false');
    await input(page).fill('"pool wait"');
    await counted(page, '1 of 1');
    assert.equal(await page.locator('.row.folded').getAttribute('aria-expanded'), 'true');
    assert.equal(await page.locator('.row.selected .name').textContent(), 'SELECT stock.items');
    await closeAll(page);
  });

  test('completion by keyboard alone: fields, services, attribute keys', async () => {
    const page = await site.open();
    await page.keyboard.press('/');
    await page.keyboard.type('ser');
    const options = page.getByRole('option');
    await options.first().waitFor();
    assert.equal(await input(page).getAttribute('aria-expanded'), 'true');
    assert.equal(await options.first().locator('.offer').textContent(), 'service=');
    assert.equal(await input(page).getAttribute('aria-activedescendant'), null, 'nothing is chosen by itself');
    await page.keyboard.press('ArrowDown');
    assert.equal(await input(page).getAttribute('aria-activedescendant'), await options.first().getAttribute('id'));
    assert.deepEqual(await axeViolations(page), []);
    await page.keyboard.press('Tab');
    assert.equal(await input(page).inputValue(), 'service=');
    assert.deepEqual(await options.locator('.offer').allTextContents(), ['service=gateway', 'service=orders', 'service=inventory', 'service=payments']);
    await page.keyboard.type('pay');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await input(page).inputValue(), 'service=payments ');
    assert.equal(await page.getByRole('listbox').isVisible(), false);
    await counted(page, '1 of 3');
    await page.keyboard.type('db.n');
    await page.getByText('db.namespace=').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('listbox').isVisible(), false, 'Escape closes the list first');
    assert.equal(await input(page).inputValue(), 'service=payments db.n');
    await page.keyboard.press('Control+Space');
    await page.getByText('db.namespace=').click();
    assert.equal(await input(page).inputValue(), 'service=payments db.namespace=');
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'search-input', 'a click leaves the keyboard in the box');
    await closeAll(page);
  });

  for (const theme of ['dark', 'light', 'highContrast'] as const satisfies readonly ThemeName[]) {
    test(`a search as it looks, and axe: ${theme}`, async () => {
      const page = await site.open({ theme });
      await input(page).fill('stock');
      await counted(page, '1 of 15');
      await input(page).focus();
      await page.keyboard.type(' se');
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('ArrowDown');
      assert.deepEqual(await axeViolations(page), []);
      await picture(page, `search-${theme}`);
      await closeAll(page);
    });
  }
});
