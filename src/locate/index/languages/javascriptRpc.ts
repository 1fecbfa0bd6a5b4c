import type { Node } from '@vscode/tree-sitter-wasm';
import type { FactsBuilder } from '../factsBuilder.ts';
import { ancestors, dottedName, named } from '../nodes.ts';
import { calledProperty, calleeName } from './javascriptSyntax.ts';

/** gRPC's `server.addService(proto.Orders.service, { place })`, with an object that is written here or a class of this file. */
export function readService([service, implementation]: readonly Node[], facts: FactsBuilder): void {
  const said = dottedName(service);
  const name = /(?:^|\.)(\w+)\.service$/.exec(said ?? '')?.[1]?.replace(/Client$/, '') ?? /(?:^|\.)(\w+)Service$/.exec(said ?? '')?.[1];
  if (name === undefined || implementation === undefined) return;
  const value = facts.value(implementation);
  const body = value.type === 'object' ? value : value.type === 'new_expression' ? classBody(calleeName(value), value) : undefined;
  for (const part of named(body)) {
    const key = part.childForFieldName('key')?.text ?? (part.childForFieldName('name') ?? part.childForFieldName('property'))?.text ?? part.text;
    const handler = part.type === 'pair' || part.type.endsWith('field_definition') ? part.childForFieldName('value') : part;
    if (handler !== null && /^\w+$/.test(key) && key !== 'constructor') facts.rpc(name, key, unbound(handler));
  }
}

function classBody(name: string | undefined, from: Node): Node | undefined {
  const root = ancestors(from).at(-1);
  const found = root?.descendantsOfType(['class_declaration', 'class']).filter((each) => each?.childForFieldName('name')?.text === name) ?? [];
  return found.length === 1 ? (found[0]?.childForFieldName('body') ?? undefined) : undefined;
}

/** `this.place.bind(this)` is `this.place`. */
function unbound(handler: Node): Node {
  const bound = handler.type === 'call_expression' && calledProperty(handler) === 'bind' ? handler.childForFieldName('function')?.childForFieldName('object') : undefined;
  return bound ?? handler;
}
