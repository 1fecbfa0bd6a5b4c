import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * What the sources say of their rows: `@row OPERATION | KIND | FUNCTION` in a comment at the end of the line that a row is on, once or more;
 * `-` is no function (a module's own level). `@maybe` in its place: a row that may be there or not; `@open`: a span that has not ended while the
 * program hangs.
 * @param {string} folder
 * @returns {Promise<{ word: 'row' | 'maybe' | 'open', file: string, line: number, operation: string, kind: string, function: string | null }[]>}
 */
export async function readMarks(folder) {
  const marks = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || !/\.(?:[cm]?[jt]sx?|py|go|java|rs)$/.test(entry.name) || file.split(path.sep).includes('node_modules')) continue;
    (await readFile(file, 'utf8')).split(/\r?\n/).forEach((text, i) => {
      for (const [, word, operation, kind, name] of text.matchAll(/@(row|maybe|open) (.+?) \| (\w+) \| (.+?)(?= @(?:row|maybe|open) |\s*$)/g)) {
        marks.push({ file: path.relative(folder, file), line: i + 1, operation, kind, function: name === '-' ? null : name, word });
      }
    });
  }
  return marks;
}
