import type { Node, Query } from '@vscode/tree-sitter-wasm';
import treeSitter from '@vscode/tree-sitter-wasm';
import type { FunctionFinder } from '../functions/functionFinder.ts';
import { languageOf } from '../functions/languages.ts';
import { queryCaptures } from '../functions/queryCaptures.ts';
import type { WorkLimit } from '../functions/workLimit.ts';
import { Constants } from './constants.ts';
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
   * The spans and routes of a file; undefined where it has none, `unread` where it takes too long to read. A text in which nothing of them is
   * mentioned is not parsed.
   * @throws where the grammar cannot be loaded
   */
  async facts({ file, relativePath }: IndexedFile, text: string): Promise<FileFacts | 'unread' | undefined> {
    const language = languageOf(file);
    const index = indexLanguageOf(file);
    if (language === undefined || index === undefined || !(index.mentions.test(text) || index.pathMentions?.test(relativePath) === true)) return undefined;
    const query = await this.#query(language.grammar, index.query);
    const facts = await this.#parse(language.grammar, text, (root, limit) => {
      const builder = new FactsBuilder(file, relativePath, language, this.#finder.functionNodes(language, root, limit), new Constants(index.constants, root));
      // A pattern with a choice in it captures its node once for each.
      const seen = new Set<string>();
      const captures = queryCaptures(query, root).filter(({ name, node }) => {
        const key = `${name} ${node.id}`;
        return !name.startsWith('_') && !seen.has(key) && seen.add(key);
      });
      for (const { name, node } of captures) index.readNames?.(name, node, builder);
      for (const { name, node } of captures) index.read(name, node, builder);
      index.finish?.(builder);
      return builder.facts();
    });
    if (facts === undefined) return 'unread';
    const { entries, open, mounts, routers, globalPrefixes, nestVersionings, mountedFolders, services } = facts;
    const isEmpty = routers.size === 0 && [entries, open, mounts, globalPrefixes, nestVersionings, mountedFolders, services].every((each) => each.length === 0);
    return isEmpty ? undefined : facts;
  }

  /**
   * What constants say that a file exports, by the names asked for (`FactsBuilder.exportedText`); none where it takes too long to read.
   * @throws where the grammar cannot be loaded
   */
  async exportedTexts(file: string, text: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const language = languageOf(file);
    const index = indexLanguageOf(file);
    if (language === undefined || index === undefined) return new Map();
    const query = await this.#query(language.grammar, index.query);
    const texts = await this.#parse(language.grammar, text, (root) => {
      const builder = new FactsBuilder(file, '', language, [], new Constants(index.constants, root));
      for (const { name, node } of queryCaptures(query, root)) index.readNames?.(name, node, builder);
      return new Map(names.flatMap((name) => {
        const said = builder.exportedText(name);
        return said === undefined ? [] : [[name, said] as const];
      }));
    });
    return texts ?? new Map();
  }

  /** The functions of a file; undefined where it takes too long to read. @throws where the grammar cannot be loaded */
  async functions(file: string, text: string): Promise<readonly FunctionEntry[] | undefined> {
    const language = languageOf(file);
    const index = indexLanguageOf(file);
    if (language === undefined || index === undefined) return [];
    return this.#parse(language.grammar, text, (root, limit) =>
      this.#finder.functionNodes(language, root, limit).map(({ node, named }): FunctionEntry => {
        const { row, column } = named.start.startPosition;
        return { kind: 'function', name: index.qualifiedName(node, named), file, line: row + 1, column: column + 1, functionName: named.name };
      }));
  }

  /** Twice where it must be: the first text of a language takes the time of getting ready, too. */
  async #parse<T>(grammar: string, text: string, work: (root: Node, limit: WorkLimit) => T): Promise<T | undefined> {
    const read = () => this.#finder.parsers.parse(grammar, text, (root, _, limit) => work(root, limit));
    return (await read()) ?? read();
  }

  async #query(grammar: string, text: string): Promise<Query> {
    let query = this.#queries.get(grammar);
    if (query === undefined) this.#queries.set(grammar, (query = new treeSitter.Query(await this.#finder.parsers.load(grammar), text)));
    return query;
  }
}
