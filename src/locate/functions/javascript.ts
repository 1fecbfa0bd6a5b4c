import type { Node } from '@vscode/tree-sitter-wasm';
import type { Language, NamedFunction } from './language.ts';
import { isTransparentCallee } from './transparentCallbacks.ts';

/** How far up names are looked for: enough for any program a person wrote, and an end for any other. */
const maxClimb = 64;
const maxNameLength = 150;

const functionTypes = [
  'function_declaration', 'generator_function_declaration', 'function_expression', 'generator_function', 'arrow_function', 'method_definition',
];
const classTypes: ReadonlySet<string> = new Set(['class_declaration', 'abstract_class_declaration', 'class']);
const fieldTypes: ReadonlySet<string> = new Set(['public_field_definition', 'field_definition']);
/** Nodes around a value that do not change what it is called. */
const wrappers: ReadonlySet<string> = new Set([
  'parenthesized_expression', 'as_expression', 'satisfies_expression', 'non_null_expression', 'type_assertion',
  'ternary_expression', 'binary_expression', 'await_expression',
]);

const plainNames: ReadonlySet<string> = new Set(['identifier', 'this', 'super', 'import']);
const wrappedNames: ReadonlySet<string> = new Set(['await_expression', 'non_null_expression', 'parenthesized_expression']);

export const javascript: Language = { grammar: 'javascript', functions: functionTypes, nameOf };
export const typescript: Language = { ...javascript, grammar: 'typescript' };
export const tsx: Language = { ...javascript, grammar: 'tsx' };

/** Names as V8 and VS Code's outline give them: `Class.method`, `object.method`, the variable's name, `app.get('/x') callback`. */
function nameOf(node: Node): NamedFunction | undefined {
  const ownName = node.type === 'arrow_function' ? null : node.childForFieldName('name');
  if (node.type === 'method_definition') return methodName(node, ownName ?? node);
  if (ownName !== null) return { name: ownName.text, start: startOf(declarationOf(node), ownName) };
  const { value, parent } = unwrapped(node);
  if (parent === null) return { name: '<function>', start: node };
  switch (parent.type) {
    case 'variable_declarator': {
      const name = parent.childForFieldName('name') ?? parent;
      return { name: name.type === 'identifier' ? name.text : '<function>', start: startOf(declarationOf(parent.parent ?? parent), name) };
    }
    case 'assignment_expression':
    case 'assignment_pattern':
    case 'object_assignment_pattern':
    case 'required_parameter': {
      const target = parent.childForFieldName('left') ?? parent.childForFieldName('pattern') ?? parent;
      return { name: targetName(target), start: target };
    }
    case 'public_field_definition':
    case 'field_definition': {
      const name = fieldName(parent);
      return { name: memberOf(className(parent), name.text), start: startOf(parent, name) };
    }
    case 'pair': {
      const key = parent.childForFieldName('key') ?? parent;
      return { name: memberOf(objectName(parent.parent), keyText(key)), start: key };
    }
    case 'export_statement':
      return { name: 'default', start: parent };
    case 'call_expression':
      // Only its callee can be: a function called where it stands is part of what is around it.
      return undefined;
    case 'member_expression':
      // `(function () {…}).call(this)`
      return parent.parent?.type === 'call_expression' ? undefined : { name: '<function>', start: node };
    case 'arguments':
      return callbackName(parent.parent, value);
    case 'jsx_expression':
      return { name: parent.parent?.type === 'jsx_attribute' ? cut(parent.parent.namedChild(0)?.text ?? '<function>') : '<function>', start: node };
    default:
      return { name: '<function>', start: node };
  }
}

function methodName(method: Node, name: Node): NamedFunction {
  const container = method.parent;
  const owner = container?.type === 'class_body' ? className(method) : objectName(container);
  return { name: memberOf(owner, keyText(name)), start: startOf(method, name) };
}

function callbackName(call: Node | null, callback: Node): NamedFunction | undefined {
  const callee = call?.childForFieldName(call.type === 'new_expression' ? 'constructor' : 'function') ?? undefined;
  if (call === null || callee === undefined) return { name: '<function>', start: callback };
  // Most callbacks are such, and need no more of the name.
  const last = lastName(callee);
  if (last !== undefined && isTransparentCallee(last, () => isInsideFunction(call))) return undefined;
  const calleeName = dottedName(callee);
  if (calleeName === undefined) return { name: '<function>', start: callback };
  const texts = call.childForFieldName('arguments')?.namedChildren.filter((argument) => argument?.type === 'string' || argument?.type === 'template_string') ?? [];
  const prefix = call.type === 'new_expression' ? 'new ' : '';
  return { name: `${cut(`${prefix}${calleeName}(${texts.map((text) => text?.text ?? '').join(', ')})`)} callback`, start: callback };
}

