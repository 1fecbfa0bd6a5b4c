import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { WorkspaceIndexer } from '../../../src/client/workspaceIndexer.ts';
import type { IndexProgress } from '../../../src/locate/locatorContract.ts';
import type { SpanQuestion } from '../../../src/locate/index/spanQuestion.ts';
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

const nothing = /^nothing in the workspace/;

/** As `git init` leaves it, with these files in it. */
const repository = (folder: string, files: Readonly<Record<string, string>> = {}) =>
  writeFiles(path.join(folder, '.git'), { HEAD: 'ref: refs/heads/main\n', 'config': '[core]\n\trepositoryformatversion = 0\n', ...files });

test('a folder of a repository: the rules above it, of the repository and of the person', async () => {
  await using folder = await temporaryFolder();
  await using home = await temporaryFolder();
  await writeFiles(home.path, {
    '.config/git/config': '[core]\n\texcludesFile = ~/not-this-one\n',
    '.gitconfig': '; mine\n[user]\n\tname = "A \\"B\\"" # no\n[include]\n\tpath = more.inc\n[core "x"]\n\texcludesfile = /nowhere\n',
    'more.inc': '[CORE] excludesFILE = "~/my ignores" ; said\n',
    'my ignores': '\uFEFF*.mine.ts\n*.both.ts\n',
    'not-this-one': '*.ts\n',
  });
  await repository(folder.path, { 'info/exclude': '*.local.ts\n!kept.both.ts\n' });
  await writeFiles(folder.path, {
    '.gitignore': '/packages/shop/gen/\n*.top.ts\nbuild/\n!kept.local.ts\nBig/\n',
    'packages/.gitignore': '*.packages.ts\n!back.top.ts\n',
    'packages/shop/.gitignore': 'own/\n',
    ...Object.fromEntries(['src/a', 'gen/b', 'src/c.mine', 'src/d.both', 'src/kept.both', 'src/e.local', 'src/kept.local', 'src/f.top', 'src/back.top',
      'src/g.packages', 'build/h', 'own/i', 'sub/own/j', 'big/k'].map((name) => [`packages/shop/${name}.ts`, span(name)])),
  });
  // A repository in it is its own: nothing of the outer one is said of it.
  await repository(path.join(folder.path, 'packages/shop/inner'), { 'info/exclude': '/x.ts\n' });
  await writeFiles(folder.path, {
    'packages/shop/inner/l.top.ts': span('inner top'), 'packages/shop/inner/x.ts': span('inner x'), 'packages/shop/inner/m.mine.ts': span('inner mine'),
    // What is only called so is none.
    'packages/shop/fake/.git/readme': '', 'packages/shop/fake/n.top.ts': span('fake'),
  });
  const [HOME, XDG] = [process.env['HOME'], process.env['XDG_CONFIG_HOME']];
  process.env['HOME'] = home.path;
  delete process.env['XDG_CONFIG_HOME'];
  try {
    const { indexer, ask } = await indexed(path.join(folder.path, 'packages/shop'));
    const check = async () => {
      for (const name of ['src/a', 'src/kept.both', 'src/kept.local', 'src/back.top', 'inner top', ...(process.platform === 'linux' ? ['big/k'] : [])]) assert.doesNotMatch(await ask(name), nothing, name);
      for (const name of ['gen/b', 'src/c.mine', 'src/d.both', 'src/e.local', 'src/f.top', 'src/g.packages', 'build/h', 'own/i', 'sub/own/j', 'inner x', 'inner mine', 'fake']) assert.match(await ask(name), nothing, name);
    };
    await check();
    // The same where files are told of one by one, and where all is looked at again.
    indexer.invalidate(['gen/b.ts', 'src/f.top.ts', 'src/a.ts', 'inner/l.top.ts', 'inner/x.ts', 'sub/own', 'own/i.ts', 'fake/n.top.ts', 'src'].map((name) => path.join(folder.path, 'packages/shop', name)));
    await check();
    indexer.invalidate(undefined);
    await check();
    await writeFiles(folder.path, { '.git/info/exclude': '/packages/shop/src/a.ts\n' });
    indexer.invalidate([path.join(folder.path, '.git/info/exclude')]);
    assert.match(await ask('src/a'), nothing);
    assert.equal(await ask('src/e.local'), 'src/e.local.ts:2');
    await indexer.close();
  } finally {
    process.env['HOME'] = HOME;
    if (XDG !== undefined) process.env['XDG_CONFIG_HOME'] = XDG;
  }
});

test('hostile patterns are no rules', async () => {
  await using folder = await temporaryFolder();
  const name = `${'a'.repeat(200)}.ts`;
  await writeFiles(folder.path, {
    '.gitignore': [`${'*a'.repeat(60)}b`, `${'**/'.repeat(60)}b`, `${'*/'.repeat(60)}b`, `!${'a*'.repeat(100)}`, '[', '\\', '!', '/', '[z-a]', `${'['.repeat(5000)}`, 'x'.repeat(100_000), '*.skip.ts'].join('\n'),
    [name]: span('long'), [`${'a/'.repeat(60)}b.ts`]: span('deep'), 'x.skip.ts': span('skipped'),
  });
  const { indexer, ask } = await indexed(folder.path);
  assert.equal(await ask('long'), `${name}:2`);
  assert.equal(await ask('deep'), `${'a/'.repeat(60)}b.ts:2`);
  assert.match(await ask('skipped'), nothing);
  await indexer.close();
});

