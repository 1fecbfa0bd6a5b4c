import type { Node } from '@vscode/tree-sitter-wasm';
import type { RouterReference } from '../facts.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import { argumentsOf, dottedName, named } from '../nodes.ts';

export const functionTypes = ['function_declaration', 'function_expression', 'arrow_function', 'generator_function_declaration', 'generator_function'];

/** The last name of what is called. */
export function calledProperty(call: Node): string | undefined {
  const callee = call.childForFieldName('function');
  return callee?.type === 'member_expression' ? callee.childForFieldName('property')?.text : callee?.type === 'identifier' ? callee.text : undefined;
}

/** `a.b` of `a.b()` and of `new a.b()`. */
export function calleeName(node: Node): string | undefined {
  return dottedName(node.childForFieldName(node.type === 'new_expression' ? 'constructor' : 'function'));
}

/** What an object literal has under a key. */
export function option(object: Node | null | undefined, key: string): Node | undefined {
  if (object?.type !== 'object') return undefined;
  for (const part of named(object)) {
    if (part.type === 'shorthand_property_identifier' && part.text === key) return part;
    if (part.type === 'method_definition' && part.childForFieldName('name')?.text === key) return part;
    if (part.type === 'pair' && part.childForFieldName('key')?.text.replace(/^['"]|['"]$/g, '') === key) return part.childForFieldName('value') ?? undefined;
  }
  return undefined;
}

/** What `require('./x')`, `require('./x').y` and `(await import('./x')).y` give. */
export function requiredModule(value: Node, facts: FactsBuilder): RouterReference | undefined {
  if (value.type === 'await_expression' || value.type === 'parenthesized_expression') {
    const [inside] = named(value);
    return inside === undefined ? undefined : requiredModule(inside, facts);
  }
  if (value.type === 'member_expression') {
    const object = value.childForFieldName('object');
    const whole = object === null ? undefined : requiredModule(object, facts);
    return whole === undefined ? undefined : { module: whole.module, name: value.childForFieldName('property')?.text ?? '' };
  }
  if (value.type !== 'call_expression' || !/^(?:require|import)$/.test(value.childForFieldName('function')?.text ?? '')) return undefined;
  const module = facts.text(argumentsOf(value)[0]);
  return module === undefined ? undefined : { module, name: 'default' };
}
