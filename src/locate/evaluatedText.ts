/**
 * The text that the `eval("…")` at a position (1-based) evaluates, as bundlers' development builds write it: one string, maybe wrapped in a call
 * (`eval(__webpack_require__.ts("…"))`). undefined where no such call stands there.
 */
export function evaluatedText(text: string, line: number, column: number | undefined): string | undefined {
  const lineStart = startOfLine(text, line);
  if (lineStart === undefined) return undefined;
  const lineEnd = endOfLine(text, lineStart);
  const call = text.indexOf('eval(', lineStart + (column ?? 1) - 1);
  if (call < 0 || call >= lineEnd) return undefined;
  const open = text.indexOf('"', call);
  // What stands in between is a name, and no code.
  if (open < 0 || open >= lineEnd || !/^eval\([\w$.(\s]*$/.test(text.slice(call, Math.min(open, call + 200)))) return undefined;
  const close = endOfString(text, open, lineEnd);
  if (close === undefined) return undefined;
  try {
    return String(JSON.parse(text.slice(open, close + 1)));
  } catch {
    return undefined;
  }
}

function startOfLine(text: string, line: number): number | undefined {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  return start;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function endOfString(text: string, open: number, end: number): number | undefined {
  for (let at = open + 1; at < end; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return undefined;
}
