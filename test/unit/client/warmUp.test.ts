import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warmUp } from '../../../src/client/warmUp.ts';
import { FunctionFinder } from '../../../src/locate/functions/functionFinder.ts';
import { finder, temporaryFolder, writeFiles } from '../locate/support.ts';

const always = () => true;

test('the languages found first, but for what is ignored, generated or no code', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    '.gitignore': 'build/\n',
    'build/out.go': 'package a',
    'node_modules/b/index.py': 'a = 1',
    'generated.rb': `${'# a\n'.repeat(20_000)}`,
    'README.md': 'text',
    'a.ts': 'const a = 1;',
    'b.ts': 'const b = 1;',
    'out.js': 'a();\n//# sourceMappingURL=out.js.map\n',
  });
  assert.deepEqual(await warmUp({ finder, folders: [folder.path], goesOn: always }), ['typescript']);
});

test('three languages, and a few files of each', async () => {
  await using folder = await temporaryFolder();
  const names = ['ts', 'py', 'go', 'java', 'rb'].flatMap((extension) => Array.from({ length: 9 }, (_, i) => `x${i}.${extension}`));
  await writeFiles(folder.path, Object.fromEntries(names.map((name) => [name, ''])));
  const read: string[] = [];
  const listening = Object.assign(Object.create(finder) as FunctionFinder, { list: (file: string) => Promise.resolve(read.push(file)) });
  const grammars = await warmUp({ finder: listening, folders: [folder.path], goesOn: always });
  assert.equal(grammars.length, 3);
  assert.equal(read.length, 9);
});

test('a question ends it', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}.ts`, ''])));
  let asked = 0;
  assert.deepEqual(await warmUp({ finder, folders: [folder.path], goesOn: () => asked++ < 2 }), ['typescript']);
  assert.equal(asked, 3);
});

test('folders that are not there, and none', async () => {
  assert.deepEqual(await warmUp({ finder, folders: ['/nowhere/at/all'], goesOn: always }), []);
  assert.deepEqual(await warmUp({ finder, folders: [], goesOn: always }), []);
});

test('a grammar that cannot be loaded is said', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { 'a.ts': '' });
  const without = new FunctionFinder(() => Promise.reject(new Error('no such file')));
  await assert.rejects(warmUp({ finder: without, folders: [folder.path], goesOn: always }), /no such file/);
});
