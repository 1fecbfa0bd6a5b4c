/** Which file of the workspace a program's path is: exactly, by a rule, by a rule that was learned, or none. */
import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { nodeSourceFiles } from '../../../src/client/nodeSourceFiles.ts';
import { findLocal, tryText } from '../../../src/locate/findLocal.ts';
import { LearnedRules, sharedEnd } from '../../../src/locate/learnedRule.ts';
import type { PathRule, PathRuleSource } from '../../../src/locate/location.ts';
import { parsePath, relativeTo } from '../../../src/locate/paths.ts';
import type { SourceFiles } from '../../../src/locate/sourceFiles.ts';
import { WorkspaceFiles } from '../../../src/locate/workspaceFiles.ts';
import { memoryFiles } from './memoryFiles.ts';
import { temporaryFolder } from './support.ts';

interface Setup {
  readonly folders?: readonly string[];
  readonly rules?: readonly PathRule[];
}

function finderFor(disk: SourceFiles, { folders = ['/ws'], rules = [] }: Setup = {}) {
  const files = new WorkspaceFiles(disk, { workspaceFolders: folders, pathRules: rules });
  const learned = new LearnedRules(files);
  return async (text: string) => {
    const { found, tries } = await findLocal(parsePath(text), rules, files, learned);
    const why = tries.map((each) => `${each.candidate.via} ${each.candidate.how}: ${tryText(each)}`);
    return { place: found === undefined ? undefined : `${found.via} ${found.file.nativePath}`, why: why.join('\n'), found };
  };
}

const rule = (remote: string, local: string, from: PathRuleSource = 'setting'): PathRule => ({ remote, local, from });

test('exactly, before any rule', async () => {
  const find = finderFor(memoryFiles(['/ws/src/x.ts', '/ws/other/src/x.ts']), { rules: [rule('/ws', '/ws/other', 'launch')] });
  assert.equal((await find('/ws/src/x.ts')).place, 'exact /ws/src/x.ts');
  assert.equal((await find('file:///ws/src/%78.ts')).place, 'exact /ws/src/x.ts');
  assert.equal((await find('/ws/src/%78.ts')).place, undefined);
});

test('rules in their order: launch, container, setting', async () => {
  const disk = memoryFiles(['/ws/launch/a.ts', '/ws/compose/a.ts', '/ws/compose/b.ts', '/ws/set/a.ts', '/ws/set/b.ts', '/ws/set/c.ts']);
  const find = finderFor(disk, { rules: [rule('/app', '/ws/set'), rule('/app', '/ws/compose', 'compose'), rule('/app', '/ws/launch', 'sourceFileMap')] });
  assert.equal((await find('/app/a.ts')).place, 'pathRule /ws/launch/a.ts');
  assert.equal((await find('/app/b.ts')).place, 'pathRule /ws/compose/b.ts');
  const { place, why } = await find('/app/c.ts');
  assert.equal(place, 'pathRule /ws/set/c.ts');
  assert.match(why, /sourceFileMap of the launch configuration\): \/ws\/launch\/c\.ts does not exist\n.*mount of a compose file.*\n.*setting traceline\.pathMappings\): \/ws\/set\/c\.ts$/);
});

test('two rules for one root are a question, which the setting answers', async () => {
  const disk = memoryFiles(['/ws/a/src/x.ts', '/ws/b/src/x.ts', '/ws/b/src/only.ts']);
  const rules = [rule('/app', '/ws/a', 'compose'), rule('/app', '/ws/b', 'compose')];
  const find = finderFor(disk, { rules });
  assert.equal((await find('/app/src/only.ts')).place, 'pathRule /ws/b/src/only.ts');
  const { place, why } = await find('/app/src/x.ts');
  assert.equal(place, undefined);
  assert.match(why, /ambiguous: 2 files may be meant: \/ws\/a\/src\/x\.ts, \/ws\/b\/src\/x\.ts\. Say which in the setting traceline\.pathMappings/);
  assert.equal((await finderFor(disk, { rules: [...rules, rule('/app', '/ws/b')] })('/app/src/x.ts')).place, 'pathRule /ws/b/src/x.ts');
  assert.equal((await finderFor(disk, { rules: [...rules, rule('/', '/ws', 'launch')] })('/app/src/x.ts')).place, undefined);
});

