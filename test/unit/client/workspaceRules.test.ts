/** The path rules that launch configurations, containers and the setting carry. */
import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { composeRules } from '../../../src/client/composeRules.ts';
import { launchRules } from '../../../src/client/launchRules.ts';
import { scopeOf } from '../../../src/client/ruleScope.ts';
import { readContainerRules, readWorkspaceRules, settingRules } from '../../../src/client/workspaceRules.ts';
import { listFiles } from '../../../src/client/workspaceFileNames.ts';
import type { PathRule } from '../../../src/locate/location.ts';
import { locatorFor, temporaryFolder, writeFiles } from '../locate/support.ts';

const scope = { folder: '/ws', folders: [{ name: 'ws', path: '/ws' }, { name: 'web', path: '/w/web' }] };
const shown = (rules: readonly PathRule[]) => rules.map(({ remote, local, from }) => `${from} ${remote} → ${local}`);

describe('launch configurations', () => {
  const rules = (configuration: unknown) => shown(launchRules(configuration, scope));

  test('localRoot and remoteRoot', () => {
    assert.deepEqual(rules({ remoteRoot: '/app', localRoot: '${workspaceFolder}/api' }), ['launch /app → /ws/api']);
    assert.deepEqual(rules({ remoteRoot: '/app', localRoot: 'api' }), ['launch /app → /ws/api']);
    assert.deepEqual(rules({ remoteRoot: 'C:\\app', localRoot: 'D:\\x' }), ['launch C:\\app → D:\\x']);
    assert.deepEqual(rules({ remoteRoot: '/app' }), []);
    assert.deepEqual(rules({ remoteRoot: '/app', localRoot: null }), []);
  });

  test("debugpy's and PHP's pathMappings", () => {
    assert.deepEqual(rules({ pathMappings: [{ localRoot: '${workspaceFolder}', remoteRoot: '/app' }, { localRoot: 'lib', remoteRoot: '.' }, {}, 'x', null] }), ['pathMappings /app → /ws', 'pathMappings . → /ws/lib']);
    assert.deepEqual(rules({ pathMappings: { '/var/www': '${workspaceRoot}' } }), ['pathMappings /var/www → /ws']);
  });

  test('sourceFileMap, with a text or an editorPath', () => {
    assert.deepEqual(rules({ sourceFileMap: { '/src': '${workspaceFolder}', '/build': { editorPath: '/ws/cpp', useForBreakpoints: true }, '/x': 3 } }), ['sourceFileMap /src → /ws', 'sourceFileMap /build → /ws/cpp']);
  });

  test("Go's substitutePath is from here to there", () => {
    assert.deepEqual(rules({ substitutePath: [{ from: '${workspaceFolder}', to: '/go/src/app' }, { from: '${workspaceFolder}', to: 'example.com/app' }, { from: '', to: '/x' }] }), ['substitutePath /go/src/app → /ws', 'substitutePath example.com/app → /ws']);
  });

  test('outFiles outside the workspace', () => {
    assert.deepEqual(rules({ outFiles: ['${workspaceFolder}/dist/**/*.js', '!**/node_modules/**', '/tmp/out/**/*.js', '../build/*.js', '${workspaceFolder:web}/dist/*.js', '/**/*.js', '/opt/x/main.js'] }), ['outFiles /tmp/out → /tmp/out', 'outFiles /build → /build', 'outFiles /opt/x → /opt/x']);
  });

  test('variables', () => {
    assert.deepEqual(rules({ remoteRoot: '/${workspaceFolderBasename}', localRoot: '${workspaceFolder:web}' }), ['launch /ws → /w/web']);
    assert.deepEqual(rules({ remoteRoot: '/app', localRoot: '${userHome}/x' }), [`launch /app → ${os.homedir()}/x`]);
    for (const localRoot of ['${workspaceFolder:gone}', '${command:pick}', '${input:root}', '${env:TRACELINE_NOT_SET}', '${config:x.y}']) {
      assert.deepEqual(rules({ remoteRoot: '/app', localRoot }), [], localRoot);
    }
  });

  test('what is no configuration', () => {
    for (const configuration of [undefined, null, 'x', [], { remoteRoot: 1, localRoot: {} }, { pathMappings: 'x', sourceFileMap: [], substitutePath: {}, outFiles: 'x' }]) assert.deepEqual(rules(configuration), []);
  });
});

test('the setting', () => {
  assert.deepEqual(shown(settingRules({ '/app': '${workspaceFolder}/a', '/web': '${workspaceFolder:web}', '': '/x', '/n': 1 }, scope)), ['setting /app → /ws/a', 'setting /web → /w/web']);
});

