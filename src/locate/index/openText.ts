/** Texts with holes in them: names that another file says. A hole keeps what is imported until that file is known. */
import type { RouterReference } from './facts.ts';

/** No program has these characters in a name or a path. */
const [opens, between, closes] = ['\u{f0000}', '\u{f0001}', '\u{f0002}'];
const hole = new RegExp(`${opens}([^${between}]*)${between}([^${closes}]*)${closes}`, 'gu');

export function holeOf({ module, name }: RouterReference): string | undefined {
  return module === undefined ? undefined : `${opens}${module}${between}${name}${closes}`;
}

export function isOpen(text: string): boolean {
  return text.includes(opens);
}

export function beginsOpen(text: string): boolean {
  return text.startsWith(opens);
}

/** What is imported in the holes of a text. */
export function holesIn(text: string): RouterReference[] {
  return Array.from(text.matchAll(hole), (match) => ({ module: match[1]!, name: match[2]! }));
}

/** The text with its holes filled; undefined where one has no text. */
export function filled(text: string, textOf: (reference: RouterReference) => string | undefined): string | undefined {
  let isWhole = true;
  const whole = text.replace(hole, (_, module: string, name: string) => {
    const said = textOf({ module, name });
    isWhole &&= said !== undefined;
    return said ?? '';
  });
  return isWhole ? whole : undefined;
}
