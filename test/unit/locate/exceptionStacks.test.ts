/** Spans that say nothing but the stack of an exception: the function that made them, or silence (docs/decisions/exception-stacks.md). */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { nodeSourceFiles } from '../../../src/client/nodeSourceFiles.ts';
import { WorkspaceIndexer } from '../../../src/client/workspaceIndexer.ts';
import { Locator } from '../../../src/locate/locate.ts';
import type { SpanPlaces } from '../../../src/locate/placer.ts';
import { exceptionStack } from '../../../src/model/stackAttribute.ts';
import type { SpanKindName } from '../../../src/model/span.ts';
import { finder, temporaryFolder, writeFiles } from './support.ts';

interface Thrown {
  readonly name?: string;
  readonly kind?: SpanKindName;
  readonly stack: string;
  readonly message?: string;
}

interface Answers {
  /** `file:line function via`, or the outcome. */
  readonly places: readonly string[];
  readonly why: readonly string[];
}

/** `root` stands for the workspace in the stacks. The workspace is looked through for functions, and for nothing that spans are called. */
async function locate(files: Readonly<Record<string, string>>, language: string | undefined, root: string, spans: readonly Thrown[]): Promise<Answers> {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  const indexer = new WorkspaceIndexer({ finder, onChange: () => undefined });
  indexer.configure([folder.path]);
  await indexer.settled();
  const places: SpanPlaces = {
    matchSpan: ({ functionName, namespace, language: asked }) =>
      functionName === undefined
        ? Promise.resolve({ entry: undefined, rule: undefined, reason: 'not asked', isAmbiguous: false })
        : indexer.matchSpan({ functionName, namespace, language: asked }),
  };
  const locator = new Locator(nodeSourceFiles, finder, places);
  await locator.configure({ workspaceFolders: [folder.path], pathRules: [] });
  const results = await locator.locateAll(spans.map(({ name = 'work', kind = 'internal', stack, message }) => {
    const attributes = [{ key: 'exception.stacktrace', value: stack.replaceAll(root, folder.path) }, { key: 'exception.message', value: message }];
    return { exception: exceptionStack(attributes, language), language, naming: { name, kind, scopeName: 'shop' } };
  }));
  await locator.close();
  await indexer.close();
  return {
    why: results.map(({ steps }) => steps.map(({ rule, result }) => `${rule}: ${result}`).join('\n')),
    places: results.map(({ location, outcome }) => {
      if (location === undefined) return outcome.replaceAll(folder.path, root);
      assert.ok(location.inferred && outcome.startsWith('Inferred: '));
      return `${path.relative(folder.path, location.file)}:${location.line} ${location.function?.name ?? '-'} ${location.via.join('+')}`;
    }),
  };
}

interface Recording {
  readonly recordedFrom: string;
  readonly language: string;
  readonly root: string;
  readonly files: Readonly<Record<string, string>>;
  readonly spans: readonly (Required<Thrown> & { readonly function: string | null })[];
}

for (const name of ['python', 'java']) {
  const recording = JSON.parse(await readFile(path.join(import.meta.dirname, 'exceptions', `${name}.json`), 'utf8')) as Recording;
  test(`recorded: ${recording.recordedFrom}`, async () => {
    const { places } = await locate(recording.files, recording.language, recording.root, recording.spans);
    for (const [i, span] of recording.spans.entries()) {
      const found = places[i]!.startsWith('No place: ') ? null : places[i]!.split(' ')[1];
      assert.equal(found, span.function, `${span.name}: ${places[i]}`);
    }
  });
}

const node = {
  'app.js': `function charge() {
  throw new Error('declined');
}
async function checkout(request) {
  return charge(request);
}
app.get('/pay', (request, response) => {
  response.send(checkout(request));
});
`,
};
const express = Array.from({ length: 10 }, (_, i) => `    at Layer.handle${i} (/ws/node_modules/router/lib/layer.js:${i + 1}:5)`);
const v8 = (...frames: readonly string[]) => ['Error: declined', ...frames].join('\n');
const [charge, checkout, handler] = ['    at charge (/ws/app.js:2:9)', '    at checkout (/ws/app.js:5:10)', '    at /ws/app.js:8:17'] as const;

test('V8: a server span is of what the runtime called; the outermost frames must be there, or be a server', async () => {
  const server = (...frames: readonly string[]): Thrown => ({ kind: 'server', stack: v8(...frames) });
  const { places } = await locate(node, 'nodejs', '/ws', [
    server(charge, checkout, handler, '    at Server.emit (node:events:519:28)'),
    server(charge, '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)', '    at async checkout (/ws/app.js:5:10)'),
    server(charge, checkout, handler, ...express.slice(0, 7)),
    server(...Array.from({ length: 9 }, () => charge), checkout),
    server(charge, checkout, ...express.slice(0, 8).map((line) => line.replace('router', 'lodash'))),
    { kind: 'consumer', stack: v8(charge, checkout) },
    server('    at f (node:internal/x:1:2)'),
  ]);
  assert.deepEqual(places.map((place) => place.replace(/^No place: the span names no file, and the stack of its exception does not tell its place: (.*?)\. .*$/, '$1')), [
    "app.js:7 app.get('/pay') callback exception+exact",
    'app.js:4 checkout exception+exact',
    "app.js:7 app.get('/pay') callback exception+exact",
    'its outermost frames may have been cut',
    'its outermost frames may have been cut',
    'app.js:4 checkout exception+exact',
    'no frame of it is code of the workspace',
  ]);
});

