import type { Node } from '@vscode/tree-sitter-wasm';

/** A function as a language table names it. */
export interface NamedFunction {
  readonly name: string;
  /** Where a lens over it goes; on or after the function's own first character, or before it by the words that declare it. */
  readonly start: Node;
}

export interface Language {
  /** The grammar's file is `tree-sitter-<grammar>.wasm`. */
  readonly grammar: string;
  /** Node types that are functions. */
  readonly functions: readonly string[];
  /** undefined for a function that runs as part of the one around it: its lines belong to that one. */
  nameOf(node: Node): NamedFunction | undefined;
}
