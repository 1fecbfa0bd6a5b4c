import { maxStackLength } from './stackFrame.ts';

/*
 * What the grammars share. All of it takes linear time: no expression here or in a grammar has two ways to match the same text.
 */

/** The first lines of a text, up to `maxStackLength` characters. */
export function firstLines(text: string): string[] {
  const lines = text.slice(0, maxStackLength).split('\n');
  // A line that was cut could name another file.
  if (text.length > maxStackLength) lines.pop();
  return lines;
}

/** The last lines of a text, for runtimes that print the effective exception last. */
export function lastLines(text: string): string[] {
  const lines = text.slice(-maxStackLength).split('\n');
  if (text.length > maxStackLength) lines.shift();
  return lines;
}

/** Splits `rest:number` at the last colon. */
export function numberAtEnd(text: string): { readonly rest: string; readonly number: number } | undefined {
  const colon = text.lastIndexOf(':');
  const number = colon < 0 ? undefined : wholeNumber(text.slice(colon + 1));
  return number === undefined ? undefined : { rest: text.slice(0, colon), number };
}

/** A number of up to nine digits, which is what a line or a column may be. */
export function wholeNumber(digits: string): number | undefined {
  return digits.length > 0 && digits.length < 10 && /^\d+$/.test(digits) ? Number(digits) : undefined;
}

/** As a frame has it: lines and columns begin at 1, and 0 is how several runtimes say that they do not know. */
export function positive(number: number | undefined): number | undefined {
  return number === 0 ? undefined : number;
}

/** Where the `)` at the end has its `(`, or -1. */
export function openingParenthesis(text: string): number {
  if (!text.endsWith(')')) return -1;
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === ')') depth++;
    else if (text[i] === '(' && --depth === 0) return i;
  }
  return -1;
}
