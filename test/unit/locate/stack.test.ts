import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foreignFrameReason } from '../../../src/locate/ownCode.ts';
import { maxStackFrames, maxStackLength } from '../../../src/locate/stack/stackFrame.ts';
import { readStack } from '../../../src/locate/stack/stackFrames.ts';
import { parseV8Stack } from '../../../src/locate/stack/v8.ts';
import { shown } from './stackSupport.ts';

function frame(functionName?: string, file?: string, line?: number, column?: number) {
  return { functionName, file, line, column };
}

test('reads the frames of V8', () => {
  assert.deepEqual(
    parseV8Stack(`TypeError: a message
of two lines, at (no:1:2) frame
    at Foo.bar (/abs/x.js:1:26)
    at /abs/x.js:3:27
    at async handle (/abs/y.js:5:6)
    at async /abs/z.js:7:8
    at async Promise.all (index 0)
    at Array.map (<anonymous>)
    at new Shop (file:///srv/shop/y.mjs:3:4)
    at Object.foo [as baz] (/abs/x.js:9:10)
    at async Object.foo [as baz] (/abs/x.js:9:10)
    at eval (eval at <anonymous> (/abs/x.js:4:7), <anonymous>:1:7)
    at C:\\work\\x.js:1:2
    at run (C:\\Program Files (x86)\\app\\x.js:3:4)
    at page (/srv/app/(shop)/page.js:5:6)
    at /srv/my app/x.js:7:8
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at ext:deno_telemetry/telemetry.ts:1:3381
    at <anonymous>`),
    [
      frame('Foo.bar', '/abs/x.js', 1, 26),
      frame(undefined, '/abs/x.js', 3, 27),
      frame('handle', '/abs/y.js', 5, 6),
      frame(undefined, '/abs/z.js', 7, 8),
      frame('Promise.all'),
      frame('Array.map'),
      frame('new Shop', 'file:///srv/shop/y.mjs', 3, 4),
      frame('Object.foo', '/abs/x.js', 9, 10),
      frame('Object.foo', '/abs/x.js', 9, 10),
      { ...frame('eval'), evaluated: { name: undefined, line: 1, column: 7, by: { file: '/abs/x.js', line: 4, column: 7 } } },
      frame(undefined, 'C:\\work\\x.js', 1, 2),
      frame('run', 'C:\\Program Files (x86)\\app\\x.js', 3, 4),
      frame('page', '/srv/app/(shop)/page.js', 5, 6),
      frame(undefined, '/srv/my app/x.js', 7, 8),
      frame('process.processTicksAndRejections', 'node:internal/process/task_queues', 105, 5),
      frame(undefined, 'ext:deno_telemetry/telemetry.ts', 1, 3381),
    ],
  );
});

test('reads the frames of Bun', () => {
  assert.deepEqual(
    parseV8Stack('Error: x\n      at bar (/p/b.cjs:4:80)\n      at <anonymous> (/p/b.cjs:6:3)\n      at map ([native code])\n      at moduleEvaluation (native:1:11)\n      at /p/c.ts:9'),
    [frame('bar', '/p/b.cjs', 4, 80), frame(undefined, '/p/b.cjs', 6, 3), frame('map'), frame('moduleEvaluation'), frame(undefined, '/p/c.ts', 9)],
  );
});

test("reads this runtime's own stacks", () => {
  function thrower(): string {
    return new Error('here').stack!;
  }
  const [first] = parseV8Stack(thrower());
  assert.equal(first?.functionName, 'thrower');
  assert.equal(first?.file, import.meta.url);
});

test('without a language the grammar that reads the most is taken', () => {
  const texts: Readonly<Record<string, readonly [text: string, frames: readonly string[]]>> = {
    nodejs: ['Error: x\n    at Foo.bar (/x.js:1:2)\n    at /x.js:3:4', ['Foo.bar /x.js:1:2', '- /x.js:3:4']],
    webjs: ['f@http://localhost/x.js:1:2\n@http://localhost/x.js:3:4\n', ['f http://localhost/x.js:1:2', '- http://localhost/x.js:3:4']],
    python: ['Traceback (most recent call last):\n  File "/x.py", line 1, in f\n    g()\n  File "/x.py", line 2, in g\nKeyError: 1', ['g /x.py:2', 'f /x.py:1']],
    java: ['a.B: x\n\tat a.B.c(B.java:3)\n\tat a.D.e(Native Method)', ['a.B::c B.java:3', 'a.D::e -']],
    go: ['goroutine 1 [running]:\nmain.f(0x1)\n\t/x.go:1 +0x1\nmain.main()\n\t/x.go:2 +0x1\n', ['main.f /x.go:1', 'main.main /x.go:2']],
    dotnet: ['A.B: x\n   at A.B.C(Int32 n)\n   at A.D.E() in /x.cs:line 3', ['A.B::C -', 'A.D::E /x.cs:3']],
    ruby: ["/x.rb:1:in `f': bad (RuntimeError)\n\tfrom /x.rb:2:in 'A#g'", ['f /x.rb:1', 'A#g /x.rb:2']],
    php: ['E: x in /x.php:1\nStack trace:\n#0 /x.php(2): f()\n#1 {main}', ['f /x.php:1', '- /x.php:2']],
    rust: ['   0: a::f\n             at ./x.rs:1:2\n   1: a::main\n             at ./x.rs:3:4\n', ['a::f ./x.rs:1:2', 'a::main ./x.rs:3:4']],
  };
  for (const [language, [text, frames]] of Object.entries(texts)) {
    assert.deepEqual(shown(readStack(text, undefined).frames), frames, language);
    assert.deepEqual(shown(readStack(text, language).frames), frames, language);
    assert.equal(readStack(text, undefined).language, language.endsWith('js') ? 'javascript' : language);
  }
  assert.deepEqual(shown(readStack('E: x\n\tat A.B.c(B.php:3)', undefined).frames), ['A\\B::c B.php:3']);
  assert.deepEqual(readStack('nothing of the kind', undefined).frames, []);
});

