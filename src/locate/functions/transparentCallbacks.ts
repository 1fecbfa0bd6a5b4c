/**
 * The rule for anonymous callbacks in JavaScript and TypeScript. A callback that its callee runs before (or as the last thing
 * before) the caller goes on is part of the caller: a span made in it belongs to the function around it, as
 * `tracer.startActiveSpan('charge', async (span) => {…})` inside `charge()` does. Any other anonymous callback (a route's
 * handler, a listener) is a function in its own right. Told by the callee's last name, since nothing else is known here.
 */
export function isTransparentCallee(callee: string, isInsideFunction: () => boolean): boolean {
  if (always.has(callee)) return true;
  // `withSpan('x', () => …)` inside a function runs its callback; `export const GET = withAuth(() => …)` makes a function of it.
  return /^(with|run|in)[A-Z]/.test(callee) && isInsideFunction();
}

const always: ReadonlySet<string> = new Set([
  // spans and contexts
  'startActiveSpan', 'startSpan', 'startInactiveSpan', 'startSpanManual', 'withSpan', 'withActiveSpan', 'with', 'run', 'inSpan',
  // arrays and iterators
  'map', 'forEach', 'filter', 'reduce', 'reduceRight', 'flatMap', 'some', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex',
  'sort', 'toSorted', 'from', 'groupBy', 'replace', 'replaceAll',
  // promises and turns of the loop
  'Promise', 'then', 'catch', 'finally', 'setTimeout', 'setImmediate', 'queueMicrotask', 'nextTick',
  // database transactions
  'transaction', '$transaction', 'begin',
]);
