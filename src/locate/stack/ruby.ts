import type { StackFrame } from './stackFrame.ts';
import { beside, maxStackFrames } from './stackFrame.ts';
import { firstLines, numberAtEnd } from './stackText.ts';

/**
 * The frames of Ruby's `full_message` (either order) or `backtrace`, innermost first: those of the exception itself, then those of its
 * causes. Reads at most `maxStackLength` characters and gives at most `maxStackFrames` frames, in linear time.
 */
export function parseRubyStack(text: string): StackFrame[] {
  const exceptions: StackFrame[][] = [[]];
  const lines = firstLines(text).map((line) => withoutHighlight(line).trim());
  // `order: :bottom` prints everything the other way round.
  const isBottom = lines.some((line) => line.startsWith('Traceback (most recent call last)'));
  let count = 0;
  let isInCalls = false;
  for (const line of isBottom ? lines.reverse() : lines) {
    const frame = parseFrame(line);
    if (frame === undefined) continue;
    const isCall = fromMark.test(line);
    // After calls that are marked, one that is not is where another exception begins.
    if (isInCalls && !isCall) exceptions.push([]);
    isInCalls = isCall;
    exceptions.at(-1)!.push(frame);
    if (++count === maxStackFrames) break;
  }
  const [thrown = [], ...causes] = exceptions;
  return [...thrown, ...beside(causes.flat())];
}

/** What `highlight: true` adds. */
function withoutHighlight(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.includes('\x1b') ? line.replace(/\x1b\[[\d;]*m/g, '') : line;
}

const fromMark = /^(?:\d{1,6}: )?from /;

/** `from /x.rb:3:in 'Cart#total'`, `2: from …`, and the header, whose message follows. */
function parseFrame(line: string): StackFrame | undefined {
  const from = fromMark.exec(line)?.[0];
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
