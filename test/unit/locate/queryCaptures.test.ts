import assert from 'node:assert/strict';
import { test } from 'node:test';
import treeSitter from '@vscode/tree-sitter-wasm';
import { queryCaptures } from '../../../src/locate/functions/queryCaptures.ts';
import { TooMuchWork } from '../../../src/locate/functions/workLimit.ts';
import { finder } from './support.ts';

function captured(text: string, query: string): Promise<string[] | undefined> {
  return finder.parsers.parse('typescript', text, (root, grammar) => queryCaptures(new treeSitter.Query(grammar, query), root).map(({ name, node }) => `${name} ${node.text}`));
}

test('in the order of the text, the inner of two that begin together first', async () => {
  assert.deepEqual(await captured('a.b(1).c(d());', '(call_expression) @call (number) @number'), ['call a.b(1)', 'call a.b(1).c(d())', 'number 1', 'call d()']);
  assert.deepEqual(await captured('f("x"); g("y");', '((call_expression function: (identifier) @_n arguments: (arguments (string) @text)) (#eq? @_n "g"))'), ['_n g', 'text "y"']);
});

test('nothing of a pattern that does not match in the end', async () => {
  const query = '(call_expression function: (member_expression) arguments: (arguments [(identifier) (number)])) @handOver';
  assert.deepEqual(await captured('a.b("x"); a.c(); a.d(e);', query), ['handOver a.d(e)']);
});

test('what takes too long is no answer', async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => (now += 2001));
  assert.equal(await captured('f();', '(call_expression) @call'), undefined);
  assert.throws(() => queryCaptures({ matches: () => [] } as never, {} as never), TooMuchWork);
});
