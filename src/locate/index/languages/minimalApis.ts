import type { Node } from '@vscode/tree-sitter-wasm';
import { extensionRouterMark, type RouterReference } from '../facts.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import { ancestors, argumentsOf, dottedName, named } from '../nodes.ts';

const methods: ReadonlyMap<string, readonly string[]> = new Map([
  ['MapGet', ['GET']], ['MapPost', ['POST']], ['MapPut', ['PUT']], ['MapPatch', ['PATCH']], ['MapDelete', ['DELETE']], ['Map', ['*']],
]);
export const mapCalls: readonly string[] = [...methods.keys(), 'MapMethods'];
const maxDepth = 16;
const routerType = /\b(?:RouteGroupBuilder|IEndpointRouteBuilder|WebApplication)\??$/;

interface Router {
  readonly on: RouterReference | undefined;
  readonly prefix: string;
}

export function calleeOf(call: Node): Node | null {
  return call.childForFieldName('function');
}

/** `app.MapGet("/x", …)`. */
export function readMap(call: Node, facts: FactsBuilder): void {
  const callee = calleeOf(call);
  const args = argumentsOf(call);
  const template = facts.text(args[0]);
  const name = callee?.childForFieldName('name')?.text ?? '';
  const verbs = name === 'MapMethods' ? facts.texts(args[1])?.map((each) => each.toUpperCase()) : methods.get(name);
  const router = routerOf(callee?.childForFieldName('expression'), facts);
  if (template === undefined || verbs === undefined || args.length < 2 || router === undefined) return;
  const handler = args.at(-1);
  const owner = ancestors(call).find((each) => each.type === 'class_declaration')?.childForFieldName('name')?.text;
  const own = handler?.type === 'identifier' && owner !== undefined ? facts.functionNamed(`${owner}.${handler.text}`)?.node : undefined;
  facts.route(verbs, `${router.prefix}/${template}`, router.on, own ?? handler, call);
}

/** `var group = app.MapGroup("/x").WithTags("x")`. */
export function readGroup(name: string, value: Node, facts: FactsBuilder): void {
  if (!isGroup(value)) return;
  const scoped = scopedName(name, value);
  facts.routerNamed(scoped, { prefix: '', unmounted: 'unknown' });
  const router = routerOf(value, facts);
  if (router !== undefined) facts.mount({ module: undefined, name: scoped }, router.on, router.prefix);
}

/** `app.MapGroup("/x").MapOrders()`: what a method of that name maps is put there. */
export function readExtension(call: Node, facts: FactsBuilder): void {
  const callee = calleeOf(call);
  const name = callee?.childForFieldName('name')?.text;
  const receiver = callee?.childForFieldName('expression');
  const router = routerOf(receiver, facts);
  const isKnown = receiver?.type === 'invocation_expression' || /^(?:app|endpoints|routes|builder|group|api)$|(?:App|Group|Api|Endpoints|Routes)$/.test(receiver?.text ?? '') || router?.on !== undefined;
  if (name !== undefined && router !== undefined && isKnown) facts.mount({ module: undefined, name: `${extensionRouterMark}${name}` }, router.on, router.prefix);
}

function isGroup(value: Node): boolean {
  for (let at: Node | null | undefined = value, i = 0; at?.type === 'invocation_expression' && i < maxDepth; at = calleeOf(at)?.childForFieldName('expression'), i++) {
    if (calleeOf(at)?.childForFieldName('name')?.text === 'MapGroup') return true;
  }
  return false;
}

/** undefined where it is not known what stands before its routes. */
function routerOf(node: Node | null | undefined, facts: FactsBuilder, depth = 0): Router | undefined {
  if (node === null || node === undefined || depth > maxDepth) return undefined;
  if (node.type === 'invocation_expression') {
    const callee = calleeOf(node);
    const called = callee?.childForFieldName('name')?.text;
    const outer = routerOf(callee?.childForFieldName('expression'), facts, depth + 1);
    // `WithTags`, `RequireAuthorization` and their like give the same group.
    if (outer === undefined || called !== 'MapGroup') return isGroup(node) ? outer : undefined;
    const prefix = facts.text(argumentsOf(node)[0]);
    return prefix === undefined ? undefined : { on: outer.on, prefix: `${outer.prefix}/${prefix}` };
  }
  const name = dottedName(node);
  if (name === undefined) return undefined;
  for (const at of ancestors(node)) {
    const parameter = named(at.childForFieldName('parameters')).find((each) => each.childForFieldName('name')?.text === name);
    if (parameter === undefined) continue;
    const method = at.childForFieldName('name')?.text;
    if (!routerType.test(parameter.childForFieldName('type')?.text ?? '') || method === undefined) return undefined;
    const router = `${extensionRouterMark}${method}`;
    facts.routerNamed(router, { prefix: '', unmounted: 'unknown' });
    return { on: { module: undefined, name: router }, prefix: '' };
  }
  const scoped = scopedName(name, node);
  return { on: facts.routers.has(scoped) ? { module: undefined, name: scoped } : undefined, prefix: '' };
}

/** A local name is another in each method. */
function scopedName(name: string, from: Node): string {
  const around = ancestors(from).find((each) => each.type === 'method_declaration');
  return around === undefined ? name : `${name}@${around.startIndex}`;
}
