import { plainText } from '../model/plainText.ts';

/** A span's text for a label in which VS Code would read `$(name)` as an icon: there it stays text. */
export function iconText(text: string, maxLength: number): string {
  return plainText(text, maxLength).replaceAll('$(', '\\$(');
}