test('a work tree of a repository has the rules of that; a folder that is ignored itself and opened is read', async () => {
  await using folder = await temporaryFolder();
  await repository(path.join(folder.path, 'main'), { 'info/exclude': '*.local.ts\n', 'worktrees/other/commondir': '../..\n', 'worktrees/other/HEAD': '' });
  await writeFiles(folder.path, {
    'other/.git': `gitdir: ${path.join(folder.path, 'main/.git/worktrees/other')}\n`,
    'other/.gitignore': 'scratch/\n*.gen.ts\n',
    'other/a.local.ts': span('a'),
    'other/b.ts': span('b'),
    'other/scratch/c.ts': span('c'),
    'other/scratch/deep/d.ts': span('d'),
    'other/scratch/deep/e.gen.ts': span('e'),
  });
  const outer = await indexed(path.join(folder.path, 'other'));
  assert.equal(await outer.ask('b'), 'b.ts:2');
  for (const name of ['a', 'c']) assert.match(await outer.ask(name), nothing, name);
  await outer.indexer.close();
  const inner = await indexed(path.join(folder.path, 'other/scratch'));
  assert.equal(await inner.ask('c'), 'c.ts:2');
  assert.equal(await inner.ask('d'), 'deep/d.ts:2');
  assert.match(await inner.ask('e'), nothing);
  await inner.indexer.close();
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

test('a folder that is called otherwise, one that comes back, an environment, a link', async () => {
  await using folder = await temporaryFolder();
  await using elsewhere = await temporaryFolder();
  const at = (name: string) => path.join(folder.path, name);
  await writeFiles(elsewhere.path, { 'a.ts': span('linked') });
  await writeFiles(folder.path, { 'old/a.ts': span('a'), 'old/deep/b.ts': span('b'), 'older/c.ts': span('c') });
  const { indexer, ask } = await indexed(folder.path);
  await rename(at('old'), at('new'));
  // As VS Code tells it: nothing of the files in them.
  indexer.invalidate([at('old'), at('new')]);
  assert.equal(await ask('a'), 'new/a.ts:2');
  assert.equal(await ask('b'), 'new/deep/b.ts:2');
  assert.equal(await ask('c'), 'older/c.ts:2');
  await rename(at('new'), at('old'));
  await rm(at('old/deep/b.ts'));
  indexer.invalidate([at('new'), at('old')]);
  assert.equal(await ask('a'), 'old/a.ts:2');
  assert.match(await ask('b'), nothing);
  // Gone and there again before anyone looked.
  indexer.invalidate([at('old/a.ts'), at('old/a.ts')]);
  assert.equal(await ask('a'), 'old/a.ts:2');

  await writeFiles(folder.path, { 'env/pyvenv.cfg': '', 'env/lib/a.py': 'tracer.start_span("venv")' });
  await symlink(elsewhere.path, at('link'));
  await symlink(path.join(elsewhere.path, 'a.ts'), at('a.ts'));
  indexer.invalidate([at('env'), at('env/lib/a.py'), at('link'), at('a.ts'), path.dirname(folder.path), '/', 'relative.ts']);
  assert.match(await ask('venv'), nothing);
  assert.match(await ask('linked'), nothing);
  await rm(at('old'), { recursive: true });
  await mkdir(at('old'));
  await writeFile(at('old/a.ts'), span('second'));
  indexer.invalidate([at('old')]);
  assert.equal(await ask('second'), 'old/a.ts:2');
  assert.match(await ask('a'), nothing);
  await indexer.close();
});

test('while what changed is being read there is no answer; the last of it is told of once', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => path.join(folder.path, name);
  await writeFiles(folder.path, { 'a.ts': span('a'), 'b.go': 'package b\nfunc B() {}\n', 'go.mod': 'module m\n' });
  let told = 0;
  const indexer = new WorkspaceIndexer({ finder, onChange: () => told++ });
  indexer.configure([folder.path]);
  await indexer.settled();
  assert.equal(told, 1);
  await writeFiles(folder.path, { 'c.ts': span('a') });
  indexer.invalidate([at('c.ts')]);
  indexer.invalidate([at('a.ts')]);
  const early = await indexer.matchSpan({ name: 'a' });
  assert.ok(early.entry === undefined && early.reason === 'what changed in the workspace is being read');
  // A change that begins while functions are read for an answer.
  await indexer.settled();
  assert.equal(told, 2);
  const asked = indexer.matchSpan({ functionName: 'm.B', language: 'go' });
  await writeFile(at('b.go'), 'package b\n\nfunc B() {}\n');
  indexer.invalidate([at('b.go')]);
  await asked;
  await indexer.settled();
  const found = await indexer.matchSpan({ functionName: 'm.B', language: 'go' });
  assert.equal(found.entry?.line, 3);
  const late = await indexer.matchSpan({ name: 'a' });
  assert.ok(late.entry === undefined && /^more than one place fits/.test(late.reason));
  await indexer.close();
  indexer.invalidate([at('a.ts')]);
  await indexer.settled();
  assert.equal(told, 3);
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
