import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationGroups } from '../../../src/client/functionGroups.ts';
import { hoverTable } from '../../../src/editor/hoverText.ts';
import { commandLink, markdownText } from '../../../src/editor/markdown.ts';
import { isFunctionTarget } from '../../../src/editor/functionTarget.ts';
import { row } from './rows.ts';

test('hostile names are shown and not obeyed', () => {
  assert.equal(markdownText('[x](command:evil)'), '\\[x\\]\\(command\\:evil\\)');
  assert.equal(markdownText('<img src=x> `a` | b'), '\\<img src\\=x\\> \\`a\\` \\| b');
  assert.equal(markdownText('a\n\n# b https://evil.example'), 'a \\# b https\\:\\/\\/evil\\.example');
  assert.doesNotMatch(markdownText('$(sync~spin) &lt; \\'), /(?<!\\)[$&;\\](?!\\|[!-/:-@[-`{-~])/);
});

test('the table has a line an operation, and says how it was placed', () => {
  const operations = operationGroups([row({ operation: 'POST /a|b', kind: 'server', via: 'inferred:stack+sourceMap', inferred: true, errorCount: 2 })], undefined);
  const stats = { count: 37, errorCount: 2, p50Ns: 12e6, p95Ns: 48e6, maxNs: 90e6 };
  const lines = hoverTable(operations.map((operation) => ({ operation, stats }))).split('\n');
  assert.equal(lines[2], '| POST \\/a\\|b · server | 37 | 2 | 12 ms | 48 ms | 90 ms |');
  assert.equal(lines.at(-1), 'Inferred from spans beneath it, placed by its stack, a source map.');
});

test('time at a breakpoint is said to be taken out, of all operations together', () => {
  const operations = operationGroups([row({ operation: 'a' }), row({ operation: 'b' }), row({ operation: 'c' })], undefined);
  const stats = { count: 37, errorCount: 0, p50Ns: 12e6, p95Ns: 48e6, maxNs: 90e6 };
  const text = hoverTable(operations.map((operation, i) => ({ operation, stats: i === 0 ? stats : { ...stats, heldNs: 1e9 } })));
  assert.match(text, /\. Without 2 s in which the debugger held the program\.$/);
  assert.doesNotMatch(hoverTable(operations.map((operation) => ({ operation, stats }))), /debugger/);
});

test('a link carries its argument and cannot be broken out of', () => {
  const link = commandLink('Recent spans', 'traceline.showRecentSpans', { file: "/w/a) (b'.ts", line: 3 });
  const query = /^\[Recent spans\]\(command:traceline\.showRecentSpans\?([^()\s']+)\)$/.exec(link)?.[1];
  assert.deepEqual(JSON.parse(decodeURIComponent(query ?? '')), [{ file: "/w/a) (b'.ts", line: 3 }]);
});

test('only a target is a target', () => {
  assert.ok(isFunctionTarget({ file: '/w/a.ts', line: 3 }));
  assert.ok(isFunctionTarget({ file: '/w/a.ts', line: 3, functionName: 'a' }));
  for (const other of [undefined, null, 3, {}, { file: 3, line: 1 }, { file: 'a', line: '1' }, { file: 'a', line: 1, functionName: {} }]) assert.ok(!isFunctionTarget(other));
});
