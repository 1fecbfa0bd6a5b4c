import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { PlaceLog } from '../../../../src/client/past/placeLog.ts';
import type { PastPlace } from '../../../../src/client/past/pastPlace.ts';
import { temporaryFolder } from '../../locate/support.ts';

const place = (line: number, textId = 'text'): PastPlace => ({ file: '/w/a.ts', textId, line, inset: 2, function: { name: 'a', startLine: 1, endLine: 9 }, via: ['attributes'], inferred: false });
const marks = ['aaaaaaaa', '', 'bbbbbbbb'];

test('what one remembers another knows, while both run and later', async () => {
  await using folder = await temporaryFolder();
  const dataDir = path.join(folder.path, 'new', 'data');
  const [one, two] = [new PlaceLog(dataDir), new PlaceLog(dataDir)];
  await Promise.all([one.refresh(), two.refresh()]);
  one.remember('site', 100, place(3), marks);
  assert.equal(one.placeAt('site', 100)?.line, 3, 'at once');
  await one.written();
  assert.equal(two.placeAt('site', 100), undefined);
  await two.refresh();
  assert.deepEqual(two.placeAt('site', 100), place(3));
  two.remember('site', 200, place(7, 'other'), marks);
  await two.written();
  const three = new PlaceLog(dataDir);
  await three.refresh();
  assert.deepEqual([99, 100, 199, 200, 999].map((at) => three.placeAt('site', at)?.line), [undefined, 3, 3, 7, 7]);
  assert.deepEqual(three.text('text')?.marks, marks);
  assert.equal(three.placeAt('another', 999), undefined);
  if (process.platform !== 'win32') assert.equal((await stat(path.join(dataDir, 'places.jsonl'))).mode & 0o077, 0, 'for nobody else');
});

test('a place without a function, and an empty text, are read as they were written', async () => {
  await using folder = await temporaryFolder();
  const log = new PlaceLog(folder.path);
  log.remember('site', 1, { ...place(1), function: undefined }, ['']);
  await log.written();
  const again = new PlaceLog(folder.path);
  await again.refresh();
  assert.deepEqual(again.text('text')?.marks, ['']);
  assert.equal(again.placeAt('site', 1)?.function, undefined);
});

test('lines that are none of ours are passed over, also one that was cut short and goes on', async () => {
  await using folder = await temporaryFolder();
  const log = new PlaceLog(folder.path);
  log.remember('site', 1, place(3), marks);
  await log.written();
  const file = path.join(folder.path, 'places.jsonl');
  const whole = await readFile(file, 'utf8');
  await writeFile(file, `{"text":"x"\n[]\n1\nnull\n{"site":"site","from":"1","place":{}}\n{"site":"site","from":5,"place":{"file":"/x"}}\n\u0000\n${whole.slice(0, -20)}`);
  const again = new PlaceLog(folder.path);
  await again.refresh();
  assert.equal(again.placeAt('site', 9), undefined);
  await writeFile(file, `${await readFile(file, 'utf8')}${whole.slice(-20)}`);
  await again.refresh();
  assert.deepEqual(again.placeAt('site', 9), place(3));
});

test('it stays within its limit: the older half is let go, and texts that no place is of', async () => {
  await using folder = await temporaryFolder();
  const limit = 20_000;
  const log = new PlaceLog(folder.path, limit);
  for (let i = 0; i < 500; i++) {
    log.remember(`site ${i}`, i, place(i, `text ${Math.floor(i / 10)}`), marks);
    await log.written();
  }
  assert.ok((await stat(path.join(folder.path, 'places.jsonl'))).size < 1.2 * limit);
  assert.deepEqual(await readdir(folder.path), ['places.jsonl'], 'nothing is left of the writing');
  const again = new PlaceLog(folder.path, limit);
  await again.refresh();
  assert.equal(again.placeAt('site 499', 999)?.line, 499);
  assert.deepEqual(again.text('text 49')?.marks, marks);
  assert.equal(again.placeAt('site 0', 999), undefined);
  assert.equal(again.text('text 0'), undefined);
});

test('a long text is named, and its lines are not kept', async () => {
  const log = new PlaceLog(undefined);
  log.remember('site', 1, place(3), Array.from({ length: 20_001 }, () => 'aaaaaaaa'));
  assert.equal(log.placeAt('site', 1)?.textId, 'text');
  assert.equal(log.text('text'), undefined);
});

test('where it cannot write it remembers all the same', async () => {
  await using folder = await temporaryFolder();
  await writeFile(path.join(folder.path, 'file'), '');
  for (const dataDir of [undefined, path.join(folder.path, 'file', 'data')]) {
    const log = new PlaceLog(dataDir);
    await log.refresh();
    log.remember('site', 1, place(3), marks);
    await log.written();
    assert.equal(log.placeAt('site', 1)?.line, 3);
  }
  const directory = path.join(folder.path, 'places.jsonl');
  await mkdir(directory);
  await chmod(directory, 0o700);
  const log = new PlaceLog(folder.path);
  await log.refresh();
  log.remember('site', 1, place(3), marks);
  await log.written();
  assert.equal(log.placeAt('site', 1)?.line, 3);
});
