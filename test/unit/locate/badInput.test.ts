/** What a program, a map or the disk may get wrong: a reason, never a throw, never a read outside the workspace. */
import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import sourceMap from 'source-map';
import type { LocateResult } from '../../../src/locate/location.ts';
import type { SourceFiles } from '../../../src/locate/sourceFiles.ts';
import type { Site } from '../../../src/model/site.ts';
import { nodeSourceFiles } from '../../../src/client/nodeSourceFiles.ts';
import { locatorFor, temporaryFolder, writeFiles } from './support.ts';

const source = 'export function first() {\n  return 1;\n}\nexport function second() {\n  return 2;\n}\n';

/** A map of generated line 1, column 1 to line `line` of `name`. */
function mapOf(name: string, line = 2, extra: object = {}): string {
  const generator = new sourceMap.SourceMapGenerator({ file: 'a.js' });
  generator.addMapping({ source: 'placeholder', original: { line, column: 2 }, generated: { line: 1, column: 0 } });
  return JSON.stringify({ ...generator.toJSON(), sources: [name], ...extra });
}

async function locateIn(files: Readonly<Record<string, string>>, site: Site = {}): Promise<LocateResult & { folder: string; reads: readonly string[] }> {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { 'src/a.ts': source, ...files });
  const reads: string[] = [];
  const watched: SourceFiles = {
    ...nodeSourceFiles,
    readText: (file) => {
      reads.push(file);
      return nodeSourceFiles.readText(file);
    },
  };
  const locator = await locatorFor(folder.path, [], watched);
  const result = await locator.locate({ filePath: path.join(folder.path, 'dist/a.js'), line: 1, column: 1, ...site });
  await locator.close();
  return { ...result, folder: folder.path, reads };
}

function withMap(map: string, comment = '//# sourceMappingURL=a.js.map'): Record<string, string> {
  return { 'dist/a.js': `a();\n${comment}\n`, 'dist/a.js.map': map };
}

function assertNowhere(result: LocateResult & { folder: string; reads: readonly string[] }, reason: RegExp): void {
  assert.equal(result.location, undefined, JSON.stringify(result.location));
  assert.match(result.outcome, reason);
  assert.ok(result.outcome.startsWith('No place: '));
  for (const file of result.reads) assert.ok(file.startsWith(result.folder + path.sep), `read ${file}`);
}

test('a good map by hand, so that the bad ones are known to be bad for their own reason', async () => {
  const result = await locateIn(withMap(mapOf('../src/a.ts')));
  assert.equal(result.location?.line, 2);
  assert.equal(result.location?.column, 3);
  assert.equal(result.location?.function?.name, 'first');
});

test('maps by other addresses: data URLs, percent-encoding, absolute, beside without a word', async () => {
  const map = mapOf('../src/a.ts');
  const ways: Record<string, string>[] = [
    { 'dist/a.js': `a();\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}` },
    { 'dist/a.js': `a();\n//# sourceMappingURL=data:application/json,${encodeURIComponent(map)}` },
    { 'dist/a.js': 'a();\n//# sourceMappingURL=maps/my%20map.json?v=1', 'dist/maps/my map.json': mapOf('../../src/a.ts') },
    { 'dist/a.js': 'a();\n//# sourceMappingURL=https://cdn.example/a.js.map', 'dist/a.js.map': map },
    { 'dist/a.js': 'a();\n', 'dist/a.js.map': map },
    { 'dist/a.js': 'a();\n//# sourceMappingURL=a.js.map', 'dist/a.js.map': `)]}'\n${map}` },
  ];
  for (const files of ways) {
    const result = await locateIn(files);
    assert.equal(result.location?.function?.name, 'first', JSON.stringify(result.steps));
  }
});

