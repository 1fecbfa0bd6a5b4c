import type { Query } from '@vscode/tree-sitter-wasm';
import treeSitter from '@vscode/tree-sitter-wasm';
import type { FunctionFinder } from '../functions/functionFinder.ts';
import { languageOf } from '../functions/languages.ts';
import type { FileFacts, FunctionEntry } from './facts.ts';
import { FactsBuilder } from './factsBuilder.ts';
import { indexLanguageOf } from './indexLanguages.ts';

export interface IndexedFile {
  /** Absolute, as `paths.ts` writes paths. */
  readonly file: string;
  /** From its workspace folder. */
  readonly relativePath: string;
}

/** Reads for the index what one file says. */
export class FileIndexer {
  readonly #finder: FunctionFinder;
  readonly #queries = new Map<string, Query>();

  constructor(finder: FunctionFinder) {
    this.#finder = finder;
  }

  /**
   * The spans and routes of a file; undefined where it has none. A text in which nothing of them is mentioned is not parsed.
   * @throws where the grammar cannot be loaded
   */
  async facts({ file, relativePath }: IndexedFile, text: string): Promise<FileFacts | undefined> {
    const language = languageOf(file);
    const index = indexLanguageOf(file);
    if (language === undefined || index === undefined || !(index.mentions.test(text) || index.pathMentions?.test(relativePath) === true)) return undefined;
    const facts = await this.#finder.parsers.parse(language.grammar, text, (root, grammar) => {
      let query = this.#queries.get(language.grammar);
      if (query === undefined) this.#queries.set(language.grammar, (query = new treeSitter.Query(grammar, index.query)));
      const builder = new FactsBuilder(file, relativePath, language, this.#finder.functionNodes(language, root, grammar));
      // A pattern with a choice in it captures its node once for each.
      const seen = new Set<string>();
      const captures = query.captures(root).filter(({ name, node }) => {
        const key = `${name} ${node.id}`;
        return !name.startsWith('_') && !seen.has(key) && seen.add(key);
      });
      for (const { name, node } of captures) index.readNames?.(name, node, builder);
      for (const { name, node } of captures) index.read(name, node, builder);
      index.finish?.(builder);
      return builder.facts();
    });
    if (facts === undefined) return undefined;
    const isEmpty = facts.entries.length === 0 && facts.mounts.length === 0 && facts.globalPrefixes.length === 0 && facts.routers.size === 0;
    return isEmpty ? undefined : facts;
  }

  /** The functions of a file. @throws where the grammar cannot be loaded */
  async functions(file: string, text: string): Promise<readonly FunctionEntry[]> {
    const language = languageOf(file);
    const index = indexLanguageOf(file);
    if (language === undefined || index === undefined) return [];
    const entries = await this.#finder.parsers.parse(language.grammar, text, (root, grammar) =>
      this.#finder.functionNodes(language, root, grammar).map(({ node, named }): FunctionEntry => {
        const { row, column } = named.start.startPosition;
        return { kind: 'function', name: index.qualifiedName(node, named), file, line: row + 1, column: column + 1, functionName: named.name };
      }));
    return entries ?? [];
  }
}
