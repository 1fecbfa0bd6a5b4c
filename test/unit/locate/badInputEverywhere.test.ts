/** What a program, a map or the disk may get wrong, at every step of locating: a reason, never a throw, never a read outside the workspace. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import sourceMap from 'source-map';
import { nodeSourceFiles } from '../../../src/client/nodeSourceFiles.ts';
import { WorkspaceIndexer } from '../../../src/client/workspaceIndexer.ts';
import { Locator } from '../../../src/locate/locate.ts';
import type { SpanPlaces } from '../../../src/locate/placer.ts';
import type { LocateResult } from '../../../src/locate/location.ts';
import type { SourceFiles } from '../../../src/locate/sourceFiles.ts';
import type { Site } from '../../../src/model/site.ts';
import { finder, temporaryFolder, writeFiles } from './support.ts';

const source = 'export function first() {\n  return 1;\n}\n';

function mapOf(name: string): string {
  const generator = new sourceMap.SourceMapGenerator();
  generator.addMapping({ source: name, original: { line: 2, column: 2 }, generated: { line: 1, column: 0 } });
  return JSON.stringify({ ...generator.toJSON(), sources: [name] });
}

const files = {
  'src/a.ts': source,
  'dist/a.js': 'a();\n//# sourceMappingURL=a.js.map\n',
  'dist/a.js.map': mapOf('../src/a.ts'),
  'java/com/acme/Shop.java': 'package com.acme;\nclass Shop {\n  int sell() {\n    return 1;\n  }\n}\n',
  'kt/Cart.kt': 'package com.acme\n\nfun total() {\n}\n',
  'rust/Cargo.toml': '[package]\nname = "shop"\n',
  'rust/src/main.rs': 'fn main() {\n}\n',
};

/** One site for each way to a place. `/ws` stands for the workspace. */
const sites: readonly Site[] = [
  { filePath: '/ws/dist/a.js', line: 1, column: 1 },
  { filePath: '/ws/src/a.ts', line: 2 },
  { filePath: '/ws/src/a.ts', functionName: 'first' },
  { stacktrace: 'Error\n    at f (/ws/dist/a.js:1:1)', language: 'nodejs' },
  { stacktrace: '\tat com.acme.Shop.sell(Shop.java:4)', language: 'java' },
  { stacktrace: '\tat com.acme.CartKt.total(Cart.kt:77)', language: 'java' },
  { functionName: 'com.acme.Shop.sell', language: 'java' },
  { filePath: 'Shop.java', line: 4, functionName: 'com.acme.Shop.sell', language: 'java' },
  { filePath: 'src/main.rs', line: 1, namespace: 'shop', language: 'rust' },
  { exception: 'java.lang.Error\n\tat com.acme.Shop.sell(Shop.java:4)\n\tat java.base/java.lang.Thread.run(Thread.java:1)', naming: { name: 'x', kind: 'internal', scopeName: '' }, language: 'java' },
  { beneath: ['Error\n    at f (/ws/dist/a.js:1:1)'], naming: { name: 'x', kind: 'server', scopeName: '' }, language: 'nodejs' },
  { filePath: '/elsewhere/app/src/a.ts', line: 2 },
];

async function locateIn(folder: string, all: readonly Site[], disk: SourceFiles): Promise<readonly LocateResult[]> {
  const indexer = new WorkspaceIndexer({ finder, onChange: () => undefined });
  indexer.configure([folder]);
  await indexer.settled();
  const places: SpanPlaces = { matchSpan: (question) => indexer.matchSpan(question) };
  const locator = new Locator(disk, finder, places);
  await locator.configure({ workspaceFolders: [folder], pathRules: [] });
  const placed = JSON.parse(JSON.stringify(all).replaceAll('/ws', folder)) as Site[];
  const results = await locator.locateAll(placed);
  await locator.close();
  await indexer.close();
  return results;
}

/** The disk, with what is asked and read of it told of. */
function watched(tell: (what: string, file: string) => boolean): SourceFiles {
  const unless = <T>(what: string, read: (file: string) => Promise<T | undefined>) => (file: string) => (tell(what, file) ? read(file) : Promise.resolve(undefined));
  return {
    ...nodeSourceFiles,
    stat: unless('stat', nodeSourceFiles.stat),
    readText: unless('read', nodeSourceFiles.readText),
    realPath: unless('real', nodeSourceFiles.realPath),
  };
}

test('each way leads to a place, so that what follows fails for its own reason', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  for (const [i, { location, outcome }] of (await locateIn(folder.path, sites, nodeSourceFiles)).entries()) assert.ok(location !== undefined, `${JSON.stringify(sites[i])}: ${outcome}`);
});

