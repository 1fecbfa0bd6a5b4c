import type { FunctionEntry } from './facts.ts';
import { isInLanguage, sdkLanguages } from './indexLanguages.ts';
import { goImportPath, isPythonModule, type Packages, rustModule } from './modulePaths.ts';
import type { SpanQuestion } from './spanQuestion.ts';
import { functionLanguages, neededWords, ownName, wantedFunctions } from './wantedFunction.ts';
import { type WordFilter, wordHashes } from './wordFilter.ts';

/** The functions of files, read when they are asked for: until then a filter of a file's words says whether it may have one. */
export class FunctionIndex {
  readonly #packages: Packages;
  readonly #functions = new Map<string, readonly FunctionEntry[]>();
  readonly #byName = new Map<string, FunctionEntry[]>();
  /** By language. */
  readonly #words = new Map<string, Map<string, WordFilter>>();
  /** Files that could not be read: what is in them is not known. */
  readonly #unreadable = new Set<string>();

  constructor(packages: Packages) {
    this.#packages = packages;
  }

  add(file: string, filter: WordFilter): void {
    for (const language of sdkLanguages(file)) {
      let words = this.#words.get(language);
      if (words === undefined) this.#words.set(language, (words = new Map()));
      words.set(file, filter);
    }
  }

  remove(file: string): void {
    for (const entry of this.#functions.get(file) ?? []) {
      const rest = (this.#byName.get(ownName(entry.name)) ?? []).filter((each) => each.file !== file);
      if (rest.length === 0) this.#byName.delete(ownName(entry.name));
      else this.#byName.set(ownName(entry.name), rest);
    }
    this.#functions.delete(file);
    this.#unreadable.delete(file);
    for (const language of sdkLanguages(file)) this.#words.get(language)?.delete(file);
  }

  /** Undefined where they cannot be read. The first word on a file counts. */
  set(file: string, functions: readonly FunctionEntry[] | undefined): void {
    if (this.#functions.has(file)) return;
    this.#functions.set(file, functions ?? []);
    if (functions === undefined) this.#unreadable.add(file);
    for (const entry of functions ?? []) {
      const same = this.#byName.get(ownName(entry.name));
      if (same === undefined) this.#byName.set(ownName(entry.name), [entry]);
      else same.push(entry);
    }
  }

  isRead(file: string): boolean {
    return this.#functions.has(file);
  }

  isUnreadable(file: string): boolean {
    return this.#unreadable.has(file);
  }

  of(file: string): readonly FunctionEntry[] {
    return this.#functions.get(file) ?? [];
  }

  /** Whether these words may all be in a file or its path. */
  mayHave(file: string, text: string): boolean {
    const words = wordHashes(text);
    return sdkLanguages(file).some((each) => this.#words.get(each)?.get(file)?.mayHave(words) === true);
  }

  /** The files of a language that may have all words of a text. */
  filesWith(language: string, text: string): string[] {
    const words = wordHashes(text);
    return [...(this.#words.get(language) ?? [])].filter(([, filter]) => filter.mayHave(words)).map(([file]) => file);
  }

  /** The files of a language that lie directly in a folder. */
  filesIn(folder: string, language: string): string[] {
    const start = `${folder}/`;
    return [...(this.#words.get(language)?.keys() ?? [])].filter((file) => file.startsWith(start) && !file.includes('/', start.length));
  }

  /** The files that may have the function that is asked for. */
  filesFor({ functionName, namespace, language }: SpanQuestion): string[] {
    if (functionName === undefined) return [];
    const found = new Set<string>();
    for (const each of language === undefined ? functionLanguages : [language]) {
      for (const wanted of wantedFunctions(functionName, namespace, each)) {
        const words = wordHashes(neededWords(wanted, each));
        for (const [file, filter] of this.#words.get(each) ?? []) if (filter.mayHave(words)) found.add(file);
      }
    }
    return [...found];
  }

  /** Every function of this whole name, in the files that were read. */
  named(functionName: string, namespace: string | undefined, language: string | undefined): readonly FunctionEntry[] {
    const found = new Set<FunctionEntry>();
    for (const each of language === undefined ? functionLanguages : [language]) {
      for (const wanted of wantedFunctions(functionName, namespace, each)) {
        for (const entry of this.#byName.get(ownName(wanted)) ?? []) {
          if (isInLanguage(entry.file, each) && this.#isNamed(entry, wanted, each)) found.add(entry);
        }
      }
    }
    return [...found];
  }

  #isNamed(entry: FunctionEntry, wanted: string, language: string): boolean {
    switch (language) {
      case 'go': {
        const dot = entry.name.indexOf('.');
        const packageName = entry.name.slice(0, dot);
        const path = packageName === 'main' ? 'main' : goImportPath(entry.file, this.#packages);
        return path !== undefined && `${path}${entry.name.slice(dot)}` === wanted;
      }
      case 'python':
        return wanted.endsWith(`.${entry.name}`) && isPythonModule(entry.file, wanted.slice(0, -entry.name.length - 1), this.#packages);
      case 'rust': {
        const module = rustModule(entry.file, this.#packages);
        return module !== undefined && `${module}::${entry.name}` === wanted;
      }
      default:
        return entry.name === wanted;
    }
  }
}
