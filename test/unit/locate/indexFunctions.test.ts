import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WordFilter, wordHashes } from '../../../src/locate/index/wordFilter.ts';
import { entriesOf, functionNames, indexOf } from './indexSupport.ts';

test('functions carry what stands around them', async () => {
  assert.deepEqual(await functionNames('A.java', `package com.foo;
class Outer { Outer() {} void a() { new Runnable() { public void run() {} }; } static class Inner { void b() {} } Runnable r = new Runnable() { public void run() {} }; }`),
  ['com.foo.Outer.<init>', 'com.foo.Outer.a', 'com.foo.Outer.$.run', 'com.foo.Outer.Inner.b', 'com.foo.Outer.$.run']);
  assert.deepEqual(await functionNames('a.cs', 'namespace A.B; class C { void M() {} class D { void N() {} } }'), ['A.B.C.M', 'A.B.C.D.N']);
  assert.deepEqual(await functionNames('a.cs', 'namespace A { namespace B.C { class D { void M() {} } } }'), ['A.B.C.D.M']);
  assert.deepEqual(await functionNames('a.php', '<?php namespace App\\Http; function f() {} class A { function m() {} }'), ['App\\Http\\f', 'App\\Http\\A::m']);
  assert.deepEqual(await functionNames('a.php', '<?php namespace A { function f() {} } namespace B { function f() {} }'), ['A\\f', 'B\\f']);
  assert.deepEqual(await functionNames('a.go', 'package shop\nfunc (s *Store[T]) M() {}\nfunc f() {}'), ['shop.Store.M', 'shop.f']);
  assert.deepEqual(await functionNames('a.rb', 'module Admin\n class Users\n  def show; end\n  def self.all; end\n end\nend'), ['Admin::Users#show', 'Admin::Users.all']);
  assert.deepEqual(await functionNames('a.py', 'class A:\n  def m(self):\n    def inner(): pass\ndef f(): pass'), ['A.m', 'A.m.<locals>.inner', 'f']);
  assert.deepEqual(await functionNames('a.rs', 'mod inner { impl Store { fn m(&self) {} } fn f() {} }'), ['inner::Store::m', 'inner::f']);
});

test('Java: package, class and method; what the compiler adds is taken off', async () => {
  const { ask } = await indexOf({
    'src/main/java/com/foo/Bar.java': `package com.foo;
class Bar {
  void method() {}
  void over(int a) {}
  void over(String a) {}
  void anonymous() { run(new Runnable() { public void run() {} }); }
  static class Inner { void deep() {} }
}`,
    'src/main/java/com/other/Bar.java': 'package com.other;\nclass Bar {\n  void method() {}\n}',
  });
  const java = (functionName: string, namespace?: string) => ask({ functionName, namespace, language: 'java', name: 'method' });
  assert.equal(await java('com.foo.Bar.method'), 'src/main/java/com/foo/Bar.java:3 Bar.method (function)');
  assert.equal(await java('method', 'com.other.Bar'), 'src/main/java/com/other/Bar.java:3 Bar.method (function)');
  assert.equal(await java('com.foo.Bar.lambda$method$0'), 'src/main/java/com/foo/Bar.java:3 Bar.method (function)');
  assert.equal(await java('com.foo.Bar$Inner.deep'), 'src/main/java/com/foo/Bar.java:7 Bar.Inner.deep (function)');
  assert.match(await java('com.foo.Bar$1.run'), /Bar.java:6 .*run \(function\)$/);
  assert.match(await java('com.foo.Bar.over'), /^more than one place fits: .*Bar\.java:4, .*Bar\.java:5$/);
  for (const none of ['Bar.method', 'method', 'xcom.foo.Bar.method', 'foo.Bar.method', 'com.foo.Bar.metho', 'com.foo.Bar$$Lambda/0x00.method']) {
    assert.match(await java(none), /^no function of the workspace is/, none);
  }
});