/** The last of `dottedName`. */
function lastName(callee: Node): string | undefined {
  let node: Node | null = callee;
  for (let i = 0; node !== null && i < maxClimb && wrappedNames.has(node.type); i++) node = node.namedChild(0);
  if (node?.type === 'member_expression') return node.childForFieldName('property')?.text;
  return node !== null && plainNames.has(node.type) ? node.text : undefined;
}

/** `a.b.c` of such a callee; of `f().get` the known end, `get`; undefined where no name is in it. */
function dottedName(node: Node, depth = 0): string | undefined {
  if (plainNames.has(node.type)) return node.text;
  if (wrappedNames.has(node.type)) {
    const inner = node.namedChild(0);
    return inner === null || depth === maxClimb ? undefined : dottedName(inner, depth + 1);
  }
  if (node.type !== 'member_expression') return undefined;
  const property = node.childForFieldName('property')?.text;
  const object = node.childForFieldName('object');
  const left = object === null || depth === maxClimb ? undefined : dottedName(object, depth + 1);
  return left === undefined ? property : `${left}.${property ?? ''}`;
}

/** `exports.x` → x, `A.prototype.b` → A.b, `this.x` → Class.x. */
function targetName(target: Node): string {
  if (target.type === 'identifier' || target.type === 'shorthand_property_identifier_pattern') return target.text;
  const name = dottedName(target);
  if (name === undefined || target.type !== 'member_expression') return cut(target.text.replace(/\s+/g, ''));
  if (name.startsWith('this.')) return memberOf(className(target), name.slice('this.'.length));
  return cut(name.replace(/^(module\.)?exports\.(?=.)/, '').replace(/\.prototype\./, '.'));
}

/** The name of the innermost class around a node, or undefined. */
function className(node: Node): string | undefined {
  let at = node.parent;
  for (let i = 0; at !== null && i < maxClimb && !classTypes.has(at.type); i++) at = at.parent;
  if (at === null || !classTypes.has(at.type)) return undefined;
  const own = at.childForFieldName('name');
  return own?.text ?? valueName(at);
}

/** The name of an object literal: the constant it is, with the keys that lead to it. */
function objectName(object: Node | null, depth = 0): string | undefined {
  if (object === null || depth === maxClimb) return undefined;
  const { parent } = unwrapped(object);
  if (parent?.type !== 'pair') return valueName(object);
  return memberOf(objectName(parent.parent, depth + 1), keyText(parent.childForFieldName('key') ?? parent));
}

/** What a class or object that stands as a value is called. */
function valueName(node: Node): string | undefined {
  const { parent } = unwrapped(node);
  if (parent === null) return undefined;
  if (parent.type === 'variable_declarator') {
    const name = parent.childForFieldName('name');
    return name?.type === 'identifier' ? name.text : undefined;
  }
  if (parent.type === 'assignment_expression') {
    const name = targetName(parent.childForFieldName('left') ?? parent);
    return name === 'module.exports' || name === 'exports' ? undefined : name;
  }
  if (fieldTypes.has(parent.type)) return memberOf(className(parent), fieldName(parent).text);
  return undefined;
}

/** The node around a value that says what it is called, past parentheses, casts and choices. */
function unwrapped(node: Node): { value: Node; parent: Node | null } {
  let value = node;
  let parent = node.parent;
  for (let i = 0; parent !== null && wrappers.has(parent.type) && i < maxClimb; i++) [value, parent] = [parent, parent.parent];
  return { value, parent };
}

function isInsideFunction(node: Node): boolean {
  let at = node.parent;
  for (let i = 0; at !== null && i < maxClimb; i++) {
    if (functionTypes.includes(at.type)) return true;
    at = at.parent;
  }
  return false;
}

function fieldName(field: Node): Node {
  return field.childForFieldName('name') ?? field.childForFieldName('property') ?? field;
}

function keyText(key: Node): string {
  return cut(key.type === 'string' ? key.text.slice(1, -1) : key.text.replace(/\s+/g, ' '));
}

function memberOf(owner: string | undefined, member: string): string {
  return owner === undefined ? member : `${owner}.${member}`;
}

function cut(text: string): string {
  return text.length > maxNameLength ? `${text.slice(0, maxNameLength - 1)}…` : text;
}

/** With its `export`. */
function declarationOf(node: Node): Node {
  return node.parent?.type === 'export_statement' ? node.parent : node;
}

/** The declaration's first word where it stands on the name's line, else the name: decorators may take lines of their own. */
function startOf(declaration: Node, name: Node): Node {
  return declaration.startPosition.row === name.startPosition.row ? declaration : name;
}
