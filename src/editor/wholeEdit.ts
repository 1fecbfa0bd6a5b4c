import type { TextEdit } from './textTracker.ts';

/** One edit, of whole lines, that makes a text of another. */
export function wholeEdit(before: readonly string[], after: readonly string[]): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { startLine: head + 1, startColumn: 1, endLine: before.length - tail + 1, endColumn: 1, lineDelta: after.length - before.length, movesEndLine: true };
}