test('a rule that leads out of the workspace is refused, and said', async () => {
  const { place, why } = await finderFor(memoryFiles(['/etc/passwd', '/ws/x.ts']), { rules: [rule('/app', '/etc')] })('/app/passwd');
  assert.equal(place, undefined);
  assert.match(why, /pathRule \/app → \/etc .*: refused: \/etc\/passwd lies outside the workspace folders/);
});

test('rules that are about other paths are named', async () => {
  const { why } = await finderFor(memoryFiles([]), { rules: [rule('/srv', '/ws', 'launch'), rule('/apple', '/ws')] })('/app/x.ts');
  assert.match(why, /pathRule \/app\/x\.ts: no path rule is about it: \/srv → \/ws \(localRoot and remoteRoot .*\); \/apple → \/ws/);
});

test('URLs by a rule, decoded, never above its folder', async () => {
  const find = finderFor(memoryFiles(['/ws/src/my file.ts', '/ws/x.ts', '/ws/src/a%20b.ts']), { rules: [rule('webpack://app/./', '/ws/src')] });
  assert.equal((await find('webpack://app/./my%20file.ts')).place, 'pathRule /ws/src/my file.ts');
  assert.equal((await find('webpack://app/./a%20b.ts')).place, 'pathRule /ws/src/a%20b.ts');
  assert.equal((await find('webpack://app/./../x.ts')).place, undefined);
  assert.equal((await find('webpack://app/./%2e%2e/x.ts')).place, undefined);
  assert.equal((await find('webpack://app/./%00.ts')).place, undefined);
});

test('build output outside the workspace, where outFiles names it', async () => {
  const rules = [rule('/out', '/out', 'outFiles')];
  const find = finderFor(memoryFiles(['/out/main.js', '/out/main.js.map', '/out/.env', '/outer/main.js', '/ws/x.ts']), { rules });
  const { place, why, found } = await find('/out/main.js');
  assert.equal(place, 'pathRule /out/main.js');
  assert.equal(found?.file.isOutput, true);
  assert.match(why, /\/out \(outFiles of the launch configuration: build output outside the workspace folders\)/);
  assert.equal((await find('/out/main.js.map')).place, 'pathRule /out/main.js.map');
  assert.match((await find('/out/.env')).why, /only generated files and maps are read/);
  assert.match((await find('/outer/main.js')).why, /outside the workspace folders/);
});

test('by a link to the workspace, and never by one out of it', async () => {
  const disk = memoryFiles(['/real/ws/x.ts', '/secret/y.ts'], { links: { '/home/link': '/real/ws', '/real/ws/out': '/secret' } });
  const find = finderFor(disk, { folders: ['/real/ws'] });
  assert.equal((await find('/home/link/x.ts')).place, 'exact /real/ws/x.ts');
  assert.match((await find('/real/ws/out/y.ts')).why, /a link that leads out/);
  assert.equal((await finderFor(disk, { folders: ['/home/link'] })('/real/ws/x.ts')).place, 'exact /home/link/x.ts');
});

test('links in a circle lead nowhere', async () => {
  await using folder = await temporaryFolder();
  await symlink('circle', path.join(folder.path, 'circle'));
  await symlink('..', path.join(folder.path, 'up'));
  const find = finderFor(nodeSourceFiles, { folders: [folder.path] });
  assert.match((await find(`${folder.path}/circle`)).why, /does not exist/);
  assert.equal((await find(`${folder.path}/circle/x.ts`)).place, undefined);
  assert.equal((await find(`${folder.path}/up/${path.basename(folder.path)}/circle`)).place, undefined);
  assert.equal((await find('/app/src/x.ts')).place, undefined);
});

