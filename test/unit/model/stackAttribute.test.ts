/** What a list of frames is written as is read again by the grammar of its language. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttributeValue, KeyValueList } from '../../../src/model/attributes.ts';
import { stackAttribute } from '../../../src/model/stackAttribute.ts';
import { readStack } from '../../../src/locate/stack/stackFrames.ts';
import { shown } from '../locate/stackSupport.ts';

function map(values: Readonly<Record<string, AttributeValue>>): KeyValueList {
  return new KeyValueList(Object.entries(values).map(([key, value]) => ({ key, value })));
}

function framesOf(language: string | undefined, list: readonly AttributeValue[]): string[] | undefined {
  const text = stackAttribute([{ key: 'stack', value: list }], 'stack', language);
  return text === undefined ? undefined : shown(readStack(text, language).frames);
}

test('frames as maps, by the names that loggers and runtimes give their parts', () => {
  // stacktrace-parser, as pino's serializers have it; Error callsites; Sentry.
  assert.deepEqual(framesOf('nodejs', [map({ methodName: 'pay', file: '/a.js', lineNumber: 3n, column: 5n }), map({ fileName: '/b.js', lineNumber: 4, columnNumber: 6 })]), ['pay /a.js:3:5', '- /b.js:4:6']);
  assert.deepEqual(framesOf('nodejs', [map({ function: 'pay', filename: 'a.js', abs_path: '/app/a.js', lineno: 3n, colno: 5n })]), ['pay /app/a.js:3:5']);
  // The members of Java's StackTraceElement.
  assert.deepEqual(framesOf('java', [map({ declaringClass: 'com.acme.Shop', methodName: 'sell', fileName: 'Shop.java', lineNumber: 3n }), map({ className: 'com.acme.Main', methodName: 'main' })]), ['com.acme.Shop::sell Shop.java:3', 'com.acme.Main::main -']);
  // structlog and traceback.FrameSummary, oldest first as Python prints them.
  assert.deepEqual(framesOf('python', [map({ filename: '/main.py', lineno: 9n, name: 'main' }), map({ filename: '/shop.py', lineno: 3n, name: 'sell' })]), ['sell /shop.py:3', 'main /main.py:9']);
  // zerolog's pkgerrors.
  assert.deepEqual(framesOf('go', [map({ func: 'sell', line: '20', source: 'shop.go' })]), ['sell shop.go:20']);
  // debug_backtrace: where each was called.
  assert.deepEqual(framesOf('php', [map({ file: '/Shop.php', line: 3n, function: 'price', class: 'App\\Cart', type: '->' }), map({ file: '/index.php', line: 9n, function: 'sell', class: 'App\\Shop', type: '::' })]), ['App\\Shop::sell /Shop.php:3', '- /index.php:9']);
  assert.deepEqual(framesOf('ruby', [map({ path: '/shop.rb', lineno: 3n, label: 'sell' })]), ['sell /shop.rb:3']);
  assert.deepEqual(framesOf('dotnet', [map({ className: 'Acme.Shop', method: 'Sell', fileName: '/Shop.cs', lineNumber: 3n }), map({ className: 'Acme.Main', method: 'Run' })]), ['Acme.Shop::Sell /Shop.cs:3', 'Acme.Main::Run -']);
  assert.deepEqual(framesOf('rust', [map({ fn: 'shop::sell', file: 'src/main.rs', line: 3n })]), ['shop::sell src/main.rs:3']);
  assert.deepEqual(framesOf(undefined, [map({ fn: 'pay', file: '/a.js', line: 3n })]), ['pay /a.js:3']);
});

test('lines of every language, in the order of its text', () => {
  assert.deepEqual(framesOf('python', ['Traceback (most recent call last):\n', '  File "/a.py", line 3, in f\n    g()\n', 'ValueError: x\n']), ['f /a.py:3']);
  assert.deepEqual(framesOf('ruby', ["/a.rb:3:in 'f'", "/b.rb:4:in 'g'"]), ['f /a.rb:3', 'g /b.rb:4']);
  assert.deepEqual(framesOf('java', ['a.B: x', '\tat a.B.c(B.java:3)']), ['a.B::c B.java:3']);
});

test('what is no frame is left out, and a list of messages has none', () => {
  assert.equal(framesOf('nodejs', [map({}), map({ line: 3n }), 7n, new Uint8Array(3), [['at f (/x.js:1:2)']]]), undefined);
  assert.deepEqual(framesOf('rust', ['connection refused', 'os error 111']), []);
  assert.deepEqual(framesOf('nodejs', [map({ function: 'a\n    at evil (/x.js:1:2)', file: '/a.js', line: 3n })]), ['- /a.js:3']);
  assert.deepEqual(framesOf('nodejs', Array.from({ length: 5000 }, () => map({ fn: 'f', file: '/a.js', line: 1n, col: 1n })))?.length, 200);
});
