/** What a generated file says of its map (ECMA-426 §11, "Linking generated code to source maps"). */

/**
 * The URL of the last `sourceMappingURL` comment, or undefined where there is none. Only comments count: a line that has code
 * after it, or quotes the words, does not. JavaScript that was put together from parts may have it further up, at a line's start.
 */
export function sourceMappingUrl(text: string): string | undefined {
  return atEnd(text) ?? atLineStart(text);
}

const marks = ['//# sourceMappingURL=', '//@ sourceMappingURL=', '/*# sourceMappingURL=', '/*@ sourceMappingURL='];

/** Looks at the last lines, upwards, as long as they are blank or comments, and at the end of the first that is not. */
function atEnd(text: string): string | undefined {
  let end = text.length;
  for (let lines = 0; end > 0 && lines < 50; lines++) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end);
    const mark = Math.max(...marks.map((each) => line.lastIndexOf(each)));
    if (mark >= 0) {
      const url = urlAfter(line, mark);
      if (url !== undefined) return url;
    }
    const trimmed = line.trim();
    if (trimmed !== '' && !trimmed.startsWith('//') && !(trimmed.startsWith('/*') && trimmed.endsWith('*/'))) return undefined;
    end = start - 1;
  }
  return undefined;
}

function atLineStart(text: string): string | undefined {
  for (let at = text.length; at > 0; ) {
    at = Math.max(...marks.map((each) => text.lastIndexOf(`\n${each}`, at - 1)));
    if (at < 0) return undefined;
    const lineEnd = text.indexOf('\n', at + 1);
    const url = urlAfter(text.slice(at + 1, lineEnd < 0 ? text.length : lineEnd), 0);
    if (url !== undefined) return url;
  }
  return undefined;
}

function urlAfter(line: string, mark: number): string | undefined {
  const after = line.slice(mark + marks[0]!.length).trim();
  const url = line[mark + 1] === '*' ? (after.endsWith('*/') ? after.slice(0, -2).trim() : '') : after;
  return url === '' || /[\s'"`\\]/.test(url) ? undefined : url;
}

/**
 * The text of a `data:` URL, base64 or percent-encoded.
 * @throws Error where it is neither
 */
export function decodeDataUrl(url: string): string {
  const comma = url.indexOf(',');
  if (comma < 0) throw new Error('the data URL has no data');
  const data = url.slice(comma + 1);
  if (!/;base64$/i.test(url.slice(0, comma))) return decodeURIComponent(data);
  const binary = atob(data);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return new TextDecoder().decode(bytes);
}
