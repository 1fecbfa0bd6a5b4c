import type { Node } from '@vscode/tree-sitter-wasm';
import type { ConstantRules } from './constants.ts';
import type { FactsBuilder } from './factsBuilder.ts';
import type { NamedFunction } from '../functions/language.ts';

/** What the index reads of a language, beside its functions. */
export interface IndexLanguage {
  /** A text that this does not match has nothing for `read`, so it is not parsed. */
  readonly mentions: RegExp;
  /** Of a path from the workspace folder: a file that is looked at whatever its text. */
  readonly pathMentions?: RegExp;
  /** A tree-sitter query; captures that begin with `_` are for its predicates alone. */
  readonly query: string;
  /** Takes what the query captured, in the order of the text. Twice: names first, so that they are known wherever they are used. */
  readonly readNames?: (capture: string, node: Node, facts: FactsBuilder) => void;
  readonly read: (capture: string, node: Node, facts: FactsBuilder) => void;
  /** Once, after all. */
  readonly finish?: (facts: FactsBuilder) => void;
  /** What its constants are. */
  readonly constants: ConstantRules;
  /** As FunctionEntry.name. */
  readonly qualifiedName: (node: Node, named: NamedFunction) => string;
}
