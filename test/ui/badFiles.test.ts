import assert from 'node:assert/strict';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serveWaterfallPage } from '../../scripts/lib/waterfallPage.mjs';
import { traceFileBytes } from '../../src/hub/traceFileBytes.ts';
import type { WaterfallSite } from './page.ts';
import { picture, settled, waterfallSite } from './page.ts';

// Files of traces that nobody should write, in the plain page: shown sanely, or refused with the reason.
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const base = 1_784_037_751_564_218_943n;
const idOf = (number: number): string => number.toString(16).padStart(16, '0');
const nano = (ms: number): string => String(base + BigInt(Math.round(ms * 1e6)));
const span = (number: number, parent: number | undefined, startMs: number, durationMs: number, more: object = {}): object => ({
  traceId, spanId: idOf(number), ...(parent === undefined ? {} : { parentSpanId: idOf(parent) }), name: `span ${number}`, kind: 1, startTimeUnixNano: nano(startMs), endTimeUnixNano: nano(startMs + durationMs), ...more,
});
const fileOf = (spans: readonly object[]): string => JSON.stringify({ resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: '<script>evil()</script>' } }] }, scopeSpans: [{ spans }] }] });
const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const good = fileOf([span(1, undefined, 0, 5), span(2, 1, 1, 2)]);
const yearMs = 365 * 86_400e3;

let site: WaterfallSite;
let folder: string;
before(async () => {
  site = await waterfallSite();
  folder = await mkdtemp(path.join(os.tmpdir(), 'traceline-bad-files-'));
});
after(async () => {
  await site.close();
  await rm(folder, { recursive: true, force: true });
});

/** Opens the file as `npm run waterfall:page` does, goes to its last row and through all views; answers the rows there are, and what the status line says. */
async function shown(name: string, content: string | Uint8Array): Promise<{ rows: string | null; status: string; last: string }> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  const served = await serveWaterfallPage({ bytes: await traceFileBytes(file), port: 0 });
  try {
    const page = await site.visit(served.url);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('dialog', (dialog) => void dialog.dismiss().then(() => problems.push('a dialog')));
    await page.locator('[role="row"]').first().waitFor();
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('End');
    await page.locator('[role="row"][aria-selected="true"]').waitFor();
    await page.waitForFunction(() => /critical path/.test(document.querySelector('.status-text')?.textContent ?? ''));
    await picture(page, `bad-${name}`);
    const answer = {
      rows: await page.getByRole('treegrid').getAttribute('aria-rowcount'),
      status: (await page.locator('.status-text').textContent()) ?? '',
      last: (await page.locator('[role="row"][aria-selected="true"] .name').textContent()) ?? '',
    };
    // All views but the comparison: there is nothing to compare with.
    for (const key of ['2', '3', '4', '5', '6', '1', 's', 'e', 'z', '0']) await page.keyboard.press(key);
    await page.locator('#tab-waterfall[aria-selected="true"]').waitFor();
    await settled(page);
    assert.deepEqual(problems, []);
    assert.equal(await page.locator('script:not([src]):not([nonce])').count(), 0, 'names stay text');
    await page.close();
    return answer;
  } finally {
    await served.close();
  }
}