test('V8: another span is of the one function on the stack that is called as it is, else nothing is said', async () => {
  const stack = v8(charge, checkout, handler);
  const { places, why } = await locate(node, 'nodejs', '/ws', [
    { name: 'checkout', stack }, { name: 'cart.checkout', stack }, { name: 'check out', stack }, { name: 'checkout', kind: 'client', stack }, { name: 'charge', stack: v8('    at charge (/ws/node_modules/x.js:2:9)') },
  ]);
  assert.deepEqual(places.map((place) => place.slice(0, 18)), ['app.js:4 checkout ', 'app.js:4 checkout ', 'No place: the span', 'No place: the span', 'No place: the span']);
  assert.match(why[2]!, /nothing on it says which function made the span/);
});

test('two functions of the name are none', async () => {
  const files = { 'a.js': 'function work() {\n  go();\n}\n', 'b.js': 'function work() {\n  go();\n}\n' };
  const { places } = await locate(files, 'nodejs', '/ws', [{ name: 'work', stack: v8('    at work (/ws/a.js:2:3)', '    at work (/ws/b.js:2:3)') }, { name: 'work', stack: v8('    at work (/ws/a.js:2:3)', '    at work (/ws/a.js:2:3)') }]);
  assert.match(places[0]!, /more than one function of the program is on it/);
  assert.equal(places[1], 'a.js:1 work exception+exact');
});

const acme = {
  'src/com/acme/Orders.java': 'package com.acme;\nclass Orders {\n  void show() {\n    new Stock().load();\n  }\n}\n',
  'src/com/acme/Stock.java': 'package com.acme;\nclass Stock {\n  void load() {\n    query();\n  }\n}\n',
  'src/com/acme/Main.java': 'package com.acme;\nclass Main {\n  public static void main(String[] args) {\n    new Orders().show();\n  }\n}\n',
};
const jvm = (...frames: readonly string[]) => `java.lang.IllegalStateException: gone\n${frames.map((frame) => `\tat ${frame}\n`).join('')}`;
const [query, load, show, main, thread, spring] = [
  'org.postgresql.jdbc.PgStatement.executeQuery(PgStatement.java:231)', 'com.acme.Stock.load(Stock.java:4)', 'com.acme.Orders.show(Orders.java:4)', 'com.acme.Main.main(Main.java:4)',
  'java.base/java.lang.Thread.run(Thread.java:840)', 'org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:255)',
] as const;

test('Java: the one own function on a whole stack; two are none; a cut stack is none', async () => {
  const { places } = await locate(acme, 'java', '/ws', [
    { name: 'SELECT stock', kind: 'client', stack: jvm(query, load, spring, thread) },
    { name: 'SELECT stock', kind: 'client', stack: jvm(query, load, show, spring, thread) },
    { name: 'Orders.show', stack: jvm(query, load, show, spring, thread) },
    { name: 'x', stack: jvm(query, load, main) },
    { name: 'x', stack: jvm(query, load, spring).slice(0, -40) },
    { name: 'x', kind: 'client', stack: `${jvm(query, load, thread)}Caused by: java.io.EOFException\n\tat ${show}\n\t... 2 more\n` },
    { name: 'x', stack: jvm(query, thread) },
    { name: 'x', stack: jvm(...Array.from({ length: 5000 }, () => load)) },
  ]);
  assert.deepEqual(places.map((place) => /^No place/.test(place) ? place.split('place: ')[2]!.split('. ')[0] : place), [
    'src/com/acme/Stock.java:3 Stock.load exception+symbol',
    'more than one function of the program is on it, and nothing says which made the span',
    'src/com/acme/Orders.java:3 Orders.show exception+symbol',
    'more than one function of the program is on it, and nothing says which made the span',
    'it may have been cut, so that other functions may be on it',
    'more than one function of the program is on it, and nothing says which made the span',
    'no frame of it is code of the workspace',
    'it may have been cut, so that other functions may be on it',
  ]);
});

test('Java: a server span is of what the framework called, in whatever the exception was wrapped', async () => {
  const { places } = await locate(acme, 'java', '/ws', [
    { kind: 'server', stack: jvm(query, load, show, spring, thread) },
    { kind: 'server', stack: `${jvm(show, spring, thread)}Caused by: java.lang.RuntimeException: x\n\tat ${load}\n\t... 2 more\n` },
    { kind: 'consumer', stack: jvm(query, load, show, main) },
    { kind: 'server', stack: jvm(query, load, show, spring).slice(0, -40) },
  ]);
  assert.deepEqual(places.slice(0, 2), ['src/com/acme/Orders.java:3 Orders.show exception+symbol', 'src/com/acme/Orders.java:3 Orders.show exception+symbol']);
  assert.match(places[2]!, /the program itself called the outermost function on it, or caught it there/);
  assert.match(places[3]!, /its outermost frames may have been cut/);
});

