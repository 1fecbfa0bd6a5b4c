import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributeText } from '../../../webview/layout/attributeText.ts';
import { contrast, parseColour, withContrast } from '../../../webview/layout/colours.ts';
import { durationLabel, formatDuration } from '../../../webview/layout/formatDuration.ts';
import { paletteSize, serviceSlots } from '../../../webview/layout/serviceSlots.ts';
import { stackLines } from '../../../webview/layout/stackFrames.ts';
import { formatUnixNano, nanosBetween } from '../../../webview/layout/unixTime.ts';
import { rowsInSight, scrollTopToReveal } from '../../../webview/layout/virtualWindow.ts';
import { visibleLines, visibleText } from '../../../webview/layout/visibleText.ts';

test('characters that hide or reorder text are written out', () => {
  assert.equal(visibleText('safe\u202Eexe.gpj\u0000\n\u200b\ufeff\ud800'), 'safe\\u202eexe.gpj\\u0000\\n\\u200b\\ufeff\\ud800');
  assert.equal(visibleText('naïve 漢字 🙂 \u{e0041}'), 'naïve 漢字 🙂 \\u{e0041}');
  assert.equal(visibleLines('a\r\nb\tc\u202e'), 'a\nb\tc\\u202e');
});

test('attribute values of every kind read as what they are', () => {
  assert.equal(attributeText({ stringValue: 'x' }), 'x');
  assert.equal(attributeText({ intValue: '9223372036854775807' }), '9223372036854775807');
  assert.equal(attributeText({ intValue: 42 }), '42');
  assert.equal(attributeText({ doubleValue: 'NaN' }), 'NaN');
  assert.equal(attributeText({ boolValue: false }), 'false');
  assert.equal(attributeText({ bytesValue: 'AAE=' }), 'base64:AAE=');
  assert.equal(attributeText({ arrayValue: { values: [{ intValue: '1' }, { stringValue: 'b' }] } }), '[1,"b"]');
  assert.equal(attributeText({ kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } }), '{"k":true}');
  assert.equal(attributeText({}), '');
  assert.equal(attributeText(undefined), '');
  assert.equal(attributeText({ later: 1 }), '{"later":1}');
});

test('frames of several runtimes are found', () => {
  const frames = (text: string): unknown[] => stackLines(text).map(({ frame }) => frame && [frame.functionName, frame.file, frame.line, frame.column]);
  assert.deepEqual(frames('Error: no\n    at Orders.reserve (/app/o.js:42:24)\n    at async file:///app/o.mjs:7:1\n    at C:\\app\\o.js:3:4'), [
    undefined, ['Orders.reserve', '/app/o.js', 42, 24], [undefined, 'file:///app/o.mjs', 7, 1], [undefined, 'C:\\app\\o.js', 3, 4],
  ]);
  assert.deepEqual(frames('Traceback (most recent call last):\n  File "/app/o.py", line 42, in reserve\n    raise X'), [undefined, ['reserve', '/app/o.py', 42, undefined], undefined]);
  assert.deepEqual(frames('\tat shop.Orders.reserve(Orders.java:42)'), [['shop.Orders.reserve', 'Orders.java', 42, undefined]]);
  assert.deepEqual(frames('main.main()\n\t/app/main.go:42 +0x1d'), [undefined, [undefined, '/app/main.go', 42, undefined]]);
  assert.equal(stackLines(`${'at ('.repeat(100_000)}`).length, 1);
});

test('durations and moments are shown sanely', () => {
  assert.equal(formatDuration(1.24e9), '1.24 s');
  assert.equal(formatDuration(NaN), '?');
  assert.equal(durationLabel(0), '0 ns');
  assert.equal(durationLabel(NaN), 'no duration');
  assert.match(durationLabel(-5e6), /^ends before it starts/);
  assert.match(formatUnixNano('1784037751564218943'), /^2026-07-1\d \d\d:\d\d:\d1\.564218943$/);
  assert.equal(formatUnixNano('soon'), 'soon');
  assert.equal(nanosBetween('1784037751564218943', '1784037751564218950'), 7);
  assert.ok(Number.isNaN(nanosBetween('x', '1')));
});

test('services keep their colour from trace to trace, and share none while there are enough', () => {
  const slots = serviceSlots(['gateway', 'orders', 'inventory', 'payments']);
  assert.equal(new Set(slots).size, 4);
  assert.equal(serviceSlots(['gateway'])[0], serviceSlots(['gateway', 'orders'])[0]);
  const many = serviceSlots(Array.from({ length: 30 }, (_, index) => `service-${index}`));
  assert.equal(new Set(many).size, 30);
  assert.equal(new Set(many.slice(0, paletteSize).map((slot) => slot % paletteSize)).size, paletteSize);
});

test('colours are brought to the contrast they need', () => {
  const white = { r: 255, g: 255, b: 255 };
  const black = { r: 0, g: 0, b: 0 };
  const orange = parseColour('#d18616') ?? black;
  assert.ok(contrast(orange, white) < 3);
  assert.ok(contrast(withContrast(orange, white, black, 3), white) >= 3);
  assert.deepEqual(parseColour('#fff8', black), { r: 136, g: 136, b: 136 });
  assert.deepEqual(parseColour('rgba(10, 20, 30, 1)'), { r: 10, g: 20, b: 30 });
  assert.equal(parseColour('var(--x)'), undefined);
});

test('only rows in sight are rendered, and a jump shows its row', () => {
  assert.deepEqual(rowsInSight(0, 220, 22, 100_000, 10), { first: 0, last: 20 });
  assert.deepEqual(rowsInSight(22 * 500, 220, 22, 100_000, 10), { first: 490, last: 520 });
  assert.deepEqual(rowsInSight(22 * 500, 220, 22, 3, 10), { first: 3, last: 3 });
  assert.equal(scrollTopToReveal(5, 0, 220, 22), 0);
  assert.equal(scrollTopToReveal(10, 0, 220, 22), 22);
  assert.equal(scrollTopToReveal(3, 88, 220, 22), 66);
  const far = scrollTopToReveal(50_000, 0, 220, 22);
  assert.ok(far <= 50_000 * 22 && far + 220 >= 50_001 * 22);
});
