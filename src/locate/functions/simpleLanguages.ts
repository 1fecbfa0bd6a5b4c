import type { Node } from '@vscode/tree-sitter-wasm';
import type { Language } from './language.ts';

const maxClimb = 64;

interface SimpleTable {
  readonly grammar: string;
  readonly functions: readonly string[];
  /** Node types whose name stands before that of a function in them; a function in between ends the search. */
  readonly containers: readonly string[];
  /** Between a container and a function. */
  readonly separator: string | ((node: Node) => string);
  /** Between containers in containers; undefined where only the innermost is named. */
  readonly containerSeparator?: string;
  /** Where the function's own name is not in its `name` field. */
  readonly ownName?: (node: Node) => string | undefined;
  /** Where what the function belongs to is not around it. */
  readonly ownerOf?: (node: Node) => string | undefined;
}

export const python = simpleLanguage({
  grammar: 'python', functions: ['function_definition'], containers: ['class_definition'], separator: '.', containerSeparator: '.',
});

export const java = simpleLanguage({
  grammar: 'java',
  functions: ['method_declaration', 'constructor_declaration', 'compact_constructor_declaration'],
  containers: ['class_declaration', 'interface_declaration', 'enum_declaration', 'record_declaration', 'annotation_type_declaration'],
  separator: '.',
  containerSeparator: '.',
  // As the JVM names a constructor.
  ownName: (node) => (node.type === 'method_declaration' ? undefined : '<init>'),
});

export const go = simpleLanguage({
  grammar: 'go',
  functions: ['function_declaration', 'method_declaration'],
  containers: [],
  separator: '.',
  ownerOf: (node) => {
    const type = node.childForFieldName('receiver')?.namedChild(0)?.childForFieldName('type') ?? undefined;
    return type === undefined ? undefined : bareType(type);
  },
});

export const csharp = simpleLanguage({
  grammar: 'c-sharp',
  functions: ['method_declaration', 'constructor_declaration', 'local_function_statement', 'property_declaration'],
  containers: ['class_declaration', 'struct_declaration', 'record_declaration', 'interface_declaration'],
  separator: '.',
  containerSeparator: '.',
  // As .NET names a constructor.
  ownName: (node) => (node.type === 'constructor_declaration' ? '.ctor' : undefined),
});

export const php = simpleLanguage({
  grammar: 'php',
  functions: ['function_definition', 'method_declaration'],
  containers: ['class_declaration', 'trait_declaration', 'interface_declaration', 'enum_declaration'],
  separator: '::',
});

export const ruby = simpleLanguage({
  grammar: 'ruby',
  functions: ['method', 'singleton_method'],
  containers: ['class', 'module'],
  separator: (node) => (node.type === 'singleton_method' || node.parent?.parent?.type === 'singleton_class' ? '.' : '#'),
  containerSeparator: '::',
});

export const rust = simpleLanguage({
  grammar: 'rust', functions: ['function_item'], containers: ['impl_item', 'trait_item'], separator: '::',
});

/** Languages whose functions all carry their names. Closures and lambdas are part of the function around them. */
function simpleLanguage(table: SimpleTable): Language {
  return {
    grammar: table.grammar,
    functions: table.functions,
    nameOf: (node) => {
      const nameNode = node.childForFieldName('name') ?? node;
      const own = table.ownName?.(node) ?? node.childForFieldName('name')?.text ?? '<function>';
      const owner = table.ownerOf?.(node) ?? ownerOf(node, table);
      const separator = typeof table.separator === 'string' ? table.separator : table.separator(node);
      return {
        name: owner === undefined ? own : `${owner}${separator}${own}`,
        start: node.startPosition.row === nameNode.startPosition.row ? node : nameNode,
      };
    },
  };
}

function ownerOf(node: Node, table: SimpleTable): string | undefined {
  const owners: string[] = [];
  let at = node.parent;
  for (let i = 0; at !== null && i < maxClimb && !table.functions.includes(at.type); i++) {
    // Rust's `impl` is named by its type.
    const name = table.containers.includes(at.type) ? (at.childForFieldName('name') ?? at.childForFieldName('type')) : null;
    if (name !== null) owners.unshift(bareType(name));
    if (owners.length > 0 && table.containerSeparator === undefined) break;
    at = at.parent;
  }
  return owners.length === 0 ? undefined : owners.join(table.containerSeparator);
}

/** A type's name without pointer and type arguments: `*Store[T]` and `Store<T>` are `Store`. */
function bareType(node: Node): string {
  const inner = node.type === 'pointer_type' ? node.namedChild(0) : node.childForFieldName('type');
  return inner === null ? node.text.replace(/\s+/g, '') : bareType(inner);
}
