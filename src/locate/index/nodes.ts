import type { Node } from '@vscode/tree-sitter-wasm';

/** How far up and down a chain is followed: enough for any program a person wrote, and an end for any other. */
const maxClimb = 512;
const maxNameLength = 200;

const stringTypes: ReadonlySet<string> = new Set([
  'string', 'template_string', 'string_literal', 'interpreted_string_literal', 'raw_string_literal', 'encapsed_string',
]);
const contentTypes: ReadonlySet<string> = new Set([
  'string_fragment', 'string_content', 'string_literal_content', 'interpreted_string_literal_content', 'raw_string_literal_content',
]);
const quoteTypes: ReadonlySet<string> = new Set(['string_start', 'string_end', 'string_literal_encoding']);

/** What a literal says, in any of the grammars; undefined for what is none, has something put into it, or an escape. */
export function literal(node: Node | null | undefined): string | undefined {
  if (node === null || node === undefined) return undefined;
  if (node.type === 'argument' || node.type === 'attribute_argument') return node.namedChildCount === 1 ? literal(node.namedChild(0)) : undefined;
  if (node.type === 'verbatim_string_literal') return node.text.slice(2, -1);
  if (!stringTypes.has(node.type)) return undefined;
  let text = '';
  for (const child of node.namedChildren) {
    if (child === null || quoteTypes.has(child.type)) continue;
    if (!contentTypes.has(child.type)) return undefined;
    text += child.text;
  }
  return text;
}

const listTypes: ReadonlySet<string> = new Set(['array', 'list', 'tuple', 'set', 'element_value_array_initializer', 'initializer_expression', 'element_binding_expression']);
const listMakers: ReadonlySet<string> = new Set(['implicit_array_creation_expression', 'array_creation_expression']);

/** The list that an expression is, or makes. */
export function listOf(node: Node): Node | undefined {
  const list = listMakers.has(node.type) ? named(node).at(-1) : node;
  return list !== undefined && listTypes.has(list.type) ? list : undefined;
}

/** The named children, comments left out. */
export function named(node: Node | null | undefined): Node[] {
  return node?.namedChildren.filter((child) => child !== null && !child.type.endsWith('comment')) as Node[] | undefined ?? [];
}

/** The arguments of a call, without the wrapper some grammars put around each. */
export function argumentsOf(call: Node): Node[] {
  const list = call.childForFieldName('arguments') ?? named(call).find((child) => child.type.endsWith('argument_list'));
  return named(list).map((each) => (each.type === 'argument' && each.namedChildCount === 1 ? each.namedChild(0)! : each));
}

/** The innermost node of these types around a node, or undefined. */
export function enclosing(node: Node, types: readonly string[]): Node | undefined {
  let at = node.parent;
  for (let i = 0; at !== null && i < maxClimb; i++) {
    if (types.includes(at.type)) return at;
    at = at.parent;
  }
  return undefined;
}

export function ancestors(node: Node): Node[] {
  const all: Node[] = [];
  for (let at = node.parent; at !== null && all.length < maxClimb; at = at.parent) all.push(at);
  return all;
}

/** `a.b.c` of names alone, `this`, `self` and a PHP `$` taken off; undefined where anything else is in it. */
export function dottedName(node: Node | null | undefined): string | undefined {
  if (node === null || node === undefined) return undefined;
  if (node.endIndex - node.startIndex > maxNameLength) return undefined;
  const text = node.text;
  return /^[\w$@]+(?:\s*(?:\.|\?\.|->|::)\s*[\w$#@]+)*$/.test(text)
    ? text.replace(/\s+/g, '').replace(/\?\.|->|::/g, '.').replace(/^(?:this|self|\$this|@)\.?(?=[\w$#])/, '')
    : undefined;
}

export function lastSegment(name: string | undefined): string | undefined {
  return name?.slice(name.lastIndexOf('.') + 1);
}
