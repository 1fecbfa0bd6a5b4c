import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { locatorHandlers } from '../../../src/client/locatorHandlers.ts';
import type { Site } from '../../../src/model/site.ts';
import { grammarDir, temporaryFolder, writeFiles } from './support.ts';

const files = {
  'src/server.ts': `import express from 'express';
const app = express();
app.get('/orders/:id', showOrder);
async function showOrder(request, response) {
  response.json({});
}
`,
  'src/work.ts': `export async function sweep() {
  return tracer.startActiveSpan('sweep shelves', async (span) => span.end());
}
`,
  'java/com/acme/Shop.java': `package com.acme;
class Shop {
  int sell(int count) {
    return count;
  }
}
`,
};

const named = (over: Partial<Site['naming'] & object>): Site => ({
  language: 'nodejs', naming: { name: 'x', kind: 'internal', scopeName: 'shop', ...over },
});

async function answers(sites: readonly Site[], more: Readonly<Record<string, string>> = {}) {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { ...files, ...more });
  const { handlers, close } = locatorHandlers(grammarDir, () => {});
  await handlers.configure({ workspaceFolders: [folder.path], pathRules: [] });
  await handlers.settled(undefined);
  const locations = await handlers.locate(sites);
  const why = await Promise.all(sites.map(async (site) => (await handlers.explain(site)).steps.map((step) => `${step.rule}: ${step.result}`).join('\n')));
  await close();
  return {
    why,
    places: locations.map((location) => location && `${path.relative(folder.path, location.file)}:${location.line} ${location.function?.name} ${location.via.join('+')}${location.inferred ? ' inferred' : ''}`),
  };
}

test('a span that says nothing is placed by its route, its name or its function, where one place fits', async () => {
  const { places } = await answers([
    named({ name: 'GET /orders/:id', kind: 'server', scopeName: '@opentelemetry/instrumentation-http', httpRoute: '/orders/:id', httpMethod: 'GET' }),
    named({ name: 'sweep shelves' }),
    { functionName: 'com.acme.Shop.sell', language: 'java', naming: { name: 'Shop.sell', kind: 'internal', scopeName: 'io.opentelemetry.methods' } },
  ]);
  assert.deepEqual(places, [
    'src/server.ts:4 showOrder route inferred',
    'src/work.ts:1 sweep spanName inferred',
    'java/com/acme/Shop.java:3 Shop.sell symbol',
  ]);
});

test("a frame of a JVM stack names a class: its file is the workspace's, its line the frame's", async () => {
  const stacktrace = ['java.lang.IllegalStateException: sold out', '\tat java.base/java.util.Optional.orElseThrow(Optional.java:403)', '\tat com.acme.Shop.sell(Shop.java:4)', '\tat com.acme.Main.main(Main.java:9)'].join('\n');
  const { places } = await answers([{ stacktrace, language: 'java' }, { stacktrace: stacktrace.replaceAll('com.acme.Shop', 'com.other.Shop'), language: 'java' }]);
  assert.deepEqual(places, ['java/com/acme/Shop.java:4 Shop.sell stack+symbol', undefined]);
});

test('two places that fit are none, and the explanation names them', async () => {
  const { places, why } = await answers([named({ name: 'sweep shelves' })], { 'src/again.ts': files['src/work.ts'] });
  assert.deepEqual(places, [undefined]);
  assert.match(why[0] ?? '', /work\.ts/);
  assert.match(why[0] ?? '', /again\.ts/);
});

test('what a span itself says is never given up for its name', async () => {
  const { places } = await answers([{ ...named({ name: 'sweep shelves', kind: 'server' }), filePath: '/elsewhere/x.ts', line: 3 }]);
  assert.deepEqual(places, [undefined]);
});

test('the workspace is read only for what it may have an answer for', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  let told = 0;
  const { handlers, close } = locatorHandlers(grammarDir, () => told++);
  await handlers.configure({ workspaceFolders: [folder.path], pathRules: [] });
  const never: Site[] = [
    { filePath: path.join(folder.path, 'src/work.ts'), line: 2, language: 'nodejs' },
    { ...named({ name: 'sweep shelves', kind: 'server' }), filePath: path.join(folder.path, 'src/work.ts'), line: 2 },
    named({ name: 'GET', kind: 'client', scopeName: '@opentelemetry/instrumentation-http', httpMethod: 'GET' }),
    named({ name: 'pg.query:SELECT shop', kind: 'client', scopeName: '@opentelemetry/instrumentation-pg' }),
    { language: 'erlang', naming: { name: 'sweep shelves', kind: 'server', scopeName: 'shop', httpRoute: '/orders/:id', httpMethod: 'GET' } },
    { functionName: 'bare', language: 'nodejs', naming: { name: 'bare', kind: 'internal', scopeName: 'shop' } },
    named({ name: '' }),
  ];
  await handlers.locate(never);
  assert.equal(await handlers.indexing(undefined), undefined);
  const why = await Promise.all(never.map(async (site) => (await handlers.explain(site)).steps.at(-1)?.result));
  assert.match(why[3] ?? '', /is a library's, which names spans itself/);
  assert.match(why[4] ?? '', /sources of erlang are not read/);
  assert.match(why[5] ?? '', /bare says nothing of where the function is/);

  // The answer until then: no place, and why.
  const [early] = await handlers.locate([named({ name: 'sweep shelves' })]);
  assert.equal(early, undefined);
  assert.equal((await handlers.indexing(undefined))?.isComplete, false);
  assert.match((await handlers.explain(named({ name: 'sweep shelves' }))).steps.at(-1)?.result ?? '', /still being read/);
  await handlers.settled(undefined);
  assert.deepEqual(await handlers.indexing(undefined), { done: 3, total: 3, isComplete: true });
  const [late] = await handlers.locate([named({ name: 'sweep shelves' })]);
  assert.equal(late?.line, 1);
  assert.equal(told, 1);
  await close();
});
