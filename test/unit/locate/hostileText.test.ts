/**
 * A megabyte of what an expression could stumble on, to everything that reads text of a program, a map or a bundler. What takes more than
 * linear time would take hours for it, and end at the time limit of the tests; an answer of any kind is what is wanted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calledNameAt, endOfChain, findCalledName } from '../../../src/locate/calledName.ts';
import { evaluatedText } from '../../../src/locate/evaluatedText.ts';
import { exceptionFrames } from '../../../src/locate/exceptionFrames.ts';
import { functionsCalled } from '../../../src/locate/functionsCalled.ts';
import { moduleCandidates } from '../../../src/locate/index/modulePaths.ts';
import { functionLanguages, neededWords, ownName, wantedFunctions } from '../../../src/locate/index/wantedFunction.ts';
import { decodeDataUrl, sourceMappingUrl } from '../../../src/locate/mapReference.ts';
import { resembles, sourceCandidates } from '../../../src/locate/mapSources.ts';
import { foreignFrameReason, foreignReason } from '../../../src/locate/ownCode.ts';
import { extensionOf, joinPath, parsePath, relativeAcrossWsl, relativeTo } from '../../../src/locate/paths.ts';
import { readStack } from '../../../src/locate/stack/stackFrames.ts';
import type { StackFrame } from '../../../src/locate/stack/stackFrame.ts';
import { captureAttribute, captureId } from '../../../src/model/span.ts';
import { plainText } from '../../../src/model/plainText.ts';
import { siteKey } from '../../../src/model/site.ts';
import { exceptionStack } from '../../../src/model/stackAttribute.ts';

const length = 1_000_000;

const pieces = [
  ' ', ' a', ' f', ' //', '\t', '\n', '\r\n', '\0', '.', '..', '../', './', '/', '//', '\\', '\\\\', ':', '::', '#', '?', '?/', '&', '%', '%2f', '%00', '@', '$', '$$', '_', '-', ',', ';', "'", '"', '`', '(', ')', '((', ' (', '()', '[', ']', '[]', '{', '}', '<', '>',
  '<a as b', '<a>', '<><', '|', '^', '~', '*', '+', '=', '!', '0', '1', '9', '1:', ':1', ':1:2', 'a', 'a.', '.a', 'A::', 'a/', '/a', 'a?', '?a', 'ß', 'é', '\u{1f600}', '\ud800', '\u202e', 'func', '.func1', '.func1.2', '.1', '-fm', '.gowrap1', '$1', 'lambda$',
  'lambda$a$', '`1', '[T]', '+<', '>g__', '|0_', '{closure', '{{closure}}', '::{{closure}}', '<locals>', '.<locals>.', '.<lambda>', 'block in ', 'node_modules/', '/node_modules/', 'vendor/', 'webpack://', 'file://', 'file:', 'eval(', 'eval at ', '//# sourceMappingURL=', '\n//# sourceMappingURL=x', 'data:,', ';base64,',
  'lib/python3', '@v1', 'gems/x-1', 'registry/src/', 'at f (/x.js:1:2)\n', '\tat a.B.c(B.java:3)\n', '  File "/x.py", line 1, in f\n',
];

/** What stands around a flood of a piece, so that expressions begin to match and fail at the end. */
const around: readonly (readonly [before: string, after: string])[] = [['', ''], ['a', '!'], ['/', '\n'], ['<', ''], ['eval("', ''], ['webpack://a/', '\0'], ['file:///', '%'], ['a.B', ')'], ['Error: x\n    at f (', ')']];

/** One at a time: they are large. Each piece stands in another surrounding for each reader. */
function* floods(turn: number): Iterable<string> {
  for (const [i, piece] of pieces.entries()) {
    const [before, after] = around[(i + turn) % around.length]!;
    yield before + piece.repeat(Math.ceil(length / piece.length)) + after;
  }
}

let turns = 0;

function feed(name: string, read: (text: string) => unknown): void {
  const turn = turns++;
  test(name, { timeout: 60_000 }, () => {
    for (const text of floods(turn)) read(text);
  });
}

