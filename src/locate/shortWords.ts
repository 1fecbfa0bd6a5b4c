const maxWordLength = 200;
const shownLength = 90;

/** The text with its long words, which are paths, cut in their middle: what is said of them comes after them and is the point. */
export function shortWords(text: string): string {
  if (text.length <= maxWordLength) return text;
  return text
    .split(' ')
    .map((word) => (word.length <= maxWordLength ? word : `${word.slice(0, shownLength)}…${word.slice(-shownLength)}`))
    .join(' ');
}
