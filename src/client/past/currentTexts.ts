import type { Locator } from '../../locate/locate.ts';
import type { CurrentText } from './currentText.ts';
import { idOfLines, lineMark } from './textId.ts';

const maxTexts = 200;

type MarkedText = Pick<CurrentText, 'id' | 'marks' | 'lines'>;

/** The files of the workspace as they are now, and as maps carry them, each marked once as long as it stays. */
export class CurrentTexts {
  readonly #locator: Locator;
  readonly #texts = new Map<string, CurrentText & { readonly size: number }>();
  readonly #built = new Map<string, MarkedText & { readonly text: string }>();

  constructor(locator: Locator) {
    this.#locator = locator;
  }

  /** undefined where the file is not there, no file of the workspace, or too long to read. */
  async of(file: string): Promise<CurrentText | undefined> {
    const source = await this.#locator.source(file);
    if (source?.lines === undefined) return undefined;
    const { lines, functions, mtimeMs, size } = source;
    const known = this.#texts.get(file);
    if (known?.mtimeMs === mtimeMs && known.size === size) return known;
    return keep(this.#texts, file, { ...marked(lines), functions, mtimeMs, size });
  }

  /** The text that a map carries of a file. */
  built(file: string, text: string): MarkedText {
    const known = this.#built.get(file);
    return known?.text === text ? known : keep(this.#built, file, { ...marked(text.split(/\r\n|[\n\r]/)), text });
  }
}

function marked(lines: readonly string[]): MarkedText {
  const compared = lines.map((line) => line.trim());
  return { id: idOfLines(compared), marks: compared.map(lineMark), lines };
}

function keep<T>(texts: Map<string, T>, file: string, text: T): T {
  if (texts.size >= maxTexts) texts.clear();
  texts.set(file, text);
  return text;
}
