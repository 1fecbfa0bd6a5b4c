import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxStackFrames } from '../../../src/locate/stack/stackFrame.ts';
import { stackFrames } from '../../../src/locate/stack/stackFrames.ts';
import { parseV8Stack } from '../../../src/locate/stack/v8.ts';

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
      frame('eval'),
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

test('no grammar for a language is told from no frames', () => {
  assert.equal(stackFrames('at a (/x.js:1:2)', 'cobol'), undefined);
  assert.equal(stackFrames('at a (/x.js:1:2)', 'nodejs')?.length, 1);
  assert.equal(stackFrames('at a (/x.js:1:2)', undefined)?.length, 1);
});

test('a stack of a megabyte is read in part', () => {
  assert.equal(parseV8Stack('    at f (/x.js:1:2)\n'.repeat(50_000)).length, maxStackFrames);
  assert.deepEqual(parseV8Stack(`    at ${'('.repeat(1_000_000)}`), []);
  assert.deepEqual(parseV8Stack(`    at ${' ('.repeat(30_000)})`).map((each) => each.file), [undefined]);
  // The line that the limit cuts is left out: `/x.js:1:2` of `/x.js:1:234` is another place.
  const long = `    at f (/x.js:1:2)\n    at ${'a'.repeat(65_505)} /x.js:1:234567`;
  assert.deepEqual(parseV8Stack(long), [frame('f', '/x.js', 1, 2)]);
});

test('any text is read without a throw, and numbers stay numbers', () => {
  const piece = fc.constantFrom('at ', ' (', ')', ':', '1', '99999999999', '/x.js', 'async ', 'eval at ', '[as x]', '\n', '\0', '<anonymous>');
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), (parts) => {
      for (const each of parseV8Stack(parts.join(''))) {
        assert.ok(each.line === undefined || (Number.isSafeInteger(each.line) && each.line > 0));
        assert.ok(each.column === undefined || (Number.isSafeInteger(each.column) && each.column > 0));
        assert.notEqual(each.file, '');
      }
    }),
  );
});
