import assert from 'node:assert/strict';
import { rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { IndexProgress } from '../../../src/client/workspaceIndexer.ts';
import { WorkspaceIndexer } from '../../../src/client/workspaceIndexer.ts';
import type { SpanQuestion } from '../../../src/locate/index/workspaceIndex.ts';
import { finder, temporaryFolder, writeFiles } from '../locate/support.ts';

const span = (name: string) => `const t = trace.getTracer('x');\nt.startSpan('${name}');\n`;

async function indexed(folder: string, onProgress?: (progress: IndexProgress) => void): Promise<{ indexer: WorkspaceIndexer; ask: (question: SpanQuestion | string) => Promise<string> }> {
  const troubles: unknown[] = [];
  const indexer = new WorkspaceIndexer({ finder, onProgress, onTrouble: (error) => troubles.push(error) });
  indexer.configure([folder]);
  await indexer.settled();
  return {
    indexer,
    ask: async (question) => {
      await indexer.settled();
      assert.deepEqual(troubles, []);
      const match = await indexer.matchSpan(typeof question === 'string' ? { name: question } : question);
      return match.entry === undefined ? match.reason : `${path.relative(folder, match.entry.file)}:${match.entry.line}`;
    },
  };
}

test('what git ignores is not read, nor links, binaries, build outputs and what is too large', async () => {
  await using folder = await temporaryFolder();
  await using elsewhere = await temporaryFolder();
  await writeFiles(elsewhere.path, { 'linked.ts': span('linked') });
  await writeFiles(folder.path, {
    '.gitignore': 'dist/\n*.gen.ts\n!kept.gen.ts\n/only-here.ts\n',
    'src/a.ts': span('a'),
    'dist/a.ts': span('dist'),
    'x.gen.ts': span('generated'),
    'kept.gen.ts': span('kept'),
    'only-here.ts': span('top'),
    'deep/only-here.ts': span('deep'),
    'packages/p/.gitignore': 'out\n!dist\n',
    'packages/p/out/a.ts': span('out'),
    'packages/p/dist/a.ts': span('package dist'),
    'packages/q/out/a.ts': span('other out'),
    'node_modules/m/index.js': span('module'),
    'venv/pyvenv.cfg': '',
    'venv/lib/a.py': 'tracer.start_span("venv")',
    'binary.ts': `\0${span('binary')}`,
    'large.ts': `${span('large')}${'//'.repeat(600_000)}`,
    'lib/built.js': `${span('built')}//# sourceMappingURL=built.js.map\n`,
    'readme.md': span('text'),
  });
  await symlink(elsewhere.path, path.join(folder.path, 'link'));
  const { indexer, ask } = await indexed(folder.path);
  for (const [name, place] of [['a', 'src/a.ts:2'], ['kept', 'kept.gen.ts:2'], ['deep', 'deep/only-here.ts:2'], ['package dist', 'packages/p/dist/a.ts:2'], ['other out', 'packages/q/out/a.ts:2']] as const) {
    assert.equal(await ask(name), place);
  }
  for (const name of ['dist', 'generated', 'top', 'out', 'module', 'venv', 'binary', 'large', 'built', 'text', 'linked']) assert.match(await ask(name), /^nothing in the workspace/, name);
  await indexer.close();
});

test('until the crawl is done there is no answer, and it does not wait', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { 'a.ts': span('a') });
  const indexer = new WorkspaceIndexer({ finder });
  indexer.configure([folder.path]);
  const early = await indexer.matchSpan({ name: 'a' });
  assert.ok(early.entry === undefined && early.reason.startsWith('the workspace is still being read'));
  await indexer.settled();
  assert.ok((await indexer.matchSpan({ name: 'a' })).entry !== undefined);
  await indexer.close();
});

