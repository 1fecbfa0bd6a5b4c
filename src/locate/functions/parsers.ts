import type { Language as Grammar, Node, Tree } from '@vscode/tree-sitter-wasm';
import treeSitter from '@vscode/tree-sitter-wasm';
import type { Clock } from './workLimit.ts';
import { isNestedTooDeep, TooMuchWork, WorkLimit } from './workLimit.ts';

/** Reads a file of the grammars' folder by its name. @throws where it is not there */
export type GrammarReader = (fileName: string) => Promise<Uint8Array>;

export interface ParserOptions {
  readonly readGrammar: GrammarReader;
  readonly clock: Clock;
  /** tree-sitter broke, and parses nothing more in this thread. */
  readonly onBroken: () => void;
}

/** tree-sitter is one per thread. A start that failed is tried again. */
let started: Promise<void> | undefined;
/** What broke it: its own stack or memory was too small for a text. Asked again it would go on with what that left behind. */
let broken: Error | undefined;

/** Parses with the grammars, which are loaded when first needed and kept. */
export class Parsers {
  readonly #options: ParserOptions;
  readonly #loaded = new Map<string, Promise<Grammar>>();

  constructor(options: ParserOptions) {
    this.#options = options;
  }

  /**
   * Parses a text and gives its tree to `work`, which must be done with it when it returns. undefined where its brackets are nested too deep
   * or `WorkLimit` is reached. A long text is parsed in parts, and others have their turns between them.
   * @throws where the grammar cannot be loaded or tree-sitter is broken, and what `work` throws
   */
  async parse<T>(grammarName: string, text: string, work: (root: Node, grammar: Grammar, limit: WorkLimit) => T): Promise<T | undefined> {
    if (isNestedTooDeep(text)) return undefined;
    const grammar = await this.load(grammarName);
    const limit = new WorkLimit(text.length, this.#options.clock);
    const tree = await this.#parseInParts(grammar, text, limit);
    if (tree === undefined) return undefined;
    try {
      return this.#use(() => limit.inPart(() => work(tree.rootNode, grammar, limit)));
    } catch (error) {
      if (error instanceof TooMuchWork) return undefined;
      throw error;
    } finally {
      if (broken === undefined) tree.delete();
    }
  }

  /** Loads a grammar, so that the first text does not wait for it. @throws where it cannot be loaded */
  load(name: string): Promise<Grammar> {
    if (broken !== undefined) return Promise.reject(broken);
    let loaded = this.#loaded.get(name);
    if (loaded === undefined) {
      loaded = this.#loadNew(name);
      this.#loaded.set(name, loaded);
      loaded.catch(() => this.#loaded.delete(name));
    }
    return loaded;
  }

  async #loadNew(name: string): Promise<Grammar> {
    started ??= this.#start();
    // The file is read while tree-sitter starts.
    const [bytes] = await Promise.all([this.#options.readGrammar(`tree-sitter-${name}.wasm`), started]);
    return treeSitter.Language.load(bytes);
  }

  async #start(): Promise<void> {
    try {
      const wasmBinary = await this.#options.readGrammar('tree-sitter.wasm');
      // The binary is given, so the file is never looked for.
      const options = { wasmBinary, locateFile: (name: string) => name };
      await treeSitter.Parser.init(options);
    } catch (error) {
      started = undefined;
      throw error;
    }
  }

  /** A parser of its own for each text, since another text may come between two parts of this one. undefined where the limit is reached. */
  async #parseInParts(grammar: Grammar, text: string, limit: WorkLimit): Promise<Tree | undefined> {
    const parser = this.#use(() => new treeSitter.Parser().setLanguage(grammar));
    let isParsing = true;
    // The parser seldom asks whether its turn is over while it looks for the end of a quote. The tree asks here for its nodes' texts.
    const read = (index: number) => (isParsing && limit.isReached() ? undefined : text.slice(index));
    try {
      for (;;) {
        // What was not finished goes on where it was left.
        const tree = this.#use(() => limit.inPart(() => parser.parse(read, undefined, { progressCallback: () => limit.isPartOver() })));
        isParsing = tree === null;
        if (limit.isReached()) {
          tree?.delete();
          return undefined;
        }
        if (tree !== null) return tree;
        await nextTurn();
      }
    } finally {
      if (broken === undefined) this.#use(() => parser.delete());
    }
  }

  /** @throws what `work` throws, and where tree-sitter is broken */
  #use<T>(work: () => T): T {
    if (broken !== undefined) throw broken;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
      broken = new Error(`tree-sitter broke on a text: ${error.message}`);
      this.#options.onBroken();
      throw broken;
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