test('files that vanish at any moment, one or all of them, leave a place or a reason', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  for (const site of sites) {
    let steps = 0;
    await locateIn(folder.path, [site], watched(() => ++steps > 0));
    assert.ok(steps > 0);
    for (let at = 1; at <= steps; at++) {
      for (const onlyOne of [true, false]) {
        let count = 0;
        const [result] = await locateIn(folder.path, [site], watched(() => (onlyOne ? ++count !== at : ++count < at)));
        assert.ok(result!.location !== undefined || result!.outcome.startsWith('No place: '), `${JSON.stringify(site)} at ${at}: ${result!.outcome}`);
        assert.ok(result!.steps.length > 0);
      }
    }
  }
});

test('nothing outside the workspace is read, whatever a site, a stack or a map names', async () => {
  await using folder = await temporaryFolder();
  const up = '../'.repeat(20);
  const paths = [
    '/etc/passwd', `/ws/${up}etc/passwd`, `${up}etc/passwd`, 'file:///etc/passwd', `file:///ws/${up}etc/passwd`, `/ws/src/..%2f..%2f..%2fetc/passwd`, '/ws/src/\0/a.ts', '/ws/src/a.ts\0.js', `/ws/${'a/'.repeat(5000)}`, `/ws/${'x'.repeat(10_000)}`,
    `/ws/${'../'.repeat(10_000)}`, '\\\\host\\share\\a.js', '//host/share/a.js', 'C:\\..\\a.js', '/proc/self/environ', '/dev/zero', '~/.ssh/id_rsa', '..', '.', '/', '',
  ];
  const all: Site[] = paths.flatMap((each): Site[] => [
    { filePath: each, line: 1 },
    { filePath: each, line: 1, namespace: 'shop', language: 'rust' },
    { filePath: each, line: 1, functionName: 'com.acme.Shop.sell', language: 'java' },
    { stacktrace: `    at f (${each}:1:1)`, language: 'nodejs' },
    { stacktrace: `\tat com.acme.Shop.sell(${each}:1)`, language: 'java' },
    { stacktrace: `   at Acme.Shop.Sell() in ${each}:line 1`, language: 'dotnet' },
    { exception: `ValueError\n  File "${each}", line 1, in f\nValueError: x`, language: 'python', naming: { name: 'f', kind: 'internal', scopeName: '' } },
    { beneath: [`    at f (${each}:1:1)`], language: 'nodejs', naming: { name: 'f', kind: 'server', scopeName: '' } },
  ]);
  const maps = paths.map((name, i): readonly [string, string] => [`dist/m${i}.js.map`, mapOf(name.replaceAll('/ws', folder.path) || 'x')]);
  const roots = paths.map((root, i): readonly [string, string] => [`dist/r${i}.js.map`, JSON.stringify({ ...(JSON.parse(mapOf('a.ts')) as object), sourceRoot: root })]);
  const comments = paths.map((url, i): readonly [string, string] => [`dist/c${i}.js`, `a();\n//# sourceMappingURL=${url.replaceAll(/[\s\0]/g, '%00')}\n`]);
  const generated = [...maps, ...roots].map(([name]): readonly [string, string] => [name.slice(0, -4), `a();\n//# sourceMappingURL=${path.basename(name)}\n`]);
  await writeFiles(folder.path, { ...files, ...Object.fromEntries([...maps, ...roots, ...comments, ...generated]) });
  all.push(...[...generated, ...comments].map(([name]): Site => ({ filePath: `/ws/${name}`, line: 1, column: 1 })));
  const reads = new Set<string>();
  const results = await locateIn(folder.path, all, watched((what, file) => (what !== 'read' || reads.add(file).size > 0)));
  for (const file of reads) assert.ok(file.startsWith(folder.path + path.sep) && !file.includes('..'), `read ${file}`);
  for (const [i, { location, outcome, steps }] of results.entries()) {
    assert.ok(location === undefined ? outcome.startsWith('No place: ') : location.file.startsWith(folder.path + path.sep), JSON.stringify(all[i]));
    assert.ok(outcome.length <= 700 && steps.every((step) => step.input.length <= 300 && step.result.length <= 300));
  }
});

test('stacks of a megabyte, of a span, beneath it and of an exception, in every language', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  const frames = [
    ['nodejs', `    at f (${folder.path}/src/a.ts:2:3)\n`], ['nodejs', '    at f (/x/node_modules/y.js:1:2)\n'], ['python', '  File "/x.py", line 1, in f\n'], ['java', '\tat com.acme.Shop.sell(Shop.java:4)\n'],
    ['java', '\tat com.acme.CartKt.total(Cart.kt:4000)\n'], ['dotnet', '   at Acme.Shop.Sell()\n'], ['php', '#0 /x.php(1): f()\n'], ['go', 'main.f()\n\t/x.go:1 +0x1\n'], ['ruby', "\tfrom /x.rb:1:in 'f'\n"], ['rust', '   0: f\n   at /x.rs:1:2\n'],
  ] as const;
  const all = frames.flatMap(([language, frame]): Site[] => {
    const stack = frame.repeat(Math.ceil(1_000_000 / frame.length));
    return [
      { stacktrace: stack, language }, { beneath: [stack], language, naming: { name: 'f', kind: 'server', scopeName: '' } },
      { exception: stack, language, naming: { name: 'f', kind: 'internal', scopeName: '' } }, { exception: stack, language, naming: { name: 'f', kind: 'server', scopeName: '' } },
    ];
  });
  for (const { location, outcome, steps } of await locateIn(folder.path, all, nodeSourceFiles)) {
    assert.ok(location !== undefined || outcome.startsWith('No place: '));
    assert.ok(steps.length > 0 && steps.every(({ input }) => input.length <= 300));
  }
});