test('changes: files that change, come and go; folders; rules', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => path.join(folder.path, name);
  await writeFiles(folder.path, { '.gitignore': 'ignored/\n', 'a.ts': span('a'), 'sub/b.ts': span('b'), 'sub/c.ts': span('c') });
  const { indexer, ask } = await indexed(folder.path);
  await writeFile(at('a.ts'), `\n${span('a changed')}`);
  indexer.invalidate([at('a.ts')]);
  assert.equal(await ask('a changed'), 'a.ts:3');
  assert.match(await ask('a'), /^nothing/);

  await writeFiles(folder.path, { 'new/d.ts': span('d'), 'ignored/e.ts': span('e'), 'new/f.ts': span('b') });
  indexer.invalidate([at('new'), at('ignored/e.ts')]);
  assert.equal(await ask('d'), 'new/d.ts:2');
  assert.match(await ask('e'), /^nothing/);
  assert.match(await ask('b'), /^more than one place fits: /);

  await rm(at('sub'), { recursive: true });
  indexer.invalidate([at('sub')]);
  assert.equal(await ask('b'), 'new/f.ts:2');
  assert.match(await ask('c'), /^nothing/);

  await writeFile(at('.gitignore'), 'new/\n');
  indexer.invalidate([at('.gitignore')]);
  assert.match(await ask('d'), /^nothing/);
  assert.equal(await ask('e'), 'ignored/e.ts:2');

  await rm(at('a.ts'));
  await writeFiles(folder.path, { 'g.ts': span('g') });
  indexer.invalidate(undefined);
  assert.equal(await ask('g'), 'g.ts:2');
  assert.match(await ask('a changed'), /^nothing/);
  await indexer.close();
});

test('a second look reads only what changed', async () => {
  await using folder = await temporaryFolder();
  const at = path.join(folder.path, 'a.ts');
  await writeFile(at, span('one'));
  await utimes(at, 1000, 1000);
  const { indexer, ask } = await indexed(folder.path);
  await writeFile(at, span('two'));
  await utimes(at, 1000, 1000);
  indexer.invalidate(undefined);
  assert.equal(await ask('one'), 'a.ts:2', 'the same size and time is the same file');
  await utimes(at, 1001, 1001);
  indexer.invalidate(undefined);
  assert.equal(await ask('two'), 'a.ts:2');
  await indexer.close();
});

test('functions are read when they are asked for', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    'go.mod': 'module example.com/shop\n',
    'orders/a.go': 'package orders\nfunc Place() {}\n',
    'app/users_controller.rb': 'class UsersController\n  def show; end\nend\n',
  });
  const { indexer, ask } = await indexed(folder.path);
  assert.equal(await ask({ functionName: 'example.com/shop/orders.Place.func1', language: 'go' }), 'orders/a.go:2');
  assert.equal(await ask({ functionName: 'show', namespace: 'UsersController', language: 'ruby' }), 'app/users_controller.rb:2');
  await writeFile(path.join(folder.path, 'app/users_controller.rb'), '\n\nclass UsersController\n  def show; end\nend\n');
  indexer.invalidate([path.join(folder.path, 'app/users_controller.rb')]);
  assert.equal(await ask({ functionName: 'show', namespace: 'UsersController', language: 'ruby' }), 'app/users_controller.rb:4');
  await indexer.close();
});

test('a workspace of 5,000 files', async () => {
  await using folder = await temporaryFolder();
  const files: Record<string, string> = {};
  for (let i = 0; i < 5000; i++) files[`p${i % 50}/m${i}.ts`] = i % 10 === 0 ? span(`span ${i}`) : `export function f${i}() { return ${i}; }\n`;
  await writeFiles(folder.path, files);
  const seen: IndexProgress[] = [];
  const { indexer, ask } = await indexed(folder.path, (progress) => seen.push(progress));
  assert.deepEqual(indexer.progress, { done: 5000, total: 5000, isComplete: true });
  assert.ok(seen.length >= 5 && seen.every((each, i) => i === 0 || each.done >= seen[i - 1]!.done));
  let found = 0;
  for (let i = 0; i < 5000; i++) if ((await ask(`span ${i}`)) === `p${i % 50}/m${i}.ts:2`) found++;
  assert.equal(found, 500);
  await indexer.close();
});
