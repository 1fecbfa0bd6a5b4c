import type { EvaluatedPlace, StackFrame } from './stackFrame.ts';
import { maxStackFrames } from './stackFrame.ts';
import { firstLines, numberAtEnd, openingParenthesis, positive } from './stackText.ts';

/*
 * error-stack-parser-es is not used here: it takes the parentheses out of every path (`app/(shop)/page.js`), reads
 * `at async /x.js:1:2` as the file `async /x.js`, and its expressions take quadratic time on a long line.
 */

/**
 * The frames of an `Error.stack` text of V8 (Node, Deno, Chrome) or of Bun, innermost first. Lines that are no frame (the
 * message) are passed over. Reads at most `maxStackLength` characters and `maxStackFrames` frames, in linear time.
 */
export function parseV8Stack(text: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of firstLines(text)) {
    const frame = parseFrame(line.trim());
    if (frame !== undefined) frames.push(frame);
    if (frames.length === maxStackFrames) break;
  }
  return frames;
}

function parseFrame(line: string): StackFrame | undefined {
  if (!line.startsWith('at ')) return undefined;
  const rest = line.slice(3);
  const open = rest.endsWith(')') ? startOfPlace(rest) : -1;
  if (open < 0) {
    const position = parsePosition(withoutAsync(rest));
    return position === undefined ? undefined : { functionName: undefined, ...position };
  }
  const functionName = cleanName(rest.slice(0, open));
  const inside = rest.slice(open + 2, -1);
  const isEvaluated = inside.startsWith('eval at ') || inside.startsWith('eval code');
  const position = isEvaluated ? undefined : parsePosition(inside);
  const evaluated = isEvaluated ? parseEvaluated(inside) : undefined;
  return { functionName, ...(position ?? { file: undefined, line: undefined, column: undefined }), ...(evaluated === undefined ? {} : { evaluated }) };
}

/** `eval at f (/x.js:4:7), <anonymous>:1:7`; of text that evaluated text evaluates nothing is known. */
function parseEvaluated(text: string): EvaluatedPlace | undefined {
  const last = text.lastIndexOf('), ');
  if (last < 0) return undefined;
  const callText = text.slice(0, last + 1);
  const open = startOfPlace(callText);
  const by = open < 0 || callText.startsWith('eval at ', open + 2) ? undefined : parsePosition(callText.slice(open + 2, -1));
  const place = text.slice(last + 3);
  const nameless = place.startsWith('<anonymous>:');
  const inside = parsePosition(nameless ? place.slice(1) : place);
  return by === undefined || inside === undefined ? undefined : { name: nameless ? undefined : inside.file, line: inside.line, column: inside.column, by };
}

/** Index of the ` (` that the closing parenthesis at the end belongs to (paths hold parentheses too), or -1. */
function startOfPlace(text: string): number {
  const open = openingParenthesis(text);
  if (open < 0) return text.indexOf(' (');
  return text[open - 1] === ' ' ? open - 1 : -1;
}

/** `file:line:column` or `file:line`; undefined where there is no line. */
function parsePosition(text: string): { file: string; line: number; column: number | undefined } | undefined {
  const last = numberAtEnd(text);
  if (last === undefined) return undefined;
  const before = numberAtEnd(last.rest);
  const [file, line, column] = before === undefined ? [last.rest, last.number, undefined] : [before.rest, before.number, last.number];
  if (file === '' || file === '<anonymous>' || file === 'native' || line === 0) return undefined;
  return { file, line, column: positive(column) };
}

function withoutAsync(text: string): string {
  return text.startsWith('async ') ? text.slice('async '.length) : text;
}

function cleanName(text: string): string | undefined {
  const alias = text.lastIndexOf(' [as ');
  const name = withoutAsync(alias > 0 && text.endsWith(']') ? text.slice(0, alias) : text).trim();
  return name === '' || name === '<anonymous>' ? undefined : name;
}
