import type { StackFrame } from './stackFrame.ts';
import { beside, maxStackFrames } from './stackFrame.ts';
import { lastLines, positive, wholeNumber } from './stackText.ts';

interface Traceback {
  /** Of an exception in an exception group. */
  readonly inGroup: boolean;
  /** Where its frames begin in their lines: its last line, the exception, begins two columns before. */
  indent: number;
  /** As printed: outermost first. */
  readonly frames: StackFrame[];
  /** A traceback that was cut lacks its innermost frames. */
  isWhole: boolean;
}

/**
 * The frames of Python's `traceback.format_exc` (chains and exception groups too) or `format_stack`, innermost first: those of the exception
 * itself, then those of its causes, the nearest first, then those of the exceptions in the group. None where the text ends
 * before the exception is named: what is left of it are callers. Reads at most the last `maxStackLength` characters, since the effective
 * exception is printed last, and gives at most `maxStackFrames` frames, in linear time.
 */
export function parsePythonStack(text: string): StackFrame[] {
  const tracebacks: Traceback[] = [];
  let current: Traceback | undefined;
  for (const line of lastLines(text)) {
    const indent = line.search(/[^ \t|+]/);
    if (indent < 0) continue;
    const content = line.slice(indent).trimEnd();
    if (content.endsWith('Traceback (most recent call last):')) {
      current = { inGroup: line.slice(0, indent).includes('|'), indent: -1, frames: [], isWhole: false };
      tracebacks.push(current);
    } else if (content.startsWith('File "')) {
      const frame = parseFrame(content);
      if (frame === undefined) continue;
      if (current === undefined) {
        // A stack without an exception has no header.
        current = { inGroup: false, indent: -1, frames: [], isWhole: true };
        tracebacks.push(current);
      }
      if (current.indent < 0) current.indent = indent;
      current.frames.push(frame);
    } else if (current !== undefined && indent === current.indent - 2) {
      current.isWhole = true;
    }
  }
  const chain = tracebacks.filter(({ inGroup }) => !inGroup).reverse();
  if (chain[0]?.isWhole === false) return [];
  const members = tracebacks.filter(({ inGroup, isWhole }) => inGroup && isWhole);
    const [thrown = [], ...others] = [...chain, ...members].map(({ frames }) => frames.reverse());
  return [...thrown, ...beside(others.flat())].slice(0, maxStackFrames);
}

/** `File "/x.py", line 3, in f`; without a name where the text itself is at fault (SyntaxError). */
function parseFrame(content: string): StackFrame | undefined {
  const quote = content.lastIndexOf('", line ');
  if (quote < 0) return undefined;
  const path = content.slice('File "'.length, quote);
  const rest = content.slice(quote + '", line '.length);
  const comma = rest.indexOf(', in ');
  const line = positive(wholeNumber(comma < 0 ? rest : rest.slice(0, comma)));
  const name = comma < 0 ? '' : rest.slice(comma + ', in '.length);
  if (line === undefined) return undefined;
  const functionName = name === '' || name.startsWith('<') ? undefined : name;
  // `<string>`, `<frozen importlib._bootstrap>`.
  if (path === '' || path.startsWith('<')) return { functionName, file: undefined, line: undefined, column: undefined };
  return { functionName, file: path, line, column: undefined };
}
