import type { Node } from '@vscode/tree-sitter-wasm';
import { ancestors, literal, named } from './nodes.ts';

/** Constants of constants and sums of sums; more is nothing that a person wrote. */
const maxDepth = 16;

/** What a grammar calls the parts of a constant. */
export interface ConstantRules {
  /** Types of nodes that may declare one. */
  readonly declarations: readonly string[];
  /** The constants of such a node; none where what it declares may be given another value. */
  readonly read: (declaration: Node) => readonly { readonly name: string; readonly value: Node }[];
  /** Types of names that stand alone. */
  readonly names: readonly string[];
  /** Whether a member of a class is called by its name alone. */
  readonly bareMembers: boolean;
}

interface Constant {
  readonly name: string;
  readonly value: Node;
  /** The class or enumeration it is a member of. */
  readonly owner: string | undefined;
  /** It is known in here. */
  readonly scope: Node;
}

const owners: ReadonlySet<string> = new Set([
  'class_declaration', 'abstract_class_declaration', 'class', 'class_definition', 'enum_declaration', 'interface_declaration', 'record_declaration', 'struct_declaration',
  'trait_declaration', 'impl_item', 'module', 'object_declaration',
]);
const bodies: ReadonlySet<string> = new Set(['class_body', 'enum_body', 'block', 'declaration_list', 'body_statement', 'interface_body']);
const wrappers: ReadonlySet<string> = new Set(['parenthesized_expression', 'as_expression', 'satisfies_expression', 'argument', 'attribute_argument', 'expression_list']);
const sums: ReadonlySet<string> = new Set(['binary_expression', 'binary_operator', 'binary']);
const members: ReadonlySet<string> = new Set([
  'member_expression', 'attribute', 'field_access', 'member_access_expression', 'scoped_identifier', 'scope_resolution', 'class_constant_access_expression',
]);
const filled: ReadonlySet<string> = new Set(['template_string', 'string', 'interpolated_string_expression', 'concatenated_string']);
const holes: ReadonlySet<string> = new Set(['template_substitution', 'interpolation']);
const marks: ReadonlySet<string> = new Set(['string_start', 'string_end', 'interpolation_start', 'interpolation_brace', 'interpolation_quote']);
/** Lists of names that are made known: all of them are. */
const bindingLists: ReadonlySet<string> = new Set([
  'formal_parameters', 'parameters', 'lambda_parameters', 'method_parameters', 'block_parameters', 'closure_parameters', 'inferred_parameters', 'import_clause',
  'namespace_import', 'global_statement', 'nonlocal_statement', 'list_splat_pattern', 'dictionary_splat_pattern', 'rest_pattern', 'array_pattern', 'as_pattern_target',
]);
/** A name in one of these fields is made known or given a value, but in the nodes beneath. */
const bindingFields: ReadonlySet<string> = new Set(['name', 'left', 'pattern', 'parameter', 'parameters', 'alias']);
const naming: ReadonlySet<string> = new Set([
  'method_invocation', 'member_access_expression', 'keyword_argument', 'annotation', 'marker_annotation', 'attribute', 'scoped_identifier', 'scope_resolution', 'generic_name',
  'qualified_name', 'export_specifier', 'argument', 'attribute_argument', 'binary_expression', 'binary_operator', 'binary', 'generic_type',
  'nested_type_identifier', 'member_call_expression', 'scoped_call_expression',
]);
const patternLists: ReadonlySet<string> = new Set(['expression_list', 'pattern_list', 'tuple_pattern', 'list_pattern']);

/** What the expressions of one file say that are put together of its own literals and constants. Looks for these when they are first asked for. */
export class Constants {
  readonly #rules: ConstantRules;
  readonly #root: Node;
  #all: readonly Constant[] | undefined;
  #bindings: ReadonlyMap<string, number> | undefined;
  /** What stands in place of a name that this file imports, while that is asked for. */
  #imported: ((dotted: string) => string | undefined) | undefined;

  constructor(rules: ConstantRules, root: Node) {
    this.#rules = rules;
    this.#root = root;
  }