test('maps that are enormous, deep, or full of nonsense', async () => {
  const plain = JSON.parse(mapOf('../src/a.ts')) as Record<string, unknown>;
  const nested = (depth: number): unknown => (depth === 0 ? plain : { version: 3, sections: [{ offset: { line: 0, column: 0 }, map: nested(depth - 1) }] });
  const section = { offset: { line: 0, column: 0 }, map: plain };
  const bad: Readonly<Record<string, readonly [map: unknown, reason: RegExp]>> = {
    deep: [nested(50), /nested too deep/],
    many: [{ version: 3, sections: Array.from({ length: 10_001 }, () => section) }, /more than 10000 sections/],
    noOffset: [{ version: 3, sections: [{ map: plain }] }, /no offset/],
    noMap: [{ version: 3, sections: [{ offset: { line: 0, column: 0 } }] }, /no offset or no map/],
    urlSection: [{ version: 3, sections: [{ offset: { line: 0, column: 0 }, url: 'urlSection.js.map' }] }, /nested too deep|cannot be read/],
    outside: [{ version: 3, sections: [{ offset: { line: 0, column: 0 }, url: '/etc/passwd' }] }, /outside the workspace folders/],
    negative: [{ version: 3, sections: [{ offset: { line: -5, column: -5 }, map: plain }] }, /./],
    huge: [{ version: 3, sections: [{ offset: { line: 2 ** 40, column: 2 ** 40 }, map: plain }] }, /./],
    text: [{ version: 3, sections: 'x', sources: ['a'], mappings: 'AAAA' }, /./],
    sources: [{ ...plain, sources: Array.from({ length: 200_000 }, () => null) }, /other people's code/],
    objects: [{ ...plain, sources: [{}], sourcesContent: [[]], sourceRoot: 7, names: 'x' }, /./],
    mappings: [{ ...plain, mappings: ';'.repeat(1_000_000) }, /other people's code/],
    vlq: [{ ...plain, mappings: 'g'.repeat(1_000_000) }, /cannot be read/],
    large: [{ ...plain, mappings: 'ggggggE' }, /./],
    nul: [{ ...plain, sources: ['../src/a.ts\0'] }, /was not found/],
    proto: [{ ...plain, ['__proto__']: { sources: ['x'] }, constructor: 'x', sources: ['__proto__'] }, /was not found/],
    long: [{ ...plain, sources: [`../src/${'x'.repeat(10_000)}.ts`] }, /x…x+\.ts was not found: /],
  };
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { ...files, ...Object.fromEntries(Object.entries(bad).flatMap(([name, [map]]) => [[`dist/${name}.js`, `a();\n//# sourceMappingURL=${name}.js.map\n`], [`dist/${name}.js.map`, JSON.stringify(map)]])) });
  const reads = new Set<string>();
  const names = Object.keys(bad);
  const results = await locateIn(folder.path, names.map((name): Site => ({ filePath: `/ws/dist/${name}.js`, line: 1, column: 1 })), watched((what, file) => what !== 'read' || reads.add(file).size > 0));
  for (const [i, { location, outcome }] of results.entries()) {
    assert.equal(location, undefined, names[i]);
    assert.match(outcome, bad[names[i]!]![1], names[i]);
  }
  for (const file of reads) assert.ok(file.startsWith(folder.path + path.sep), `read ${file}`);
});

test('files that are too large are not read', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  for (const [name, site] of [['a.js.map', sites[0]!], ['a.js', sites[0]!], ['a.ts', sites[1]!], ['Shop.java', sites[4]!], ['Cargo.toml', sites[8]!]] as const) {
    const reads: string[] = [];
    const disk: SourceFiles = {
      ...watched((what, file) => what !== 'read' || reads.push(path.basename(file)) > 0),
      stat: async (file) => {
        const stamp = await nodeSourceFiles.stat(file);
        return stamp !== undefined && path.basename(file) === name ? { ...stamp, size: 2 ** 40 } : stamp;
      },
    };
    const [result] = await locateIn(folder.path, [site], disk);
    assert.ok(!reads.includes(name), `${name} was read`);
    assert.ok(result!.location !== undefined || result!.outcome.startsWith('No place: '), result!.outcome);
    if (name === 'a.js.map') assert.match(result!.outcome, /larger than 256 MiB/);
  }
});
