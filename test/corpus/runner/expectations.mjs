import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const sourceName = /\.(?:[cm]?[jt]sx?|py|java|kt|go|rs|rb|php|cs)$/;

/**
 * What the sources say of their spans: `// @span NAME in FUNCTION` at the end of the line that starts the span, once or more. A name with
 * spaces stands in quotes; `-` is no function (a module's own level).
 * @param {string} folder
 * @returns {Promise<Map<string, { file: string, line: number, function: string | undefined }>>} by the span's name; files relative to the folder
 */
export async function readExpectations(folder) {
  const expected = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || !sourceName.test(entry.name) || file.split(path.sep).includes('node_modules')) continue;
    const lines = (await readFile(file, 'utf8')).split(/\r?\n/);
    lines.forEach((text, i) => {
      for (const [, quoted, bare, name] of text.matchAll(/@span (?:"([^"]+)"|(\S+)) in (.+?)(?= @span |\s*(?:\*\/.*)?$)/g)) {
        const span = quoted ?? bare;
        if (expected.has(span)) throw new Error(`${span} is marked twice, the second time in ${file}:${i + 1}`);
        expected.set(span, { file: path.relative(folder, file), line: i + 1, function: name === '-' ? undefined : name });
      }
    });
  }
  return expected;
}