test('Ruby, PHP, C# and JavaScript', async () => {
  const { ask } = await indexOf({
    'app/controllers/users_controller.rb': 'class UsersController < Base\n  def show\n  end\nend',
    'app/controllers/admin/users_controller.rb': 'module Admin\n  class UsersController\n    def show; end\n    def self.all; end\n  end\nend',
    'src/Client.php': '<?php\nnamespace GuzzleHttp;\nclass Client {\n  function transfer() {}\n}\n',
    'helpers.php': '<?php\nfunction helper() {}\n',
    'Shop.cs': 'namespace Shop.Api;\nclass Orders {\n  async Task Place() {}\n  class Deep { void In() {} }\n}',
    'src/a.ts': 'class Orders {\n  place() {}\n}\nfunction alone() {}',
  });
  assert.equal(await ask({ functionName: 'show', namespace: 'UsersController', language: 'ruby' }), 'app/controllers/users_controller.rb:2 UsersController#show (function)');
  assert.equal(await ask({ functionName: 'UsersController#show', language: 'ruby' }), 'app/controllers/users_controller.rb:2 UsersController#show (function)');
  assert.equal(await ask({ functionName: 'Admin::UsersController#show', language: 'ruby' }), 'app/controllers/admin/users_controller.rb:3 Admin::UsersController#show (function)');
  assert.equal(await ask({ functionName: 'all', namespace: 'Admin::UsersController', language: 'ruby' }), 'app/controllers/admin/users_controller.rb:4 Admin::UsersController.all (function)');
  assert.equal(await ask({ functionName: 'GuzzleHttp\\Client::transfer', language: 'php' }), 'src/Client.php:4 Client::transfer (function)');
  assert.equal(await ask({ functionName: 'transfer', namespace: 'GuzzleHttp\\Client', language: 'php' }), 'src/Client.php:4 Client::transfer (function)');
  assert.equal(await ask({ functionName: '{closure:GuzzleHttp\\Client::transfer():12}', language: 'php' }), 'src/Client.php:4 Client::transfer (function)');
  assert.equal(await ask({ functionName: 'helper', language: 'php' }), 'helpers.php:2 helper (function)');
  assert.match(await ask({ functionName: 'Client::transfer', language: 'php' }), /^no function/);
  assert.equal(await ask({ functionName: 'Shop.Api.Orders.Place', language: 'dotnet' }), 'Shop.cs:3 Orders.Place (function)');
  assert.equal(await ask({ functionName: 'Shop.Api.Orders+<Place>d__5.MoveNext', language: 'dotnet' }), 'Shop.cs:3 Orders.Place (function)');
  assert.equal(await ask({ functionName: 'Shop.Api.Orders+Deep.In', language: 'dotnet' }), 'Shop.cs:4 Orders.Deep.In (function)');
  assert.equal(await ask({ functionName: 'place', namespace: 'Orders', language: 'nodejs' }), 'src/a.ts:2 Orders.place (function)');
  assert.match(await ask({ functionName: 'alone', language: 'nodejs' }), /^no function/, 'nothing by a bare name');
});

test('Go: import paths through go.mod', async () => {
  const { ask } = await indexOf({
    'go.mod': 'module github.com/me/repo\n\ngo 1.22\n',
    'pkg/a.go': 'package pkg\n\nfunc (t *T) Method() {}\nfunc foo() {\n\tgo func() {}()\n}\n',
    'root.go': 'package other\nfunc Top() {}\n',
    'main.go': 'package main\nfunc main() {}\nfunc (a App) Run() {}\n',
    'other/pkg/a.go': 'package pkg\nfunc foo() {}\n',
    'tools/go.mod': 'module example.com/tools\n',
    'tools/pkg/a.go': 'package pkg\nfunc foo() {}\n',
  });
  const go = (functionName: string) => ask({ functionName, language: 'go' });
  assert.equal(await go('github.com/me/repo/pkg.(*T).Method'), 'pkg/a.go:3 T.Method (function)');
  assert.equal(await go('github.com/me/repo/pkg.(*T).Method-fm'), 'pkg/a.go:3 T.Method (function)');
  assert.equal(await go('github.com/me/repo/pkg.foo.func5.1'), 'pkg/a.go:4 foo (function)');
  assert.equal(await go('example.com/tools/pkg.foo'), 'tools/pkg/a.go:2 foo (function)');
  assert.equal(await go('main.App.Run'), 'main.go:3 App.Run (function)');
  assert.equal(await go('github.com/me/repo.Top'), 'root.go:2 Top (function)');
  for (const none of ['pkg.foo', 'repo/pkg.foo', 'github.com/you/repo/pkg.foo']) assert.match(await go(none), /^no function/, none);
});

