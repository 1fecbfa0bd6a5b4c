/**
 * Compares the rows of `traceline functions` with the marks of the sources. Where an operation has several marks each is looked for.
 * @param {Awaited<ReturnType<typeof import('./marks.mjs').readMarks>>} marks
 * @param {readonly { file: string, line: number, operation: string, kind: string, function?: string | null }[]} rows
 * @returns {{ right: number, missing: string[], extra: string[] }}
 */
export function judge(marks, rows) {
  const left = [...rows];
  const missing = [];
  let right = 0;
  for (const mark of marks) {
    const at = left.findIndex((row) => keyOf(row) === keyOf(mark));
    if (at >= 0) {
      left.splice(at, 1);
      right++;
    } else if (mark.word !== 'maybe') missing.push(keyOf(mark));
  }
  return { right, missing, extra: left.map(keyOf) };
}

/** A row as one can compare it. */
function keyOf({ file, line, operation, kind, function: name }) {
  return `${file}:${line} ${operation} (${kind}) in ${name ?? 'no function'}`;
}
