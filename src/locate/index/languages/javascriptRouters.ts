import type { Node } from '@vscode/tree-sitter-wasm';
import type { RouterFact, RouterReference } from '../facts.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import { ancestors, argumentsOf, dottedName, lastSegment, named } from '../nodes.ts';
import { calledProperty, calleeName, functionTypes, option } from './javascriptSyntax.ts';

/** What makes the root of a program; `Router` alone makes a part that is mounted. */
const roots: ReadonlySet<string> = new Set(['express', 'fastify', 'Fastify', 'Hono', 'OpenAPIHono', 'Koa', 'KoaRouter']);
/** Names that routers have, as a pattern for tree-sitter's predicates too. */
export const routerNames = '^(app|router|server|fastify|hono|koa|instance|express|routes?)$|(App|Router|Server|Routes)$';
const routerName = new RegExp(routerNames);

interface Maker {
  readonly node: Node;
  /** What stands before its routes; undefined where that cannot be read. */
  readonly prefix: string | undefined;
}

/** What is around a router's making: `new Hono().basePath('/v1').get('/a', a)` is made by `new Hono()`. */
function makerOf(value: Node, facts: FactsBuilder): Maker {
  let prefix: string | undefined = '';
  let node = value;
  for (;;) {
    const inner = node.type === 'call_expression' ? node.childForFieldName('function')?.childForFieldName('object') : undefined;
    if (inner === null || inner === undefined || roots.has(lastSegment(calleeName(node)) ?? '') || calledProperty(node) === 'Router') return { node, prefix };
    if (calledProperty(node) === 'basePath') {
      const said = facts.text(argumentsOf(node)[0]);
      prefix = said === undefined || prefix === undefined ? undefined : `${said}${prefix}`;
    }
    node = inner;
  }
}

/** Takes note of the router that a value is, if it is one, under the name it is given. */
export function readRouterVariable(name: string, value: Node, facts: FactsBuilder): void {
  const maker = makerOf(value, facts);
  const fact = routerFact(maker, facts);
  if (fact !== undefined) {
    facts.routerNamed(name, fact);
    return;
  }
  // `const api = app.basePath('/api')` is a router of its own.
  const base = dottedName(maker.node);
  if (base === undefined || value.type !== 'call_expression' || calledProperty(value) !== 'basePath') return;
  facts.routerNamed(name, { prefix: '', unmounted: 'unknown' });
  facts.mount({ module: undefined, name }, facts.routers.has(base) ? { module: undefined, name: base } : undefined, maker.prefix);
}

function routerFact({ node, prefix }: Maker, facts: FactsBuilder): RouterFact | undefined {
  if (node.type !== 'call_expression' && node.type !== 'new_expression') return undefined;
  const made = lastSegment(calleeName(node));
  if (made === undefined || (!roots.has(made) && made !== 'Router')) return undefined;
  const isKoa = node.type === 'new_expression' && made === 'Router';
  const said = option(argumentsOf(node)[0], 'prefix');
  const own = said === undefined ? '' : facts.text(said);
  return { prefix: own === undefined || prefix === undefined ? undefined : own + prefix, unmounted: roots.has(made) || isKoa ? 'root' : 'unknown' };
}

/** What an exported expression is called inside; what has no name is `<default>`. */
export function exportedName(value: Node): string {
  return functionTypes.includes(value.type) ? (value.childForFieldName('name')?.text ?? '<default>') : (dottedName(value) ?? '<default>');
}

/** The router of a function that gets one: by its name, or where it begins. */
export function functionRouter(callable: Node): string {
  const declared = callable.parent?.type === 'variable_declarator' ? callable.parent.childForFieldName('name')?.text : undefined;
  return callable.childForFieldName('name')?.text ?? declared ?? (isDefaultExport(callable) ? '<default>' : `<function ${callable.startIndex}>`);
}

function isDefaultExport(value: Node): boolean {
  return value.parent?.type === 'export_statement' || (value.parent?.type === 'assignment_expression' && /^(?:module\.)?exports$/.test(value.parent.childForFieldName('left')?.text ?? ''));
}

/** What a receiver is; undefined where it is none that has routes. */
export function routerOf(receiver: Node, facts: FactsBuilder): { readonly on: RouterReference | undefined } | undefined {
  if (receiver.type === 'new_expression' || receiver.type === 'call_expression') return chainedRouter(receiver, facts);
  const name = dottedName(receiver);
  if (name === undefined) return undefined;
  // A parameter hides what has its name outside.
  for (const at of ancestors(receiver)) {
    if (!functionTypes.includes(at.type) && at.type !== 'method_definition') continue;
    const parameters = named(at.childForFieldName('parameters')).map((each) => (each.childForFieldName('pattern') ?? each).text);
    const only = at.childForFieldName('parameter')?.text;
    if (!parameters.includes(name) && only !== name) continue;
    if (!routerName.test(name) || at.type === 'method_definition') return routerName.test(name) ? { on: undefined } : undefined;
    const router = functionRouter(at);
    facts.routerNamed(router, { prefix: '', unmounted: 'root' });
    return { on: { module: undefined, name: router } };
  }
  if (facts.routers.has(name)) return { on: { module: undefined, name } };
  if (!routerName.test(lastSegment(name)!)) return undefined;
  const reference = facts.reference(name);
  return { on: reference.module === undefined || !reference.module.startsWith('.') ? undefined : reference };
}

/** Calls of a router that give the router itself. */
const chained = /^(?:get|post|put|patch|delete|del|head|options|all|on|use|route|register|mount|notFound|onError|param|set|enable|disable)$/;

/** Of `const app = new Hono().get('/a', a).get('/b', b)`, what the whole is called; of `app.get('/a', a).get('/b', b)` it is `app`. */
function chainedRouter(receiver: Node, facts: FactsBuilder): { readonly on: RouterReference | undefined } | undefined {
  const maker = makerOf(receiver, facts);
  if (routerFact(maker, facts) === undefined) {
    if (maker.node.type !== 'identifier' && maker.node.type !== 'member_expression') return undefined;
    for (let at = receiver; at.id !== maker.node.id; at = at.childForFieldName('function')?.childForFieldName('object') ?? maker.node) {
      if (at.type !== 'call_expression' || !chained.test(calledProperty(at) ?? '')) return undefined;
    }
    return routerOf(maker.node, facts);
  }
  let whole = maker.node;
  while (whole.parent?.type === 'member_expression' && whole.parent.parent?.type === 'call_expression') whole = whole.parent.parent;
  const name = whole.parent?.type === 'variable_declarator' ? whole.parent.childForFieldName('name')?.text : isDefaultExport(whole) ? '<default>' : undefined;
  return name !== undefined && facts.routers.has(name) ? { on: { module: undefined, name } } : undefined;
}