test('capitals count where the machine says so', async () => {
  const paths = ['/Users/me/App/src/Main.ts'];
  assert.equal((await finderFor(memoryFiles(paths, { ignoresCase: true }), { folders: ['/Users/me/App'] })('/users/me/app/src/main.ts')).place, 'exact /Users/me/App/src/Main.ts');
  assert.equal((await finderFor(memoryFiles(paths), { folders: ['/Users/me/App'] })('/users/me/app/src/main.ts')).place, undefined);
});

test('Windows and WSL', async () => {
  const windows = finderFor(memoryFiles(['c:\\work\\src\\x.ts']), { folders: ['c:\\work'] });
  assert.equal((await windows('C:\\Work\\src\\x.ts')).place, 'exact c:\\work\\src\\x.ts');
  assert.equal((await windows('/mnt/c/work/src/x.ts')).place, 'exact c:\\work\\src\\x.ts');
  const share = finderFor(memoryFiles(['\\\\wsl.localhost\\Ubuntu\\home\\me\\x.ts']), { folders: ['\\\\wsl.localhost\\Ubuntu\\home\\me'] });
  assert.equal((await share('/home/me/x.ts')).place, 'exact \\\\wsl.localhost\\Ubuntu\\home\\me\\x.ts');
  assert.equal((await share('\\\\wsl$\\Ubuntu\\home\\me\\x.ts')).place, 'exact \\\\wsl.localhost\\Ubuntu\\home\\me\\x.ts');
});

test('learned: the one file that shares the longest end', async () => {
  const find = finderFor(memoryFiles(['/ws/packages/a/src/x.ts', '/ws/packages/b/src/x.ts', '/ws/packages/b/src/data.ts', '/ws/top.ts']));
  const { place, why } = await find('/app/packages/a/src/x.ts');
  assert.equal(place, 'learned /ws/packages/a/src/x.ts');
  assert.match(why, /learned \/app → \/ws \(learned: no other file of the workspace ends in packages\/a\/src\/x\.ts\)/);
  assert.equal((await find('/app/packages/b/src/data.ts')).place, 'learned /ws/packages/b/src/data.ts');
  assert.equal((await find('C:\\app\\packages\\a\\src\\x.ts')).place, 'learned /ws/packages/a/src/x.ts');
});

test('learned: two files are a question, a name alone says nothing', async () => {
  const find = finderFor(memoryFiles(['/ws/packages/a/src/x.ts', '/ws/packages/b/src/x.ts', '/ws/lib/data.ts']));
  const question = await find('/app/src/x.ts');
  assert.equal(question.place, undefined);
  assert.match(question.why, /ambiguous: 2 files may be meant: \$\{workspaceFolder\}\/packages\/a\/src\/x\.ts, .*"traceline\.pathMappings": \{ "\/app": "\$\{workspaceFolder\}\/packages\/a" \}/);
  assert.match((await find('/app/src/data.ts')).why, /share its name data\.ts at most/);
  assert.equal((await find('/app/data.ts')).place, undefined);
  assert.equal((await find('/app/lib/a.ts')).place, undefined);
  assert.equal((await find('/app/mylib/data.ts')).place, undefined);
  assert.equal((await find('lib/data.ts')).place, undefined);
});

test('learned: several folders are told apart by their names', async () => {
  const find = finderFor(memoryFiles(['/w/api/src/x.ts', '/w/web/src/x.ts']), { folders: ['/w/api', '/w/web'] });
  assert.equal((await find('/srv/web/src/x.ts')).place, 'learned /w/web/src/x.ts');
  assert.match((await find('/app/src/x.ts')).why, /\$\{workspaceFolder:api\}\/src\/x\.ts, \$\{workspaceFolder:web\}\/src\/x\.ts/);
});

test("learned: another program of this machine is not the workspace's", async () => {
  const disk = memoryFiles(['/home/me/ws/src/index.ts', '/home/me/ws/dist/main.js', '/home/me/other/src/index.ts']);
  const find = finderFor(disk, { folders: ['/home/me/ws'] });
  assert.match((await find('/home/me/other/src/index.ts')).why, /\/home\/me\/other\/src is a folder of this machine/);
  // Its output was removed since.
  assert.match((await find('/home/me/other/dist/main.js')).why, /\/home\/me\/other is a folder of this machine/);
  assert.equal((await find('/home/ci/build/dist/main.js')).place, 'learned /home/me/ws/dist/main.js');
});