describe('compose files', () => {
  const rules = async (text: string, directory = '/ws') => shown(await composeRules(text, directory, '/ws'));
  const volumes = (...lines: string[]) => rules(`services:\n  api:\n    volumes:\n${lines.map((line) => `      - ${line}\n`).join('')}`);

  test('the short form', async () => {
    assert.deepEqual(await volumes('./api:/app', '.:/srv:ro,z', '"${PWD}:/pwd"', '${TRACELINE_NOT_SET:-./web}:/web', '../:/up', '/ws/lib:/lib'), [
      'compose /app → /ws/api', 'compose /srv → /ws', 'compose /pwd → /ws', 'compose /web → /ws/web', 'compose /up → /', 'compose /lib → /ws/lib',
    ]);
    assert.deepEqual(await volumes('data:/var/lib', '/app/node_modules', '/var/run/docker.sock:/var/run/docker.sock', '~/.aws:/root/.aws', '${TRACELINE_NOT_SET}/x:/x', '$$x:/y'), []);
    assert.deepEqual(shown(await composeRules('services: { a: { volumes: ["C:\\\\ws\\\\api:/app:ro"] } }', 'C:\\ws', 'C:\\ws')), ['compose /app → C:\\ws\\api']);
  });

  test('the long form, copied files, anchors', async () => {
    assert.deepEqual(await rules(`
x-code: &code
  volumes:
    - { type: bind, source: ./api, target: /app, read_only: true }
    - { type: volume, source: data, target: /data }
services:
  api: { <<: *code }
  web:
    develop: { watch: [{ action: sync, path: ./web/src, target: /app/src }, { action: rebuild, path: package.json }, { action: sync+restart, path: ./x, target: /x }] }
`), ['compose /app → /ws/api', 'compose /app/src → /ws/web/src', 'compose /x → /ws/x']);
  });

  test('what is no compose file', async () => {
    for (const text of ['', 'x', '- a', ': : :\n\t', 'services: 3', 'services: { a: 3, b: { volumes: x }, c: { volumes: [1, null, {}] } }', 'a: !foo &x [*x]']) assert.deepEqual(await rules(text), [], text);
    const bomb = `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]\n`).join('')}`;
    assert.deepEqual(await rules(bomb), []);
  });
});

describe('containers of a folder', () => {
  const rulesOf = async (files: Readonly<Record<string, string>>) => {
    await using folder = await temporaryFolder();
    const workspace = path.join(folder.path, 'shop');
    await mkdir(workspace);
    await writeFiles(workspace, files);
    return shown(await readContainerRules(workspace)).map((each) => each.replaceAll(workspace, 'WS').replaceAll(folder.path, 'UP'));
  };

  test('a dev container mounts the folder at /workspaces', async () => {
    assert.deepEqual(await rulesOf({ '.devcontainer/devcontainer.json': '{ /* no more */ "image": "x", }' }), ['devContainer /workspaces/shop → WS']);
    assert.deepEqual(await rulesOf({ '.devcontainer.json': '{ "workspaceFolder": "/workspaces/shop/api" }' }), ['devContainer /workspaces/shop → WS']);
    assert.deepEqual(await rulesOf({ '.devcontainer/a/devcontainer.json': '{ "workspaceFolder": "/app" }' }), ['devContainer /workspaces/shop → WS', 'devContainer /app → WS'].reverse());
  });

  test('of a repository, its folder', async () => {
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, { 'repo/.git/HEAD': '', 'repo/packages/a/.devcontainer.json': '{}' });
    assert.deepEqual(shown(await readContainerRules(path.join(folder.path, 'repo/packages/a'))), [`devContainer /workspaces/repo → ${folder.path}/repo`]);
  });

  test('or says where', async () => {
    const workspaceMount = 'source=${localWorkspaceFolder}/..,target=/work,type=bind,consistency=cached';
    assert.deepEqual(await rulesOf({ '.devcontainer.json': JSON.stringify({ workspaceMount, workspaceFolder: '/work/${localWorkspaceFolderBasename}' }) }), ['devContainer /work → UP']);
    const mounts = [{ type: 'bind', source: '${localWorkspaceFolder}/lib', target: '${containerWorkspaceFolder}/lib' }, 'source=x,target=/y,type=volume', 'type=bind,src=${localEnv:TRACELINE_NOT_SET:/d},dst=/d', 7];
    assert.deepEqual(await rulesOf({ '.devcontainer.json': JSON.stringify({ workspaceMount: '', workspaceFolder: '/work', mounts }) }), [
      'devContainer /work → WS', 'devContainer /work/lib → WS/lib', 'devContainer /d → /d',
    ]);
  });

  test('a dev container by compose files', async () => {
    assert.deepEqual(await rulesOf({
      '.devcontainer/devcontainer.json': '{ "dockerComposeFile": ["../docker-compose.yml", "extra.yml", "gone.yml"], "workspaceFolder": "/workspace/api" }',
      '.devcontainer/extra.yml': 'services: { api: { volumes: [".:/workspace:cached"] } }',
      'docker-compose.yml': 'services: { db: { image: x } }',
    }), ['compose /workspace → WS']);
  });

  test('compose files of every name', async () => {
    const text = (target: string) => `services: { a: { volumes: ["./a:${target}"] } }`;
    assert.deepEqual(await rulesOf({ 'compose.yaml': text('/1'), 'docker-compose.override.yml': text('/2'), 'compose.dev.yml': text('/3'), 'docker-compose-not.yml': text('/4'), 'x/compose.yaml': text('/5') }), [
      'compose /3 → WS/a', 'compose /1 → WS/a', 'compose /2 → WS/a',
    ]);
  });
});

test('all rules of a folder, in the order they are tried', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    '.vscode/launch.json': '{ "configurations": [{ "remoteRoot": "/l", "localRoot": "${workspaceFolder}" }, 3] }',
    '.vscode/settings.json': '{ // mine\n "traceline.pathMappings": { "/s": "src" } }',
    'compose.yml': 'services: { a: { volumes: [".:/c"] } }',
  });
  assert.deepEqual(shown(await readWorkspaceRules(folder.path)), [`launch /l → ${folder.path}`, `compose /c → ${folder.path}`, `setting /s → ${folder.path}/src`]);
  assert.deepEqual(await readWorkspaceRules(path.join(folder.path, 'gone')), []);
  assert.deepEqual(scopeOf('/a/b').folders, [{ name: 'b', path: '/a/b' }]);
});

describe('the files of a workspace by their names', () => {
  test('all but what is installed, links not followed', async () => {
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, { 'a/x.ts': '', 'b/x.ts': '', 'dist/x.js': '', 'node_modules/p/x.ts': '', '.git/x.ts': '', 'c/node_modules/x.ts': '' });
    await symlink(folder.path, path.join(folder.path, 'a', 'circle'));
    const names = await listFiles([folder.path, path.join(folder.path, 'a')]);
    const found = (name: string) => names.named(name).map((each) => path.relative(folder.path, each)).sort();
    assert.deepEqual(found('x.ts'), ['a/x.ts', 'b/x.ts']);
    assert.deepEqual(found('x.js'), ['dist/x.js']);
    assert.ok(names.isComplete);
    await writeFiles(folder.path, { 'n/x.ts': '', 'node_modules/q/x.ts': '' });
    for (const added of ['a/x.ts', 'n/x.ts', 'node_modules/q/x.ts', '../x.ts']) await names.look(path.join(folder.path, added));
    assert.deepEqual(found('x.ts'), ['a/x.ts', 'b/x.ts', 'n/x.ts']);
  });

  test('up to a number of them, and folders that are not there', async () => {
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}/x.ts`, ''])));
    assert.equal((await listFiles([folder.path], 24)).isComplete, true);
    assert.equal((await listFiles([folder.path], 23)).isComplete, false);
    assert.deepEqual((await listFiles([path.join(folder.path, 'gone')])).named('x.ts'), []);
  });
});

