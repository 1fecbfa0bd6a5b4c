import type { Language as Grammar, Node, Parser } from '@vscode/tree-sitter-wasm';
import treeSitter from '@vscode/tree-sitter-wasm';

/** Reads a file of the grammars' folder by its name. @throws where it is not there */
export type GrammarReader = (fileName: string) => Promise<Uint8Array>;

interface LoadedGrammar {
  readonly grammar: Grammar;
  readonly parser: Parser;
}

/** tree-sitter is one per process. A start that failed is tried again. */
let started: Promise<void> | undefined;

/** The parsers of the grammars, loaded when first needed and kept. */
export class Parsers {
  readonly #readGrammar: GrammarReader;
  readonly #loaded = new Map<string, Promise<LoadedGrammar>>();

  constructor(readGrammar: GrammarReader) {
    this.#readGrammar = readGrammar;
  }

  /**
   * Parses a text and gives its tree to `work`, which must be done with it when it returns. undefined where the text cannot be parsed.
   * @throws where the grammar cannot be loaded, and what `work` throws
   */
  async parse<T>(grammarName: string, text: string, work: (root: Node, grammar: Grammar) => T): Promise<T | undefined> {
    const { grammar, parser } = await this.#load(grammarName);
    const tree = parser.parse(text);
    if (tree === null) return undefined;
    try {
      return work(tree.rootNode, grammar);
    } finally {
      tree.delete();
    }
  }

  #load(name: string): Promise<LoadedGrammar> {
    let loaded = this.#loaded.get(name);
    if (loaded === undefined) {
      loaded = this.#loadNew(name);
      this.#loaded.set(name, loaded);
      loaded.catch(() => this.#loaded.delete(name));
    }
    return loaded;
  }

  async #loadNew(name: string): Promise<LoadedGrammar> {
    started ??= this.#start();
    await started;
    const grammar = await treeSitter.Language.load(await this.#readGrammar(`tree-sitter-${name}.wasm`));
    const parser = new treeSitter.Parser();
    parser.setLanguage(grammar);
    return { grammar, parser };
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
