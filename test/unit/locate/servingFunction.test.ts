import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Location } from '../../../src/locate/location.ts';
import { callsNext, servingFunction } from '../../../src/locate/servingFunction.ts';

const at = (name: string, startLine: number, endLine: number, file = '/app.ts'): Location => ({
  file, line: startLine, column: 1, via: ['stack'], inferred: true, function: { name, startLine, startColumn: 1, endLine, endColumn: 1 },
});
const serving = (...beginnings: readonly (readonly [Location, boolean?])[]): string => {
  const { location, among } = servingFunction(beginnings.map(([location_, handsOn = false]) => ({ location: location_, handsOn })));
  return location === undefined ? `among ${among.map((each) => each.function?.name).join()}` : (location.function?.name ?? '');
};

const handler = at('handler', 10, 30);
const callback = at('callback', 15, 18);
const signIn = at('signIn', 1, 5);

test('stacks that agree say who serves; those that do not, nobody', () => {
  assert.equal(serving([handler], [handler]), 'handler');
  assert.equal(serving([signIn], [handler]), 'among signIn,handler');
  assert.equal(serving(), 'among ');
  assert.equal(serving([handler], [at('handler', 10, 30, '/other.ts')]), 'among handler,handler');
});

test('what was passed on to be called later is its giver’s, in any order', () => {
  assert.equal(serving([callback], [handler]), 'handler');
  assert.equal(serving([handler], [callback]), 'handler');
  assert.equal(serving([callback], [at('other', 20, 22)], [handler]), 'handler');
});

test('who hands on does not serve, wherever else it is on a stack', () => {
  assert.equal(serving([signIn], [signIn, true], [handler]), 'handler');
  assert.equal(serving([signIn, true]), 'among ');
});

test('a call of next, and nothing that only looks like one', () => {
  const lines = ['  next();', '  return next(error);', '  next?.()', '  nextPage();', '  it.next();', 'next'];
  assert.deepEqual([callsNext(lines, 1, 3), callsNext(lines, 2, 10), callsNext(lines, 3, 3)], [true, true, true]);
  assert.deepEqual([callsNext(lines, 4, 3), callsNext(lines, 5, 3), callsNext(lines, 6, 1), callsNext(lines, 1, undefined), callsNext(lines, 99, 1), callsNext(undefined, 1, 1)], [false, false, false, false, false, false]);
});
