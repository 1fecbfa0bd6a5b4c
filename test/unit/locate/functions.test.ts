import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enclosingFunction } from '../../../src/locate/functions/functionFinder.ts';
import { finder } from './support.ts';

async function names(file: string, text: string): Promise<string[]> {
  const functions = await finder.functions(file, text);
  assert.ok(functions !== undefined, `no grammar for ${file}`);
  return functions.map((each) => each.name);
}

/** The function around the mark `/*here*\/`. */
async function around(file: string, text: string): Promise<string | undefined> {
  const at = text.indexOf('/*here*/');
  assert.ok(at >= 0);
  const before = text.slice(0, at).split('\n');
  return enclosingFunction((await finder.functions(file, text))!, before.length, before.at(-1)!.length + 1)?.name;
}

test('names declarations, variables and members as the language does', async () => {
  assert.deepEqual(
    await names('a.ts', `
export async function plain<T>(a: T) { function nested() {} }
export default function () {}
const arrow = async () => {};
const expression = function () {};
const called = function inner() {};
const cast = (() => {}) as Handler;
let assigned; assigned = () => {};
const choice = flag ? () => {} : undefined;
function* generator() {}
const { picked = () => {} } = options;
declare function noBody(): void;
`),
    ['plain', 'nested', 'default', 'arrow', 'expression', 'inner', 'cast', 'assigned', 'choice', 'generator', 'picked'],
  );
});

test('names members of classes', async () => {
  assert.deepEqual(
    await names('a.ts', `
class Shop<T> extends Base implements Other {
  constructor(private a: string) { super(); this.late = () => {}; }
  async pay() { const helper = () => {}; }
  get total() { return 1; }
  set total(value) {}
  static create() {}
  #secret() {}
  'quoted name'() {}
  [Symbol.iterator]() {}
  handler = async () => {};
  static { init(); }
  table = { row() {} };
  overload(a: string): void;
  overload(a: any) {}
}
abstract class Part { abstract none(): void; some() {} }
const Named = class { m() {} };
export default class { m() {} }
`),
    [
      'Shop.constructor', 'Shop.late', 'Shop.pay', 'helper', 'Shop.total', 'Shop.total', 'Shop.create', 'Shop.#secret', 'Shop.quoted name',
      'Shop.[Symbol.iterator]', 'Shop.handler', 'Shop.table.row', 'Shop.overload', 'Part.some', 'Named.m', 'm',
    ],
  );
});

test('names members of objects and of exports', async () => {
  assert.deepEqual(
    await names('a.cjs', `
const api = { list() {}, users: { get: async () => {}, 'by-id': function () {} } };
module.exports = { start() {} };
module.exports.stop = function () {};
exports.pause = () => {};
Shop.prototype.pay = function () {};
Shop.open = () => {};
register({ onStart() {} });
`),
    ['api.list', 'api.users.get', 'api.users.by-id', 'start', 'stop', 'pause', 'Shop.pay', 'Shop.open', 'onStart'],
  );
});

test('names other callbacks as the outline of VS Code does', async () => {
  assert.deepEqual(
    await names('a.tsx', `
app.get('/orders', async (req, res) => {});
app.route('/x').post((req) => {});
router.use(\`/a\`, 'b', function (req) {});
server.on('close', function closed() {});
http.createServer((req, res) => {});
new Worker((job) => {});
const element = <button onClick={() => {}} />;
(await load())((x) => {});
function factory() { return async () => {}; }
`),
    [
      "app.get('/orders') callback", 'post() callback', "router.use(`/a`, 'b') callback", 'closed', 'http.createServer() callback',
      'new Worker() callback', 'onClick', '<function>', 'factory', '<function>',
    ],
  );
});

test('what its caller runs is part of the caller', async () => {
  const wrapped = (call: string) => `async function charge() {\n  ${call}\n}`;
  for (const call of [
    `return tracer.startActiveSpan('charge', async (span) => { /*here*/ });`,
    `return tracer.startActiveSpan<string>('charge', {}, ctx, async (span) => { /*here*/ });`,
    `context.with(trace.setSpan(context.active(), span), () => { /*here*/ });`,
    `await Promise.all(items.map(async (item) => { /*here*/ }));`,
    `items.filter(Boolean).forEach(function (item) { /*here*/ });`,
    `await new Promise((resolve) => { /*here*/ });`,
    `fetch(url).then((r) => r.json()).catch(() => { /*here*/ });`,
    `setTimeout(() => { queueMicrotask(() => { /*here*/ }) }, 5);`,
    `await withTransaction(async (tx) => { /*here*/ });`,
    `await db.transaction(async (tx) => { /*here*/ });`,
    `await storage.run(store, () => { /*here*/ });`,
    `(() => { /*here*/ })();`,
    `(function () { /*here*/ }).call(this);`,
  ]) {
    assert.equal(await around('a.ts', wrapped(call)), 'charge', call);
  }
  assert.equal(await around('a.ts', wrapped(`emitter.on('x', () => { /*here*/ });`)), "emitter.on('x') callback");
  assert.equal(await around('a.ts', wrapped(`const retry = () => { /*here*/ };`)), 'retry');
});