describe('files that nobody should write', () => {
  const shownOnes: readonly (readonly [name: string, content: () => string | Uint8Array, rows: string, status: RegExp, last: string])[] = [
    ['cycle', () => fileOf([span(1, 2, 0, 5), span(2, 3, 1, 5), span(3, 1, 2, 5), span(4, undefined, 0, 20), span(5, 4, 1, 3)]), '6', /^5 spans · 3 late or orphaned/, 'span 2'],
    ['own parent', () => fileOf([span(1, 1, 0, 5), span(2, 1, 1, 2), span(3, undefined, 0, 8)]), '4', /2 late or orphaned/, 'span 2'],
    ['two roots', () => fileOf([span(1, undefined, 0, 5), span(2, undefined, 3, 9), span(3, 1, 1, 2), span(4, 2, 4, 2)]), '4', /^4 spans · critical path 9 ms of 12 ms/, 'span 4'],
    ['10,000 children', () => fileOf([span(1, undefined, 0, 10_000), ...Array.from({ length: 10_000 }, (_, index) => span(index + 2, 1, index, 1))]), '10001', /^10,001 spans/, 'span 10001'],
    ['10,000 children alike', () => fileOf([span(1, undefined, 0, 10_000), ...Array.from({ length: 10_000 }, (_, index) => span(index + 2, 1, index, 1, { name: 'SELECT', kind: 3 }))]), '2', /1 group folded · 10,000 rows folded/, 'SELECT'],
    ['5,000 deep', () => fileOf(Array.from({ length: 5000 }, (_, index) => span(index + 1, index === 0 ? undefined : index, index * 0.1, 1000 - index * 0.1))), '5000', /^5,000 spans/, 'span 5000'],
    ['no and negative durations', () => fileOf([span(1, undefined, 0, 10), span(2, 1, 1, 0), span(3, 1, 5, -3)]), '3', /critical path 10 ms of 10 ms/, 'span 3'],
    ['a year apart', () => fileOf([span(1, undefined, 0, 5), span(2, 1, yearMs, 5)]), '2', /critical path 5 ms of 8760 h/, 'span 2'],
    ['the largest times', () => fileOf([span(1, undefined, 0, 5), { ...span(2, 1, 0, 1), startTimeUnixNano: '0', endTimeUnixNano: '18446744073709551615' }]), '2', /^2 spans/, 'span 2'],
    ['values of 100 kB', () => fileOf([span(1, undefined, 0, 5, { attributes: [attribute('big', 'x'.repeat(100_000)), attribute('lines', 'a line\n'.repeat(14_000))] })]), '1', /^1 span ·/, 'span 1'],
    ['markup, controls, direction', () => fileOf([span(1, undefined, 0, 9, { name: '<img src=x onerror=alert(1)>' }), span(2, 1, 1, 2, { name: 'nul\u0000 \u001b[31m' }), span(3, 1, 2, 2, { name: '\u202egnp.exe' })]), '3', /^3 spans/, '\\u202egnp.exe'],
    ['enum values from the future', () => fileOf([span(1, undefined, 0, 5, { kind: 99, status: { code: 77 } }), span(2, 1, 1, 2, { kind: -4 })]), '2', /^2 spans/, 'span 2'],
    ['gzip', () => gzipSync(good), '2', /^2 spans/, 'span 2'],
    ['half a line', () => `${fileOf([span(1, undefined, 0, 5)])}\n${good.slice(0, 80)}`, '1', /^1 span ·/, 'span 1'],
  ];
  for (const [name, content, rows, status, last] of shownOnes) {
    test(`${name}: shown`, async () => {
      const seen = await shown(name, content());
      assert.deepEqual([seen.rows, seen.last], [rows, last]);
      assert.match(seen.status, status);
    });
  }

  const refusedOnes: readonly (readonly [name: string, content: string | Uint8Array, reason: RegExp])[] = [
    ['no trace', '{"name":"x","version":"1.0"}', /the JSON holds no spans/],
    ['no JSON', 'hello\n', /the file is no OTLP/],
    ['half written', good.slice(0, -60), /the file is not whole JSON/],
    ['half a gzip', gzipSync(good).subarray(0, 90), /the file is no whole gzip/],
    ['a gzip of very much', gzipSync(Buffer.alloc(300 * 1_048_576, ' ')), /unpacks to more than 256 MiB/],
    ['nothing', '', /the file is empty/],
    ['blanks', ' \n\n', /the file is empty/],
    ['no spans', '{"resourceSpans":[]}', /the file holds no span/],
    ['an enum value by an unknown name', fileOf([span(1, undefined, 0, 5, { kind: 'SPAN_KIND_WHAT' })]), /kind must be the number or the name of an enum value/],
  ];
  test('all others are refused, and why', async () => {
    for (const [name, content, reason] of refusedOnes) {
      const file = path.join(folder, name);
      await writeFile(file, content);
      await assert.rejects(async () => serveWaterfallPage({ bytes: await traceFileBytes(file), port: 0 }), reason, name);
    }
    await assert.rejects(traceFileBytes(folder), /it is not a file/);
  });

  test('a gigabyte is refused before any of it is read', async () => {
    const file = path.join(folder, 'gigabyte');
    await using handle = await open(file, 'w');
    await handle.truncate(1 << 30);
    const before = process.memoryUsage().rss;
    await assert.rejects(traceFileBytes(file), /the file has 1024 MiB, and no more than 256 MiB are shown/);
    assert.ok(process.memoryUsage().rss - before < 100e6);
  });
});
