import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PathRule } from '../../../src/locate/location.ts';
import { resembles, sourceCandidates } from '../../../src/locate/mapSources.ts';
import { decodeDataUrl, sourceMappingUrl } from '../../../src/locate/mapReference.ts';
import { foreignReason } from '../../../src/locate/ownCode.ts';
import { localCandidates, nativePath } from '../../../src/locate/pathRules.ts';
import { joinPath, parsePath, relativeAcrossWsl, relativeTo } from '../../../src/locate/paths.ts';

test('reads paths of every system and file URLs', () => {
  const absolute = (text: string) => {
    const parsed = parsePath(text);
    return parsed.kind === 'absolute' ? parsed.path : parsed.kind;
  };
  assert.equal(absolute('/srv/app/./src//x.js'), '/srv/app/src/x.js');
  assert.equal(absolute('/srv/../../etc/passwd'), '/etc/passwd');
  assert.equal(absolute('C:\\Work\\src\\..\\x.js'), 'c:/Work/x.js');
  assert.equal(absolute('c:/Work/x.js'), 'c:/Work/x.js');
  assert.equal(absolute('\\\\host\\share\\x.js'), '//host/share/x.js');
  assert.equal(absolute('file:///srv/my%20app/x.js'), '/srv/my app/x.js');
  assert.equal(absolute('file:///srv/x.js?t=1#a'), '/srv/x.js');
  assert.equal(absolute('file:///C:/w/y.mjs'), 'c:/w/y.mjs');
  assert.equal(absolute('file:///c%3A/w/y.mjs'), 'c:/w/y.mjs');
  assert.equal(absolute('file://host/share/y.mjs'), '//host/share/y.mjs');
  assert.equal(absolute('file:///srv/100%/x.js'), '/srv/100%/x.js');
  assert.equal(absolute('/srv/100%25/x.js'), '/srv/100%25/x.js');
  assert.equal(absolute('\\\\?\\C:\\Work\\x.js'), 'c:/Work/x.js');
  assert.equal(absolute('\\\\?\\UNC\\host\\share\\x.js'), '//host/share/x.js');
  assert.equal(absolute('\\\\wsl$\\Ubuntu\\home\\me\\x.js'), '//wsl$/Ubuntu/home/me/x.js');
  assert.equal(absolute('\\\\host\\share\\..\\..\\other\\x.js'), '//host/share/other/x.js');
  assert.equal(absolute('\\\\host\\..\\share\\x.js'), '//share/x.js');
  assert.equal(absolute('\\\\.\\pipe\\x'), 'refused');
  assert.equal(absolute('\\\\?\\pipe\\x'), 'refused');
  assert.equal(absolute('src/x.js'), 'relative');
  assert.equal(absolute('node:fs'), 'url');
  assert.equal(absolute('webpack://app/./src/x.ts'), 'url');
  assert.equal(absolute('/srv/\0x.js'), 'refused');
  assert.equal(absolute('file:///srv/%00x.js'), 'refused');
  assert.equal(absolute(`/${'a'.repeat(10_000)}`), 'refused');
  assert.equal(absolute(''), 'refused');
});

test('a path lies in a folder by whole segments', () => {
  assert.equal(relativeTo('/srv/app', '/srv/app/src/x.js'), 'src/x.js');
  assert.equal(relativeTo('/srv/app', '/srv/application/x.js'), undefined);
  assert.equal(relativeTo('/srv/app', '/srv/app'), '');
  assert.equal(relativeTo('/', '/srv/x.js'), 'srv/x.js');
  assert.equal(relativeTo('/srv/App', '/srv/app/x.js'), undefined);
  assert.equal(relativeTo('/', '//host/share/x.js'), undefined);
  assert.equal(joinPath('/', 'srv/x.js'), '/srv/x.js');
  assert.equal(joinPath('c:/srv', 'a\\..\\..\\x.js'), 'c:/x.js');
  assert.equal(relativeTo('c:/Work', 'c:/work/X.js'), 'X.js');
  assert.equal(relativeTo('c:/İx', 'c:/İx/Y.js'), 'Y.js');
  assert.equal(relativeTo('/Users/me/App', '/users/me/app/X.js', true), 'X.js');
});