test('at module level what runs at once has no function, and what makes a function is one', async () => {
  assert.equal(await around('a.js', `(async () => { /*here*/ })();`), undefined);
  assert.equal(await around('a.js', `main().catch((error) => { /*here*/ });`), undefined);
  assert.equal(await around('a.ts', `export const GET = withAuth(async (request) => { /*here*/ });`), 'withAuth() callback');
});

test('the lens goes to the line that has the name', async () => {
  const text = `
class Api {
  @Get('/orders')
  @Auth()
  async list(
    id: string,
  ) {
    return 1;
  }
}
export const pay = async () => {
  return 2;
};
`;
  const [list, pay] = (await finder.functions('a.ts', text))!;
  assert.deepEqual(list, { name: 'Api.list', startLine: 5, startColumn: 3, endLine: 9, endColumn: 4 });
  assert.deepEqual(pay, { name: 'pay', startLine: 11, startColumn: 1, endLine: 13, endColumn: 2 });
});

test('the innermost function around a place, by columns where two share a line', () => {
  const functions = [
    { name: 'outer', startLine: 1, startColumn: 1, endLine: 5, endColumn: 2 },
    { name: 'left', startLine: 2, startColumn: 3, endLine: 2, endColumn: 20 },
    { name: 'right', startLine: 2, startColumn: 22, endLine: 4, endColumn: 4 },
  ];
  assert.equal(enclosingFunction(functions, 2, 10)?.name, 'left');
  assert.equal(enclosingFunction(functions, 2, 21)?.name, 'outer');
  assert.equal(enclosingFunction(functions, 2, 22)?.name, 'right');
  assert.equal(enclosingFunction(functions, 4, undefined)?.name, 'right');
  assert.equal(enclosingFunction(functions, 5, 1)?.name, 'outer');
  assert.equal(enclosingFunction(functions, 6, 1), undefined);
});

test('columns count as editors do, past letters of two units', async () => {
  const text = `const a = '😀'; const b = () => {};`;
  const [b] = (await finder.functions('a.ts', text))!;
  assert.equal(b?.startColumn, text.indexOf('const b') + 1);
});

test('the other languages', async () => {
  assert.deepEqual(
    await names('a.py', 'class A:\n  class B:\n    @dec\n    async def m(self):\n      def n(): pass\n      x = lambda: 1\ndef f(): pass\n'),
    ['A.B.m', 'n', 'f'],
  );
  assert.deepEqual(
    await names('A.java', 'class A { A() {} void m() { Runnable r = () -> {}; } static class B { void x() {} } record R(int a) { R { } } enum E { X; void y(){} } interface I { default void z(){} } }'),
    ['A.<init>', 'A.m', 'A.B.x', 'A.R.<init>', 'A.E.y', 'A.I.z'],
  );
  assert.deepEqual(
    await names('a.go', 'package a\nfunc (s *Store[T]) Get() { f := func() {} }\nfunc (s Store) Put() {}\nfunc main() {}'),
    ['Store.Get', 'Store.Put', 'main'],
  );
  assert.deepEqual(
    await names('a.cs', 'namespace N; class A { A() {} int P { get { return 1; } } void M() { void Local() {} } class B { void X() {} } }'),
    ['A..ctor', 'A.P', 'A.M', 'Local', 'A.B.X'],
  );
  assert.deepEqual(
    await names('a.php', '<?php\nnamespace A\\B;\nclass C { public function m() { $f = function() {}; } }\nfunction g() {}\ntrait T { function t(){} }'),
    ['C::m', 'g', 'T::t'],
  );
  assert.deepEqual(
    await names('a.rb', 'module M\n class A < B\n  def m; end\n  def self.s; end\n  class << self\n   def t; end\n  end\n end\nend\ndef top\nend\n'),
    ['M::A#m', 'M::A.s', 'M::A.t', 'top'],
  );
  assert.deepEqual(
    await names('a.rs', 'impl<T> Foo<T> { fn a(&self) { let c = || 1; } }\nimpl Tr for Bar { fn b() {} }\ntrait T { fn c() {} }\nmod m { fn d() {} }'),
    ['Foo::a', 'Bar::b', 'T::c', 'd'],
  );
});

test('no grammar, a text past the limit and a broken text', async () => {
  assert.equal(await finder.functions('a.txt', 'function a() {}'), undefined);
  assert.equal(await finder.functions('a.js', ' '.repeat(5 * 1024 * 1024 + 1)), undefined);
  assert.ok((await names('a.ts', 'function good() {}\nclass { ((( \nfunction after() {}')).includes('good'));
  // Depth that would overflow a walk by recursion.
  assert.deepEqual(await names('a.js', `const deep = () => ${'('.repeat(900)}1${')'.repeat(900)};`), ['deep']);
});
