import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { messageHtml } from '../../src/views/messageHtml.ts';
import type { WaterfallSite } from './page.ts';
import { axeViolations, waterfallSite } from './page.ts';

let site: WaterfallSite;
before(async () => { site = await waterfallSite(); });
after(async () => { await site.close(); });

test('while a file is read the page says how much of it was, keeps the focus, and can be told to stop', async () => {
  const page = await site.visit('about:blank');
  await page.evaluate(() => Object.assign(window, { posted: [], acquireVsCodeApi: () => ({ postMessage: (message: unknown) => (window as unknown as { posted: unknown[] }).posted.push(message) }) }));
  await page.setContent(messageHtml({ text: 'Reading big.otlp.json …', actions: [{ action: 'cancel', label: 'Cancel' }], progress: 'Read so far', nonce: 'n' }));
  const bar = page.getByRole('progressbar', { name: 'Read so far' });
  assert.equal(await bar.isVisible(), false, 'a small file is read before there is anything to say');
  await page.keyboard.press('Tab');
  for (const percent of [7, 41]) await page.evaluate((said) => postMessage({ percent: said }), percent);
  await page.getByText('41 %').waitFor();
  assert.equal(await bar.evaluate((element) => (element as HTMLProgressElement).value), 41);
  assert.deepEqual(await axeViolations(page), []);
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.evaluate(() => (window as unknown as { posted: unknown[] }).posted), [{ action: 'cancel' }]);
  await page.close();
});
