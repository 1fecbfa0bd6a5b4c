import type { Node } from '@vscode/tree-sitter-wasm';
import type { FactsBuilder } from '../factsBuilder.ts';
import { argumentsOf, named } from '../nodes.ts';
import { typeOfValue, variableType } from './goSyntax.ts';

/** gRPC's struct embeds `pb.UnimplementedOrdersServer`. */
export function readService(node: Node, facts: FactsBuilder): void {
  const type = node.childForFieldName('name')?.text;
  for (const field of named(named(node.childForFieldName('type'))[0])) {
    const service = field.childForFieldName('name') === null ? /\bUnimplemented(\w+)Server$/.exec(field.text)?.[1] : undefined;
    if (service !== undefined && type !== undefined) facts.services.push({ service, type });
  }
}

/** `pb.RegisterOrdersServer(s, &server{})`, or with a variable or a function of this file that makes one. */
export function readRegistered(call: Node, facts: FactsBuilder): void {
  const service = /^Register(\w+)Server$/.exec(call.childForFieldName('function')?.childForFieldName('field')?.text ?? '')?.[1];
  const type = typeOf(argumentsOf(call)[1], facts);
  if (service !== undefined && type !== undefined) facts.services.push({ service, type });
}

/** A type of this package. */
function typeOf(value: Node | undefined, facts: FactsBuilder): string | undefined {
  const named = value?.type === 'unary_expression' ? (value.childForFieldName('operand') ?? value) : value;
  const type = named === undefined ? undefined : named.type === 'identifier' ? variableType(named, facts) : typeOfValue(named, facts);
  return type?.module === undefined ? type?.name : undefined;
}