  /** undefined where it is not sure: a name that is made known twice in the file stands for neither. */
  text(node: Node | null | undefined, depth = 0): string | undefined {
    if (node === null || node === undefined || depth > maxDepth) return undefined;
    const plain = literal(node);
    if (plain !== undefined) return plain;
    const inside = (each: Node | null | undefined) => this.text(each, depth + 1);
    if (wrappers.has(node.type)) return inside(named(node)[0]);
    if (sums.has(node.type)) return isSum(node) ? joined([node.childForFieldName('left'), node.childForFieldName('right')].map(inside)) : undefined;
    if (filled.has(node.type)) return this.#filled(node, inside);
    if (this.#rules.names.includes(node.type)) return inside(this.#named(node.text, node)?.value) ?? this.#open(node, node.text);
    if (members.has(node.type)) return inside(this.#member(node)) ?? this.#open(node, named(node)[0]?.text ?? '');
    return node.type === 'invocation_expression' ? nameOf(node) : frozen(node, inside);
  }

  /** As `text`, with what `imported` gives for a name that the file imports and nothing else in it is called by. */
  openText(node: Node | null | undefined, imported: (dotted: string) => string | undefined): string | undefined {
    this.#imported = imported;
    try {
      return this.text(node);
    } finally {
      this.#imported = undefined;
    }
  }

  /** What a constant of the file's own level says, or a member of one that no other file may change. */
  named(name: string, member?: string): string | undefined {
    const value = this.#named(name, this.#root)?.value;
    const node = member === undefined ? value : this.#memberOf(name, member, value);
    const isLoose = member !== undefined && /field_definition$/.test(node?.parent?.type ?? '') && node?.parent?.children.every((child) => child?.type !== 'readonly') === true;
    return isLoose ? undefined : this.text(node);
  }

  /** What a literal object has under a key. */
  under(object: Node | undefined, key: string): Node | undefined {
    const all = named(object === undefined ? undefined : unwrapped(object));
    const pairs = all.filter((pair) => pair.type === 'pair' && pair.childForFieldName('key')?.text === key);
    // What is spread behind it may have the key too.
    const isLast = !all.slice(all.findIndex((each) => each === pairs[0])).some(({ type }) => type === 'spread_element' || type === 'dictionary_splat');
    return pairs.length === 1 && isLast ? (pairs[0]!.childForFieldName('value') ?? undefined) : undefined;
  }

  has(type: string): boolean {
    return this.#root.descendantsOfType(type).length > 0;
  }

  /** What a name stands for: the literal object or list, or another value that a constant has. */
  value(node: Node): Node {
    const value = this.#rules.names.includes(node.type) ? this.#named(node.text, node)?.value : undefined;
    return value === undefined ? node : unwrapped(value);
  }

  #open(node: Node, first: string): string | undefined {
    return this.#imported !== undefined && /^[\w$]+(?:\.[\w$]+)?$/.test(node.text) && this.#bindingCount(first) === 1 ? this.#imported(node.text) : undefined;
  }

  #filled(node: Node, inside: (each: Node | undefined) => string | undefined): string | undefined {
    const parts = named(node).filter((each) => !marks.has(each.type));
    // What is escaped is not what it says.
    if (parts.some((each) => each.type.includes('escape') || (node.type !== 'template_string' && /\{\{|\}\}/.test(each.text)))) return undefined;
    return joined(parts.map((each) => (holes.has(each.type) ? this.#hole(each, inside) : /content|fragment/.test(each.type) ? each.text : inside(each))));
  }

  #hole(node: Node, inside: (each: Node | undefined) => string | undefined): string | undefined {
    const parts = named(node).filter((each) => !marks.has(each.type));
    // `{x!r}` and `{x:>8}` are not what `x` is.
    return parts.length === 1 ? inside(parts[0]) : undefined;
  }

  #named(name: string, from: Node): Constant | undefined {
    const found = this.#constants().filter((each) => each.name === name && isIn(from, each.scope) && (each.owner === undefined || this.#rules.bareMembers));
    return found.length === 1 && this.#bindingCount(name) === 1 ? found[0] : undefined;
  }

  /** `Owner.NAME`, `this.NAME`, or what an object that is a constant has under that key. */
  #member(node: Node): Node | undefined {
    const [object, property] = [named(node)[0], named(node).at(-1)];
    if (object === undefined || property === undefined || named(node).length !== 2) return undefined;
    const isOwn = /^(?:this|self|Self|static|cls)$/.test(object.text);
    const owner = isOwn ? ancestors(node).flatMap((each) => (owners.has(each.type) ? [ownerName(each)] : []))[0] : object.text;
    return this.#memberOf(owner, property.text, isOwn || !this.#rules.names.includes(object.type) ? undefined : this.#named(object.text, object)?.value);
  }