test('documented: .NET traces reach to where they were caught', async () => {
  const files = { 'Orders.cs': 'namespace Acme;\nclass Orders {\n  public void Show() {\n    Load();\n  }\n  void Load() {\n    throw new Exception();\n  }\n}\n' };
  const [load2, show2] = ['   at Acme.Orders.Load() in /ws/Orders.cs:line 7', '   at Acme.Orders.Show() in /ws/Orders.cs:line 4'];
  const routing = '   at Microsoft.AspNetCore.Routing.EndpointMiddleware.<Invoke>g__AwaitRequestTask|7_0(Endpoint endpoint, Task requestTask, ILogger logger)';
  const { places } = await locate(files, 'dotnet', '/ws', [
    { kind: 'server', stack: ['System.Exception: x', load2, show2, routing].join('\n') },
    { kind: 'server', stack: ['System.Exception: x', load2].join('\n') },
    { name: 'a', stack: ['System.Exception: x', load2].join('\n') },
    { name: 'Orders.Show', stack: [`System.Exception: x`, ` ---> System.IO.IOException: y`, load2, '   --- End of inner exception stack trace ---', show2].join('\n') },
  ]);
  assert.deepEqual(places.map((place) => place.slice(0, 30)), ['Orders.cs:3 Orders.Show except', 'No place: the span names no fi', 'No place: the span names no fi', 'Orders.cs:3 Orders.Show except']);
});

test("documented: PHP's SDK, whose stacks begin in the script that was asked for", async () => {
  const files = { 'public/index.php': '<?php\nrequire "x";\n$kernel->run();\n', 'src/Cart.php': '<?php\nnamespace App;\nclass Cart {\n  function show() {\n    $this->load();\n  }\n  function load() {\n    throw new Exception();\n  }\n}\n' };
  const [load3, show3, kernel, script] = ['\tat App.Cart.load(Cart.php:8)', '\tat App.Cart.show(Cart.php:5)', '\tat Symfony.Component.HttpKernel.HttpKernel.handle(HttpKernel.php:76)', '\tat {main}(index.php:3)'];
  const { places } = await locate(files, 'php', '/ws', [
    { kind: 'server', stack: ['Exception: x', load3, show3, kernel, script].join('\n') },
    { kind: 'server', stack: ['Exception: x', load3, show3, script].join('\n') },
    { name: 'Cart::load', stack: ['Exception: x', load3, show3, kernel, script].join('\n') },
    { name: 'x', stack: ['Exception: x', load3, kernel, script].join('\n') },
  ]);
  assert.deepEqual(places.map((place) => place.slice(0, 27)), ['src/Cart.php:4 Cart::show e', 'No place: the span names no', 'src/Cart.php:7 Cart::load e', 'No place: the span names no']);
});

test('Go: a stack that the SDK cut is told from one that it did not', async () => {
  const files = { 'go.mod': 'module acme\n', 'shop.go': 'package main\n\nfunc sell() {\n\tfail()\n}\n' };
  const sdk = 'go.opentelemetry.io/otel/sdk/trace.recordStackTrace()\n\t/go/pkg/mod/go.opentelemetry.io/otel/sdk@v1.30.0/trace/span.go:1 +0x1\n';
  const stack = `goroutine 7 [running]:\n${sdk}main.sell()\n\t/ws/shop.go:4 +0x1\nnet/http.HandlerFunc.ServeHTTP()\n\t/usr/local/go/src/net/http/server.go:2 +0x1\ncreated by net/http.(*Server).Serve in goroutine 1\n\t/usr/local/go/src/net/http/server.go:3 +0x1\n`;
  const long = `goroutine 7 [running]:\n${sdk.repeat(15)}main.sell()\n\t/ws/shop.go:4 +0x1\n`.padEnd(2048, 'x').slice(0, 2048);
  const { places } = await locate(files, 'go', '/ws', [{ kind: 'server', stack }, { name: 'x', stack }, { name: 'x', stack: long }, { kind: 'server', stack: long }]);
  assert.deepEqual(places.map((place) => place.slice(0, 15)), ['shop.go:3 sell ', 'shop.go:3 sell ', 'No place: the s', 'No place: the s']);
});

test("Rust's list of messages, other languages, and nonsense say so", async () => {
  const { places } = await locate({ 'a.js': 'a();\n' }, 'rust', '/ws', [{ stack: 'connection refused\nos error 111' }]);
  assert.match(places[0]!, /the stack of its exception does not tell its place: it has no frame as rust writes them/);
  assert.match((await locate({ 'a.js': 'a();\n' }, 'swift', '/ws', [{ stack: 'x' }])).places[0]!, /stacks of swift are not read/);
  const unsaid = await locate(node, undefined, '/ws', [{ kind: 'server', stack: v8(charge, checkout) }]);
  assert.equal(unsaid.places[0], 'app.js:4 checkout exception+exact');
});
