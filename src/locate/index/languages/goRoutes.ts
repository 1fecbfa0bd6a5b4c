import type { Node } from '@vscode/tree-sitter-wasm';
import type { HandlerReference } from '../facts.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import { argumentsOf } from '../nodes.ts';
import { routerOf } from './goRouters.ts';
import { calledField, ownMember, receiverOf, variableType } from './goSyntax.ts';

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
/** Gin and Echo shout, Chi and Fiber do not. */
const methods: ReadonlyMap<string, readonly string[]> = new Map([
  ...verbs.flatMap((verb) => [[verb, [verb]] as const, [`${verb.slice(0, 1)}${verb.slice(1).toLowerCase()}`, [verb]] as const]),
  ['Any', ['*']],
]);
const handled = ['Handle', 'HandleFunc'];
export const routeCalls: readonly string[] = [...methods.keys(), ...handled];
/** What makes a router of another. */
export const groupCalls: readonly string[] = ['Group', 'Subrouter'];

export function readRoute(call: Node, facts: FactsBuilder): void {
  const name = calledField(call);
  const args = argumentsOf(call);
  let template = facts.text(args[0]);
  if (template === undefined || args.length < 2) return;
  let verb = methods.get(name);
  if (handled.includes(name)) {
    // net/http: `GET /users/{id}`, or a path for every method; Gin's Handle takes the method first.
    const [, said, path] = /^(?:([A-Z]+)\s+)?([^\s]*)$/.exec(template) ?? [];
    if (verbs.includes(template) && facts.text(args[1]) !== undefined) [verb, template] = [[template], facts.text(args[1])];
    else [verb, template] = [muxMethods(call, facts) ?? [said ?? '*'], path];
  }
  const router = routerOf(receiverOf(call), facts);
  if (verb === undefined || template === undefined || !/^\/|^$/.test(template) || router === undefined) return;
  facts.route(verb, `${router.prefix}${template}`, router.on, handlerOf(args.at(-1)!, facts), call);
}

/** A function of the package, a method of the enclosing type or of a variable's, or what an imported package has. */
function handlerOf(handler: Node, facts: FactsBuilder): Node | HandlerReference {
  if (handler.type !== 'selector_expression') return handler;
  const own = ownMember(handler);
  if (own !== undefined) return facts.functionNamed(own)?.node ?? { module: undefined, name: own };
  const operand = handler.childForFieldName('operand');
  const field = handler.childForFieldName('field')?.text ?? '';
  const imported = facts.imports.get(operand?.text ?? '');
  if (imported !== undefined) return { module: imported.module, name: field };
  const type = operand?.type === 'identifier' ? variableType(operand, facts) : undefined;
  return type === undefined ? { module: undefined, name: '' } : { module: type.module, name: `${type.name ?? '*'}.${field}` };
}

/** Gorilla's `HandleFunc("/x", h).Methods("GET")`. */
function muxMethods(call: Node, facts: FactsBuilder): readonly string[] | undefined {
  const outer = call.parent?.type === 'selector_expression' ? call.parent.parent : undefined;
  if (outer?.type !== 'call_expression' || calledField(outer) !== 'Methods') return undefined;
  const said = argumentsOf(outer).map((each) => facts.text(each) ?? (/^http\.Method(\w+)$/.exec(each.text)?.[1]?.toUpperCase()));
  return said.every((each) => each !== undefined) ? said : undefined;
}
