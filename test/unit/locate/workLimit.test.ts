import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { FunctionFinder } from '../../../src/locate/functions/functionFinder.ts';
import { isNestedTooDeep, TooMuchWork, WorkLimit } from '../../../src/locate/functions/workLimit.ts';
import { Locator } from '../../../src/locate/locate.ts';
import { nodeSourceFiles } from '../../../src/client/nodeSourceFiles.ts';
import { grammarDir, temporaryFolder, writeFiles } from './support.ts';

const readGrammar = (name: string) => readFile(path.join(grammarDir, name));

/** A clock by which a millisecond passes whenever it is looked at, so that time is a number of steps. */
function stepClock(): { readonly clock: () => number; readonly steps: () => number } {
  let steps = 0;
  return { clock: () => steps++, steps: () => steps };
}

/** How many turns others had until `work` was done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await work;
  clearInterval(timer);
  return turns;
}

const module = Array.from({ length: 30 }, (_, i) => `export function f${i}(a) {\n  return () => a.map((b) => b + ${i});\n}\n`).join('');

test('a long text is parsed in parts, with turns for others between them, and gives what it gives in one', async () => {
  const inOne = new FunctionFinder(readGrammar);
  const { clock, steps } = stepClock();
  const inParts = new FunctionFinder(readGrammar, { clock });
  await Promise.all([inOne.list('a.ts', ''), inParts.list('a.ts', '')]);
  const before = steps();
  const [whole, parts] = [inOne.list('a.ts', module), inParts.list('a.ts', module)];
  assert.ok((await turnsDuring(parts)) > 0);
  assert.ok(steps() - before > 50, 'the text is longer than a part');
  assert.equal((await whole).functions?.length, 60);
  assert.deepEqual(await parts, await whole);
  assert.equal(await turnsDuring(inOne.list('a.ts', module)), 0);
});

test('two texts of one language, the parts of one between those of the other', async () => {
  const finder = new FunctionFinder(readGrammar, { clock: stepClock().clock });
  const other = module.replaceAll('f1', 'g1');
  const [first, second] = await Promise.all([finder.list('a.ts', module), finder.list('b.ts', other)]);
  assert.equal(first.functions?.[2]?.name, 'f1');
  assert.equal(second.functions?.[2]?.name, 'g1');
});

test('a text that takes too many steps is left, after about as many as it may take; the next one is parsed', async () => {
  const { clock, steps } = stepClock();
  const finder = new FunctionFinder(readGrammar, { clock });
  const unlimited = stepClock();
  const texts = {
    'long.ts': 'f(1);\n'.repeat(15_000),
    'nested.py': 'x?'.repeat(5_000) + ':1'.repeat(5_000),
    'quotes.ts': '"'.repeat(20_000),
  };
  for (const [file, text] of Object.entries(texts)) {
    const before = steps();
    const { functions, trouble } = await finder.list(file, text);
    assert.equal(functions, undefined, file);
    assert.match(trouble ?? '', /takes too long to parse/, file);
    const mayTake = 250 + text.length / 1000;
    assert.ok(steps() - before < mayTake + 50, `${file} took ${steps() - before} steps`);
  }
  // What the first would have taken, were there no limit.
  const slow = new FunctionFinder(readGrammar, { clock: () => unlimited.clock() / 1000 });
  assert.equal((await slow.list('long.ts', texts['long.ts'])).functions?.length, 0);
  assert.ok(unlimited.steps() > 1000);
  assert.equal((await finder.list('a.ts', 'function after() {}')).functions?.[0]?.name, 'after');
});

test('naming the functions counts too', async () => {
  // Each name is looked for from the root, past all that is around the function.
  const text = `${'()=>'.repeat(1000)}1`;
  let isParsed = false;
  let ms = 0;
  const finder = new FunctionFinder(readGrammar, { clock: () => (isParsed ? ms++ : 0) });
  assert.equal((await finder.list('a.ts', text)).functions?.length, 1000);
  const read = finder.parsers.parse('typescript', text, (root, _, limit) => {
    isParsed = true;
    return finder.functionNodes({ grammar: 'typescript', functions: ['arrow_function'], nameOf: (node) => ({ name: 'f', start: node }) }, root, limit);
  });
  assert.equal(await read, undefined);
  assert.ok(ms < 300);
});

test('brackets nested too deep are not parsed; those in quotes and those that are closed do no harm', async () => {
  const finder = new FunctionFinder(readGrammar);
  const nested = (depth: number) => `const deep = () => ${'['.repeat(depth)}1${']'.repeat(depth)};`;
  assert.equal((await finder.list('a.js', nested(900))).functions?.[0]?.name, 'deep');
  assert.deepEqual(await finder.list('a.js', nested(1100)), { functions: undefined, trouble: 'the file takes too long to parse: it is nested too deep, or has lines without end' });
  for (const open of ['(', '[', '{', 'a(', '[{']) assert.equal(isNestedTooDeep(open.repeat(1001)), true, open);
  for (const text of ['()[]{}'.repeat(5000), ')'.repeat(5000), `${')'.repeat(500)}${'('.repeat(1000)}`, "'('\n".repeat(900)]) assert.equal(isNestedTooDeep(text), false, text.slice(0, 10));
});

test('a site in a file that takes too long has its own line, and the explanation says why there is no function', async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { 'src/a.ts': `function first() {\n  startSpan();\n}\n${'['.repeat(2000)}` });
  const locator = new Locator(nodeSourceFiles, new FunctionFinder(readGrammar));
  await locator.configure({ workspaceFolders: [folder.path], pathRules: [] });
  const file = path.join(folder.path, 'src', 'a.ts');
  const { location, steps, outcome } = await locator.locate({ filePath: file, line: 2, column: 3 });
  assert.deepEqual(location, { file, line: 2, column: 3, function: undefined, via: ['attributes', 'exact'], inferred: false });
  assert.match(steps.at(-1)?.result ?? '', /takes too long to parse/);
  assert.equal(outcome, `${file}:2:3`);
});

test('time between two parts does not count', () => {
  let now = 0;
  const limit = new WorkLimit(0, () => now);
  for (let i = 0; i < 4; i++) {
    limit.inPart(() => (now += 60));
    now += 10_000;
    assert.equal(limit.isReached(), false);
  }
  assert.equal(limit.inPart(() => [limit.isPartOver(), (now += 9), limit.isPartOver(), limit.isReached()].join()), 'false,40249,false,false');
  limit.inPart(() => (now += 1));
  assert.equal(limit.isReached(), true);
  assert.throws(() => limit.check(), TooMuchWork);
});
