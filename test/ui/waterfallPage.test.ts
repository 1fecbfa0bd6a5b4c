import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';
import { ensureChromium } from '../../scripts/lib/chromium.mjs';
import { serveWaterfallPage } from '../../scripts/lib/waterfallPage.mjs';

// `npm run waterfall:page`: what others measure, so what they hold on to is kept.
const [traceId, otherId] = ['4bf92f3577b34da6a3ce929d0e0e4736', 'b'.repeat(32)];
let page: Awaited<ReturnType<typeof serveWaterfallPage>>;
let browser: Browser;

before(async () => {
  const span = (trace: string, index: number, name: string): object => ({
    traceId: trace, spanId: (index + 1).toString(16).padStart(16, '0'), name, startTimeUnixNano: `17840377515642189${String(index).padStart(2, '0')}`, endTimeUnixNano: '1784037751664218943',
    ...(index > 0 ? { parentSpanId: '0000000000000001' } : {}), attributes: [{ key: 'order.id', value: { stringValue: `order-${index}` } }],
  });
  const spans = [...Array.from({ length: 60 }, (_, index) => span(traceId, index, `step ${index}`)), { ...span(otherId, 0, 'the earlier one'), startTimeUnixNano: '1' }];
  page = await serveWaterfallPage({ bytes: Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })), port: 0 });
  browser = await chromium.launch({ executablePath: await ensureChromium(), args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
});
after(async () => {
  await browser?.close();
  await page?.close();
});

test('the built webview shows the file, with the roles others look for', async () => {
  const tab = await browser.newPage();
  const errors: string[] = [];
  tab.on('pageerror', (error) => errors.push(String(error)));
  await tab.goto(page.url);
  const scroller = tab.locator('[role="treegrid"]');
  await scroller.locator('[role="row"][aria-rowindex="1"]', { hasText: 'step 0' }).waitFor();
  assert.equal(await tab.locator('input[type="search"]').count(), 1);
  await scroller.locator('[role="row"]', { hasText: 'step 3' }).first().locator('.name').click();
  await tab.getByText('order-3', { exact: true }).waitFor();
  await tab.goto(`${page.url}?trace=${otherId}&theme=light`);
  await tab.locator('[role="row"]', { hasText: 'the earlier one' }).waitFor();
  assert.deepEqual(errors, []);
  await tab.close();
});

test('neither another host name nor another page gets at the spans', async () => {
  const { host } = new URL(page.url);
  const connects = (origin: string, name = host): Promise<boolean> => new Promise((resolve) => {
    const socket = new WebSocket(`ws://${host}/host`, { origin, headers: { host: name } });
    socket.on('open', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('open', () => socket.close());
  });
  assert.equal(await connects(`http://${host}`), true);
  assert.equal(await connects('https://evil.example'), false);
  assert.equal(await connects('http://evil.example', 'evil.example'), false);
  assert.equal((await fetch(`${page.url}../package.json`)).status, 404);
});

test('a file that is none, and a port that is taken, say so', async () => {
  await assert.rejects(serveWaterfallPage({ bytes: Buffer.from('hello'), port: 0 }), /no OTLP/);
  await assert.rejects(serveWaterfallPage({ bytes: Buffer.from('{"resourceSpans":[]}'), port: 0 }), /no span/);
  const spans = [{ traceId, spanId: '00f067aa0ba902b7', name: 'x', startTimeUnixNano: '1', endTimeUnixNano: '2' }];
  const bytes = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  await assert.rejects(serveWaterfallPage({ bytes, port: Number(new URL(page.url).port) }), /EADDRINUSE/);
});