feed('paths', (text) => [parsePath(text), relativeTo('/w', `/${text}`), relativeAcrossWsl('//wsl$/Ubuntu/w', `/w/${text}`), joinPath('/w', text), joinPath('c:/w', text), extensionOf(text)]);
const extensions = ['.py', '.go', '.rb', '.php', '.rs'];
let extension = 0;
feed("other people's code", (text) => [foreignReason(text), foreignReason(`/x/${text}${extensions[extension++ % extensions.length]}`), foreignFrameReason(frame(text))]);
feed('sources of maps', (text) => [sourceCandidates(text, '', '/w/dist', ['/w']), sourceCandidates('a.ts', text, '/w/dist', ['/w']), sourceCandidates(`webpack://a/${text}`, text, '/w', ['/w'])]);
feed('texts of sources', (text) => [resembles(text, `a${text}`), sourceMappingUrl(text), evaluatedText(text, 1, 1), evaluatedText(text, 2, undefined)]);
feed('data URLs', (text) => {
  try {
    decodeDataUrl(text);
    decodeDataUrl(`data:${text},x`);
  } catch (error) {
    assert.ok(error instanceof Error);
  }
});
feed('called names', (text) => [endOfChain([text, text], { line: 1, column: 1 }), calledNameAt(text, 1), calledNameAt(`${text.slice(0, 1000)}f`, 1001), findCalledName([text], 1, { name: 'f', before: 3 }), findCalledName([text], 1, { name: 'a', before: 3 })]);
feed('names of functions', (text) => {
  // A longer name is not looked for.
  const name = text.slice(0, 1000);
  return [
    ...functionLanguages.map((language) => [wantedFunctions(text, undefined, language), wantedFunctions(name, 'n', language), wantedFunctions('f', name, language), neededWords(name, language)]),
    ownName(text), functionsCalled([range('a.b'), range(name)], text, name),
  ];
});
feed('modules', (text) => [moduleCandidates('/w/a.py', text), moduleCandidates('/w/a.ts', `./${text}`)]);
feed('sites', (text) => [siteKey({ filePath: text, exception: text, beneath: [text] }), plainText(text, 300), captureId({ attributes: [{ key: captureAttribute, value: text }], droppedAttributesCount: 0, schemaUrl: '' })]);
feed('exceptions', (text) => [
  exceptionStack([{ key: 'exception.stacktrace', value: text }, { key: 'exception.message', value: text.slice(0, 900) }], 'nodejs'),
  ...(['server', 'internal'] as const).flatMap((kind) => (['java', 'python', 'nodejs', 'php', 'go', 'ruby', 'dotnet'] as const).map((language) => {
    const stack = text.slice(0, 65_536);
    const reading = readStack(stack, language);
    return reading.language === undefined ? undefined : exceptionFrames({ ...reading, text: stack, kind, spanName: text.slice(0, 300) });
  })),
]);

function frame(text: string): StackFrame {
  return { functionName: text, className: text, file: `${text}.go`, line: 1, column: undefined };
}

function range(name: string) {
  return { name, startLine: 1, startColumn: 1, endLine: 2, endColumn: 1 };
}

test('what the expressions were rewritten to says what they said', () => {
  const named = (source: string) => sourceCandidates(source, '', '/w', []).map(({ parsed }) => parsed.kind === 'absolute' ? parsed.path : parsed.kind);
  assert.deepEqual(named('a.vue?vue&type=script'), ['/w/a.vue?vue&type=script', '/w/a.vue']);
  assert.deepEqual(named('a.vue?b?c'), ['/w/a.vue?b?c', '/w/a.vue']);
  assert.deepEqual(named('a?b/c.ts'), ['/w/a?b/c.ts'], 'a query is of the last segment');
  assert.deepEqual(named('a?b/c.ts?d'), ['/w/a?b/c.ts?d', '/w/a?b/c.ts']);
  const go = (name: string) => wantedFunctions(name, undefined, 'go')[0];
  for (const closure of ['a.b/pkg.F', 'a.b/pkg.F.func1', 'a.b/pkg.F.func1.2', 'a.b/pkg.F.func1.2.func3', 'a.b/pkg.F.gowrap1', 'a.b/pkg.F.deferwrap2', 'a.b/pkg.F-fm']) assert.equal(go(closure), 'a.b/pkg.F', closure);
  assert.equal(go('a.b/pkg.(*T).M.func1'), 'a.b/pkg.T.M');
  assert.equal(go('a.b/pkg.T.func'), 'a.b/pkg.T.func');
  assert.equal(go('a.b/pkg.F.func1.G'), 'a.b/pkg.F.func1.G');
  assert.equal(go('pkg.func1'), undefined, 'of a closure alone nothing is left');
  const rust = (name: string) => wantedFunctions(name, undefined, 'rust')[0];
  assert.equal(rust('<shop::Store as shop::Sell>::sell'), 'shop::Store::sell');
  assert.equal(rust('shop::Store<T>::sell::{{closure}}'), 'shop::Store::sell');
  assert.equal(wantedFunctions('A.B.C(System.Int32)', undefined, 'dotnet')[0], 'A.B.C');
  for (const [name, own] of [['a.b.c', 'c'], ['A::c', 'c'], ['A#c', 'c'], ['A\\B\\c', 'c'], ['a/b.c', 'c'], ['c', 'c'], ['a.<init>', '<init>'], ['A..ctor', '.ctor']] as const) assert.equal(ownName(name), own);
});
