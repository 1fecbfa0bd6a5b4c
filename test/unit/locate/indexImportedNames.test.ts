/** Names of spans and paths of routes that are constants of another file: what can be read there, and what only looks so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexOf } from './indexSupport.ts';

async function placesOf(files: Readonly<Record<string, string>>, names: readonly string[]): Promise<Record<string, string>> {
  const { ask } = await indexOf(files);
  const found: Record<string, string> = {};
  for (const name of names) found[name] = await ask(name.includes('/') ? { kind: 'server', name } : { name });
  return Object.fromEntries(Object.entries(found).map(([name, answer]) => [name, /\((?:route|spanName)\)$/.test(answer) ? answer.replace(/ \S+$/, '') : /^more than one/.test(answer) ? 'two' : '-']));
}

const names = `
const BASE = 'shop';
export const PLACE = 'place order', PAY = \`\${BASE}.pay\`;
export const SPANS = { ship: 'ship', deep: { x: 'deep' } } as const;
export enum Kinds { Pack = 'pack' }
export class Fixed { static readonly SEND = 'send'; static moved = 'moved'; }
const hidden = 'hidden', inner = 'inner';
export { inner as SHOWN, inner as hidden };
export let CHANGED = 'changed';
export { FAR } from './far';
export * from './all';
const whole = { call: 'call' };
export default whole;
export const call = 'another call';
`;

test('JavaScript: what a module exports, by all ways to import it', async () => {
  const use = (imports: string, ...spans: string[]) => `${imports}\n${spans.map((span) => `tracer.startSpan(${span});`).join('\n')}\n`;
  const files = {
    'src/names.ts': names,
    'src/far.ts': "export const FAR = 'far';\n",
    'src/all.ts': "export const ALL = 'all';\n",
    'src/a.ts': use("import { PLACE, PAY as PAID, SPANS, Kinds, Fixed } from './names.js';", 'PLACE', 'PAID', 'SPANS.ship', 'Kinds.Pack', 'Fixed.SEND', '`${PLACE}!`', "'un' + SPANS.ship"),
    'src/b.ts': use("import * as n from './names';\nimport w from './names';", 'n.SHOWN', 'w.call'),
    'src/c.ts': use("import { hidden, CHANGED, FAR, ALL, SPANS, Fixed, nothing } from './names';\nimport { PLACE } from 'names';\nimport * as n from './names';", 'CHANGED', 'FAR', 'ALL', 'SPANS.deep', 'SPANS.none', 'Fixed.moved', 'nothing', 'PLACE', 'n.SPANS.ship', 'PLACE.length', 'n'),
    'lib/names.js': "const A = 'of a';\nlet d = 'of d';\nmodule.exports = { i: 'of i', ...more, A, B: A, c: 'of c', d, e: { f: 'of f' }, g: 'of g', j: { k: 'of k', ...more, l: 'of l' } };\nexports.g = 'twice';\nexports.h = `${A} h`;\n",
    'lib/a.js': use("const { A } = require('./names');\nconst all = require('./names');const { e: part, j: deep } = require('./names');", 'A', "all.A + ' too'", "all.B + ' again'", 'all.c', 'all.e.f', 'all.d', 'all.g', 'all.h', 'part.f', 'all.i', 'deep.k', 'deep.l'),
  };
  assert.deepEqual(await placesOf(files, ['place order', 'shop.pay', 'ship', 'pack', 'send', 'place order!', 'unship', 'inner', 'call', 'of a', 'of a too', 'of a again', 'of c', 'of a h', 'of f', 'of l']), {
    'place order': 'src/a.ts:2 -', 'shop.pay': 'src/a.ts:3 -', ship: 'src/a.ts:4 -', pack: 'src/a.ts:5 -', send: 'src/a.ts:6 -', 'place order!': 'src/a.ts:7 -', unship: 'src/a.ts:8 -',
    inner: 'src/b.ts:3 -', call: 'src/b.ts:4 -', 'of a': 'lib/a.js:3 -', 'of a too': 'lib/a.js:4 -', 'of a again': 'lib/a.js:5 -', 'of c': 'lib/a.js:6 -', 'of a h': 'lib/a.js:10 -', 'of f': 'lib/a.js:11 -', 'of l': 'lib/a.js:14 -',
  });
  for (const [name, place] of Object.entries(await placesOf(files, ['changed', 'far', 'all', 'deep', 'moved', 'hidden', 'another call', 'nothing', 'CHANGED', 'of d', 'of g', 'twice', 'of i', 'of k']))) assert.equal(place, '-', name);
});

test('JavaScript: a name that the file gives another meaning, and one that two places have', async () => {
  const files = {
    'names.ts': "export const ONE = 'one';\nexport const TWO = 'two';\nexport const THREE = 'three';\n",
    'a.ts': "import { ONE, TWO, THREE } from './names';\nfunction f(ONE) { tracer.startSpan(ONE); }\ntracer.startSpan(TWO);\ntracer.startSpan(THREE);\n",
    'b.ts': "tracer.startSpan('two');\n",
  };
  assert.deepEqual(await placesOf(files, ['one', 'two', 'three']), { one: '-', two: 'two', three: 'a.ts:4 -' });
});

test('routes of JavaScript and Python', async () => {
  const files = {
    'src/paths.ts': "export const ORDERS = '/orders';\nexport const paths = { item: '/items/:id', key: 'port' };\nexport const V1 = '/v1';\n",
    'src/app.ts': "import { ORDERS, paths, V1 } from './paths';\nconst app = express();\napp.get(ORDERS, (request, response) => {});\napp.post(`${V1}/x`, (request, response) => {});\napp.put(paths.item, (request, response) => {});\napp.get(paths.key, (request, response) => {});\napp.use(V1, inner);\nconst inner = express.Router();\ninner.get('/inner', (request, response) => {});\n",
    'api/__init__.py': '',
    'api/names.py': 'ITEMS = "/py/items"\nBASE = "/py"\nTWICE = "/py/a"\nTWICE = "/py/b"\n',
    'api/main.py': 'from fastapi import FastAPI\nfrom .names import ITEMS, TWICE\nfrom . import names\napp = FastAPI()\n@app.get(ITEMS)\ndef items(): ...\n@app.post(f"{names.BASE}/made")\ndef made(): ...\n@app.get(TWICE)\ndef twice(): ...\n',
    'api/over.py': 'from fastapi import FastAPI\nfrom .names import ITEMS\nITEMS = "/py/own"\napp = FastAPI()\n@app.get(ITEMS)\ndef own(): ...\n',
  };
  assert.deepEqual(await placesOf(files, ['GET /orders', 'POST /v1/x', 'PUT /items/:id', 'GET /port', 'GET /inner', 'GET /v1/inner', 'GET /py/items', 'POST /py/made', 'GET /py/a', 'GET /py/b', 'GET /py/own']), {
    'GET /orders': 'src/app.ts:3 app.get() callback', 'POST /v1/x': 'src/app.ts:4 app.post(`${V1}/x`) callback', 'PUT /items/:id': 'src/app.ts:5 app.put() callback',
    'GET /port': '-', 'GET /inner': '-', 'GET /v1/inner': '-',
    'GET /py/items': 'api/main.py:6 items', 'POST /py/made': 'api/main.py:8 made', 'GET /py/a': '-', 'GET /py/b': '-', 'GET /py/own': '-',
  });
});

test('follows what changes in the file that says the name', async () => {
  const { ask, put, index } = await indexOf({ 'names.ts': "export const A = 'first';\n", 'a.ts': "import { A } from './names';\ntracer.startSpan(A);\n" });
  assert.equal(await ask({ name: 'first' }), 'a.ts:2 - (spanName)');
  await put('names.ts', "export const A = 'second';\n");
  assert.match(await ask({ name: 'first' }), /^nothing/);
  assert.equal(await ask({ name: 'second' }), 'a.ts:2 - (spanName)');
  index.remove('/w/names.ts');
  assert.match(await ask({ name: 'second' }), /^nothing/);
});
