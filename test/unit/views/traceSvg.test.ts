import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceSvg } from '../../../src/views/traceSvg.ts';
import { checkoutTrace, type PlannedSpan, traceOf } from '../../support/generateTrace.ts';

/** The texts and the bars' places of a picture; what is not well-formed fails. */
function read(svg: string): { readonly texts: string[]; readonly bars: { readonly x: number; readonly width: number }[]; readonly height: number } {
  const open: string[] = [];
  for (const [, end, name, own] of svg.matchAll(/<(\/?)([a-z]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (end === '/') assert.equal(open.pop(), name);
    else if (own !== '/') open.push(name ?? '');
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(svg.replaceAll(/<[^<>]*>/g, ''), /[<>]|&(?!(?:amp|lt|gt|quot);)/);
  return {
    texts: [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map((match) => match[1] ?? ''),
    bars: [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)"/g)].map((match) => ({ x: Number(match[1]), width: Number(match[2]) })),
    height: Number(/height="(\d+)"/.exec(svg)?.[1]),
  };
}

test('a row a span, its bar where its time is, what failed said in words', () => {
  const { columns } = checkoutTrace();
  const { texts, bars } = read(traceSvg(columns));
  assert.equal(bars.length, columns.spanCount);
  assert.ok(texts.includes('⊘ POST /charge'));
  assert.ok(texts.includes('1.24 s'));
  const [root] = bars;
  assert.ok(bars.every(({ x, width }) => x >= (root?.x ?? Infinity) && x + width <= 1121), JSON.stringify(bars));
  const charge = columns.strings.indexOf('POST /charge');
  const at = [...columns.name].indexOf(charge);
  // 700 px from 420 on, for all of 1400 ms.
  assert.ok(Math.abs((bars[at]?.x ?? 0) - (420 + 884 / 2)) < 1, String(bars[at]?.x));
  assert.ok(Math.abs((bars[at]?.width ?? 0) - 272 / 2) < 1, String(bars[at]?.width));
});

test('of a large trace the deepest levels are left out, and said', () => {
  const spans: PlannedSpan[] = [{ name: 'root', service: 'a', startMs: 0, durationMs: 100 }];
  for (let i = 0; i < 30; i++) spans.push({ name: `child ${i}`, service: 'a', startMs: i, durationMs: 2, parent: 0 });
  for (let i = 0; i < 300; i++) spans.push({ name: 'grandchild', service: 'b', startMs: i / 10, durationMs: 1, parent: 1 + (i % 30) });
  const svg = traceSvg(traceOf(spans).columns, 100);
  const { bars, texts } = read(svg);
  assert.equal(bars.length, 31);
  assert.ok(svg.includes('a +10<'));
  assert.ok(texts.includes('300 spans deeper or later are not in this picture'));
  const wide = traceOf(Array.from({ length: 250 }, (_, i): PlannedSpan => ({ name: 'root', service: 'a', startMs: i, durationMs: 1 })));
  assert.equal(read(traceSvg(wide.columns, 100)).bars.length, 100);
});

test('names with markup, controls and halves of characters, and times outside of all others, make a picture still', () => {
  const hostile = '</text><script>alert(1)</script> & "q" \u0000\u001b[31m\u202eabc\ud800 \ufffe';
  const { columns } = traceOf([
    { name: hostile, service: hostile, startMs: 0, durationMs: 0 },
    { name: '', service: '', startMs: -5, durationMs: 1e12, parent: 0 },
    { name: 'x'.repeat(10_000), service: 'a', startMs: 3e10, durationMs: 0, parent: 0 },
  ]);
  const svg = traceSvg(columns);
  assert.equal(read(svg).texts.filter((text) => text.startsWith('&lt;/text&gt;')).length, 2);
  // eslint-disable-next-line no-control-regex -- what XML cannot hold
  assert.doesNotMatch(svg, /[\u0000-\u0008\u000b-\u001f\u202e\ufffe]|NaN|Infinity|\ud800/);
});
