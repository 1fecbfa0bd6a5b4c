import { grouped } from '../model/countText.ts';
import type { IntakeFigures, LatencyHistogram } from '../protocol/hub.ts';

const reasons: readonly (readonly [keyof IntakeFigures['refused'], string])[] = [
  ['overloaded', 'overloaded'], ['unavailable', 'not storable'], ['tooLarge', 'too large'], ['invalid', 'invalid'], ['stranger', 'from strangers'], ['failed', 'failed'],
];

/** `1,234 kept (5.6 MB), 3 refused (2 overloaded, 1 invalid)`. */
export function requestsText({ requests, bytes, refused }: IntakeFigures): string {
  const kept = `${grouped(requests)} kept (${(bytes / 1e6).toFixed(1)} MB)`;
  const why = reasons.filter(([kind]) => refused[kind] > 0).map(([kind, words]) => `${grouped(refused[kind])} ${words}`);
  const total = reasons.reduce((sum, [kind]) => sum + refused[kind], 0);
  return total === 0 ? `${kept}, none refused` : `${kept}, ${grouped(total)} refused (${why.join(', ')})`;
}

/** `decoded within 5 ms, committed within 1 ms (95 of 100)`, or `none yet`. */
export function latenciesText({ decode, commit }: IntakeFigures): string {
  const decoded = within(decode);
  const committed = within(commit);
  return decoded === undefined || committed === undefined ? 'none yet' : `decoded ${decoded}, committed ${committed} (95 of 100)`;
}

/** The bound under which at least 95 of 100 are; undefined where there are none. */
function within({ boundsSeconds, counts }: LatencyHistogram): string | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let sum = 0;
  for (const [i, count] of counts.entries()) {
    sum += count;
    const bound = boundsSeconds[i];
    if (sum >= total * 0.95 && bound !== undefined) return `within ${bound * 1000} ms`;
  }
  return `in more than ${(boundsSeconds.at(-1) ?? 0) * 1000} ms`;
}
