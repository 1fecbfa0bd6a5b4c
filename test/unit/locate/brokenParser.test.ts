import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { Parsers } from '../../../src/locate/functions/parsers.ts';
import { grammarDir } from './support.ts';

// tree-sitter is one per process: no other test is in this file.
test('a parser that broke is told of and never asked again', async () => {
  const read: string[] = [];
  let brokenCount = 0;
  const readGrammar = (name: string) => {
    read.push(name);
    return readFile(path.join(grammarDir, name));
  };
  const parsers = new Parsers({ readGrammar, clock: () => 0, onBroken: () => brokenCount++ });
  assert.equal(await parsers.parse('javascript', 'f()', (root) => root.type), 'program');
  // As tree-sitter fails where a text needs more of its own stack than there is.
  const fail = () => {
    throw new WebAssembly.RuntimeError('memory access out of bounds');
  };
  await assert.rejects(parsers.parse('javascript', 'f()', fail), /tree-sitter broke on a text: memory access out of bounds/);
  assert.equal(brokenCount, 1);
  let isAsked = false;
  const ask = () => {
    isAsked = true;
  };
  await assert.rejects(parsers.parse('javascript', 'f()', ask), /broke on a text/);
  await assert.rejects(new Parsers({ readGrammar, clock: () => 0, onBroken: () => brokenCount++ }).parse('python', 'f()', ask), /broke on a text/);
  assert.equal(isAsked, false);
  assert.equal(brokenCount, 1);
  assert.deepEqual(read.toSorted(), ['tree-sitter-javascript.wasm', 'tree-sitter.wasm']);
});
