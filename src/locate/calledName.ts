/**
 * Where a call is, as runtimes reckon it: at the last name of what is called. `startSpan` in
 *
 *     tracer
 *       .startSpan('x')
 *
 * Maps of minifiers often know only where the statement begins. Lines are a source's; positions are 1-based.
 */
export interface CallPosition {
  readonly line: number;
  readonly column: number;
}

/** Which of the names in a line of generated text stands at a position in it. */
export interface CalledName {
  readonly name: string;
  /** How many of that name stand before it in its line. */
  readonly before: number;
}

const maxLines = 20;

/** From the first name of `a.b.c(` to the last one; the position as it is where no such chain begins there. */
export function endOfChain(lines: readonly string[], { line, column }: CallPosition): CallPosition {
  const start = { line, column };
  let at: CallPosition | undefined = start;
  let last = start;
  for (let names = 0; names < maxLines && at !== undefined; names++) {
    const name = /^#?[\p{L}_$][\p{L}\p{N}_$]*/u.exec(restOf(lines, at));
    if (name === null) return start;
    last = at;
    const after = skipBlanks(lines, { line: at.line, column: at.column + name[0].length });
    if (after === undefined) return start;
    const next = restOf(lines, after);
    if (/^(?:[(`]|\?\.\()/.test(next)) return last;
    const link = /^(?:\?\.|!\.|\.)/.exec(next);
    at = link === null ? undefined : skipBlanks(lines, { line: after.line, column: after.column + link[0].length });
  }
  return start;
}

function restOf(lines: readonly string[], { line, column }: CallPosition): string {
  return (lines[line - 1] ?? '').slice(column - 1, column + 199);
}

function skipBlanks(lines: readonly string[], from: CallPosition): CallPosition | undefined {
  let { line, column } = from;
  for (; line <= lines.length && line < from.line + maxLines; line++, column = 1) {
    const rest = (lines[line - 1] ?? '').slice(column - 1);
    const blank = /^\s*/.exec(rest)![0].length;
    if (blank < rest.length && !rest.startsWith('//', blank)) return { line, column: column + blank };
  }
  return undefined;
}

/** The name at a position (1-based) of a line of generated text; undefined where none begins there. */
export function calledNameAt(lineText: string, column: number): CalledName | undefined {
  const name = /^[\p{L}_$][\p{L}\p{N}_$]*/u.exec(lineText.slice(column - 1, column + 199))?.[0];
  if (name === undefined) return undefined;
  return { name, before: occurrences(lineText.slice(0, column - 1), name).length };
}

/**
 * Where that name stands in the source, whose part that became the generated line begins with `line`: what is generated keeps the order. undefined
 * where there are not as many.
 */
export function findCalledName(lines: readonly string[], line: number, { name, before }: CalledName): CallPosition | undefined {
  let left = before;
  for (let at = line; at < line + maxLines && at <= lines.length; at++) {
    const found = occurrences(lines[at - 1] ?? '', name);
    const column = found[left];
    if (column !== undefined) return { line: at, column };
    left -= found.length;
  }
  return undefined;
}

/** The columns where the whole name stands, outside of a comment at the line's end. */
function occurrences(text: string, name: string): number[] {
  const columns: number[] = [];
  const comment = /(?:^|\s)\/\//.exec(text);
  const end = comment === null ? text.length : comment.index + comment[0].length;
  for (let at = text.indexOf(name); at >= 0 && at < end; at = text.indexOf(name, at + name.length)) {
    const isWhole = !/[\p{L}\p{N}_$]/u.test(text[at - 1] ?? ' ') && !/[\p{L}\p{N}_$]/u.test(text[at + name.length] ?? ' ');
    if (isWhole) columns.push(at + 1);
  }
  return columns;
}
