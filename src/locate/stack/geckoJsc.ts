import type { StackFrame } from './stackFrame.ts';
import { maxStackFrames } from './stackFrame.ts';
import { firstLines, numberAtEnd, positive } from './stackText.ts';

/**
 * The frames of an `Error.stack` text of SpiderMonkey (Firefox) or JavaScriptCore (Safari), innermost first: `name@file:line:column`,
 * with no header and no message. Reads at most `maxStackLength` characters and `maxStackFrames` frames, in linear time.
 */
export function parseGeckoJscStack(text: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of firstLines(text)) {
    const frame = parseFrame(line.trim());
    if (frame !== undefined) frames.push(frame);
    if (frames.length === maxStackFrames) break;
  }
  return frames;
}

function parseFrame(line: string): StackFrame | undefined {
  const at = startOfPlace(line);
  if (at < 0) return undefined;
  const functionName = cleanName(line.slice(0, at));
  const place = line.slice(at + 1);
  if (place === '' || place === '[native code]' || place === '[wasm code]') return { functionName, file: undefined, line: undefined, column: undefined };
  const column = numberAtEnd(place);
  const lineNumber = column === undefined ? undefined : numberAtEnd(column.rest);
  if (column === undefined) return undefined;
  const [file, number, columnNumber] = lineNumber === undefined ? [column.rest, column.number, undefined] : [lineNumber.rest, lineNumber.number, column.number];
  // `/x.js line 6 > eval:1:1` counts in the evaluated text.
  if (file === '' || number === 0 || file.includes(' > ')) return { functionName, file: undefined, line: undefined, column: undefined };
  return { functionName, file, line: number, column: positive(columnNumber) };
}

/** Where the place's @ is, or -1. Paths have an @ more often (`node_modules/@scope`) than names do. */
function startOfPlace(line: string): number {
  const scheme = line.indexOf('://');
  if (scheme >= 0) return line.lastIndexOf('@', scheme);
  const absolute = line.indexOf('@/');
  return absolute >= 0 ? absolute : line.indexOf('@');
}

/** Without the mark of how the function was reached (`async*`, `promise callback*`), and `f/<` (a function without a name in f) as f. */
function cleanName(text: string): string | undefined {
  let name = text.slice(text.lastIndexOf('*') + 1);
  while (name.endsWith('/<')) name = name.slice(0, -2);
  return name === '' || name === 'anonymous' || / code$/.test(name) ? undefined : name;
}