test('WSL and Windows write one place in two ways', () => {
  assert.equal(relativeAcrossWsl('c:/work', '/mnt/c/Work/src/x.ts'), 'src/x.ts');
  assert.equal(relativeAcrossWsl('/mnt/c/work', 'c:/work/src/x.ts'), 'src/x.ts');
  assert.equal(relativeAcrossWsl('c:/work', '/mnt/d/work/x.ts'), undefined);
  assert.equal(relativeAcrossWsl('c:/work', '/mnt/c/workshop/x.ts'), undefined);
  assert.equal(relativeAcrossWsl('//wsl$/Ubuntu/home/me', '/home/me/src/x.ts'), 'src/x.ts');
  assert.equal(relativeAcrossWsl('//wsl.localhost/Ubuntu/home/me', '//wsl$/ubuntu/home/me/x.ts'), 'x.ts');
  assert.equal(relativeAcrossWsl('/home/me', '//wsl.localhost/Ubuntu/home/me/x.ts'), 'x.ts');
  assert.equal(relativeAcrossWsl('//wsl$/Ubuntu/home/me', '//wsl$/Debian/home/me/x.ts'), undefined);
  assert.equal(relativeAcrossWsl('//wsl$/Ubuntu/home/me', '/home/Me/x.ts'), undefined);
  assert.equal(relativeAcrossWsl('//wsl$/Ubuntu', '/x.ts'), 'x.ts');
});

test('path rules replace whole segments, those of the launch first, the longest first', () => {
  const rules: PathRule[] = [
    { remote: '/app', local: '/set', from: 'setting' },
    { remote: '/app/services/pay', local: '/set/pay', from: 'setting' },
    { remote: '/app/', local: '/launch', from: 'launch' },
    { remote: '/ap', local: '/never', from: 'launch' },
    { remote: 'C:\\app', local: '/windows', from: 'setting' },
  ];
  const candidates = (text: string, by: readonly PathRule[]) => localCandidates(parsePath(text), by).flatMap((group) => group.candidates);
  const paths = (text: string) => candidates(text, rules).map(({ path, via }) => `${via} ${path}`);
  assert.deepEqual(paths('/app/services/pay/x.js'), [
    'exact /app/services/pay/x.js', 'pathRule /launch/services/pay/x.js', 'pathRule /set/pay/x.js', 'pathRule /set/services/pay/x.js',
  ]);
  assert.deepEqual(paths('c:\\APP\\x.js'), ['exact c:/APP/x.js', 'pathRule /windows/x.js']);
  assert.deepEqual(paths('/app/../etc/passwd'), ['exact /etc/passwd']);
  assert.deepEqual(paths('data.ts'), []);
  assert.deepEqual(candidates('src/a.py', [{ remote: '.', local: '/ws', from: 'setting' }]).map(({ path }) => path), ['/ws/src/a.py']);
  assert.deepEqual(candidates('../a.py', [{ remote: '.', local: '/ws', from: 'setting' }]), []);
});

test('a place is written as its workspace folder is', () => {
  assert.equal(nativePath('c:/Work/src/x.ts', 'C:\\Work'), 'C:\\Work\\src\\x.ts');
  assert.equal(nativePath('c:/Work/src/x.ts', 'c:/Work'), 'c:/Work/src/x.ts');
  assert.equal(nativePath('/ws/src/x.ts', '/ws/'), '/ws/src/x.ts');
});

test("tells the program's own code", () => {
  for (const own of [
    '/srv/app/src/x.js', 'file:///srv/x.mjs', 'C:\\w\\x.js', '../src/x.ts', 'webpack://app/./src/x.ts', 'webpack://app/./webpack/config.ts',
    'webpack:///src/x.ts', '/srv/my_node_modules/x.js', 'native-app/src/x.ts', '/srv/webpack/x.js', 'webpack/x.ts',
  ]) {
    assert.equal(foreignReason(own), undefined, own);
  }
  for (const foreign of [
    '/srv/app/node_modules/pg/x.js', 'C:\\w\\node_modules\\pg\\x.js', '../node_modules/x.js', 'webpack://app/./node_modules/x/y.js',
    'node:internal/process/task_queues', 'ext:deno_telemetry/telemetry.ts', 'webpack://app/webpack/bootstrap', 'webpack:///webpack/runtime/x',
    'webpack://app/external commonjs "http"', 'external "http"', '<anonymous>', '/opt/ext/dist/probe/node.cjs', '/usr/lib/python3/dist-packages/a.py',
    '/venv/lib/python3.12/site-packages/a.py', '/x/.yarn/cache/a.zip/a.js',
  ]) {
    assert.notEqual(foreignReason(foreign), undefined, foreign);
  }
});

