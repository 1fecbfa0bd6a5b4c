/** Text that runs and is not the file's: what the probe says of it. The real loaders and bundlers are in test/corpus. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inMemory, ProgramFolder, spansOf } from './program.ts';

/** A loader of `.ts` files that puts `moved` in front of the text. */
function loader(moved: string, more = ''): string {
  return `const { Module } = require('node:module');
const { readFileSync } = require('node:fs');
Module._extensions['.ts'] = (module, file) => module._compile(${JSON.stringify(moved)} + readFileSync(file, 'utf8')${more}, file);
`;
}

const program = `function work(tracer) {
  tracer.startSpan('work').end();
}
module.exports = work;
`;

describe('the probe, where the text that runs is not the text of the file', () => {
  let folder: ProgramFolder;
  before(async () => {
    folder = await ProgramFolder.create();
    await folder.write('work.ts', program);
  });
  after(() => folder.remove());

  async function attributesOf(loaderText: string, name: string, flags: readonly string[] = []) {
    const main = await folder.write(`${name}.cjs`, `${loaderText}${inMemory('2')}require('./work.ts')(tracer);\nreport();\n`);
    const [span] = spansOf(await folder.run([...flags, main]));
    return span!.attributes;
  }

  it('takes the position that the program itself gives to an error there', async () => {
    const hook = `Error.prepareStackTrace = (error, sites) => [String(error), ...sites.map((site) => '    at ' + String(site).replace(/work\\.ts:(\\d+)/, (_, line) => 'work.ts:' + (line - 2)))].join('\\n');\n`;
    const attributes = await attributesOf(loader('\n\n') + hook, 'hooked');
    assert.deepEqual([attributes['code.line.number'], attributes['code.column.number'], attributes['code.function.name']], [2, 10, 'work']);
    assert.match(String(attributes['code.stacktrace']), /^ {4}at work \(.*work\.ts:2:10\)\n/);
  });

  it('takes the position of a map that Node keeps', async () => {
    const map = { version: 3, sources: ['work.ts'], names: [], mappings: ';;AAAA;EACE,OAAO' };
    const comment = `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
    const attributes = await attributesOf(loader('\n\n', ` + ${JSON.stringify(comment)}`), 'mapped', ['--enable-source-maps']);
    assert.equal(attributes['code.line.number'], 2);
  });

  it('gives no line where nothing tells the position and none fits, and the position where it does', async () => {
    const unknown = await attributesOf(loader('/* in the same line */\n   '), 'unknown');
    assert.equal(unknown['code.line.number'], undefined);
    assert.equal(unknown['code.column.number'], undefined);
    assert.equal(unknown['code.function.name'], 'work');
    assert.match(String(unknown['code.file.path']), /work\.ts$/);
    assert.match(String(unknown['code.stacktrace']), /^ {4}at work \([^:]*work\.ts\)\n/);
    const plain = await attributesOf(loader(''), 'plain');
    assert.deepEqual([plain['code.line.number'], plain['code.column.number']], [2, 10]);
  });

  it('a hook of the program that throws, or gives no text, is not noticed', async () => {
    for (const [i, hook] of [`() => { throw new Error('x'); }`, '(_, sites) => sites'].entries()) {
      const attributes = await attributesOf(`${loader('')}Error.prepareStackTrace = ${hook};\n`, `odd${i}`);
      assert.equal(attributes['code.line.number'], 2);
    }
  });

  it("says of a bundler's evaluated module what evaluates it, and gives it no file", async () => {
    const text = (name: string) => `function reserve(tracer) {\n  tracer.startSpan('reserve').end();\n}\nreserve(globalThis.tracer);\n//# sourceURL=${name}\n`;
    for (const [i, name] of ['webpack-internal:///./src/a.ts', 'webpack-internal:///./src/a b.ts'].entries()) {
      const file = await folder.write(`bundle${i}.cjs`, `${inMemory('2')}globalThis.tracer = tracer;\neval(${JSON.stringify(text(name))});\nreport();\n`);
      const [span] = spansOf(await folder.run([file]));
      assert.equal(span!.attributes['code.file.path'], undefined);
      assert.equal(span!.attributes['code.function.name'], 'reserve');
      const [frame] = String(span!.attributes['code.stacktrace']).split('\n');
      const shown = name.includes(' ') ? '<anonymous>' : name;
      assert.match(frame!, /^ {4}at reserve \(eval at /);
      assert.ok(frame!.endsWith(`, ${shown}:2:10)`), frame);
      assert.ok(frame!.includes(`(${file}:`), frame);
    }
  });

  it('passes evaluated modules of packages over', async () => {
    const text = "globalThis.tracer.startSpan('inner').end();\n//# sourceURL=webpack-internal:///./node_modules/kit/index.js\n";
    const file = await folder.write('kit.cjs', `${inMemory('2')}globalThis.tracer = tracer;\nfunction own() { eval(${JSON.stringify(text)}); }\nown();\nreport();\n`);
    const [span] = spansOf(await folder.run([file]));
    assert.equal(span!.attributes['code.file.path'], file);
    assert.equal(span!.attributes['code.function.name'], 'own');
  });
});
