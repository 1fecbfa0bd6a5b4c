/** What the corpus found of maps, each as small as it can be. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { SourceMapGenerator } from 'source-map';
import type { Site } from '../../../src/model/site.ts';
import { locatorFor, temporaryFolder, writeFiles } from './support.ts';

const source = `export const first = (): string => {
  return tracer
    .startSpan('a');
};
export const pair = { left: () => startSpan('l'), right: () => startSpan('r') };
`;

type Mapping = readonly [generatedLine: number, generatedColumn: number, line: number, column: number];

/** Lines and columns 1-based. */
function mapOf(name: string, mappings: readonly Mapping[], more: object = {}): string {
  const generator = new SourceMapGenerator({ file: 'a.js' });
  for (const [generatedLine, generatedColumn, line, column] of mappings) {
    generator.addMapping({ source: name, generated: { line: generatedLine, column: generatedColumn - 1 }, original: { line, column: column - 1 } });
  }
  return JSON.stringify({ ...generator.toJSON(), ...more });
}

function inline(map: string): string {
  return `//# sourceMappingURL=data:application/json;charset=utf-8;base64,${Buffer.from(map).toString('base64')}`;
}

async function locateIn(files: Record<string, string>, site: (folder: string) => Site) {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  const locator = await locatorFor(folder.path);
  const { location, outcome } = await locator.locate(site(folder.path));
  await locator.close();
  const place = location === undefined ? undefined : `${path.relative(folder.path, location.file)}:${location.line}:${location.column} ${location.function?.name ?? '-'}`;
  return { place, outcome };
}

const at = (line: number, column: number) => (folder: string): Site => ({ filePath: path.join(folder, 'dist/a.js'), line, column, language: 'nodejs' });

test('a map that knows only where a statement begins: the call is at the last name of what is called', async () => {
  const { place } = await locateIn({ 'src/a.ts': source, 'dist/a.js': 'const f=()=>t.startSpan("a");', 'dist/a.js.map': mapOf('../src/a.ts', [[1, 1, 1, 1], [1, 13, 2, 10]]) }, at(1, 15));
  assert.equal(place, 'src/a.ts:3:6 first');
});

test('a map of whole lines: the called name tells the column, and where it cannot nothing is said', async () => {
  const map = mapOf('../src/a.ts', [[1, 1, 1, 1], [2, 1, 5, 1]]);
  const files = { 'src/a.ts': source, 'dist/a.js': 'first();\nconst pair={left:()=>startSpan("l"),right:()=>startSpan("r")};', 'dist/a.js.map': map };
  assert.equal((await locateIn(files, at(2, 22))).place, 'src/a.ts:5:35 pair.left');
  assert.equal((await locateIn(files, at(2, 47))).place, 'src/a.ts:5:64 pair.right');
  const minified = { ...files, 'dist/a.js': 'first();\nconst p={l:()=>s("l"),r:()=>s("r")};' };
  const { place, outcome } = await locateIn(minified, at(2, 16));
  assert.equal(place, undefined);
  assert.match(outcome, /several functions in line 5/);
});

test('a relative sourceRoot that is reckoned from the root of the output', async () => {
  const map = mapOf('deep/a.ts', [[1, 1, 1, 1], [1, 5, 3, 6]], { sourceRoot: '../src' });
  const site = (folder: string): Site => ({ filePath: path.join(folder, 'dist/deep/a.js'), line: 1, column: 5 });
  assert.equal((await locateIn({ 'src/deep/a.ts': source, 'dist/deep/a.js': 'a();b()', 'dist/deep/a.js.map': map }, site)).place, 'src/deep/a.ts:3:6 first');
});

test('an indexed map whose sections are files of their own, each reckoned from its own folder', async () => {
  const map = JSON.stringify({ version: 3, sections: [{ offset: { line: 0, column: 0 }, url: 'maps/one.map' }, { offset: { line: 1, column: 0 }, url: 'maps/two.map' }] });
  const files = {
    'src/a.ts': source, 'src/b.ts': 'export function second() {\n  go();\n}\n',
    'dist/a.js': 'a();\nb();', 'dist/a.js.map': map,
    'dist/maps/one.map': mapOf('../../src/a.ts', [[1, 1, 3, 6], [1, 3, 3, 7]]),
    'dist/maps/two.map': mapOf('../../src/b.ts', [[1, 1, 2, 3], [1, 3, 2, 5]]),
  };
  assert.equal((await locateIn(files, at(1, 1))).place, 'src/a.ts:3:6 first');
  assert.equal((await locateIn(files, at(2, 1))).place, 'src/b.ts:2:3 second');
  assert.match((await locateIn({ ...files, 'dist/maps/two.map': '{' }, at(2, 1))).outcome, /a\.js\.map cannot be read/);
  const itself = { ...files, 'dist/a.js.map': JSON.stringify({ version: 3, sections: [{ offset: { line: 0, column: 0 }, url: 'a.js.map' }] }) };
  assert.match((await locateIn(itself, at(1, 1))).outcome, /nested too deep/);
});

const module = (map: string | undefined, name: string) => `eval(${JSON.stringify(`var x = 1;\nx.startSpan();\n${map === undefined ? '' : `${inline(map)}\n`}//# sourceURL=${name}\n`)});`;
const webpackName = 'webpack-internal:///./src/a.ts';
const moduleMap = mapOf('webpack://app/./src/a.ts?1a2b', [[1, 1, 1, 1], [2, 1, 2, 10], [2, 3, 3, 6]], { sourcesContent: [source] });

test("a module that a development build evaluates is placed by the map in its text, found through the frame's origin", async () => {
  const files = { 'src/a.ts': source, 'dist/main.js': `var modules = {\n${module(moduleMap, webpackName)}\n${module(undefined, 'webpack-internal:///./src/b.ts')}\n}` };
  const site = (line: number, name: string) => (folder: string): Site => ({
    functionName: 'first', language: 'nodejs',
    stacktrace: `    at first (eval at ./src/a.ts (${folder}/dist/main.js:${line}:1), ${name}:2:3)\n    at other (${folder}/src/a.ts:1:1)`,
  });
  assert.equal((await locateIn(files, site(2, webpackName))).place, 'src/a.ts:3:6 first');
  // A name with a blank in it is none to V8.
  assert.equal((await locateIn(files, site(2, '<anonymous>'))).place, 'src/a.ts:3:6 first');
  const without = await locateIn(files, site(3, 'webpack-internal:///./src/b.ts'));
  assert.equal(without.place, undefined);
  assert.match(without.outcome, /text that .*main\.js evaluates, and has no source map.*devtool/);
  // Nameless text without a map is no code of a file: the frame around it is.
  assert.equal((await locateIn(files, site(3, '<anonymous>'))).place, 'src/a.ts:1:1 first');
  for (const line of [1, 4, 99]) assert.equal((await locateIn(files, site(line, webpackName))).place, undefined);
  const broken = { ...files, 'dist/main.js': files['dist/main.js'].replaceAll('base64,', 'base64,!') };
  assert.match((await locateIn(broken, site(2, webpackName))).outcome, /the map inside .*main\.js:2 cannot be read/);
});

test('an evaluated module of a package is passed over', async () => {
  const { outcome } = await locateIn({}, (folder) => ({ language: 'nodejs', stacktrace: `    at f (eval at x (${folder}/dist/main.js:2:1), webpack-internal:///./node_modules/kit/index.js:2:3)` }));
  assert.match(outcome, /other people's code/);
});
