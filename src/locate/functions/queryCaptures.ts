import type { Node, Query, QueryCapture } from '@vscode/tree-sitter-wasm';
import { TooMuchWork } from './workLimit.ts';

/** By the time of day, which is all that tree-sitter knows here: this build never calls a query's `progressCallback`. */
const maxMs = 2000;

/**
 * What a query captures, in the order of the text, the inner of two that begin together first. `query.captures` gives these too, with some
 * of patterns that did not match in the end, and takes time by the square of their number: for a minified file of 230 kB that this reads
 * in a sixteenth of a second, five.
 * @throws TooMuchWork where it takes longer than `maxMs`, as in a node of very many children: what was captured until then is not all
 */
export function queryCaptures(query: Query, root: Node): QueryCapture[] {
  const begunMs = performance.now();
  // Ended a little later than what counts as too late, so that nothing that was ended counts as whole.
  const matches = query.matches(root, { timeoutMicros: (maxMs + 20) * 1000 });
  if (performance.now() - begunMs > maxMs) throw new TooMuchWork();
  return matches.flatMap(({ captures }) => captures).sort(inText);
}

function inText(a: QueryCapture, b: QueryCapture): number {
  return a.node.startIndex - b.node.startIndex || a.node.endIndex - b.node.endIndex || a.patternIndex - b.patternIndex;
}