test('Python and Rust: modules that are files', async () => {
  const { ask } = await indexOf({
    'src/shop/__init__.py': '',
    'src/shop/orders.py': 'class Orders:\n  def place(self): pass\ndef total():\n  def inner(): pass\n',
    'other/orders.py': 'def total(): pass\n',
    'crates/shop/Cargo.toml': '[package]\nname = "my-shop"\nversion = "1.0.0"\n',
    'crates/shop/src/main.rs': 'fn main() {}\n',
    'crates/shop/src/orders/mod.rs': 'impl Store {\n  fn place(&self) {}\n}\nfn total() {}\n#[instrument]\nfn traced() {}\n',
    'crates/shop/src/orders/deep.rs': 'mod inner {\n  fn f() {}\n}\n',
  });
  const python = (functionName: string, namespace?: string) => ask({ functionName, namespace, language: 'python' });
  assert.equal(await python('shop.orders.Orders.place'), 'src/shop/orders.py:2 Orders.place (function)');
  assert.equal(await python('total', 'shop.orders'), 'src/shop/orders.py:3 total (function)');
  assert.equal(await python('shop.orders.total.<locals>.<lambda>'), 'src/shop/orders.py:3 total (function)');
  assert.equal(await python('orders.total'), 'other/orders.py:1 total (function)', 'a folder with __init__.py is no root');
  assert.match(await python('total'), /^no function/);
  const rust = (functionName: string) => ask({ functionName, language: 'rust' });
  assert.equal(await rust('my_shop::main'), 'crates/shop/src/main.rs:1 main (function)');
  assert.equal(await rust('my_shop::orders::Store::place'), 'crates/shop/src/orders/mod.rs:2 Store::place (function)');
  assert.equal(await rust('<my_shop::orders::Store as Trait>::place'), 'crates/shop/src/orders/mod.rs:2 Store::place (function)');
  assert.equal(await rust('my_shop::orders::total::{{closure}}'), 'crates/shop/src/orders/mod.rs:4 total (function)');
  assert.equal(await rust('my_shop::orders::deep::inner::f'), 'crates/shop/src/orders/deep.rs:2 f (function)');
  assert.match(await rust('orders::total'), /^no function/);
  assert.equal(await ask({ name: 'traced', namespace: 'my_shop::orders', language: 'rust' }), 'crates/shop/src/orders/mod.rs:6 traced (spanName)');
  assert.match(await ask({ name: 'traced', namespace: 'my_shop', language: 'rust' }), /^nothing/);
});

test('span names: scope, language, ambiguity and libraries', async () => {
  const { ask, put, index } = await indexOf({
    'a.ts': "const tracer = trace.getTracer('shop');\ntracer.startSpan('pay');\ntracer.startSpan('GET');",
    'b.py': 'tracer = trace.get_tracer("shop")\ntracer.start_span("pay")\n',
    'A.java': 'class A {\n @WithSpan("annotated") void m() {}\n}',
  });
  assert.equal(await ask({ name: 'pay', language: 'nodejs' }), 'a.ts:2 - (spanName)');
  assert.equal(await ask({ name: 'pay' }), 'more than one place fits: a.ts:2, b.py:2');
  assert.match(await ask({ name: 'pay', scopeName: 'another', language: 'nodejs' }), /^nothing in the workspace makes spans called "pay" with the tracer another$/);
  assert.match(await ask({ name: 'GET', scopeName: '@opentelemetry/instrumentation-http', language: 'nodejs' }), /^nothing/);
  assert.match(await ask({ name: 'pa', language: 'nodejs' }), /^nothing/);
  assert.match(await ask({ name: 'annotated', scopeName: 'io.opentelemetry.jdbc', language: 'java' }), /^nothing/);
  assert.equal(await ask({ name: 'annotated', scopeName: 'io.opentelemetry.opentelemetry-instrumentation-annotations-1.16', language: 'java' }), 'A.java:2 A.m (spanName)');
  assert.match(await ask({ name: 'pay', functionName: 'com.lib.Other.x', language: 'nodejs' }), /^no function of the workspace/, 'a library made it');
  assert.equal(await ask({}), 'the span says no name, route or function to look for');

  await put('c.ts', "t.startSpan('pay');");
  assert.equal(await ask({ name: 'pay', language: 'nodejs' }), 'more than one place fits: a.ts:2, c.ts:1');
  index.remove('/w/a.ts');
  assert.equal(await ask({ name: 'pay', language: 'nodejs' }), 'c.ts:1 - (spanName)');
  await put('c.ts', '\n\nt.startSpan("pay");');
  assert.equal(await ask({ name: 'pay', language: 'nodejs' }), 'c.ts:3 - (spanName)');
});

