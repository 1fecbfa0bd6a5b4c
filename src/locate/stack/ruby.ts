import type { StackFrame } from './stackFrame.ts';
import { maxStackFrames } from './stackFrame.ts';
import { firstLines, numberAtEnd } from './stackText.ts';

/**
 * The frames of Ruby's `full_message` (either order) or `backtrace`, innermost first: those of the exception itself, then those of its
 * causes. Reads at most `maxStackLength` characters and gives at most `maxStackFrames` frames, in linear time.
 */
export function parseRubyStack(text: string): StackFrame[] {
  const frames: StackFrame[] = [];
  const lines = firstLines(text);
  // `order: :bottom` prints everything the other way round.
  const isBottom = lines.some((line) => line.startsWith('Traceback (most recent call last)'));
  for (const line of isBottom ? lines.reverse() : lines) {
    const frame = parseFrame(withoutHighlight(line).trim());
    if (frame !== undefined) frames.push(frame);
    if (frames.length === maxStackFrames) break;
  }
  return frames;
}

/** What `highlight: true` adds. */
function withoutHighlight(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.includes('\x1b') ? line.replace(/\x1b\[[\d;]*m/g, '') : line;
}

/** `from /x.rb:3:in 'Cart#total'`, `2: from …`, and the header, whose message follows. */
function parseFrame(line: string): StackFrame | undefined {
  const from = /^(?:\d{1,6}: )?from /.exec(line)?.[0];
  const call = from === undefined ? line : line.slice(from.length);
  for (let at = call.indexOf(':in '); at >= 0; at = call.indexOf(':in ', at + 1)) {
    const quote = call[at + 4];
    if (quote !== '`' && quote !== "'") continue;
    const place = endOfPlace(call, at);
    if (place === undefined) continue;
    const end = call.indexOf("'", at + 5);
    return end < 0 ? undefined : { functionName: cleanName(call.slice(at + 5, end)), ...place };
  }
  // Without a name only where it cannot be part of a message.
  const place = from === undefined ? undefined : endOfPlace(call, call.length);
  return place === undefined ? undefined : { functionName: undefined, ...place };
}

function endOfPlace(text: string, end: number): Pick<StackFrame, 'file' | 'line' | 'column'> | undefined {
  // Only what ends in a number is sliced: this is asked for every `:in ` of a line.
  if (!/\d/.test(text[end - 1] ?? '')) return undefined;
  const place = numberAtEnd(text.slice(0, end));
  if (place === undefined || place.rest === '') return undefined;
  // `(eval):1`, `(eval at /x.rb:3):1`, `<internal:kernel>:187`, `-e:1`.
  if (place.number === 0 || /^[(<]|^-e?$/.test(place.rest)) return { file: undefined, line: undefined, column: undefined };
  return { file: place.rest, line: place.number, column: undefined };
}

/** `block (2 levels) in total`, `rescue in total`: the method they are written in; `<main>` and `<class:Cart>` are none. */
function cleanName(text: string): string | undefined {
  const name = text.slice(text.lastIndexOf(' in ') < 0 ? 0 : text.lastIndexOf(' in ') + 4);
  return name === '' || name.startsWith('<') ? undefined : name;
}