test('learned: not where a rule is about the path, a file of the workspace is gone, or too many files', async () => {
  const paths = ['/ws/b/src/x.ts'];
  assert.equal((await finderFor(memoryFiles(paths), { rules: [rule('/app', '/ws/a', 'launch')] })('/app/src/x.ts')).place, undefined);
  assert.equal((await finderFor(memoryFiles(paths))('/ws/a/src/x.ts')).place, undefined);
  assert.match((await finderFor(memoryFiles(paths, { isComplete: false }))('/app/src/x.ts')).why, /too many files/);
});

test('learned: what contradicts it is not placed, what it told stays', async () => {
  const find = finderFor(memoryFiles(['/ws/src/server.ts', '/ws/lib/db/pool.ts']));
  assert.equal((await find('/app/src/server.ts')).place, 'learned /ws/src/server.ts');
  const other = await find('/app/src/db/pool.ts');
  assert.equal(other.place, undefined);
  assert.match(other.why, /files beside it were found by \/app → \/ws\. Say which/);
  assert.equal((await find('/app/src/server.ts')).place, 'learned /ws/src/server.ts');
});

test('a share of another host is never asked for', async () => {
  const disk = memoryFiles(['c:\\ws\\src\\x.ts']);
  await finderFor(disk, { folders: ['c:\\ws'] })('\\\\evil\\share\\src\\x.ts');
  assert.deepEqual(disk.asked.filter((path) => /evil/.test(path)), []);
});

test('paths share whole segments', () => {
  assert.equal(sharedEnd('/a/src/x.ts', '/b/src/x.ts'), 2);
  assert.equal(sharedEnd('/data.ts', '/a.ts'), 0);
  assert.equal(sharedEnd('/a/mysrc/x.ts', '/b/src/x.ts'), 1);
  assert.equal(sharedEnd('/src/x.ts', '/src/x.ts'), 2);
});

test('nothing leads out of the workspace folders, whatever paths and rules say', async () => {
  const segment = fc.oneof(fc.constantFrom('..', '.', '', 'src', 'ws', 'a', 'x.ts', 'C:', '%2e%2e', '%00', '\\..', 'wsl$', 'mnt', 'c'), fc.string({ maxLength: 4 }));
  const prefix = fc.constantFrom('', '/', '/ws/', '//', '\\\\', 'C:\\', 'file:///', 'webpack://a/', '\\\\?\\C:\\');
  const anyPath = fc.tuple(prefix, fc.array(segment, { maxLength: 7 })).map(([start, rest]) => start + rest.join('/'));
  const pathRule = fc.record({ remote: anyPath, local: anyPath, from: fc.constantFrom<PathRuleSource>('launch', 'compose', 'setting') });
  await fc.assert(
    fc.asyncProperty(anyPath, fc.array(pathRule, { maxLength: 4 }), fc.constantFrom('/ws', 'c:\\ws', '/'), async (text, rules, folder) => {
      // A disk that has whatever it is asked for.
      const everything: SourceFiles = {
        ignoresCase: false,
        stat: () => Promise.resolve({ mtimeMs: 1, size: 1 }),
        readText: () => Promise.resolve(''),
        realPath: (asked) => Promise.resolve(asked),
        listFiles: () => Promise.resolve({ isComplete: true, named: (name) => [`${folder}/src/${name}`, `/elsewhere/src/${name}`], look: () => Promise.resolve([]) }),
      };
      const { found } = await finderFor(everything, { folders: [folder], rules })(text);
      if (found === undefined) return;
      const root = parsePath(folder);
      assert.ok(root.kind === 'absolute' && relativeTo(root.path, found.file.path) !== undefined, found.file.path);
      const segments = found.file.nativePath.split(folder.includes('\\') ? /[\\/]/ : '/');
      assert.ok(!segments.includes('..') && !found.file.nativePath.includes('\0'), found.file.nativePath);
    }),
    { numRuns: 1000 },
  );
});
