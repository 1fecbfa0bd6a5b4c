import type { FunctionRange } from './location.ts';

/**
 * The functions of a file that may be the one of this name, with all that stands around it or without, as runtimes join names
 * (`com.acme.Orders.total`, `Orders#total`, `App\Orders::total`): those that agree on the most. A class that the name has and the
 * file's function has differently is another one.
 */
export function functionsCalled(functions: readonly FunctionRange[], functionName: string, namespace: string | undefined): readonly FunctionRange[] {
  const wanted = [...segmentsOf(namespace ?? ''), ...segmentsOf(functionName)];
  let best: FunctionRange[] = [];
  let most = 0;
  for (const each of functions) {
    const own = segmentsOf(each.name);
    const shared = sharedEnd(own, wanted);
    // A file's own name for it is short of packages; a bare name is short of its class.
    if (shared === 0 || shared < Math.min(own.length, wanted.length)) continue;
    // Among equals one that has nothing else around it is meant.
    const score = 2 * shared + (own.length === shared ? 1 : 0);
    if (score > most) best = [];
    if (score >= most) best.push(each);
    most = Math.max(most, score);
  }
  return best;
}

function sharedEnd(a: readonly string[], b: readonly string[]): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a.at(-1 - shared) === b.at(-1 - shared)) shared++;
  return shared;
}

function segmentsOf(name: string): string[] {
  return name.split(/[.#:\\/$]/).filter((segment) => segment !== '' && segment !== '<locals>');
}