test('where nothing is read there is a reason', () => {
  const reason = (text: string, language: string) => {
    const reading = readStack(text, language);
    return reading.language === undefined ? reading.reason : undefined;
  };
  assert.match(reason('connection refused\nos error 111', 'rust') ?? '', /no frame as rust writes them/, "tracing-opentelemetry's list of messages");
  assert.equal(reason('at f (/x.js:1:2)', 'nodejs'), undefined);
  for (const language of ['cpp', 'erlang', 'swift', 'cobol']) assert.equal(reason('at a (/x.js:1:2)', language), `stacks of ${language} are not read`);
  assert.match(reason('Traceback (most recent call last):\n  File "/x.py", line 1, in f', 'python') ?? '', /no frame as python writes them/);
});

test('a stack of a megabyte is read in part', () => {
  assert.equal(parseV8Stack('    at f (/x.js:1:2)\n'.repeat(50_000)).length, maxStackFrames);
  assert.deepEqual(parseV8Stack(`    at ${'('.repeat(1_000_000)}`), []);
  assert.deepEqual(parseV8Stack(`    at ${' ('.repeat(30_000)})`).map((each) => each.file), [undefined]);
  // The line that the limit cuts is left out: `/x.js:1:2` of `/x.js:1:234` is another place.
  const long = `    at f (/x.js:1:2)\n    at ${'a'.repeat(65_505)} /x.js:1:234567`;
  assert.deepEqual(parseV8Stack(long), [frame('f', '/x.js', 1, 2)]);
});

const languages = ['nodejs', 'webjs', 'python', 'java', 'go', 'dotnet', 'ruby', 'php', 'rust', undefined];

/** What each grammar looks for, and what an expression that goes back over a text would stumble on. */
const pieces = [
  'at ', ' (', '(', ')', ':', '::', '1', '99999999999', '/x.js', '@', '*', 'async ', 'eval at ', '[as x]', '\n', '\r', '\t', '\0', '<anonymous>', '    ', 'File "', '", line 3', ', in f', '| ', '+ ',
  'Traceback (most recent call last):', '^^^', '$', '$$anonfun$', 'lambda$', 'a.B.c', '(B.java:3)', 'Caused by: ', 'Suppressed: ', '/0x', 'goroutine 1 [running]:\n', 'created by ', ' in goroutine 1',
  '.func1', '[...]', '-fm', ' +0x1', 'panic(0x1)', ' in ', 'line 3', '.', ', ', '>g__', '|', '<', '>', '`1', ' ---> ', '   --- x ---', '<---', ":in '", ':in `', "'", 'from ', '2: ', '#1 ', '{main}', '): ',
  '{closure', 'Stack trace:', 'Next ', '->', '0: ', '::{{closure}}', 'Backtrace [{ fn: "', '{ fn: "', '", file: "', '", line: ', "thread 'x' panicked at ", '::h0123456789abcdef', '\x1b[', ';', '~[', ']', '\ud800', 'ő',
];

test('a megabyte of anything gives an answer, from its first or last 64 kB', () => {
  for (const piece of pieces) {
    for (const [before, after] of [['', ''], ['    at ', ''], ['   at a.b(', ') in /x'], ['  File "', ''], ["x:1:in '", ''], ['#0 /x', '(1): f()'], ['   0: ', '\n      at x.rs:1:2'], ['f@', ':1:2']] as const) {
      const text = before + piece.repeat(Math.ceil(1_000_000 / piece.length)) + after;
      for (const language of languages) {
        const { frames } = readStack(text, language);
        assert.ok(frames !== undefined && frames.length <= maxStackFrames, `${language} ${piece}`);
        for (const { file, functionName } of frames) assert.ok((file ?? '').length + (functionName ?? '').length <= maxStackLength);
      }
    }
  }
});

test('many frames are read in part, in every language', () => {
  const lines: Readonly<Record<string, string>> = {
    nodejs: '    at f (/x.js:1:2)\n', webjs: 'f@/x.js:1:2\n', python: '  File "/x.py", line 1, in f\n', java: '\tat a.B.c(B.java:3)\n', go: 'main.f(0x1)\n\t/x.go:1 +0x1\n',
    dotnet: '   at A.B.C() in /x.cs:line 3\n', ruby: "\tfrom /x.rb:1:in 'f'\n", php: '#0 /x.php(1): f()\n', rust: '   0: f\n   at /x.rs:1:2\n',
  };
  for (const [language, line] of Object.entries(lines)) assert.equal(readStack(line.repeat(50_000), language).frames.length, maxStackFrames, language);
});

test('any text is read without a throw, and numbers stay numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string())), fc.constantFrom(...languages), (parts, language) => {
      for (const each of readStack(parts.join(''), language).frames) {
        assert.ok(each.line === undefined || (Number.isSafeInteger(each.line) && each.line > 0));
        assert.ok(each.column === undefined || (Number.isSafeInteger(each.column) && each.column > 0));
        assert.ok(each.line === undefined || each.file !== undefined);
        assert.notEqual(each.file, '');
        assert.notEqual(each.functionName, '');
        assert.notEqual(each.className, '');
        assert.equal(typeof foreignFrameReason(each) === 'string', foreignFrameReason(each) !== undefined);
      }
    }),
    { numRuns: 2_000 },
  );
});
