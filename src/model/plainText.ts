/* eslint-disable no-control-regex -- control characters are what this file is about */

/**
 * Text of a span on one line, for a place that shows text as it is: control characters and bidirectional overrides become
 * spaces, runs of blanks one; what passes `maxLength` is cut with `…`.
 */
export function plainText(text: string, maxLength: number): string {
  const oneLine = text
    .slice(0, maxLength * 4)
    .replace(/[\u0000-\u0020\u007f-\u00a0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g, ' ')
    .trim();
  if (oneLine.length <= maxLength) return oneLine;
  return `${oneLine.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '').trimEnd()}…`;
}
