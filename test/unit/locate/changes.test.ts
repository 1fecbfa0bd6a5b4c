/** What is known of the workspace's files follows what happens to them: what is told is the paths that changed, of folders without what is in them. */
import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { listFiles } from '../../../src/client/workspaceFileNames.ts';
import { locatorFor, temporaryFolder, writeFiles } from './support.ts';

const text = 'export function work() {\n  return 1;\n}\n';

async function workspace(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  const locator = await locatorFor(folder.path);
  const at = (name: string) => path.join(folder.path, name);
  return {
    at,
    write: (name: string) => writeFiles(folder.path, { [name]: text }),
    place: async (filePath: string) => {
      const { location, outcome, steps } = await locator.locate({ filePath, line: 2 });
      return location === undefined ? [outcome, ...steps.map(({ result }) => result)].join('\n') : `${path.relative(folder.path, location.file)} ${location.via.join('+')}`;
    },
    changed: (...names: string[]) => locator.invalidate(names.map(at)),
    everythingChanged: () => locator.invalidate(undefined),
    [Symbol.asyncDispose]: async () => {
      await locator.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('learned: a folder that came, with what is in it; a second file of the same end; one of the two gone', async () => {
  await using ws = await workspace({ 'readme.md': '' });
  assert.match(await ws.place('/app/src/x.ts'), /^No place: /);
  await ws.write('shop/src/x.ts');
  assert.match(await ws.place('/app/src/x.ts'), /^No place: /, 'nobody said that it is there');
  await ws.changed('shop');
  assert.equal(await ws.place('/app/src/x.ts'), 'shop/src/x.ts attributes+learned');
  await ws.write('other/deep/src/x.ts');
  await ws.changed('other');
  assert.match(await ws.place('/app/src/x.ts'), /2 files may be meant/);
  await rm(ws.at('other'), { recursive: true });
  await ws.changed('other');
  assert.equal(await ws.place('/app/src/x.ts'), 'shop/src/x.ts attributes+learned');
});

test('learned: of a type that no language has, in a folder that is called otherwise, and back again', async () => {
  await using ws = await workspace({ 'a/views/page.svelte': text });
  assert.equal(await ws.place('/app/views/page.svelte'), 'a/views/page.svelte attributes+learned');
  await rename(ws.at('a'), ws.at('b'));
  await ws.changed('a', 'b');
  assert.equal(await ws.place('/app/views/page.svelte'), 'b/views/page.svelte attributes+learned');
  await rename(ws.at('b'), ws.at('a'));
  await ws.changed('a', 'b');
  assert.equal(await ws.place('/app/views/page.svelte'), 'a/views/page.svelte attributes+learned');
});

test('learned: what was learned of files that moved does not stand in the way of where they are', async () => {
  await using ws = await workspace({ 'one/src/a.ts': text, 'two/pkg/src/b.ts': text });
  assert.equal(await ws.place('/srv/app/src/a.ts'), 'one/src/a.ts attributes+learned');
  assert.match(await ws.place('/srv/app/lib/pkg/src/b.ts'), /files beside it were found by/);
  await rename(ws.at('one'), ws.at('elsewhere'));
  await ws.changed('one', 'elsewhere');
  assert.equal(await ws.place('/srv/app/lib/pkg/src/b.ts'), 'two/pkg/src/b.ts attributes+learned');
});

test('a place: a file or the folder it is in is gone, and back; nothing else is forgotten', async () => {
  await using ws = await workspace({ 'src/deep/a.ts': text, 'srcs/b.ts': text });
  assert.equal(await ws.place(ws.at('src/deep/a.ts')), 'src/deep/a.ts attributes+exact');
  assert.equal(await ws.place(ws.at('srcs/b.ts')), 'srcs/b.ts attributes+exact');
  await rename(ws.at('src'), ws.at('gone'));
  await rename(ws.at('srcs/b.ts'), ws.at('srcs/c.ts'));
  await ws.changed('src', 'gone');
  assert.match(await ws.place(ws.at('src/deep/a.ts')), /^No place: .*does not exist/);
  assert.equal(await ws.place(ws.at('srcs/b.ts')), 'srcs/b.ts attributes+exact', 'of this nobody said anything');
  await rename(ws.at('gone'), ws.at('src'));
  await ws.changed('src');
  assert.equal(await ws.place(ws.at('src/deep/a.ts')), 'src/deep/a.ts attributes+exact');
  await ws.everythingChanged();
  assert.match(await ws.place(ws.at('srcs/b.ts')), /^No place: /);
});

test('the list of files: what is added to it, and what is not', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => path.join(folder.path, name);
  await writeFiles(folder.path, { 'a/x.ts': '', 'node_modules/m/x.ts': '' });
  const names = await listFiles([folder.path]);
  assert.deepEqual(names.named('x.ts'), [at('a/x.ts')]);
  await writeFiles(folder.path, { 'b/x.ts': '', 'b/c/x.ts': '', 'b/node_modules/x.ts': '', 'd/x.ts': '' });
  assert.deepEqual([...(await names.look(at('b')))].sort(), [at('b/c/x.ts'), at('b/x.ts')]);
  assert.deepEqual(await names.look(at('b')), [], 'they are known now');
  assert.deepEqual(await names.look(at('d/x.ts')), [at('d/x.ts')]);
  for (const nothing of ['node_modules/m/x.ts', 'not-there', '../x.ts', '..']) assert.deepEqual(await names.look(at(nothing)), [], nothing);
  assert.equal(names.named('x.ts').length, 4);
});

test('the list of files: past its limit it says that it is not whole', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { 'a.ts': '', 'b.ts': '' });
  const names = await listFiles([folder.path], 4);
  assert.equal(names.isComplete, true);
  await writeFiles(folder.path, Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`c/${i}.ts`, ''])));
  await names.look(path.join(folder.path, 'c'));
  assert.equal(names.isComplete, false);
  await writeFile(path.join(folder.path, 'd.ts'), '');
  assert.equal((await listFiles([folder.path], 3)).isComplete, false);
});