test('functions of a changed file are read anew', async () => {
  const { ask, put } = await indexOf({ 'a.ts': 'class A {\n  m() {}\n}' });
  assert.equal(await ask({ functionName: 'A.m', language: 'nodejs' }), 'a.ts:2 A.m (function)');
  await put('a.ts', '\nclass A {\n  m() {}\n}');
  assert.equal(await ask({ functionName: 'A.m', language: 'nodejs' }), 'a.ts:3 A.m (function)');
  await put('a.ts', 'class A {}');
  assert.match(await ask({ functionName: 'A.m', language: 'nodejs' }), /^no function/);
});

test('remote calls are served by methods of what the service generated', async () => {
  const { ask } = await indexOf({
    'a.py': 'class Orders(orders_pb2_grpc.OrdersServicer):\n  def Place(self, request, context): pass\n',
    'A.java': 'class Impl extends OrdersGrpc.OrdersImplBase {\n  @Override public void place(Request r, StreamObserver<R> o) {}\n}',
    'a.go': 'package main\ntype server struct {\n\tpb.UnimplementedOrdersServer\n}\nfunc (s *server) Place(ctx context.Context, in *pb.R) {}\n',
    'a.cs': 'class Impl : Orders.OrdersBase {\n  public override Task<R> Place(Request r, ServerCallContext c) => null;\n}',
    'a.ts': 'server.addService(proto.shop.Orders.service, { place: placeOrder });\nfunction placeOrder(call, callback) {}',
  });
  const ask2 = (language: string) => ask({ kind: 'server', name: 'shop.Orders/Place', rpcService: 'shop.Orders', rpcMethod: 'Place', language });
  assert.equal(await ask2('python'), 'a.py:2 Orders.Place (rpc)');
  assert.equal(await ask2('java'), 'A.java:2 Impl.place (rpc)');
  assert.equal(await ask2('go'), 'a.go:5 server.Place (rpc)');
  assert.equal(await ask2('dotnet'), 'a.cs:2 Impl.Place (rpc)');
  assert.equal(await ask2('nodejs'), 'a.ts:2 placeOrder (rpc)');
  assert.equal(await ask({ kind: 'server', rpcMethod: 'shop.Orders/Place', language: 'go' }), 'a.go:5 server.Place (rpc)');
  assert.match(await ask({ kind: 'client', rpcMethod: 'shop.Orders/Place', language: 'go' }), /^the span says no/);
});

