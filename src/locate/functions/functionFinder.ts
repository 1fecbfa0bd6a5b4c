import type { Node } from '@vscode/tree-sitter-wasm';
import type { FunctionRange } from '../location.ts';
import type { Language, NamedFunction } from './language.ts';
import { languageOf } from './languages.ts';
import type { GrammarReader, ParserOptions } from './parsers.ts';
import { Parsers } from './parsers.ts';
import type { WorkLimit } from './workLimit.ts';

/** The longest text that is parsed; what is longer was not written by a person. */
export const maxSourceLength = 5 * 1024 * 1024;

export interface FoundFunction {
  readonly node: Node;
  readonly named: NamedFunction;
}

/** The functions of a text, or why they are not known. */
export type FunctionList =
  | { readonly functions: readonly FunctionRange[]; readonly trouble: undefined }
  | { readonly functions: undefined; readonly trouble: string };

/** The functions of a text. */
export class FunctionFinder {
  /** The grammars, for who reads more than functions of a text. */
  readonly parsers: Parsers;

  /** Without a clock no text takes too long. */
  constructor(readGrammar: GrammarReader, options: Partial<ParserOptions> = {}) {
    this.parsers = new Parsers({ readGrammar, clock: () => 0, onBroken: () => undefined, ...options });
  }

  /** As `list`, without the reason. @throws where the grammar cannot be loaded */
  async functions(file: string, text: string): Promise<readonly FunctionRange[] | undefined> {
    return (await this.list(file, text)).functions;
  }

  /**
   * In the order they begin, so an outer one comes before those in it. There is a list for each file whose name tells its grammar, but for
   * a text that is longer than `maxSourceLength` or is not read within `WorkLimit`. A text with mistakes gives what can be made out.
   * @throws where the grammar cannot be loaded
   */
  async list(file: string, text: string): Promise<FunctionList> {
    const language = languageOf(file);
    if (language === undefined) return { functions: undefined, trouble: 'there is no grammar for this file' };
    if (text.length > maxSourceLength) return { functions: undefined, trouble: `the file is larger than ${maxSourceLength / 1024 / 1024} MiB` };
    const functions = await this.parsers.parse(language.grammar, text, (root, _, limit) =>
      this.functionNodes(language, root, limit).map(({ node, named }) => {
        const start = named.start.startPosition;
        const end = node.endPosition;
        return { name: named.name, startLine: start.row + 1, startColumn: start.column + 1, endLine: end.row + 1, endColumn: end.column + 1 };
      }));
    return functions === undefined ? { functions, trouble: 'the file takes too long to parse: it is nested too deep, or has lines without end' } : { functions, trouble: undefined };
  }

  /**
   * As `functions`, of a tree that is there. Functions that are part of the one around them are left out.
   * @throws TooMuchWork where the limit is reached
   */
  functionNodes(language: Language, root: Node, limit: WorkLimit): FoundFunction[] {
    // A query gives the same, and goes through a node of very many children once for each of them.
    return root.descendantsOfType([...language.functions]).flatMap((node) => {
      limit.check();
      const named = node === null ? undefined : language.nameOf(node);
      return node === null || named === undefined ? [] : [{ node, named }];
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
