import type { Node } from '@vscode/tree-sitter-wasm';
import type { FactsBuilder } from '../factsBuilder.ts';
import { ancestors, dottedName, named } from '../nodes.ts';

export const functionTypes = ['func_literal', 'function_declaration', 'method_declaration'];

/** The last name of what is called. */
export function calledField(call: Node): string {
  return call.childForFieldName('function')?.childForFieldName('field')?.text ?? '';
}

export function receiverOf(call: Node): Node | null {
  return call.childForFieldName('function')?.childForFieldName('operand') ?? null;
}

/** The name that a call's value is given. */
export function assignedTo(call: Node): string | undefined {
  const list = call.parent?.type === 'expression_list' ? call.parent : undefined;
  const statement = list?.parent;
  if (list === undefined || statement === undefined || statement === null) return undefined;
  const index = named(list).findIndex((each) => each.id === call.id);
  const left = statement.childForFieldName('left');
  const target = left === null ? statement.childrenForFieldName('name')[index] : named(left)[index];
  return dottedName(target);
}

/** `T` of a method of `*T`. */
export function receiverType(method: Node | undefined): string | undefined {
  return named(method?.childForFieldName('receiver'))[0]?.childForFieldName('type')?.text.replace(/^\*|\[.*$/g, '');
}

/** `F`, or `T.F` of a method. */
export function functionName(declaration: Node): string | undefined {
  const name = declaration.childForFieldName('name')?.text;
  const type = receiverType(declaration);
  return name === undefined || type === undefined ? name : `${type}.${name}`;
}

/** `s.f` in a method of `s` is `T.f`; undefined for another's. */
export function ownMember(selector: Node): string | undefined {
  const method = ancestors(selector).find((each) => each.type === 'method_declaration');
  const name = named(method?.childForFieldName('receiver'))[0]?.childForFieldName('name')?.text;
  const field = selector.childForFieldName('field')?.text;
  return name !== undefined && name === selector.childForFieldName('operand')?.text && field !== undefined ? `${receiverType(method) ?? ''}.${field}` : undefined;
}

/**
 * The type that a variable is made with in the function around, `name` undefined where only its package is known: of `orders.NewStore()` and of
 * `&orders.Store{}`. undefined where nothing is known.
 */
export function variableType(variable: Node, facts: FactsBuilder): { readonly module: string | undefined; readonly name: string | undefined } | undefined {
  const around = ancestors(variable).find((each) => each.type === 'function_declaration' || each.type === 'method_declaration');
  const made = around?.descendantsOfType('short_var_declaration').filter((each) => named(each?.childForFieldName('left'))[0]?.text === variable.text) ?? [];
  const value = made.length === 1 ? named(made[0]?.childForFieldName('right'))[0] : undefined;
  return value === undefined ? undefined : typeOfValue(value, facts);
}

/** As `variableType`, of an expression. */
export function typeOfValue(value: Node, facts: FactsBuilder): { readonly module: string | undefined; readonly name: string | undefined } | undefined {
  if (value.type === 'unary_expression') {
    const operand = value.childForFieldName('operand');
    return operand === null ? undefined : typeOfValue(operand, facts);
  }
  if (value.type === 'composite_literal') return qualified(value.childForFieldName('type'), facts);
  if (value.type !== 'call_expression') return undefined;
  const callee = value.childForFieldName('function');
  if (callee?.text === 'new') return qualified(named(value.childForFieldName('arguments'))[0], facts);
  // What a function of this package makes is said by its result.
  if (callee?.type === 'identifier') return qualified(facts.functionNamed(callee.text)?.node.childForFieldName('result'), facts);
  const imported = callee?.type === 'selector_expression' ? facts.imports.get(callee.childForFieldName('operand')?.text ?? '') : undefined;
  // Other packages are other files: `NewStore` makes a `Store`, by custom; what `New` makes is not said.
  return imported === undefined ? undefined : { module: imported.module, name: /^New([A-Z]\w*)$/.exec(callee?.childForFieldName('field')?.text ?? '')?.[1] };
}

/** `Store`, `*orders.Store` and `Store[T]`. */
function qualified(type: Node | null | undefined, facts: FactsBuilder): { readonly module: string | undefined; readonly name: string } | undefined {
  const [, packageName, name] = /^\*?(?:(\w+)\.)?(\w+)(?:\[.*)?$/s.exec(type?.text ?? '') ?? [];
  const imported = packageName === undefined ? undefined : facts.imports.get(packageName);
  if (name === undefined || (packageName !== undefined && imported === undefined)) return undefined;
  return { module: imported?.module, name };
}
