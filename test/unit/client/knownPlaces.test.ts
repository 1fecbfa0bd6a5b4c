import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownPlaces } from '../../../src/client/knownPlaces.ts';
import type { Location } from '../../../src/locate/location.ts';
import type { Site } from '../../../src/model/site.ts';

const site = (line: number): Site => ({ filePath: '/a.ts', line });
const place = (line: number): Location | undefined => (line === 0 ? undefined : { file: '/a.ts', line, column: 1, function: undefined, via: [], inferred: false });

/** Answers as the worker does, and notes the lines it was asked for. */
function worker() {
  const asked: (number | undefined)[][] = [];
  const ask = (sites: readonly Site[]) => {
    asked.push(sites.map(({ line }) => line));
    return Promise.resolve(sites.map(({ line }) => place(line ?? 0)));
  };
  return { asked, ask };
}

test('asks once for each site, and answers in the order asked', async () => {
  const { asked, ask } = worker();
  const places = new KnownPlaces();
  assert.deepEqual(await places.locate([site(3), site(0), site(1)], ask), [place(3), undefined, place(1)]);
  assert.deepEqual(await places.locate([site(2), site(1), site(4), site(0), site(3)], ask), [place(2), place(1), place(4), undefined, place(3)]);
  assert.deepEqual(await places.locate([site(0), site(4)], ask), [undefined, place(4)]);
  assert.deepEqual(await places.locate([], ask), []);
  assert.deepEqual(asked, [[3, 0, 1], [2, 4]]);
});

test('asks again for what was forgotten, and does not keep what was asked before that', async () => {
  const { asked, ask } = worker();
  const places = new KnownPlaces();
  await places.locate([site(1)], ask);
  places.forget();
  await places.locate([site(1)], ask);
  const late = places.locate([site(2)], () => {
    places.forget();
    return Promise.resolve([place(7)]);
  });
  assert.deepEqual(await late, [place(7)]);
  assert.deepEqual(await places.locate([site(2)], ask), [place(2)]);
  assert.deepEqual(asked, [[1], [1], [2]]);
});

test('keeps nothing of an answer that failed', async () => {
  const { asked, ask } = worker();
  const places = new KnownPlaces();
  await assert.rejects(places.locate([site(1)], () => Promise.reject(new Error('no worker'))), /no worker/);
  assert.deepEqual(await places.locate([site(1)], ask), [place(1)]);
  assert.deepEqual(asked, [[1]]);
});