test('finds the last sourceMappingURL that is a comment', () => {
  assert.equal(sourceMappingUrl('a();\n//# sourceMappingURL=a.js.map\n'), 'a.js.map');
  assert.equal(sourceMappingUrl('a();\n//@ sourceMappingURL=a.js.map'), 'a.js.map');
  assert.equal(sourceMappingUrl('a();/*# sourceMappingURL=a.js.map */'), 'a.js.map');
  assert.equal(sourceMappingUrl('a();//# sourceMappingURL=a.js.map\r\n//# debugId=1\r\n'), 'a.js.map');
  assert.equal(sourceMappingUrl('//# sourceMappingURL=one\na();\n//# sourceMappingURL=two\n'), 'two');
  assert.equal(sourceMappingUrl('a();\n//# sourceMappingURL=one\nb();\n'), 'one');
  assert.equal(sourceMappingUrl('const x = "//# sourceMappingURL=a";'), undefined);
  assert.equal(sourceMappingUrl('const x = `//# sourceMappingURL=${url}`;\nmore();'), undefined);
  assert.equal(sourceMappingUrl('//# sourceMappingURL='), undefined);
  assert.equal(sourceMappingUrl(''), undefined);
  assert.equal(sourceMappingUrl('x'.repeat(8_000_000)), undefined);
});

test('decodes data URLs', () => {
  assert.equal(decodeDataUrl(`data:application/json;charset=utf-8;base64,${Buffer.from('{"é":1}').toString('base64')}`), '{"é":1}');
  assert.equal(decodeDataUrl('data:application/json,%7B%22a%22%3A1%7D'), '{"a":1}');
  assert.throws(() => decodeDataUrl('data:application/json;base64'));
  assert.throws(() => decodeDataUrl('data:;base64,****'));
});

test("reckons where a map's source lies", () => {
  const places = (source: string, sourceRoot = '') =>
    sourceCandidates(source, sourceRoot, '/ws/app/dist', ['/ws']).map(({ kind, parsed }) => `${kind} ${parsed.kind === 'absolute' ? parsed.path : parsed.kind}`);
  assert.deepEqual(places('../src/x.ts'), ['besideMap /ws/app/src/x.ts']);
  assert.deepEqual(places('x.ts', '../src'), ['besideMap /ws/app/src/x.ts', 'project /ws/src/x.ts', 'project /src/x.ts']);
  assert.deepEqual(places('x.ts', '/build/src/'), ['absolute /build/src/x.ts']);
  assert.deepEqual(places('x.ts', 'file:///build/src'), ['absolute /build/src/x.ts']);
  assert.deepEqual(places('/x.ts', '../src'), ['absolute /x.ts', 'besideMap /ws/app/src/x.ts', 'project /ws/src/x.ts', 'project /src/x.ts']);
  assert.deepEqual(places('file:///ws/my%20app/x.ts'), ['absolute /ws/my app/x.ts']);
  assert.deepEqual(places('webpack://app/./src/x.ts?a1b2'), ['app/dist', 'app', ''].map((at) => `project /ws${at && '/'}${at}/src/x.ts?a1b2`).concat(['app/dist', 'app', ''].map((at) => `project /ws${at && '/'}${at}/src/x.ts`)));
  assert.deepEqual(places('./src/x.ts', 'webpack://app/'), ['project /ws/app/dist/src/x.ts', 'project /ws/app/src/x.ts', 'project /ws/src/x.ts']);
  assert.deepEqual(places('webpack:////abs/x.ts'), ['absolute /abs/x.ts']);
  assert.deepEqual(places('webpack:///C:/abs/x.ts'), ['absolute c:/abs/x.ts']);
  assert.deepEqual(places('https://cdn.example/x.ts'), []);
  assert.deepEqual(places('x\0.ts'), []);
});

test('an edited file still resembles its text, another one does not', () => {
  const text = 'first line\nsecond line\nthird line\nfourth line';
  assert.ok(resembles(text, text));
  assert.ok(resembles(`new line\n${text.replace('third', '3rd')}`, text));
  assert.ok(!resembles('quite\nanother\ntext\nfirst line', text));
});
