/** Spans that say a function, a module or a base name, and less than a place: from the attributes as SDKs send them to the line. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { locatorHandlers } from '../../../src/client/locatorHandlers.ts';
import type { AttributeValue } from '../../../src/model/attributes.ts';
import { readSite } from '../../../src/model/readSite.ts';
import { grammarDir, temporaryFolder, writeFiles } from './support.ts';

const server = 2;

interface Said {
  readonly language: string;
  readonly kind?: number;
  /** `/ws` stands for the workspace. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** `file:line function via`, or why there is none. */
async function answers(files: Readonly<Record<string, string>>, spans: readonly Said[]): Promise<string[]> {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  const { handlers, close } = locatorHandlers(grammarDir, () => {});
  await handlers.configure({ workspaceFolders: [folder.path], pathRules: [] });
  await handlers.settled(undefined);
  const shown: string[] = [];
  for (const { language, kind = 1, attributes } of spans) {
    const values = Object.entries(attributes).map(([key, value]) => ({ key, value: typeof value === 'string' ? value.replaceAll('/ws', folder.path) : value }));
    const shared = { droppedAttributesCount: 0, schemaUrl: '' };
    const site = readSite({
      name: 'a span', kind, attributes: values, events: [], scope: { name: 'io.opentelemetry.library', version: '', attributes: [], ...shared },
      resource: { attributes: [{ key: 'telemetry.sdk.language', value: language }], ...shared },
    });
    const { location, outcome } = await handlers.explain(site);
    shown.push(location === undefined ? outcome : `${path.relative(folder.path, location.file)}:${location.line} ${location.function?.name ?? '-'} ${location.inferred ? 'inferred:' : ''}${location.via.join('+')}`);
  }
  await close();
  return shown;
}