test('remote calls: NestJS, objects and classes that are named, calls that are registered and served in other files', async () => {
  const { ask } = await indexOf({
    'hero.ts': `
@Controller()
export class HeroesService {
  @GrpcMethod('HeroesService', 'FindOne') find() {}
  @GrpcMethod() findMany() {}
  @GrpcStreamMethod('Other') stream() {}
  @GrpcMethod(process.env.NAME, 'No') no() {}
}
class NoController { @GrpcMethod('HeroesService', 'Lost') lost() {} }`,
    'server.js': `
class BooksService {
  constructor() {}
  list(call, callback) {}
  get = async (call) => {};
}
const carts = { open, close: this.close.bind(this), pay: handlers.pay };
function open() {}
server.addService(books.BooksService.service, new BooksService());
server.addService(CartsService, carts);
server.addService(ToysService, { play: play });
server.addService(DollsService, imported);
function play() {}`,
    'Async.java': 'class Impl implements BindableService, OrdersGrpc.AsyncService {\n  public void place(Request r, StreamObserver<R> o) {}\n}',
    'go/go.mod': 'module example.com/shop\n',
    'go/main.go': `package main
func main() {
	pb.RegisterShopServer(s, &shop{})
	pb.RegisterBankServer(s, newBank(db))
	till := till{}
	pb.RegisterTillServer(s, &till)
	pb.RegisterLostServer(s, other.New())
}
type embedded struct { pb.UnimplementedEmbeddedServer }
func newBank(db *DB) *bank { return nil }
`,
    'go/serve.go': `package main
func (s *shop) Sell(ctx context.Context, r *pb.R) {}
func (b *bank) Pay(ctx context.Context, r *pb.R) {}
func (t till) Open(ctx context.Context, r *pb.R) {}
func (e *embedded) Ping(ctx context.Context, r *pb.R) {}
func (o *other) Sell(ctx context.Context, r *pb.R) {}
`,
    'go/sub/serve.go': 'package sub\nfunc (s *shop) Sell(ctx context.Context, r *pb.R) {}\n',
    'two/go.mod': 'module example.com/two\n',
    'two/a.go': 'package a\ntype bank struct { pb.UnimplementedTwiceServer }\nfunc (b *bank) Go() {}\n',
    'two/b/b.go': 'package b\ntype bank struct { pb.UnimplementedTwiceServer }\nfunc (b *bank) Go() {}\n',
  });
  const served = (rpcMethod: string, language: string) => ask({ kind: 'server', name: rpcMethod, rpcMethod, language });
  assert.equal(await served('hero.HeroesService/FindOne', 'nodejs'), 'hero.ts:4 HeroesService.find (rpc)');
  assert.equal(await served('hero.HeroesService/FindMany', 'nodejs'), 'hero.ts:5 HeroesService.findMany (rpc)');
  assert.equal(await served('hero.Other/Stream', 'nodejs'), 'hero.ts:6 HeroesService.stream (rpc)');
  for (const none of ['hero.HeroesService/No', 'hero.HeroesService/Lost']) assert.match(await served(none, 'nodejs'), /^nothing/, none);
  assert.equal(await served('x.BooksService/List', 'nodejs'), 'server.js:4 BooksService.list (rpc)');
  assert.equal(await served('x.BooksService/Get', 'nodejs'), 'server.js:5 BooksService.get (rpc)');
  assert.equal(await served('x.Carts/Open', 'nodejs'), 'server.js:8 open (rpc)');
  assert.equal(await served('x.Toys/Play', 'nodejs'), 'server.js:13 play (rpc)');
  assert.match(await served('x.Dolls/Play', 'nodejs'), /^nothing/);
  assert.equal(await served('x.Orders/Place', 'java'), 'Async.java:2 Impl.place (rpc)');
  assert.equal(await served('x.Shop/Sell', 'go'), 'go/serve.go:2 shop.Sell (rpc)');
  assert.equal(await served('x.Bank/Pay', 'go'), 'go/serve.go:3 bank.Pay (rpc)');
  assert.equal(await served('x.Till/Open', 'go'), 'go/serve.go:4 till.Open (rpc)');
  assert.equal(await served('x.Embedded/Ping', 'go'), 'go/serve.go:5 embedded.Ping (rpc)');
  assert.match(await served('x.Lost/Sell', 'go'), /^nothing/);
  assert.match(await served('x.Twice/Go', 'go'), /^more than one place fits: two\/a\.go:3, two\/b\/b\.go:3/);
  assert.match(await served('x.Shop/Sell', 'nodejs'), /^nothing/);
});