  #memberOf(owner: string | undefined, property: string, value: Node | undefined): Node | undefined {
    const found = this.#constants().filter((each) => each.owner !== undefined && each.owner === owner && each.name === property);
    if (found.length > 0) return found.length === 1 && !this.#isAssigned(property) ? found[0]!.value : undefined;
    return this.under(value, property);
  }

  #constants(): readonly Constant[] {
    this.#all ??= this.#root.descendantsOfType([...this.#rules.declarations]).flatMap((declaration) => (declaration === null ? [] : this.#rules.read(declaration).map((each) => ({
      ...each, owner: ownerOf(declaration), scope: scopeOf(declaration),
    }))));
    return this.#all;
  }

  #bindingCount(name: string): number {
    if (this.#bindings === undefined) {
      const counts = new Map<string, number>();
      const types = [...this.#rules.names, 'shorthand_property_identifier_pattern', 'type_identifier'];
      for (const node of this.#root.descendantsOfType(types)) if (node !== null && isBinding(node)) counts.set(node.text, (counts.get(node.text) ?? 0) + 1);
      this.#bindings = counts;
    }
    return this.#bindings.get(name) ?? 0;
  }

  /** Whether something is put into a member of this name: `self.NAME = …`. */
  #isAssigned(name: string): boolean {
    return this.#root.descendantsOfType(['assignment', 'assignment_expression', 'augmented_assignment']).some((each) => {
      const left = each?.childForFieldName('left');
      return left !== null && left !== undefined && members.has(left.type) && named(left).at(-1)?.text === name;
    });
  }
}

function isSum(node: Node): boolean {
  return node.children.some((child) => child?.type === '+' || child?.type === '.');
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
}

/** C#'s `nameof(a.b)` is `b`. */
function nameOf(node: Node): string | undefined {
  if (node.childForFieldName('function')?.text !== 'nameof') return undefined;
  return /^(?:.*\.)?\s*(\w+)$/s.exec(named(node.childForFieldName('arguments'))[0]?.text ?? '')?.[1];
}

/** Ruby's `'x'.freeze`. */
function frozen(node: Node, inside: (each: Node | null) => string | undefined): string | undefined {
  return node.type === 'call' && node.childForFieldName('method')?.text === 'freeze' ? inside(node.childForFieldName('receiver')) : undefined;
}

function unwrapped(node: Node): Node {
  let at = node;
  for (let i = 0; i < maxDepth && wrappers.has(at.type); i++) at = named(at)[0] ?? at;
  return at;
}

function isIn(node: Node, scope: Node): boolean {
  return node.startIndex >= scope.startIndex && node.endIndex <= scope.endIndex;
}

function ownerOf(declaration: Node): string | undefined {
  const around = ancestors(declaration);
  // Past the field's own declaration.
  const body = around.slice(0, 3).findIndex((each) => bodies.has(each.type));
  const owner = body < 0 ? undefined : around[body + 1];
  return owner !== undefined && owners.has(owner.type) ? ownerName(owner) : undefined;
}

function ownerName(owner: Node): string | undefined {
  return (owner.childForFieldName('name') ?? owner.childForFieldName('type'))?.text;
}

function scopeOf(declaration: Node): Node {
  let at = declaration;
  while (at.parent !== null && /declaration$|declarator$|_statement$|_spec$|_item$|assignment$|element$|definition$/.test(at.type) && !owners.has(at.type)) at = at.parent;
  return at;
}

function isBinding(node: Node): boolean {
  let child = node;
  let parent = node.parent;
  // `from x import NAME`.
  while (parent !== null && (patternLists.has(parent.type) || parent.type === 'dotted_name')) [child, parent] = [parent, parent.parent];
  if (parent === null) return false;
  if (parent.type === 'pair_pattern') return parent.childForFieldName('value')?.id === child.id;
  if (child.type === 'shorthand_property_identifier_pattern' || bindingLists.has(parent.type)) return true;
  const index = parent.children.findIndex((each) => each?.id === child.id);
  const field = parent.fieldNameForChild(index);
  if (field === null) return parent.type === 'const_element' && named(parent).find((each) => each.type === child.type)?.id === child.id;
  return bindingFields.has(field) && !naming.has(parent.type);
}