async function check(files: Readonly<Record<string, string>>, cases: readonly (readonly [span: Said, expected: string | RegExp])[]): Promise<void> {
  const found = await answers(files, cases.map(([span]) => span));
  for (const [i, [span, expected]] of cases.entries()) {
    if (typeof expected === 'string') assert.equal(found[i], expected, JSON.stringify(span.attributes, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
    else assert.match(found[i]!, expected);
  }
}

test('Java: class and method, in either generation or both; the base name of a file with its line', async () => {
  const java = (attributes: Said['attributes']): Said => ({ language: 'java', attributes });
  const sell = 'src/main/java/com/acme/Shop.java:3 Shop.sell symbol';
  await check({
    'src/main/java/com/acme/Shop.java': 'package com.acme;\nclass Shop {\n  int sell(int n) {\n    return n;\n  }\n  static class Desk {\n    void ring() {}\n  }\n}\n',
    'src/main/java/com/other/Shop.java': 'package com.other;\nclass Shop {\n  int sell(int n) {\n    return n;\n  }\n}\n',
  }, [
    [java({ 'code.function.name': 'com.acme.Shop.sell' }), sell],
    [java({ 'code.namespace': 'com.acme.Shop', 'code.function': 'sell' }), sell],
    [java({ 'code.function.name': 'com.acme.Shop.sell', 'code.namespace': 'com.acme.Shop', 'code.function': 'sell' }), sell],
    [java({ 'code.function.name': 'sell', 'code.namespace': 'com.acme.Shop' }), sell],
    [java({ 'code.function.name': 'com.acme.Shop$Desk.ring' }), 'src/main/java/com/acme/Shop.java:7 Shop.Desk.ring symbol'],
    [java({ 'code.function.name': 'com.acme.Shop.lambda$sell$0' }), sell],
    [java({ 'code.function.name': 'com.gone.Shop.sell' }), /^No place: /],
    [java({ 'code.function.name': 'sell' }), /^No place: /],
    // What Logback's and Log4j's appenders send: a base name, and what tells which.
    [java({ 'code.file.path': 'Shop.java', 'code.line.number': 4n, 'code.function.name': 'com.acme.Shop.sell' }), 'src/main/java/com/acme/Shop.java:4 Shop.sell attributes+symbol'],
    [java({ 'code.filepath': 'Shop.java', 'code.lineno': '4', 'code.namespace': 'com.other.Shop', 'code.function': 'sell' }), 'src/main/java/com/other/Shop.java:4 Shop.sell attributes+symbol'],
    [java({ 'code.file.path': 'Cart.java', 'code.line.number': 4n, 'code.function.name': 'com.acme.Shop.sell' }), /^No place: .*relative path/],
    [java({ 'code.file.path': 'Shop.java', 'code.line.number': 4n }), /^No place: .*relative path/],
    // A file and a function, and no line.
    [java({ 'code.file.path': '/ws/src/main/java/com/acme/Shop.java', 'code.function.name': 'com.acme.Shop.sell' }), 'src/main/java/com/acme/Shop.java:3 Shop.sell attributes+exact+symbol'],
    [java({ 'code.file.path': '/ws/src/main/java/com/acme/Shop.java', 'code.function.name': 'com.acme.Cart.sell' }), /^No place: .*not one function/],
  ]);
});

test("Ruby: Rails' controller and action, on the server span of Rack", async () => {
  const ruby = (attributes: Said['attributes'], kind = server): Said => ({ language: 'ruby', kind, attributes });
  await check({
    'app/controllers/orders_controller.rb': 'class OrdersController < ApplicationController\n  def show\n    render\n  end\nend\n',
    'app/controllers/admin/orders_controller.rb': 'module Admin\n  class OrdersController < ApplicationController\n    def show\n    end\n    def self.all\n    end\n  end\nend\n',
  }, [
    [ruby({ 'code.namespace': 'OrdersController', 'code.function': 'show' }), 'app/controllers/orders_controller.rb:2 OrdersController#show symbol'],
    [ruby({ 'code.function.name': 'OrdersController#show' }), 'app/controllers/orders_controller.rb:2 OrdersController#show symbol'],
    [ruby({ 'code.function.name': 'Admin::OrdersController#show' }, 1), 'app/controllers/admin/orders_controller.rb:3 Admin::OrdersController#show symbol'],
    [ruby({ 'code.function.name': 'show', 'code.namespace': 'Admin::OrdersController' }), 'app/controllers/admin/orders_controller.rb:3 Admin::OrdersController#show symbol'],
    [ruby({ 'code.function.name': 'Admin::OrdersController.all' }), 'app/controllers/admin/orders_controller.rb:5 Admin::OrdersController.all symbol'],
    [ruby({ 'code.namespace': 'OrdersController', 'code.function': 'index' }), /^No place: /],
  ]);
});

test('PHP: namespace, class and method; the places of hooks, which are declarations', async () => {
  const php = (attributes: Said['attributes']): Said => ({ language: 'php', attributes });
  await check({
    'src/Cart.php': '<?php\nnamespace App;\nclass Cart {\n  function total() {\n    return 1;\n  }\n}\nfunction rebate() {}\n',
    'vendor/acme/x/src/Client.php': '<?php\nnamespace Acme;\nclass Client {\n  function send() {}\n}\n',
  }, [
    [php({ 'code.function.name': 'App\\Cart::total' }), 'src/Cart.php:4 Cart::total symbol'],
    [php({ 'code.function.name': '\\App\\Cart::total' }), 'src/Cart.php:4 Cart::total symbol'],
    [php({ 'code.function.name': 'total', 'code.namespace': 'App\\Cart' }), 'src/Cart.php:4 Cart::total symbol'],
    [php({ 'code.function.name': 'App\\rebate' }), 'src/Cart.php:8 rebate symbol'],
    [php({ 'code.function.name': 'App\\Cart::total', 'code.file.path': '/ws/src/Cart.php', 'code.line.number': 4n }), 'src/Cart.php:4 Cart::total attributes+exact'],
    [php({ 'code.function.name': 'total', 'code.namespace': 'App\\Cart', 'code.filepath': '/ws/src/Cart.php', 'code.line.number': 4n }), 'src/Cart.php:4 Cart::total attributes+exact'],
    [php({ 'code.function.name': 'App\\Cart::total', 'code.file.path': '/ws/src/Cart.php' }), 'src/Cart.php:4 Cart::total attributes+exact+symbol'],
    [php({ 'code.function.name': 'PDO::query' }), /^No place: /],
    [php({ 'code.function.name': 'Acme\\Client::send', 'code.file.path': '/ws/vendor/acme/x/src/Client.php', 'code.line.number': 4n }), /^No place: .*other people's code/],
  ]);
});

test("Rust: a path relative to the crate or to Cargo's workspace is the file of that module", async () => {
  const rust = (file: string, module: string | undefined, line = 2n, more: Said['attributes'] = {}): Said => ({
    language: 'rust', attributes: { 'code.file.path': file, 'code.line.number': line, ...(module === undefined ? {} : { 'code.module.name': module }), ...more },
  });
  const source = 'pub fn sell() {\n    let _ = 1;\n    mod inner { fn f() {} }\n}\n';
  await check({
    'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
    'crates/shop/Cargo.toml': '[package]\nname = "my-shop"\n', 'crates/shop/src/main.rs': source, 'crates/shop/src/orders.rs': source, 'crates/shop/src/stock/mod.rs': source, 'crates/shop/src/bin/tool.rs': source,
    'crates/bank/Cargo.toml': '[package]\nname = "bank"\n', 'crates/bank/src/main.rs': source,
  }, [
    [rust('src/main.rs', 'my_shop'), 'crates/shop/src/main.rs:2 sell attributes+learned'],
    [rust('src/main.rs', 'bank'), 'crates/bank/src/main.rs:2 sell attributes+learned'],
    [rust('crates/shop/src/main.rs', 'my_shop'), 'crates/shop/src/main.rs:2 sell attributes+learned'],
    [rust('src/orders.rs', 'my_shop::orders'), 'crates/shop/src/orders.rs:2 sell attributes+learned'],
    [rust('src/orders.rs', 'my_shop::orders::inner'), 'crates/shop/src/orders.rs:2 sell attributes+learned'],
    [rust('src/stock/mod.rs', 'my_shop::stock'), 'crates/shop/src/stock/mod.rs:2 sell attributes+learned'],
    [rust('src/bin/tool.rs', 'tool'), 'crates/shop/src/bin/tool.rs:2 sell attributes+learned'],
    // The older names of the crate's attributes.
    [{ language: 'rust', attributes: { 'code.filepath': 'src/orders.rs', 'code.lineno': 2n, 'code.namespace': 'my_shop::orders' } }, 'crates/shop/src/orders.rs:2 sell attributes+learned'],
    [rust('src/main.rs', 'other'), /^No place: .*relative path/],
    [rust('src/orders.rs', 'bank::orders'), /^No place: .*relative path/],
    [rust('src/orders.rs', 'my_shop::stock'), /^No place: .*relative path/],
    [rust('src/main.rs', undefined), /^No place: .*relative path/],
    [rust('main.rs', 'my_shop'), 'crates/shop/src/main.rs:2 sell attributes+learned'],
    [rust('../src/main.rs', 'my_shop'), /^No place: /],
    [rust('src/main.rs', 'my_shop', 99n), /has no line 99/],
  ]);
});

test('two crates of one name are asked about, not guessed', async () => {
  const found = await answers({
    'a/Cargo.toml': '[package]\nname = "shop"\n', 'a/src/main.rs': 'fn main() {}\n', 'b/Cargo.toml': '[package]\nname = "shop"\n', 'b/src/main.rs': 'fn main() {}\n',
  }, [{ language: 'rust', attributes: { 'code.file.path': 'src/main.rs', 'code.line.number': 1n, 'code.namespace': 'shop' } }]);
  assert.match(found[0]!, /^No place: .*relative path/);
});

test('Kotlin and Scala, which have no grammar here: the file of the package, at the line', async () => {
  const stack = (...frames: readonly string[]): Said => ({ language: 'java', attributes: { 'code.stacktrace': `java.lang.IllegalStateException: x\n${frames.map((frame) => `\tat ${frame}\n`).join('')}` } });
  await check({
    'src/Cart.kt': '@file:JvmMultifileClass\n/* head */\npackage com.acme\n\nimport x.y\n\nprivate inline fun <T> List<T>.total(f: (T) -> Int): Int {\n  return sumOf(f)\n}\nfun twice() {}\nfun Int.twice() {}\n',
    'other/Cart.kt': 'package com.other\n\nfun total() {}\n',
    'a/Twin.kt': 'package com.twin\n', 'b/Twin.kt': 'package com.twin\n',
    'src/Orders.scala': 'package com.acme\npackage shop\n\nobject Orders {\n  def total = 1\n}\n',
  }, [
    [stack('com.acme.CartKt.total(Cart.kt:8)', 'com.acme.MainKt.main(Main.kt:3)'), 'src/Cart.kt:8 - stack+symbol'],
    [stack('com.other.CartKt.total(Cart.kt:3)'), 'other/Cart.kt:3 - stack+symbol'],
    [stack('kotlin.collections.CollectionsKt.map(Collections.kt:3)', 'com.acme.CartKt$total$1.invoke(Cart.kt:8)'), 'src/Cart.kt:8 - stack+symbol'],
    // The line of what was inlined lies past the end of the file, and means the function.
    [stack('com.acme.CartKt.total(Cart.kt:1742)'), 'src/Cart.kt:7 - stack+symbol'],
    [stack('com.acme.CartKt.twice(Cart.kt:1742)'), /^No place: .*inlined, and not one function in the file is twice/],
    [stack('com.acme.CartKt.gone(Cart.kt:1742)', 'com.other.CartKt.total(Cart.kt:3)'), /^No place: .*not one function in the file is gone/],
    [stack('com.twin.TwinKt.f(Twin.kt:1)', 'com.other.CartKt.total(Cart.kt:3)'), /^No place: .*2 files may be meant/],
    [stack('com.gone.CartKt.total(Cart.kt:3)'), /^No place: /],
    [stack('com.acme.shop.Orders$.total(Orders.scala:5)'), 'src/Orders.scala:5 - stack+symbol'],
  ]);
});

test('Java: what is overloaded, written by the compiler or changed since is never passed over for its caller', async () => {
  const stack = (...frames: readonly string[]): Said => ({ language: 'java', attributes: { 'code.stacktrace': frames.map((frame) => `\tat ${frame}\n`).join('') } });
  const main = 'com.acme.Main.main(Main.java:4)';
  await check({
    'src/com/acme/Cart.java': 'package com.acme;\nclass Cart {\n  int rate = rate();\n  void add(int a) {\n    rate();\n  }\n  void add(String a) {\n    rate();\n  }\n}\n',
    'src/com/acme/Main.java': 'package com.acme;\nclass Main {\n  public static void main(String[] args) {\n    new Cart();\n  }\n}\n',
  }, [
    [stack('com.acme.Cart.add(Cart.java:8)', main), 'src/com/acme/Cart.java:8 Cart.add stack+symbol'],
    [stack('com.acme.Cart.<init>(Cart.java:3)', main), 'src/com/acme/Cart.java:3 - stack+symbol'],
    [stack('com.acme.Cart.add(Unknown Source)', main), /^No place: .*more than one place fits/],
    [stack('com.acme.Cart.add(Cart.java:1742)', main), /^No place: .*has no line 1742/],
    [stack('com.acme.Cart$Item.add(Cart.java:5)', main), 'src/com/acme/Cart.java:5 Cart.add stack+symbol'],
    [stack('org.other.Cart.add(Cart.java:5)', main), 'src/com/acme/Main.java:4 Main.main stack+symbol'],
  ]);
});

test("PHP's SDK: closures too are in the file of their namespace", async () => {
  const stack = (frame: string): Said => ({ language: 'php', attributes: { 'code.stacktrace': `Exception: x\n\tat ${frame}\n` } });
  await check({ 'src/Cart.php': '<?php\n\nnamespace App\\Shop;\n\nclass Cart {\n  function total() {\n    return array_map(function ($x) {\n      return $x;\n    }, []);\n  }\n}\nfunction rebate() {\n  return 1;\n}\n' }, [
    [stack('App.Shop.Cart.total(Cart.php:7)'), 'src/Cart.php:7 Cart::total stack+symbol'],
    [stack('App.Shop.Cart.App.Shop.{closure}(Cart.php:8)'), /^src\/Cart\.php:8 .* stack\+symbol$/],
    [stack('App.Shop.rebate(Cart.php:13)'), 'src/Cart.php:13 rebate stack+symbol'],
    [stack('App.Other.Cart.total(Cart.php:7)'), /^No place: /],
  ]);
});
