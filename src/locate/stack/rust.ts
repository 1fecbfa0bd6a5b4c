import type { StackFrame } from './stackFrame.ts';
import { maxStackFrames } from './stackFrame.ts';
import { firstLines, numberAtEnd, positive, wholeNumber } from './stackText.ts';

/**
 * The frames of Rust's `Backtrace` (as it displays itself, in its Debug form, or with a panic's message before it), innermost first. Files may be
 * relative to where the crate was built. Reads at most `maxStackLength` characters and gives at most `maxStackFrames` frames, in linear time.
 */
export function parseRustStack(text: string): StackFrame[] {
  const frames: StackFrame[] = [];
  let name: string | undefined;
  for (const line of firstLines(text)) {
    const content = line.trim();
    const debug = content.indexOf('Backtrace [{ fn: "');
    if (debug >= 0) frames.push(...debugFrames(content.slice(debug)));
    const numbered = /^\d{1,6}: /.exec(content)?.[0];
    if (numbered !== undefined) {
      name = content.slice(numbered.length);
    } else if (content.startsWith('at ')) {
      const place = name === undefined ? undefined : parsePlace(content.slice('at '.length));
      if (place !== undefined) frames.push({ functionName: cleanName(name!), ...place });
      name = undefined;
    } else if (content.startsWith("thread '") && content.includes(' panicked at ')) {
      const place = parsePlace(panicPlace(content));
      if (place !== undefined) frames.push({ functionName: undefined, ...place });
    } else if (line.startsWith('      ') && content !== '' && !content.startsWith('with ')) {
      // Of functions that were inlined into one frame only the first has its number; tracing-error adds a span's fields (`with n=1`).
      name = content;
    }
    if (frames.length >= maxStackFrames) break;
  }
  return frames.slice(0, maxStackFrames);
}

/** `thread 'main' (7) panicked at src/main.rs:9:39:`; up to Rust 1.72 with the message before the place, in quotes and with a comma. */
function panicPlace(line: string): string {
  const at = line.slice(line.lastIndexOf(' panicked at ') + ' panicked at '.length);
  return at.endsWith(':') ? at.slice(0, -1) : at.slice(at.lastIndexOf(', ') + 1).trimStart();
}

function parsePlace(text: string): Pick<StackFrame, 'file' | 'line' | 'column'> | undefined {
  const last = numberAtEnd(text);
  if (last === undefined) return undefined;
  const before = numberAtEnd(last.rest);
  const [file, line, column] = before === undefined ? [last.rest, last.number, undefined] : [before.rest, before.number, last.number];
  if (file === '' || file.startsWith('<') || line === 0) return undefined;
  return { file, line, column: positive(column) };
}

/** `{ fn: "main::total", file: "./main.rs", line: 6 }, …` */
function debugFrames(text: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const part of text.split('{ fn: "').slice(1, maxStackFrames + 1)) {
    const [name = ''] = part.split('"', 1);
    const file = /^[^"]*", file: "([^"]*)", line: (\d+)/.exec(part);
    const line = file === null ? undefined : positive(wholeNumber(file[2]!));
    if (file === null || line === undefined || file[1] === '') continue;
    frames.push({ functionName: cleanName(name), file: file[1]!.replaceAll('\\\\', '\\'), line, column: undefined });
  }
  return frames;
}

/** Without the hash, and with a closure as the function it is written in. */
function cleanName(text: string): string {
  let name = text.replace(/::h[0-9a-f]{16}$/, '');
  for (;;) {
    const end = name.lastIndexOf('::{');
    if (end <= 0 || !/^::\{(?:\{closure\}\}|closure(?:_env)?#\d+\})$/.test(name.slice(end))) return name;
    name = name.slice(0, end);
  }
}
