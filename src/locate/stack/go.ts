import type { StackFrame } from './stackFrame.ts';
import { beside, maxStackFrames } from './stackFrame.ts';
import { firstLines, numberAtEnd } from './stackText.ts';

/**
 * The frames of Go's `runtime.Stack`, `debug.Stack` or a crash, innermost first: those of the first goroutine, then the others'. Where
 * it panics, the frames under the newest `panic` come first: those above it are deferred functions that ran afterwards. What made a
 * goroutine (`created by`) is its last frame. The SDK cuts the text at 2,048 bytes: a last line that is not whole is left out.
 * Reads at most `maxStackLength` characters and gives at most `maxStackFrames` frames, in linear time.
 */
export function parseGoStack(text: string): StackFrame[] {
  const goroutines: StackFrame[][] = [[]];
  /** The function whose place the next line gives; the name is undefined where it has none of its own. */
  let pending: Pick<StackFrame, 'functionName'> | undefined;
  const lines = firstLines(text);
  for (const [i, line] of lines.entries()) {
    if (line.startsWith('goroutine ')) {
      goroutines.push([]);
      pending = undefined;
    } else if (/^[\t ]/.test(line)) {
      const isCut = i === lines.length - 1 && !line.includes(' +0x');
      const place = pending === undefined || isCut ? undefined : parsePlace(line.trim());
      if (place !== undefined) goroutines.at(-1)!.push({ ...pending!, ...place });
      pending = undefined;
    } else {
      pending = parseFunction(line.trim());
    }
  }
    const [running = [], ...others] = goroutines.filter((frames) => frames.length > 0).map(panickingFirst);
  return [...running, ...beside(others.flat())].slice(0, maxStackFrames);
}

function panickingFirst(frames: readonly StackFrame[]): readonly StackFrame[] {
  const panic = frames.findIndex(({ functionName }) => functionName === 'panic');
  return panic < 0 ? frames : [...frames.slice(panic), ...beside(frames.slice(0, panic))];
}

/** `main.(*Shop).Sell(0x1, {0x2, 0x3})`, `created by main.main in goroutine 1`. */
function parseFunction(line: string): Pick<StackFrame, 'functionName'> | undefined {
  if (line.startsWith('created by ')) {
    const goroutine = line.lastIndexOf(' in goroutine ');
    return { functionName: cleanName(line.slice('created by '.length, goroutine < 0 ? undefined : goroutine)) };
  }
  // Arguments are numbers and braces: their parenthesis is the last.
  const open = line.endsWith(')') ? line.lastIndexOf('(') : -1;
  return open <= 0 ? undefined : { functionName: cleanName(line.slice(0, open)) };
}

function parsePlace(line: string): Pick<StackFrame, 'file' | 'line' | 'column'> | undefined {
  const offset = line.search(/ (?:\+0x|fp=)/);
  const place = numberAtEnd(offset < 0 ? line : line.slice(0, offset));
  if (place === undefined || place.rest === '') return undefined;
  if (place.number === 0 || place.rest.startsWith('<')) return { file: undefined, line: undefined, column: undefined };
  return { file: place.rest, line: place.number, column: undefined };
}

/** Closures in closures that are taken off a name. */
const maxClosures = 32;

/** Without what marks type arguments (`[...]`), closures (`.func1.2`), method values (`-fm`) and wrappers: the function they are written in. */
function cleanName(text: string): string | undefined {
  let name = text.replaceAll('[...]', '').replaceAll('%2e', '.');
  for (let round = 0; round < maxClosures; round++) {
    const end = Math.max(name.lastIndexOf('.'), name.lastIndexOf('-'));
    if (end <= 0 || !/^(?:\.(?:func|gowrap|deferwrap)?\d+|-fm|-range\d+)$/.test(name.slice(end))) break;
    name = name.slice(0, end);
  }
  // A closure of a package's variable is `main.glob..func1`.
  return name === '' || name.endsWith('.glob.') ? undefined : name;
}
