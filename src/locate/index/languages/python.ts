import type { Node } from '@vscode/tree-sitter-wasm';
import type { RouterReference } from '../facts.ts';
import { pythonConstants } from '../constantRules.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import type { IndexLanguage } from '../indexLanguage.ts';
import { ancestors, argumentsOf, dottedName, lastSegment, named } from '../nodes.ts';
import { beginsOpen, isOpen } from '../openText.ts';

const verbs: ReadonlyMap<string, readonly string[]> = new Map(
  ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'].map((verb) => [verb, [verb.toUpperCase()]] as const),
);
const spanCalls = ['start_as_current_span', 'start_span'];
/** What makes a router, and how its own prefix is called. */
const makers: ReadonlyMap<string, { readonly unmounted: 'root' | 'unknown'; readonly prefix: string }> = new Map([
  ['Flask', { unmounted: 'root', prefix: '' }], ['FastAPI', { unmounted: 'root', prefix: '' }], ['Quart', { unmounted: 'root', prefix: '' }],
  ['Starlette', { unmounted: 'root', prefix: '' }], ['Sanic', { unmounted: 'root', prefix: '' }],
  ['Blueprint', { unmounted: 'unknown', prefix: 'url_prefix' }], ['APIRouter', { unmounted: 'unknown', prefix: 'prefix' }],
]);
const mounts: ReadonlyMap<string, string> = new Map([['include_router', 'prefix'], ['register_blueprint', 'url_prefix']]);
/** What a view that is a class serves by methods of these names; one without its own may inherit it, which is not followed. */
const classVerbs = [...verbs.keys(), 'trace'];
const maxWrapped = 8;
const djangoRouter: RouterReference = { module: undefined, name: 'urlpatterns' };

