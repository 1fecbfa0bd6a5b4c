// Controls, bidirectional and zero-width marks, line separators, tags, and halves of surrogate pairs: text that would hide or reorder what is shown.
// eslint-disable-next-line no-control-regex
const deceptive = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffc]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Span text on one line, every character that hides or reorders others written as an escape: `\u202e`. */
export function visibleText(text: string): string {
  return text.replace(deceptive, (character) => short[character] ?? escape(character));
}

/** The same, but line breaks and tabs stay what they are. */
export function visibleLines(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(deceptive, (character) => (character === '\n' || character === '\t' ? character : (short[character] ?? escape(character))));
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
