import type { MatchedTraces } from './matchTraces.ts';

/**
 * The rows beneath a row (-1: the tops) by their keys, the last first, as a stack wants them; equal ones in the order of calls. Sorted when they
 * are asked for.
 */
export function siblingOrder({ rowCount, parent }: MatchedTraces, keys: Float64Array, isDescending: boolean): (row: number) => number[] {
  const children = new Map<number, number[]>();
  for (let row = 0; row < rowCount; row++) {
    const siblings = children.get(parent[row] ?? -1);
    if (siblings === undefined) children.set(parent[row] ?? -1, [row]);
    else siblings.push(row);
  }
  const sign = isDescending ? 1 : -1;
  const compare = (a: number, b: number): number => {
    const [one, other] = [keys[a] ?? 0, keys[b] ?? 0];
    return one === other ? b - a : (one < other ? -1 : 1) * sign;
  };
  return (row) => (children.get(row) ?? []).sort(compare);
}
