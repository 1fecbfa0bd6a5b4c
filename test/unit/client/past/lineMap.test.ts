import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { functionsSaid, ownWord } from '../../../../src/client/past/functionName.ts';
import { lineMap } from '../../../../src/client/past/lineMap.ts';
import { textId } from '../../../../src/client/past/textId.ts';

const lines = (text: string) => text.split('');
const map = (before: string, after: string) => {
  const found = lineMap(lines(before), lines(after))!;
  return lines(before).map((_, i) => found.newLine(i + 1) ?? 0).join('');
};

test('a line that stayed is known, one that was changed or taken out is not', () => {
  assert.equal(map('abcde', 'abcde'), '12345');
  assert.equal(map('abcde', 'xyabcde'), '34567');
  assert.equal(map('abcde', 'abxcyde'), '12467');
  assert.equal(map('abcde', 'acde'), '10234');
  assert.equal(map('abcde', 'abXde'), '12045');
  assert.equal(map('abcde', ''), '00000');
  assert.equal(map('', 'abc'), '');
  assert.equal(lineMap(lines('ab'), lines('ab'))?.newLine(3), undefined);
  assert.equal(lineMap(lines('ab'), lines('ab'))?.newLine(0), undefined);
});

test('of a function that was taken out no line is its neighbour’s', () => {
  const before = ['class A {', 'one() {', 'start()', 'end()', '}', '', 'two() {', 'start()', 'end()', '}', '}'];
  const found = lineMap(before, before.toSpliced(1, 5))!;
  assert.deepEqual(before.map((_, i) => found.newLine(i + 1)), [1, undefined, undefined, undefined, undefined, undefined, 2, 3, 4, 5, 6]);
});

test('lines replace one another where nothing between them stayed', () => {
  const found = lineMap(lines('abcdef'), lines('aXYdZf'))!;
  assert.deepEqual([[2, 2], [3, 3], [2, 3], [5, 5], [2, 5], [5, 2], [1, 1], [4, 4]].map(([was, is]) => found.isReplaced(was!, is!)), [true, true, true, true, false, false, false, false]);
});

test('whatever the texts: a pair of lines is the same line, both ways, in order', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 });
  fc.assert(fc.property(text, text, (before, after) => {
    const found = lineMap(before, after)!;
    let last = 0;
    for (let line = 1; line <= before.length; line++) {
      const now = found.newLine(line);
      if (now === undefined) continue;
      assert.equal(after[now - 1], before[line - 1]);
      assert.equal(found.oldLine(now), line);
      assert.ok(now > last);
      last = now;
    }
  }));
});

test('however many lines came or went in one place, it is known; where too many differ, nothing is', () => {
  const before = Array.from({ length: 50_000 }, (_, i) => `line ${i}`);
  const inserted = before.toSpliced(100, 0, ...Array.from({ length: 20_000 }, (_, i) => `new ${i}`));
  assert.equal(lineMap(before, inserted)?.newLine(101), 20_101);
  assert.equal(lineMap(inserted, before)?.newLine(20_101), 101);
  assert.equal(lineMap(before, before.map((line) => `${line}!`)), undefined);
});

test('a text is named by what is compared of it', () => {
  assert.equal(textId('a\n  b\n'), textId('\ufeffa\r\n\tb  \r\n'));
  assert.notEqual(textId('a\nb\n'), textId('a\n\nb\n'));
  assert.notEqual(textId('ab'), textId('a b'));
});

test('a function’s own word is the last of what a program calls it, where no runtime made it up', () => {
  const words = { 'OrderService.reserve': 'reserve', 'Orders#reserve': 'reserve', 'shop::orders::reserve': 'reserve', 'App\\Cart::total': 'total', 'main.handler.func1': 'handler', 'main.handler.func1.2': 'handler', 'block in reserve': 'reserve', größe: 'größe' };
  for (const [said, word] of Object.entries(words)) assert.equal(ownWord(said), word, said);
  for (const said of ['<module>', '<lambda>', 'lambda$reserve$0', 'Acme.Shop..ctor', '{closure}', 'Timeout._onTimeout', 'a'.repeat(501), '', undefined]) assert.equal(ownWord(said), undefined, said);
});

test('the functions a program may mean: of its whole name first', () => {
  const named = ['A.run', 'B.run', 'run', 'rerun'].map((name) => ({ name, startLine: 1, startColumn: 1, endLine: 2, endColumn: 1 }));
  assert.deepEqual(functionsSaid(named, 'B.run').map(({ name }) => name), ['B.run']);
  assert.deepEqual(functionsSaid(named, 'C.run').map(({ name }) => name), ['A.run', 'B.run', 'run']);
  assert.deepEqual(functionsSaid(named, '<anonymous>'), []);
});
