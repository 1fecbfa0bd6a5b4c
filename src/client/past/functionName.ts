import type { FunctionRange } from '../../locate/location.ts';

/** What is longer no person wrote. */
const maxLength = 500;

/**
 * The function's own word in what a program calls it: `reserve` of `OrderService.reserve`, `Orders#reserve`, `shop::reserve`,
 * `main.reserve.func1`. undefined where a runtime made the name up (`<module>`, `lambda$0`, `.ctor`, `Timeout._onTimeout`).
 */
export function ownWord(said: string | undefined): string | undefined {
  if (said === undefined || said.length > maxLength) return undefined;
  const word = said.replace(/(\.func\d+(\.\d+)*)+$/, '').split(/[\s.#:/\\]+/).findLast((part) => part !== '');
  return word !== undefined && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(word) && !/^(c?ctor|anonymous|MoveNext|Invoke|_onTimeout|_onImmediate)$/.test(word) ? word : undefined;
}

/** The functions that a program may mean by that name: of the whole name where there are such, else of its own word. */
export function functionsSaid(functions: readonly FunctionRange[], said: string): FunctionRange[] {
  const whole = functions.filter(({ name }) => name === said);
  if (whole.length > 0) return whole;
  const word = ownWord(said);
  return word === undefined ? [] : functions.filter(({ name }) => ownWord(name) === word);
}
