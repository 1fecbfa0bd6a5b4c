/**
 * NODE_OPTIONS with one more option whose value may hold any character, at its end. undefined where the person's own text has
 * a quote that is not closed: Node refuses it, and what we add would be read as part of it.
 *
 * Node splits at spaces outside double quotes; within them a backslash takes the next character as it is.
 */
export function appendNodeOption(own: string, option: string, value: string): string | undefined {
  if (!isClosed(own)) return undefined;
  const added = `${option} "${value.replace(/["\\]/g, '\\$&')}"`;
  if (own.includes(added)) return own;
  return own.trim() === '' ? added : `${own} ${added}`;
}

function isClosed(text: string): boolean {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (quoted && text[i] === '\\') i++;
    else if (text[i] === '"') quoted = !quoted;
  }
  return !quoted;
}
