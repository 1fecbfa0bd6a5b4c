import type { Parser, Query } from '@vscode/tree-sitter-wasm';
import treeSitter from '@vscode/tree-sitter-wasm';
import type { FunctionRange } from '../location.ts';
import type { Language } from './language.ts';
import { languageOf } from './languages.ts';

/** Reads a file of the grammars' folder by its name. @throws where it is not there */
export type GrammarReader = (fileName: string) => Promise<Uint8Array>;

/** The longest text that is parsed; what is longer was not written by a person. */
export const maxSourceLength = 5 * 1024 * 1024;

interface Grammar {
  readonly parser: Parser;
  readonly query: Query;
}

/** tree-sitter is one per process. A start that failed is tried again. */
let started: Promise<void> | undefined;

/** The functions of a text. Grammars are loaded when first needed and kept. */
export class FunctionFinder {
  readonly #readGrammar: GrammarReader;
  readonly #grammars = new Map<string, Promise<Grammar>>();

  constructor(readGrammar: GrammarReader) {
    this.#readGrammar = readGrammar;
  }

  /**
   * In the order they begin, so an outer one comes before those in it. undefined where there is no grammar for the file's
   * name, or the text is longer than `maxSourceLength`. A text with mistakes gives what can be made out.
   * @throws where the grammar cannot be loaded
   */
  async functions(file: string, text: string): Promise<readonly FunctionRange[] | undefined> {
    const language = languageOf(file);
    if (language === undefined || text.length > maxSourceLength) return undefined;
    const { parser, query } = await this.#grammar(language);
    const tree = parser.parse(text);
    if (tree === null) return undefined;
    try {
      const ranges: FunctionRange[] = [];
      for (const { node } of query.captures(tree.rootNode)) {
        const named = language.nameOf(node);
        if (named === undefined) continue;
        const start = named.start.startPosition;
        ranges.push({
          name: named.name,
          startLine: start.row + 1,
          startColumn: start.column + 1,
          endLine: node.endPosition.row + 1,
          endColumn: node.endPosition.column + 1,
        });
      }
      return ranges;
    } finally {
      tree.delete();
    }
  }

  #grammar(language: Language): Promise<Grammar> {
    let grammar = this.#grammars.get(language.grammar);
    if (grammar === undefined) {
      grammar = this.#load(language);
      this.#grammars.set(language.grammar, grammar);
      grammar.catch(() => this.#grammars.delete(language.grammar));
    }
    return grammar;
  }

  async #load(language: Language): Promise<Grammar> {
    started ??= this.#start();
    await started;
    const loaded = await treeSitter.Language.load(await this.#readGrammar(`tree-sitter-${language.grammar}.wasm`));
    const parser = new treeSitter.Parser();
    parser.setLanguage(loaded);
    const query = new treeSitter.Query(loaded, `[${language.functions.map((type) => `(${type})`).join(' ')}] @function`);
    return { parser, query };
  }

  async #start(): Promise<void> {
    try {
      const wasmBinary = await this.#readGrammar('tree-sitter.wasm');
      // The binary is given, so the file is never looked for.
      const options = { wasmBinary, locateFile: (name: string) => name };
      await treeSitter.Parser.init(options);
    } catch (error) {
      started = undefined;
      throw error;
    }
  }
}

/**
 * The innermost function around a position, both 1-based. Without a column, the innermost around the line.
 *
 *     1  function outer() {          start of outer
 *     2    const inner = () => {     start of inner
 *     3      …                       inner
 *     4    };                        end of inner
 *     5    …                         outer
 */
export function enclosingFunction(functions: readonly FunctionRange[], line: number, column: number | undefined): FunctionRange | undefined {
  let innermost: FunctionRange | undefined;
  for (const each of functions) {
    const started = line > each.startLine || (line === each.startLine && (column === undefined || column >= each.startColumn));
    const ended = line > each.endLine || (line === each.endLine && column !== undefined && column >= each.endColumn);
    if (started && !ended) innermost = each;
  }
  return innermost;
}