test('a program from a container, learned; a second file that fits, a third that came since', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { 'api/src/x.ts': 'function f() {\n  g();\n}\n' });
  const locator = await locatorFor(folder.path);
  const site = { filePath: '/app/src/x.ts', line: 2 };
  const first = await locator.locate(site);
  assert.equal(first.location?.file, path.join(folder.path, 'api/src/x.ts'));
  assert.deepEqual(first.location.via, ['attributes', 'learned']);
  assert.equal(first.location.inferred, false);
  assert.equal((await locator.locate({ filePath: '/app/src/y.ts', line: 1 })).location, undefined);
  await writeFiles(folder.path, { 'web/src/x.ts': 'x();\n', 'web/src/y.ts': 'y();\n' });
  await locator.invalidate([path.join(folder.path, 'web/src/x.ts'), path.join(folder.path, 'web/src/y.ts')]);
  const second = await locator.locate(site);
  assert.equal(second.location, undefined);
  assert.match(second.outcome, /ambiguous: 2 files may be meant/);
  assert.equal((await locator.locate({ filePath: '/app/src/y.ts', line: 1 })).location?.file, path.join(folder.path, 'web/src/y.ts'));
  await locator.close();
});

test('build output outside the workspace leads to its source, and is no place itself', async () => {
  await using folder = await temporaryFolder();
  const [workspace, output] = [path.join(folder.path, 'ws'), path.join(folder.path, 'out')];
  const map = { version: 3, sources: ['../ws/src/x.ts'], names: [], mappings: 'AAAA' };
  await writeFiles(folder.path, { 'ws/src/x.ts': 'x();\n', 'out/x.js': 'x();\n//# sourceMappingURL=x.js.map', 'out/x.js.map': JSON.stringify(map), 'out/y.js': 'y();\n' });
  const rules = launchRules({ outFiles: [`${output}/**/*.js`] }, scopeOf(workspace));
  const locator = await locatorFor(workspace, rules);
  const { location } = await locator.locate({ filePath: path.join(output, 'x.js'), line: 1, column: 1 });
  assert.equal(location?.file, path.join(workspace, 'src/x.ts'));
  assert.deepEqual(location.via, ['attributes', 'pathRule', 'sourceMap']);
  const bare = await locator.locate({ filePath: path.join(output, 'y.js'), line: 1 });
  assert.equal(bare.location, undefined);
  assert.match(bare.outcome, /build output outside the workspace folders, and no source map/);
  assert.match((await (await locatorFor(workspace)).locate({ filePath: path.join(output, 'x.js'), line: 1 })).outcome, /outside the workspace folders/);
  await locator.close();
});