export const python: IndexLanguage = {
  mentions: /start_as_current_span|start_span|@[\w.]+\.(?:route|get|post|put|patch|delete|head|options|api_route)\(|add_url_rule|add_api_route|urlpatterns|include_router|register_blueprint|Servicer\b/,
  query: `
    ((call function: [(identifier) @_n (attribute attribute: (identifier) @_n)]) @call
      (#any-of? @_n "path" "re_path" "add_url_rule" "add_api_route" ${[...spanCalls, ...mounts.keys()].map((name) => `"${name}"`).join(' ')}))
    (assignment right: (call)) @assignment
    (import_statement) @import
    (import_from_statement) @import
    (decorated_definition) @decorated
    (class_definition superclasses: (_)) @class`,
  readNames: (capture, node, facts) => {
    if (capture === 'import') readImport(node, facts);
    else if (capture === 'assignment') readAssignment(node, facts);
  },
  read: (capture, node, facts) => {
    if (capture === 'decorated') readDecorated(node, facts);
    else if (capture === 'class') readService(node, facts);
    else if (capture === 'call') readCall(node, facts);
  },
  constants: pythonConstants,
  qualifiedName: (node, { name }) => {
    const segments = [lastSegment(name)!];
    for (const at of ancestors(node)) {
      if (at.type === 'class_definition') segments.unshift(at.childForFieldName('name')?.text ?? '');
      else if (at.type === 'function_definition') segments.unshift(at.childForFieldName('name')?.text ?? '', '<locals>');
    }
    return segments.join('.');
  },
};

function keyword(call: Node, key: string): Node | undefined {
  return argumentsOf(call).find((each) => each.type === 'keyword_argument' && each.childForFieldName('name')?.text === key)?.childForFieldName('value') ?? undefined;
}

/** Its only or first argument without a name. */
function positional(call: Node): Node[] {
  return argumentsOf(call).filter((each) => each.type !== 'keyword_argument');
}

function calledName(call: Node): string | undefined {
  const callee = call.childForFieldName('function');
  return callee?.type === 'attribute' ? callee.childForFieldName('attribute')?.text : callee?.text;
}

function receiverOf(call: Node): Node | null {
  return call.childForFieldName('function')?.childForFieldName('object') ?? null;
}

function tracerScope(node: Node | null, facts: FactsBuilder): { readonly scope: string | undefined } | undefined {
  return node?.type === 'call' && calledName(node) === 'get_tracer' ? { scope: facts.text(positional(node)[0]) } : undefined;
}

function readAssignment(node: Node, facts: FactsBuilder): void {
  const target = dottedName(node.childForFieldName('left'));
  const value = node.childForFieldName('right');
  if (target === undefined || value === null) return;
  const tracer = tracerScope(value, facts);
  if (tracer !== undefined) facts.tracer(lastSegment(target)!, tracer.scope);
  const maker = makers.get(calledName(value) ?? '');
  if (maker === undefined) return;
  const said = maker.prefix === '' ? undefined : keyword(value, maker.prefix);
  const prefix = said === undefined ? '' : facts.text(said);
  facts.routerNamed(target, { prefix, unmounted: maker.unmounted });
  facts.exports.set(target, target);
}

function readImport(node: Node, facts: FactsBuilder): void {
  const from = node.childForFieldName('module_name')?.text;
  for (const part of node.childrenForFieldName('name')) {
    if (part === null) continue;
    const name = (part.type === 'aliased_import' ? part.childForFieldName('name')?.text : part.text) ?? '';
    const alias = part.type === 'aliased_import' ? part.childForFieldName('alias')?.text : undefined;
    if (from !== undefined) facts.imports.set(alias ?? name, { module: from, name });
    else if (alias !== undefined) facts.imports.set(alias, { module: name, name: '*' });
    else if (!name.includes('.')) facts.imports.set(name, { module: name, name: '*' });
  }
}

function readCall(call: Node, facts: FactsBuilder): void {
  const name = calledName(call) ?? '';
  const args = positional(call);
  const receiver = receiverOf(call);
  if (spanCalls.includes(name)) {
    const text = facts.openText(args[0]) ?? facts.openText(keyword(call, 'name'));
    if (text === undefined) return;
    const scope = tracerScope(receiver, facts)?.scope ?? facts.scopeOf(lastSegment(dottedName(receiver)));
    const decorated = call.parent?.type === 'decorator' ? call.parent.parent?.childForFieldName('definition') : undefined;
    if (decorated?.type === 'function_definition') facts.spanOf(text, decorated, 'call', scope);
    else facts.span(text, call, scope);
    return;
  }
  const prefixKey = mounts.get(name);
  if (prefixKey !== undefined) {
    const target = dottedName(args[0]);
    const on = routerOf(receiver, facts);
    const said = keyword(call, prefixKey);
    const prefix = said === undefined ? '' : facts.text(said);
    if (target !== undefined && on !== undefined && prefix !== undefined) facts.mount(facts.reference(target), on.on, prefix, said !== undefined && name === 'register_blueprint');
    return;
  }
  const template = facts.openText(args[0]);
  if (name === 'path' || name === 're_path') readDjango(call, template, args[1], facts);
  else if (template !== undefined) {
    const router = routerOf(receiver, facts);
    const methods = keyword(call, 'methods');
    const verbsSaid = methods === undefined ? ['GET'] : facts.texts(methods)?.map((each) => each.toUpperCase());
    const handler = name === 'add_url_rule' ? (keyword(call, 'view_func') ?? args[2]) : (keyword(call, 'endpoint') ?? args[1]);
    if (router === undefined || verbsSaid === undefined || (handler !== undefined && readClassView(handler, methods === undefined ? undefined : verbsSaid, template, router.on, call, facts))) return;
    facts.route(verbsSaid, template, router.on, handler, call);
  }
}

function readDjango(call: Node, own: string | undefined, view: Node | undefined, facts: FactsBuilder): void {
  const prefix = djangoPrefix(call, facts);
  const template = prefix === undefined || own === undefined ? undefined : `${prefix}${own}`;
  if (view?.type === 'call' && calledName(view) === 'include') {
    // Where it is mounted, though it may not be known as what: not at the root.
    const module = includedModule(positional(view)[0], facts);
    if (module !== undefined) facts.mount({ module, name: djangoRouter.name }, djangoRouter, template === undefined || isOpen(template) ? undefined : template);
  } else if (view === undefined || template === undefined) return;
  else if (!readClassView(view, undefined, template, djangoRouter, call, facts)) facts.route(['*'], template, djangoRouter, view, call);
  facts.routerNamed(djangoRouter.name, { prefix: '', unmounted: 'root' });
  facts.exports.set(djangoRouter.name, djangoRouter.name);
}

/**
 * `OrderView.as_view()` of Django and Flask, wrapped or not: each method of a request has one of the class's own. `as_view({'get': 'list'})` of Django REST
 * framework says which. False where it is no such view.
 */
function readClassView(view: Node, allowed: readonly string[] | undefined, template: string, router: RouterReference | undefined, call: Node, facts: FactsBuilder): boolean {
  let at = view;
  for (let i = 0; i < maxWrapped && at.type === 'call' && calledName(at) !== 'as_view' && positional(at).length === 1; i++) at = positional(at)[0]!;
  const type = at.type === 'call' && calledName(at) === 'as_view' ? dottedName(receiverOf(at)) : undefined;
  if (type === undefined) return false;
  const given = positional(at)[0];
  const actions = given?.type !== 'dictionary' ? classVerbs.map((verb) => [verb, verb] as const) : named(given).map((pair) => [facts.text(pair.childForFieldName('key')), facts.text(pair.childForFieldName('value'))] as const);
  // A class of this file stands before one that is imported.
  const isOwn = facts.functions.some((each) => each.named.name.startsWith(`${type}.`));
  for (const [verb, method] of actions) {
    const said = verb?.toUpperCase();
    if (said === undefined || method === undefined || allowed?.includes(said) === false) continue;
    const { module, name } = facts.reference(`${type}.${method}`);
    const own = module === undefined || isOwn ? (facts.functionNamed(`${type}.${method}`)?.node ?? { module: undefined, name: '' }) : { module, name };
    facts.route([said], template, router, own, call);
  }
  return true;
}

/** The module of `include('shop.urls')`, `include(shop_urls)` and `include((shop_urls, 'shop'))`. */
function includedModule(given: Node | undefined, facts: FactsBuilder): string | undefined {
  const included = given?.type === 'tuple' ? named(given)[0] : given;
  const text = facts.text(included);
  if (text !== undefined) return text;
  const { module, name } = facts.reference(dottedName(included) ?? '');
  return module === undefined || name === '*' ? module : `${module}${module.endsWith('.') ? '' : '.'}${name}`;
}

/** What stands before a route in the lists around it: `path('x/', include([path('y/', view)]))`. undefined where it is in no list of routes, or something else is around it. */
function djangoPrefix(call: Node, facts: FactsBuilder): string | undefined {
  let prefix = '';
  for (const at of ancestors(call)) {
    if (at.type === 'assignment' || at.type === 'augmented_assignment') return at.childForFieldName('left')?.text === djangoRouter.name ? prefix : undefined;
    if (at.type !== 'call') continue;
    const name = calledName(at);
    if (name === 'include') continue;
    const before = name === 'path' || name === 're_path' ? facts.text(positional(at)[0]) : undefined;
    if (before === undefined) return undefined;
    prefix = `${before}${prefix}`;
  }
  return undefined;
}

function readDecorated(node: Node, facts: FactsBuilder): void {
  const definition = node.childForFieldName('definition');
  if (definition?.type !== 'function_definition') return;
  for (const decorator of named(node)) {
    const call = decorator.type === 'decorator' ? named(decorator)[0] : undefined;
    if (call?.type !== 'call') continue;
    const name = calledName(call) ?? '';
    const template = facts.openText(positional(call)[0]) ?? facts.openText(keyword(call, 'path') ?? keyword(call, 'rule'));
    const router = routerOf(receiverOf(call), facts);
    if (template === undefined || router === undefined || !(/^\/|^$/.test(template) || beginsOpen(template))) continue;
    const said = keyword(call, 'methods');
    const methods = verbs.get(name) ?? (name !== 'route' && name !== 'api_route' ? undefined : said === undefined ? ['GET'] : facts.texts(said)?.map((each) => each.toUpperCase()));
    if (methods !== undefined) facts.route(methods, template, router.on, definition, definition);
  }
}

/** undefined where it cannot be told what stands before its routes. */
function routerOf(receiver: Node | null, facts: FactsBuilder): { readonly on: RouterReference | undefined } | undefined {
  const name = dottedName(receiver);
  if (name === undefined) return undefined;
  if (facts.routers.has(name)) return { on: { module: undefined, name } };
  const reference = facts.reference(name);
  if (reference.module !== undefined) return { on: reference };
  // `def create_app(): …` hands an app around; anything else is not known.
  return /^(?:app|application|api|server)$/.test(lastSegment(name)!) ? { on: undefined } : undefined;
}

/** gRPC's base class is `orders_pb2_grpc.OrdersServicer`. */
function readService(node: Node, facts: FactsBuilder): void {
  const service = named(node.childForFieldName('superclasses')).map((each) => /(?:^|\.)(\w+)Servicer$/.exec(each.text)?.[1]).find((each) => each !== undefined);
  if (service === undefined) return;
  for (const member of named(node.childForFieldName('body'))) {
    const definition = member.type === 'decorated_definition' ? member.childForFieldName('definition') : member;
    const name = definition?.type === 'function_definition' ? definition.childForFieldName('name')?.text : undefined;
    if (definition !== null && name !== undefined && !name.startsWith('_')) facts.rpc(service, name, definition);
  }
}
