import type { Node } from '@vscode/tree-sitter-wasm';
import type { FactsBuilder } from '../factsBuilder.ts';
import type { IndexLanguage } from '../indexLanguage.ts';
import type { RouterReference } from '../facts.ts';
import { ancestors, argumentsOf, dottedName, enclosing, lastSegment, literal, named } from '../nodes.ts';

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
/** Gin and Echo shout, Chi and Fiber do not. */
const methods: ReadonlyMap<string, readonly string[]> = new Map([
  ...verbs.flatMap((verb) => [[verb, [verb]] as const, [`${verb.slice(0, 1)}${verb.slice(1).toLowerCase()}`, [verb]] as const]),
  ['Any', ['*']],
]);
const handled = ['Handle', 'HandleFunc'];

export const go: IndexLanguage = {
  mentions: /\.Start\(|\.(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Get|Post|Put|Patch|Delete|Head|Options|Any|Handle|HandleFunc)\(\s*["`]|Unimplemented\w+Server/,
  query: `
    ((call_expression function: (selector_expression field: (field_identifier) @_n)) @call
      (#any-of? @_n "Start" "Tracer" "Group" ${[...methods.keys(), ...handled].map((name) => `"${name}"`).join(' ')}))
    (type_spec type: (struct_type)) @struct`,
  readNames: (capture, node, facts) => {
    if (capture !== 'call') return;
    const name = node.childForFieldName('function')?.childForFieldName('field')?.text;
    if (name !== 'Tracer' && name !== 'Group') return;
    const target = assignedTo(node);
    if (target === undefined) return;
    const text = literal(argumentsOf(node)[0]);
    if (name === 'Tracer') facts.tracer(lastSegment(target)!, text);
    else if (text !== undefined) {
      facts.routerNamed(target, { prefix: '', unmounted: 'unknown' });
      facts.mount({ module: undefined, name: target }, routerOf(receiverOf(node), node, facts)?.on, text);
    }
  },
  read: (capture, node, facts) => {
    if (capture === 'struct') {
      readService(node, facts);
      return;
    }
    const name = node.childForFieldName('function')?.childForFieldName('field')?.text ?? '';
    const receiver = receiverOf(node);
    const args = argumentsOf(node);
    if (name === 'Start') {
      const text = literal(args[1]);
      const made = receiver?.type === 'call_expression' && receiver.childForFieldName('function')?.childForFieldName('field')?.text === 'Tracer';
      const tracer = lastSegment(dottedName(receiver));
      if (text === undefined || literal(args[0]) !== undefined || !(made || facts.isTracer(tracer) || /trac/i.test(tracer ?? ''))) return;
      facts.span(text, node, made ? literal(argumentsOf(receiver)[0]) : facts.scopeOf(tracer));
      return;
    }
    let template = literal(args[0]);
    if (template === undefined || args.length < 2) return;
    let verb = methods.get(name);
    if (handled.includes(name)) {
      // net/http: `GET /users/{id}`, or a path for every method; Gin's Handle takes the method first.
      const [, said, path] = /^(?:([A-Z]+)\s+)?([^\s]*)$/.exec(template) ?? [];
      if (verbs.includes(template) && literal(args[1]) !== undefined) [verb, template] = [[template], literal(args[1])];
      else [verb, template] = [[said ?? '*'], path];
    }
    const router = routerOf(receiver, node, facts);
    if (verb === undefined || template === undefined || !/^\/|^$/.test(template) || router === undefined) return;
    facts.route(verb, router.prefix + template, router.on, handlerOf(args.at(-1)!, node, facts), node);
  },
  qualifiedName: (node, { name }) => {
    const root = ancestors(node).at(-1);
    return `${named(named(root).find((child) => child.type === 'package_clause'))[0]?.text ?? ''}.${name}`;
  },
};

function receiverOf(call: Node): Node | null {
  return call.childForFieldName('function')?.childForFieldName('operand') ?? null;
}

function assignedTo(call: Node): string | undefined {
  const list = call.parent?.type === 'expression_list' ? call.parent : undefined;
  const statement = list?.parent;
  if (list === undefined || statement === undefined || statement === null) return undefined;
  const index = named(list).findIndex((each) => each.id === call.id);
  const left = statement.childForFieldName('left');
  const target = left === null ? statement.childrenForFieldName('name')[index] : named(left)[index];
  return dottedName(target);
}

/**
 * What a route is registered on; undefined where it is not known what stands before it. Chi nests: `r.Route("/api", func(r chi.Router) {…})`.
 */
function routerOf(receiver: Node | null, from: Node, facts: FactsBuilder): { readonly on: RouterReference | undefined; readonly prefix: string } | undefined {
  const name = dottedName(receiver);
  if (receiver === null || name === undefined) return undefined;
  for (const at of ancestors(from)) {
    if (at.type !== 'func_literal' && at.type !== 'function_declaration' && at.type !== 'method_declaration') continue;
    const parameter = named(at.childForFieldName('parameters')).find((each) => each.childForFieldName('name')?.text === name);
    if (parameter === undefined) continue;
    const call = at.parent?.parent;
    const callee = at.type === 'func_literal' && call?.type === 'call_expression' ? call.childForFieldName('function') : null;
    const called = callee?.childForFieldName('field')?.text;
    if (call !== null && call !== undefined && (called === 'Route' || called === 'Group')) {
      const outer = routerOf(callee?.childForFieldName('operand') ?? null, call, facts);
      const prefix = called === 'Group' ? '' : literal(argumentsOf(call)[0]);
      return outer === undefined || prefix === undefined ? undefined : { on: outer.on, prefix: outer.prefix + prefix };
    }
    // A group comes with a prefix that its caller knows.
    return /Group|IRout|fiber\.Router/.test(parameter.childForFieldName('type')?.text ?? '') ? undefined : { on: undefined, prefix: '' };
  }
  return { on: facts.routers.has(name) ? { module: undefined, name } : undefined, prefix: '' };
}

/** `s.Handle` inside a method of `s` is its type's. */
function handlerOf(handler: Node, from: Node, facts: FactsBuilder): Node | undefined {
  if (handler.type !== 'selector_expression') return handler.type === 'func_literal' ? undefined : handler;
  const method = enclosing(from, ['method_declaration']);
  const receiver = named(method?.childForFieldName('receiver'))[0];
  if (receiver?.childForFieldName('name')?.text !== handler.childForFieldName('operand')?.text) return undefined;
  const type = receiver?.childForFieldName('type')?.text.replace(/^\*|\[.*$/g, '') ?? '';
  return facts.functionNamed(`${type}.${handler.childForFieldName('field')?.text ?? ''}`)?.node;
}

/** gRPC's struct embeds `pb.UnimplementedOrdersServer`. */
function readService(node: Node, facts: FactsBuilder): void {
  const type = node.childForFieldName('name')?.text;
  for (const field of named(named(node.childForFieldName('type'))[0])) {
    const service = field.childForFieldName('name') === null ? /\bUnimplemented(\w+)Server$/.exec(field.text)?.[1] : undefined;
    if (service === undefined) continue;
    for (const { node: method, named: methodName } of facts.functions) {
      const [owner, own] = methodName.name.split('.');
      if (owner === type && own !== undefined && /^[A-Z]/.test(own)) facts.rpc(service, own, method);
    }
  }
}
