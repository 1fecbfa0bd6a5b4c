import { plainText } from '../model/plainText.ts';

/**
 * A span's text as Markdown that shows it and obeys nothing of it: every ASCII punctuation mark is escaped (CommonMark 0.31,
 * section 2.4), so there is no link, image, code, HTML or table cell in it.
 */
export function markdownText(text: string, maxLength = 120): string {
  return plainText(text, maxLength).replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** `[label](command:id?arguments)`, for a MarkdownString that trusts that command. */
export function commandLink(label: string, command: string, argument: unknown): string {
  return `[${label}](command:${command}?${encodeURIComponent(JSON.stringify([argument])).replace(/[()']/g, (c) => `%${c.charCodeAt(0).toString(16)}`)})`;
}
