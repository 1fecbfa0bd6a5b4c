import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const sourceName = /\.(?:[cm]?[jt]sx?|py|java|kt|go|rs|rb|php|cs)$/;
const mark = /@(span|throws) (?:"([^"]+)"|(\S+)) in (.+?)(?= @(?:span|throws) |\s*(?:\*\/.*)?$)/g;

/**
 * @typedef {{ file: string, line: number, function: string | undefined }} Place `file` is relative to the folder, the line 1-based
 * @typedef {{ spans: Map<string, Place>, exceptions: Map<string, Place> }} Expectations by the span's label (labelOf)
 */

/**
 * What the sources say of their spans: `// @span NAME in FUNCTION` at the end of the line that starts the span, or of the function that serves it, once
 * or more; `// @throws NAME in FUNCTION` where the exception is made that the span of that name records. A name with spaces stands in
 * quotes; `-` is no function (a module's own level).
 * @param {string} folder
 * @returns {Promise<Expectations>}
 * @throws Error where a span is marked twice
 */
export async function readExpectations(folder) {
  const expected = { spans: new Map(), exceptions: new Map() };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || !sourceName.test(entry.name) || file.split(path.sep).includes('node_modules')) continue;
    const lines = (await readFile(file, 'utf8')).split(/\r?\n/);
    lines.forEach((text, i) => {
      for (const [, kind, quoted, bare, name] of text.matchAll(mark)) {
        const places = kind === 'span' ? expected.spans : expected.exceptions;
        const span = quoted ?? bare;
        if (places.has(span)) throw new Error(`${span} is marked twice, the second time in ${file}:${i + 1}`);
        places.set(span, { file: path.relative(folder, file), line: i + 1, function: name === '-' ? undefined : name });
      }
    });
  }
  return expected;
}

/**
 * What a span is called in marks: its name, or what was asked for (`GET /orders/7`) where that is marked, since servers without routes call all of their
 * spans alike.
 * @param {import('../../../src/model/span.ts').Span} span
 * @param {(label: string) => boolean} isKnown
 */
export function labelOf({ name, attributes }, isKnown) {
  const value = (...keys) => attributes.find(({ key }) => keys.includes(key))?.value;
  const asked = `${value('http.request.method', 'http.method')} ${value('url.path', 'http.target')}`;
  return isKnown(asked) ? asked : name;
}
