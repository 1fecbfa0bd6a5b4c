// Recorded by running a program in SpiderMonkey 102 (gjs) and JavaScriptCore 2.50 (jsc), except where a test says "documented".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGeckoJscStack } from '../../../src/locate/stack/geckoJsc.ts';
import { shown } from './stackSupport.ts';

test('SpiderMonkey', () => {
  assert.deepEqual(
    shown(
      parseGeckoJscStack(`Foo.prototype.bar/<@file:///srv/app/o.js:1:82
Foo.prototype.bar@file:///srv/app/o.js:1:64
@file:///srv/app/o.js line 6 > eval:1:1
anonymous@file:///srv/app/o.js line 7 > Function:3:1
get z@file:///srv/app/o.js:2:74
a@b@file:///srv/app/o.js:9:40
async*outer@file:///srv/app/o.js:10:40
@file:///srv/app/o.js:11:1
`),
    ),
    [
      'Foo.prototype.bar file:///srv/app/o.js:1:82',
      'Foo.prototype.bar file:///srv/app/o.js:1:64',
      '- -',
      '- -',
      'get z file:///srv/app/o.js:2:74',
      'a@b file:///srv/app/o.js:9:40',
      'outer file:///srv/app/o.js:10:40',
      '- file:///srv/app/o.js:11:1',
    ],
  );
});

test('JavaScriptCore', () => {
  assert.deepEqual(
    shown(
      parseGeckoJscStack(`@/srv/app/m.mjs:1:91
map@[native code]
inner@/srv/app/m.mjs:3:39
anonymous@
eval code@
module code@/srv/app/m.mjs:5:20
global code@o.js:6:11`),
    ),
    ['- /srv/app/m.mjs:1:91', 'map -', 'inner /srv/app/m.mjs:3:39', '- -', '- -', '- /srv/app/m.mjs:5:20', '- o.js:6:11'],
  );
});

test('documented: scoped packages, pages, promises, Wasm', () => {
  assert.deepEqual(
    shown(
      parseGeckoJscStack(`f@https://cdn.example/@scope/x.js:1:2
g@/srv/node_modules/@scope/x.js:3:4
promise callback*h@http://localhost:3000/app.js:5:6
wasm-function[3]@[wasm code]
a message with a@b in it
mail@example`),
    ),
    ['f https://cdn.example/@scope/x.js:1:2', 'g /srv/node_modules/@scope/x.js:3:4', 'h http://localhost:3000/app.js:5:6', 'wasm-function[3] -'],
  );
});