test('a file that takes too long to read may have another place', async () => {
  const { ask, index } = await indexOf({ 'a.ts': "tracer.startSpan('only one'); tracer.startSpan('another');\napp.get('/orders/:id', (req, res) => {});", 'A.java': 'class A { void m() {} }' });
  const words = (text: string) => new WordFilter(text);
  assert.equal(await ask({ name: 'only one' }), 'a.ts:1 - (spanName)');
  index.set({ file: '/w/slow.ts', relativePath: 'slow.ts' }, { facts: 'unread', words: words('only one orders'), manifest: undefined });
  assert.equal(await ask({ name: 'only one' }), 'a.ts:1 fits, but slow.ts may too: it takes too long to read');
  assert.equal(await ask({ name: 'another' }), 'a.ts:1 - (spanName)');
  assert.match(await ask({ kind: 'server', name: 'GET /orders/:id' }), /slow\.ts may too/);
  assert.equal(await ask({ name: 'only one', language: 'nodejs' }), 'a.ts:1 fits, but slow.ts may too: it takes too long to read');
  index.set({ file: '/w/slow.ts', relativePath: 'slow.ts' }, { facts: undefined, words: words('only one orders'), manifest: undefined });
  assert.equal(await ask({ name: 'only one' }), 'a.ts:1 - (spanName)');
  // The same of a function.
  assert.equal(await ask({ functionName: 'A.m', language: 'java' }), 'A.java:1 A.m (function)');
  index.set({ file: '/w/B.java', relativePath: 'B.java' }, { facts: undefined, words: words('class A void m'), manifest: undefined });
  index.setFunctions('/w/B.java', undefined);
  assert.match(await ask({ functionName: 'A.m', language: 'java' }), /^A\.java:1 fits, but B\.java may too/);
  index.remove('/w/B.java');
  assert.equal(await ask({ functionName: 'A.m', language: 'java' }), 'A.java:1 A.m (function)');
});

test('a word filter has every word that is in the text', () => {
  const words = Array.from({ length: 2000 }, (_, i) => `word${i * 7919}`);
  const filter = new WordFilter(words.join(' + '), 'src/größe.ts');
  assert.ok(words.every((word) => filter.mayHave(wordHashes(word))));
  assert.ok(filter.mayHave(wordHashes('größe.ts')) && filter.mayHave([]));
  const others = Array.from({ length: 2000 }, (_, i) => `other${i}`).filter((word) => filter.mayHave(wordHashes(word)));
  assert.ok(others.length < 200, `${others.length} of 2000 that are not there seem to be`);
});

test('hostile texts and names are read in the time their length takes', async () => {
  const many = 'a?.'.repeat(20_000);
  for (const text of [
    `app.get(${' '.repeat(300_000)}x`,
    `${many}startSpan('x')`,
    `app.use(${'['.repeat(20_000)}`,
    `${'f(() => {'.repeat(3_000)}tracer.startSpan('deep')`,
    `tracer.startSpan('${'x'.repeat(300_000)}')`,
    'const t = '.repeat(20_000),
    `.get(${'a'.repeat(99)}${' '.repeat(300_000)}`,
    `${'.get(a '.repeat(20_000)}+`,
    `const a = ${'a + '.repeat(20_000)}a; app.get(a, b); tracer.startSpan(a)`,
    `const a = ${'`${'.repeat(900)}`,
    '\u0000\ud800startSpan(',
  ]) await functionNames('a.ts', text).then(() => entriesOf('a.ts', text));
  const { ask } = await indexOf({ 'a.ts': 'class A { m() {} }', 'A.java': 'class A { void m() {} }', 'a.cs': 'class A { void M() {} }' });
  for (const long of ['a.'.repeat(300_000), '<'.repeat(300_000), '$1'.repeat(300_000), '.func1.1'.repeat(400), ':a('.repeat(100_000), '{'.repeat(300_000), '', '.', '::', '\\', '\u0000']) {
    assert.match(await ask({ functionName: long, namespace: long }), /^no /);
    assert.match(await ask({ kind: 'server', httpRoute: long, httpMethod: long, rpcMethod: long, rpcService: long, name: long, scopeName: long }), /^no |^nothing|^the span says no/);
  }
});
