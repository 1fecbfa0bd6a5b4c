import type { FrameReference } from '../../src/protocol/waterfall.ts';

/** A line of a stack trace; `frame` where it names a file and a line. */
export interface StackLine {
  readonly text: string;
  readonly frame: FrameReference | undefined;
}

const grammars: readonly ((line: string) => FrameReference | undefined)[] = [v8, python, java, plain];

/** The lines of an `exception.stacktrace`, whatever runtime wrote it. Only the first `limit` are read. */
export function stackLines(stacktrace: string, limit = 200): StackLine[] {
  return stacktrace.split('\n', limit).filter((text) => text.trim() !== '').map((text) => ({ text, frame: frameOf(text) }));
}

function frameOf(text: string): FrameReference | undefined {
  if (text.length > 2000) return undefined;
  for (const grammar of grammars) {
    const frame = grammar(text.trim());
    if (frame !== undefined && frame.line > 0) return frame;
  }
  return undefined;
}

/** `at Orders.reserve (/app/orders.js:42:24)`, `at async file:///app/orders.mjs:42:24` */
function v8(line: string): FrameReference | undefined {
  if (!line.startsWith('at ')) return undefined;
  const position = /^(.*):(\d{1,9}):(\d{1,9})$/.exec(line.endsWith(')') ? line.slice(line.lastIndexOf(' (') + 2, -1) : line.replace(/^at (?:async )?/, ''));
  if (position === null) return undefined;
  const named = line.endsWith(')') ? line.slice(3, line.lastIndexOf(' (')).replace(/^async /, '') : undefined;
  return { functionName: named, file: position[1] ?? '', line: Number(position[2]), column: Number(position[3]) };
}

/** `File "/app/orders.py", line 42, in reserve` */
function python(line: string): FrameReference | undefined {
  const match = /^File "([^"]+)", line (\d{1,9})(?:, in (\S+))?/.exec(line);
  return match === null ? undefined : { functionName: match[3], file: match[1] ?? '', line: Number(match[2]), column: undefined };
}

/** `at shop.Orders.reserve(Orders.java:42)` */
function java(line: string): FrameReference | undefined {
  const match = /^at ([\w$.<>/@-]+)\(([^():]+):(\d{1,9})\)$/.exec(line);
  return match === null ? undefined : { functionName: match[1], file: match[2] ?? '', line: Number(match[3]), column: undefined };
}

/** Go and others: `/app/orders.go:42 +0x1d`, `orders.rb:42:in 'reserve'` */
function plain(line: string): FrameReference | undefined {
  const match = /^((?:[A-Za-z]:)?[^\s:()"']+\.\w{1,6}):(\d{1,9})(?::(\d{1,9}))?(?=$|[\s:])/.exec(line);
  return match === null ? undefined : { functionName: undefined, file: match[1] ?? '', line: Number(match[2]), column: match[3] === undefined ? undefined : Number(match[3]) };
}
