import { createHash } from 'node:crypto';

/** The lines of a text as they are compared: how they end and how far they are indented is no edit. */
export function comparedLines(text: string): string[] {
  return text.split(/\r\n|[\n\r]/).map((line) => line.trim());
}

/** Names a text: the same for texts whose lines compare equal, another for others. */
export function textId(text: string): string {
  return idOfLines(comparedLines(text));
}

/** As `textId`, of a text's compared lines. */
export function idOfLines(lines: readonly string[]): string {
  return createHash('sha1').update(lines.join('\n')).digest('base64url').slice(0, 16);
}

/** What is kept of a line: enough to tell it from others, not enough to read it. */
export function lineMark(line: string): string {
  return line === '' ? '' : createHash('sha1').update(line).digest('base64url').slice(0, 8);
}
