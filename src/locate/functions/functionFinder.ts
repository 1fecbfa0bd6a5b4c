import type { Language as Grammar, Node, Query } from '@vscode/tree-sitter-wasm';
import treeSitter from '@vscode/tree-sitter-wasm';
import type { FunctionRange } from '../location.ts';
import type { Language, NamedFunction } from './language.ts';
import { languageOf } from './languages.ts';
import type { GrammarReader } from './parsers.ts';
import { Parsers } from './parsers.ts';

/** The longest text that is parsed; what is longer was not written by a person. */
export const maxSourceLength = 5 * 1024 * 1024;

export interface FoundFunction {
  readonly node: Node;
  readonly named: NamedFunction;
}

/** The functions of a text. */
export class FunctionFinder {
  /** The grammars, for who reads more than functions of a text. */
  readonly parsers: Parsers;
  readonly #queries = new Map<string, Query>();

  constructor(readGrammar: GrammarReader) {
    this.parsers = new Parsers(readGrammar);
  }

  /**
   * In the order they begin, so an outer one comes before those in it. undefined where there is no grammar for the file's
   * name, or the text is longer than `maxSourceLength`. A text with mistakes gives what can be made out.
   * @throws where the grammar cannot be loaded
   */
  async functions(file: string, text: string): Promise<readonly FunctionRange[] | undefined> {
    const language = languageOf(file);
    if (language === undefined || text.length > maxSourceLength) return undefined;
    return this.parsers.parse(language.grammar, text, (root, grammar) =>
      this.functionNodes(language, root, grammar).map(({ node, named }) => {
        const start = named.start.startPosition;
        return {
          name: named.name,
          startLine: start.row + 1,
          startColumn: start.column + 1,
          endLine: node.endPosition.row + 1,
          endColumn: node.endPosition.column + 1,
        };
      }));
  }

  /** As `functions`, of a tree that is there. Functions that are part of the one around them are left out. */
  functionNodes(language: Language, root: Node, grammar: Grammar): FoundFunction[] {
    let query = this.#queries.get(language.grammar);
    if (query === undefined) {
      query = new treeSitter.Query(grammar, `[${language.functions.map((type) => `(${type})`).join(' ')}] @function`);
      this.#queries.set(language.grammar, query);
    }
    return query.captures(root).flatMap(({ node }) => {
      const named = language.nameOf(node);
      return named === undefined ? [] : [{ node, named }];
    });
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
