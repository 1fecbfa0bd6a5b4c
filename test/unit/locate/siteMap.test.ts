import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SiteMap } from '../../../src/locate/siteMap.ts';
import type { Site } from '../../../src/model/site.ts';

const naming = { name: 'GET /', kind: 'server', scopeName: 'http' } as const;
const sites: readonly Site[] = [
  {},
  { filePath: '/a.js', line: 1 },
  { filePath: '/a.js', line: 2 },
  { filePath: '/a.js', line: 1, stacktrace: 'at a' },
  { filePath: '/a.js', line: 1, stacktrace: 'at b' },
  { stacktrace: 'at a' },
  { naming },
  { naming, beneath: ['at a'] },
  { naming, beneath: ['at a', 'at b'] },
  { exception: 'at a' },
];

test('each site has its own value, and an equal one the same', () => {
  const map = new SiteMap<number>();
  sites.forEach((site, i) => map.set(site, i));
  assert.equal(map.size, sites.length);
  assert.deepEqual(sites.map((site) => map.get(structuredClone(site))), sites.map((_, i) => i));
  map.set({ line: 1, filePath: '/a.js' }, 50);
  assert.equal(map.size, sites.length);
  assert.equal(map.get(sites[1]!), 50);
  assert.equal(map.get({ filePath: '/b.js' }), undefined);
  // The wire writes nothing for undefined.
  assert.equal(map.get({ filePath: '/a.js', line: 1, stacktrace: undefined }), 50);
});

test('what is unwanted is forgotten, and the rest is not', () => {
  const map = new SiteMap<number>();
  sites.forEach((site, i) => map.set(site, i));
  map.deleteWhere((value) => value % 2 === 0);
  assert.equal(map.size, sites.length / 2);
  assert.deepEqual(sites.map((site) => map.get(site)), sites.map((_, i) => (i % 2 === 0 ? undefined : i)));
  map.clear();
  assert.equal(map.size, 0);
  assert.equal(map.get(sites[1]!), undefined);
});
