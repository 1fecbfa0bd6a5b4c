import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attribute, AttributeValue } from '../../../src/model/attributes.ts';
import { readSite } from '../../../src/model/readSite.ts';
import { type Site, siteKey, withException } from '../../../src/model/site.ts';

const internal = 1;
const server = 2;

type Values = Readonly<Record<string, AttributeValue>>;

function attributesOf(values: Values): Attribute[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

function siteOf(values: Values, { language = 'nodejs', kind = internal, events = [] }: { language?: string; kind?: number; events?: readonly Values[] } = {}): Site {
  const scope = { name: 'shop', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' };
  const resource = { attributes: attributesOf({ 'telemetry.sdk.language': language }), droppedAttributesCount: 0, schemaUrl: '' };
  const spanEvents = events.map((event) => ({ timeUnixNano: 1n, name: 'exception', attributes: attributesOf(event), droppedAttributesCount: 0 }));
  return readSite({ name: 'work', kind, attributes: attributesOf(values), events: spanEvents, scope, resource });
}

function place({ filePath, line, column, functionName, namespace }: Site) {
  return [filePath, line, column, functionName, namespace];
}

test('both generations of the code attributes, and both on one span, each fact on its own', () => {
  assert.deepEqual(place(siteOf({ 'code.file.path': '/a.js', 'code.line.number': 3n, 'code.column.number': 5n, 'code.function.name': 'A.f' })), ['/a.js', 3, 5, 'A.f', undefined]);
  assert.deepEqual(place(siteOf({ 'code.filepath': '/a.js', 'code.lineno': 3n, 'code.column': 5n, 'code.function': 'f', 'code.namespace': 'A' })), ['/a.js', 3, 5, 'f', 'A']);
  // As instrumentations of PHP sent them for a while.
  assert.deepEqual(
    place(siteOf({ 'code.function.name': 'handle', 'code.namespace': 'App\\Kernel', 'code.filepath': '/app/Kernel.php', 'code.line.number': 7n }, { language: 'php' })),
    ['/app/Kernel.php', 7, undefined, 'handle', 'App\\Kernel'],
  );
  assert.deepEqual(place(siteOf({ 'code.file.path': '/new.js', 'code.filepath': '/old.js', 'code.lineno': 9n })), ['/new.js', 9, undefined, undefined, undefined]);
  // What says nothing does not hide what the other generation says.
  assert.deepEqual(place(siteOf({ 'code.file.path': '', 'code.filepath': '/old.js', 'code.line.number': 0n, 'code.lineno': 9n, 'code.function.name': 7n, 'code.function': 'f' })), ['/old.js', 9, undefined, 'f', undefined]);
});

test("Rust's module is a namespace, under the name of tracing-opentelemetry too", () => {
  assert.equal(siteOf({ 'code.module.name': 'shop::orders' }, { language: 'rust' }).namespace, 'shop::orders');
  assert.equal(siteOf({ 'code.namespace': 'shop' }, { language: 'rust' }).namespace, 'shop');
});

test('lines are int, double or text; what is no line is none', () => {
  const line = (value: AttributeValue) => siteOf({ 'code.line.number': value }).line;
  for (const good of [42n, 42, '42', '42.0', ' 42 ', '042', '42.000']) assert.equal(line(good), 42, `${typeof good} ${String(good)}`);
  const bad: AttributeValue[] = [
    0n, 0, '0', '0.0', -1n, -1, '-1', 1.5, '1.5', '42.', '42.5', '.0', '', ' ', 'x', '4 2', '42px', '0x2a', '1e3', '٤٢', NaN, Infinity, -Infinity, 2n ** 53n, 2 ** 53, String(2n ** 53n), 2n ** 64n,
    '9'.repeat(15) + '.' + '0'.repeat(1_000_000), true, false, undefined, new Uint8Array([42]), [42n],
  ];
  for (const value of bad) assert.equal(line(value), undefined, String(value).slice(0, 40));
  assert.equal(line(2n ** 53n - 1n), Number.MAX_SAFE_INTEGER);
  assert.equal(line('999999999999999'), 999_999_999_999_999);
  assert.equal(siteOf({ 'code.column': -3n, 'code.column.number': 'x' }).column, undefined);
});

test('a stack may be a text, a list of lines, or a list of frames', () => {
  assert.equal(siteOf({ 'code.stacktrace': '    at f (/a.js:1:2)' }).stacktrace, '    at f (/a.js:1:2)');
  assert.equal(siteOf({ 'code.stacktrace': ['Error: x', '    at f (/a.js:1:2)'] }).stacktrace, 'Error: x\n    at f (/a.js:1:2)');
  for (const none of ['', [], [7n, undefined], true, 5n]) assert.equal(siteOf({ 'code.stacktrace': none }).stacktrace, undefined);
  assert.notEqual(siteOf({ 'code.stacktrace': [] }).naming, undefined);
});

const thrown = 'TypeError: no order 17\n    at f (/a.js:1:2)';
const event = (stack: AttributeValue, message = 'no order 17'): Values => ({ 'exception.stacktrace': stack, 'exception.message': message });

test("of a span that says no place the last exception's stack is kept, without its message", () => {
  assert.equal(siteOf({}, { events: [event('Error: first\n    at g (/b.js:1:1)', 'first'), event(thrown), { 'exception.message': 'only this' }] }).exception, 'TypeError: \n    at f (/a.js:1:2)');
  assert.equal(siteOf({}, { events: [event(thrown.split('\n'))] }).exception, 'TypeError: \n    at f (/a.js:1:2)');
  assert.equal(siteOf({ 'exception.stacktrace': thrown, 'exception.message': 'no order 17' }).exception, 'TypeError: \n    at f (/a.js:1:2)');
  assert.equal(siteOf({}, { kind: server, events: [event(thrown)] }).exception, 'TypeError: \n    at f (/a.js:1:2)');
  assert.equal(siteOf({ 'code.namespace': 'A' }, { events: [event(thrown)] }).exception, 'TypeError: \n    at f (/a.js:1:2)');
  for (const own of ['code.file.path', 'code.function', 'code.stacktrace']) assert.equal(siteOf({ [own]: 'x' }, { events: [event(thrown)] }).exception, undefined, own);
});

test('a message that looks like a frame is taken out with the message', () => {
  assert.equal(siteOf({}, { events: [event('Error: \n    at evil (/x.js:1:1)\n    at f (/a.js:1:2)', '\n    at evil (/x.js:1:1)')] }).exception, 'Error: \n    at f (/a.js:1:2)');
});

test('spans that differ in their messages alone are of one site, and exceptions tell sites apart', () => {
  const keys = [17, 18].map((n) => siteKey(siteOf({}, { events: [event(`Error: no ${n}\n    at f (/a.js:1:2)`, `no ${n}`)] })));
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[0], siteKey(siteOf({})));
});

test("a log's exception counts where the span says nothing else", () => {
  const silent = siteOf({});
  assert.equal(withException(silent, 'stack').exception, 'stack');
  assert.equal(withException(silent, undefined), silent);
  assert.equal(withException({ ...silent, functionName: 'f' }, 'stack').exception, undefined);
  assert.equal(withException({ ...silent, exception: 'own' }, 'stack').exception, 'own');
});