test('an indexed map, nested too, by lines and by columns', async () => {
  const section = (line: number) => JSON.parse(mapOf('../src/a.ts', line)) as object;
  const map = JSON.stringify({
    version: 3,
    sections: [
      { offset: { line: 0, column: 0 }, map: section(2) },
      { offset: { line: 0, column: 10 }, map: section(5) },
      { offset: { line: 1, column: 0 }, map: { version: 3, sections: [{ offset: { line: 0, column: 4 }, map: section(5) }] } },
    ],
  });
  const files = { 'dist/a.js': 'a();      b();\n    c();\n//# sourceMappingURL=a.js.map', 'dist/a.js.map': map };
  for (const [line, column, expected] of [[1, 1, 'first'], [1, 10, 'first'], [1, 11, 'second'], [2, 5, 'second']] as const) {
    assert.equal((await locateIn(files, { line, column })).location?.function?.name, expected, `${line}:${column}`);
  }
  assertNowhere(await locateIn(files, { line: 2, column: 2 }), /other people's code/);
  assertNowhere(await locateIn(withMap(JSON.stringify({ version: 3, sections: [{ offset: { line: 0, column: 0 }, url: 'x.map' }] }))), /a section's map x\.map is not there: .*does not exist/);
  assertNowhere(await locateIn(withMap(JSON.stringify({ version: 3, sections: [{ offset: { line: 0, column: 0 } }] }))), /a section has no offset or no map/);
});

test('webpack names: found from the project, by the text the map carries', async () => {
  const named = (name: string, content: string) => withMap(mapOf(name, 2, { sourcesContent: [content] }));
  for (const name of ['webpack://shop/./src/a.ts', 'webpack:///./src/a.ts?4f1b', 'webpack:///src/a.ts', 'turbopack:///[project]/src/a.ts']) {
    assert.equal((await locateIn(named(name, source))).location?.function?.name, 'first', name);
  }
  // Edited since, but the same file.
  assert.equal((await locateIn(named('webpack://shop/./src/a.ts', `// old\n${source}`))).location?.line, 2);
  assertNowhere(await locateIn(named('webpack://shop/./src/a.ts', 'quite\nanother\nfile')), /is another text than the map's/);
  assertNowhere(await locateIn(named('webpack://shop/./node_modules/x/a.ts', source)), /other people's code/);
  assertNowhere(await locateIn(named('webpack://shop/webpack/bootstrap', source)), /other people's code/);
});

test('a map that is missing, cut off, no map, or of another version', async () => {
  const map = mapOf('../src/a.ts');
  assertNowhere(await locateIn({ 'dist/a.js': 'a();\n//# sourceMappingURL=a.js.map' }), /map of .*a\.js is not there.*Build it again with source maps/);
  assertNowhere(await locateIn(withMap(map.slice(0, -20))), /cannot be read/);
  assertNowhere(await locateIn(withMap('')), /cannot be read/);
  assertNowhere(await locateIn(withMap('[]')), /no JSON object/);
  assertNowhere(await locateIn(withMap('{"version":3,"sources":["a"]}')), /no mappings/);
  assertNowhere(await locateIn(withMap('{"version":3,"mappings":""}')), /lists no sources/);
  assertNowhere(await locateIn(withMap(mapOf('../src/a.ts', 2, { version: 4 }))), /Unsupported version/);
  assertNowhere(await locateIn(withMap(mapOf('../src/a.ts', 2, { mappings: 'A!' }))), /Error parsing mappings/);
  assertNowhere(await locateIn({ 'dist/a.js': 'a();\n//# sourceMappingURL=data:application/json;base64,***' }), /the map inside .* cannot be read/);
  // A map that names itself, or its file, or the file itself as the map.
  assertNowhere(await locateIn(withMap(map, '//# sourceMappingURL=a.js')), /cannot be read/);
  assertNowhere(await locateIn(withMap(mapOf('a.js', 1))), /lead in a circle/);
  assertNowhere(await locateIn(withMap(mapOf('a.js.map', 1))), /lead in a circle/);
});

test('maps that lead in a circle, or on and on', async () => {
  const circle = { ...withMap(mapOf('b.js', 1)), 'dist/b.js': 'b();', 'dist/b.js.map': mapOf('a.js', 1) };
  assertNowhere(await locateIn(circle), /lead in a circle/);
  const chain = Object.assign({}, ...[...'abcdefgh'].map((name, i) => ({ [`dist/${name}.js`]: 'x();', [`dist/${name}.js.map`]: mapOf(`${'bcdefghi'[i]}.js`, 1) })));
  assertNowhere(await locateIn({ ...chain, 'dist/i.js': 'x();' }), /more than 5 source maps/);
});

test('mappings out of range', async () => {
  assertNowhere(await locateIn(withMap(mapOf('../src/a.ts', 2000))), /has no line 2000: it was changed/);
  // Segments for a source and a name that the map does not list.
  assertNowhere(await locateIn(withMap(mapOf('../src/a.ts', 2, { mappings: 'AAAAA' }))), /cannot be read|other people's/);
  assertNowhere(await locateIn(withMap(mapOf('../src/a.ts', 2, { mappings: 'AUAA' }))), /cannot be read/);
  assertNowhere(await locateIn(withMap(mapOf('../src/a.ts')), { line: 2 ** 32 + 1 }), /other people's code/);
  assertNowhere(await locateIn(withMap(mapOf('../src/a.ts')), { column: 2 ** 40 }), /other people's code/);
  assertNowhere(await locateIn(withMap(mapOf('../src/a.ts')), { line: 77 }), /other people's code/);
});

test('a source that is not on disk, and one whose text the map carries alone', async () => {
  assertNowhere(await locateIn(withMap(mapOf('../src/gone.ts'))), /source \.\.\/src\/gone\.ts was not found/);
  assertNowhere(await locateIn(withMap(mapOf('../src/gone.ts', 2, { sourcesContent: [source] }))), /the map carries its text/);
  assertNowhere(await locateIn(withMap(mapOf(null as never))), /other people's code/);
});

test('a line that has no column', async () => {
  const generator = new sourceMap.SourceMapGenerator();
  generator.addMapping({ source: '../src/a.ts', original: { line: 2, column: 2 }, generated: { line: 1, column: 4 } });
  generator.addMapping({ source: '../src/a.ts', original: { line: 2, column: 9 }, generated: { line: 1, column: 9 } });
  generator.addMapping({ source: '../src/a.ts', original: { line: 2, column: 2 }, generated: { line: 2, column: 4 } });
  generator.addMapping({ source: '../src/a.ts', original: { line: 5, column: 2 }, generated: { line: 2, column: 9 } });
  const files = withMap(generator.toString());
  assert.equal((await locateIn(files, { line: 1, column: undefined })).location?.line, 2);
  assertNowhere(await locateIn(files, { line: 2, column: undefined }), /gives no column/);
});

test('files that no one built are what they are', async () => {
  const plain = await locateIn({ 'dist/a.js': 'function own() {\n  return 1;\n}\n' }, { line: 2, column: 3 });
  assert.deepEqual([plain.location?.line, plain.location?.function?.name, plain.location?.via.join('+')], [2, 'own', 'attributes+exact']);
  const noColumn = await locateIn({ 'dist/a.js': 'function own() {\n  return 1;\n}\n' }, { line: 2, column: undefined });
  assert.deepEqual([noColumn.location?.column, noColumn.location?.function?.name], [3, 'own']);
  assertNowhere(await locateIn({ 'dist/a.js': 'a();' }, { line: 9 }), /has no line 9/);
});

test('a TypeScript file was mapped by its runtime: not twice', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { 'src/a.ts': source, 'src/a.ts.map': mapOf('b.ts', 5), 'src/b.ts': source });
  const locator = await locatorFor(folder.path);
  const { location } = await locator.locate({ filePath: path.join(folder.path, 'src/a.ts'), line: 2, column: 3 });
  assert.deepEqual([path.basename(location!.file), location!.line, location!.via.join('+')], ['a.ts', 2, 'attributes+exact']);
});

test('a file without a line is placed by the one function of the name', async () => {
  const files = { 'dist/a.js': 'class A { pay() {} }\nclass B { pay() {} }\nfunction pay() {}\nfunction twice() {}\n{ function twice() {} }\n' };
  const symbol = await locateIn(files, { line: undefined, column: undefined, functionName: 'B.pay' });
  assert.deepEqual([symbol.location?.line, symbol.location?.via.join('+')], [2, 'attributes+exact+symbol']);
  assert.equal((await locateIn(files, { line: undefined, column: undefined, namespace: 'A', functionName: 'pay' })).location?.line, 1);
  assertNowhere(await locateIn(files, { line: undefined, column: undefined, functionName: 'twice' }), /no line, and not one function/);
  assertNowhere(await locateIn(files, { line: undefined, column: undefined }), /no line/);
});

test('paths that lead out of the workspace are refused, and say so', async () => {
  for (const filePath of ['/etc/passwd', '/proc/self/environ', 'file:///etc/passwd', '\\\\host\\share\\x.js', 'C:\\x.js']) {
    const result = await locateIn({}, { filePath });
    assertNowhere(result, /outside the workspace folders/);
    assert.ok(result.steps.some((step) => step.result.startsWith('refused: ')), filePath);
  }
  assertNowhere(await locateIn(withMap(mapOf('/etc/passwd'))), /outside the workspace folders/);
  assertNowhere(await locateIn(withMap(mapOf('../../../../../../../../etc/passwd'))), /outside the workspace folders/);
  assertNowhere(await locateIn(withMap(mapOf('webpack://x/../../../../../../../etc/passwd'))), /was not found/);
  assertNowhere(await locateIn({ 'dist/a.js': 'a();\n//# sourceMappingURL=../../../../../../../../etc/passwd' }), /outside the workspace folders/);
  assertNowhere(await locateIn({ 'dist/a.js': 'a();\n//# sourceMappingURL=/etc/passwd' }), /outside the workspace folders/);
  assertNowhere(await locateIn({ 'dist/a.js': 'a();\n//# sourceMappingURL=..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd' }), /is not there/);
});

test('a link in the workspace that leads out of it is not followed', async () => {
  await using outside = await temporaryFolder();
  await using folder = await temporaryFolder();
  await writeFiles(outside.path, { 'secret.js': 'function secret() {}\n' });
  await symlink(path.join(outside.path, 'secret.js'), path.join(folder.path, 'a.js'));
  const locator = await locatorFor(folder.path);
  const result = await locator.locate({ filePath: path.join(folder.path, 'a.js'), line: 1 });
  assert.equal(result.location, undefined);
  assert.match(result.outcome, /a link that leads out/);
});

test('paths of no sense', async () => {
  for (const [filePath, reason] of [
    ['/ws/\0/x.js', /NUL/],
    [`/${'x/'.repeat(5000)}`, /longer than 4096/],
    ['a.js', /relative path/],
    ['src/a.ts', /relative path/],
    ['', /names no file|empty/],
    ['http://localhost:3000/main.js', /no path of a file/],
    ['node:internal/process', /other people's code/],
    ['<anonymous>', /other people's code/],
  ] as const) {
    assertNowhere(await locateIn({ 'a.js': 'a();' }, { filePath }), reason);
  }
});

test('what a span says is shown on one line, and cut', async () => {
  const result = await locateIn({}, { filePath: `/x/\u001b[31m\n\u202e${'y'.repeat(2000)}.js` });
  for (const step of result.steps) {
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    assert.doesNotMatch(step.input + step.result, /[\u0000-\u001f\u202e]/);
    assert.ok(step.input.length <= 300 && step.result.length <= 300);
  }
});

test('sites that say nothing, and languages whose stacks are not read', async () => {
  const locator = await locatorFor('/nowhere/at/all');
  assert.match((await locator.locate({ functionName: 'com.foo.Bar.baz', language: 'java' })).outcome, /names a function and no file/);
  assert.match((await locator.locate({})).outcome, /names no file/);
  const result = await locator.locate({ stacktrace: 'goroutine 1 [running]:', language: 'swift' });
  assert.ok(result.steps.some((step) => step.result.includes('are not read')));
  const many = await locator.locate({ stacktrace: '    at f (/x.js:1:2)\n'.repeat(60_000), language: 'nodejs' });
  assert.match(many.outcome, /outside the workspace folders/);
});

test('a file that vanishes midway is a reason', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { 'a.js': 'a();', 'b.js': 'b();\n//# sourceMappingURL=b.js.map', 'b.js.map': mapOf('a.js') });
  const vanishing: SourceFiles = { ...nodeSourceFiles, readText: () => Promise.resolve(undefined) };
  const locator = await locatorFor(folder.path, [], vanishing);
  for (const name of ['a.js', 'b.js']) {
    const result = await locator.locate({ filePath: path.join(folder.path, name), line: 1, column: 1 });
    assert.equal(result.location, undefined);
    assert.match(result.outcome, /cannot be read/);
  }
});
