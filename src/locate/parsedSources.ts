import type { FunctionFinder, FunctionList } from './functions/functionFinder.ts';
import { maxSourceLength } from './functions/functionFinder.ts';
import type { FunctionRange } from './location.ts';
import type { WorkspaceFile, WorkspaceFiles } from './workspaceFiles.ts';

const maxParsedFiles = 500;

export interface ParsedSource {
  /** undefined where the text is too long to read. */
  readonly lines: readonly string[] | undefined;
  readonly functions: readonly FunctionRange[] | undefined;
  /** Why there are none. */
  readonly trouble: string | undefined;
}

/** The texts of files with their functions, as long as a file stays as it is. */
export class ParsedSources {
  readonly #finder: FunctionFinder;
  readonly #parsed = new Map<string, ParsedSource>();
  /** By path, of texts that are in no file any more. */
  readonly #others = new Map<string, { readonly text: string; readonly source: ParsedSource }>();

  constructor(finder: FunctionFinder) {
    this.#finder = finder;
  }

  clear(): void {
    this.#parsed.clear();
  }

  /** undefined where the file cannot be read. */
  async parse(file: WorkspaceFile, files: Pick<WorkspaceFiles, 'readText'>): Promise<ParsedSource | undefined> {
    const key = `${file.path}|${file.mtimeMs}|${file.size}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    if (file.size > maxSourceLength) return { lines: undefined, functions: undefined, trouble: `the file is larger than ${maxSourceLength / 1024 / 1024} MiB` };
    const text = await files.readText(file, maxSourceLength);
    if (text === undefined) return undefined;
    const source = await this.#parseText(file.path, text);
    if (this.#parsed.size >= maxParsedFiles) this.#parsed.clear();
    this.#parsed.set(key, source);
    return source;
  }

  async #parseText(path: string, text: string): Promise<ParsedSource> {
    let list: FunctionList;
    try {
      list = await this.#finder.list(path, text);
    } catch (error) {
      list = { functions: undefined, trouble: `the grammar cannot be used: ${error instanceof Error ? error.message : String(error)}` };
    }
    return { lines: text.split(/\r\n|[\n\r]/), ...list };
  }

  /** Another text of a file than it has now. */
  async parseOther(path: string, text: string): Promise<ParsedSource> {
    let other = this.#others.get(path);
    if (other?.text !== text) {
      if (this.#others.size >= maxParsedFiles) this.#others.clear();
      this.#others.set(path, (other = { text, source: await this.#parseText(path, text) }));
    }
    return other.source;
  }
}
