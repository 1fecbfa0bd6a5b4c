import type { Node } from '@vscode/tree-sitter-wasm';
import type { FactsBuilder } from '../factsBuilder.ts';
import { argumentsOf, dottedName } from '../nodes.ts';
import { beginsOpen } from '../openText.ts';
import { functionRouter, routerNames, routerOf } from './javascriptRouters.ts';
import { calledProperty, functionTypes, option, requiredModule } from './javascriptSyntax.ts';

const verbs: ReadonlyMap<string, readonly string[]> = new Map([
  ...['get', 'post', 'put', 'patch', 'delete', 'head', 'options'].map((verb) => [verb, [verb.toUpperCase()]] as const),
  ['del', ['DELETE']], ['all', ['*']],
]);
/** Hono's `on` takes the methods first. */
export const routeVerbs: readonly string[] = [...verbs.keys(), 'on'];
export const mountCalls: readonly string[] = ['use', 'route', 'register'];
/** Arguments by these names make a call worth a look. */
export const handOverNames = `${routerNames}|^(api|v[0-9]+)$|Api$`;

export function readRoute(verb: string, receiver: Node, args: Node[], call: Node, facts: FactsBuilder): void {
  let methods = verbs.get(verb);
  let handlers = args.slice(1);
  let base = receiver;
  let paths: readonly string[] | undefined;
  // `router.route('/x').get(list).post(create)`
  while (base.type === 'call_expression' && verbs.has(calledProperty(base) ?? '')) base = base.childForFieldName('function')?.childForFieldName('object') ?? base;
  if (methods === undefined) {
    methods = facts.texts(args[0])?.map((each) => each.toUpperCase());
    if (methods?.every((each) => /^[A-Z]+$/.test(each)) !== true || args.length < 3) return;
    [paths, handlers, base] = [facts.texts(args[1]), args.slice(2), receiver];
  } else if (base.type === 'call_expression' && calledProperty(base) === 'route') {
    paths = facts.texts(argumentsOf(base)[0]);
    base = base.childForFieldName('function')?.childForFieldName('object') ?? base;
    handlers = args;
  } else {
    // Koa's router takes a name before the path.
    const isNamed = args.length > 2 && !(facts.text(args[0]) ?? '/').startsWith('/') && facts.text(args[1])?.startsWith('/') === true;
    const path = args[isNamed ? 1 : 0];
    const open = facts.openText(path);
    paths = open === undefined ? facts.texts(path) : [open];
    if (isNamed) handlers = args.slice(2);
    base = receiver;
  }
  let handler = handlers.at(-1);
  if (handler?.type === 'object') handler = option(handler, 'handler');
  if (paths === undefined || handler === undefined || facts.text(handler) !== undefined) return;
  if (!paths.every((path) => /^[/*]|^$/.test(path) || beginsOpen(path))) return;
  const router = routerOf(base, facts);
  if (router === undefined) return;
  for (const path of paths) facts.route(methods, path, router.on, handler, call);
}

/** Fastify's `route({ method, url, handler })`. */
export function readRouteObject(receiver: Node, object: Node, call: Node, facts: FactsBuilder): void {
  const router = routerOf(receiver, facts);
  const url = facts.text(option(object, 'url') ?? option(object, 'path'));
  const methods = facts.texts(option(object, 'method'));
  if (router !== undefined && url !== undefined && methods !== undefined) {
    facts.route(methods.map((each) => each.toUpperCase()), url, router.on, option(object, 'handler'), call);
  }
}

/** Express's `use('/x', router)`, Hono's `route('/x', app)`, Fastify's `register(plugin, { prefix: '/x' })`. */
export function readMount(name: string, receiver: Node, args: readonly Node[], facts: FactsBuilder): void {
  const on = routerOf(receiver, facts);
  if (on === undefined) return;
  if (name === 'register') {
    const [plugin, options] = args;
    const said = option(options, 'prefix');
    // What options are that are not written here is not known.
    const prefix = options !== undefined && options.type !== 'object' ? undefined : said === undefined ? '' : facts.text(said);
    if (option(options, 'dir') !== undefined) readAutoload(options!, on.on, facts);
    else if (plugin !== undefined) readMounted(plugin, on.on, prefix, facts);
    return;
  }
  const paths = facts.texts(args[0]);
  const hasPath = paths !== undefined || (args.length > 1 && mayBePath(args[0]!));
  for (const mounted of args.slice(hasPath ? 1 : 0)) {
    for (const prefix of paths ?? [hasPath ? undefined : '']) readMounted(mounted, on.on, prefix, facts);
  }
}

type Router = Parameters<FactsBuilder['mount']>[1];

function readMounted(mounted: Node, on: Router, prefix: string | undefined, facts: FactsBuilder): void {
  const called = mounted.type === 'call_expression' ? calledProperty(mounted) : undefined;
  if (called === 'mount') {
    // `koa-mount`: `app.use(mount('/v1', other))`, or without a path.
    const args = argumentsOf(mounted);
    const path = args.length > 1 ? facts.text(args[0]) : '';
    const inner = args.at(-1);
    if (inner !== undefined) readMounted(inner, on, path === undefined || prefix === undefined ? undefined : `${prefix}/${path}`, facts);
    return;
  }
  const inner = called === 'routes' || called === 'middleware' ? mounted.childForFieldName('function')?.childForFieldName('object') : mounted;
  if (inner === null || inner === undefined) return;
  const dotted = dottedName(inner);
  const own = functionTypes.includes(inner.type) ? { module: undefined, name: functionRouter(inner) } : undefined;
  const target = requiredModule(inner, facts) ?? own ?? (dotted === undefined ? undefined : facts.reference(dotted));
  if (target !== undefined) facts.mount(target, on, prefix);
}

/** `@fastify/autoload`: each file of a folder is a plugin, the folders in it are its prefix. */
function readAutoload(options: Node, on: Router, facts: FactsBuilder): void {
  const said = option(option(options, 'options'), 'prefix');
  const prefix = said === undefined ? '' : facts.text(said);
  const folder = folderText(option(options, 'dir'), facts);
  const isPlain = option(options, 'dirNameRoutePrefix') === undefined && option(options, 'routeParams') === undefined;
  if (folder !== undefined) facts.mountedFolders.push({ folder, on, prefix: isPlain ? prefix : undefined });
}

/** `path.join(__dirname, 'routes')` → `routes`. */
function folderText(node: Node | undefined, facts: FactsBuilder): string | undefined {
  if (node?.type !== 'call_expression' || !/^(?:join|resolve)$/.test(calledProperty(node) ?? '')) return undefined;
  const [first, ...rest] = argumentsOf(node);
  if (!/^(?:__dirname|import\.meta\.dirname)$/.test(first?.text ?? '')) return undefined;
  const parts = rest.map((each) => facts.text(each));
  return parts.every((part) => part !== undefined) ? parts.join('/') : undefined;
}

/** Koa's `router.prefix('/x')`, and any other's of that name: what stands before its routes may be another then. */
export function readPrefix(call: Node, facts: FactsBuilder): void {
  const name = dottedName(call.childForFieldName('function')?.childForFieldName('object'));
  const fact = name === undefined ? undefined : facts.routers.get(name);
  if (name !== undefined && fact !== undefined) facts.routers.set(name, { ...fact, prefix: facts.text(argumentsOf(call)[0]) });
}

/** `users(api)`: a function that is given a router puts its routes on it. */
export function readHandOver(call: Node, facts: FactsBuilder): void {
  const callee = call.childForFieldName('function');
  const called = calledProperty(call) ?? '';
  if (callee === null || mountCalls.includes(called) || routeVerbs.includes(called)) return;
  const dotted = dottedName(callee);
  const target = requiredModule(callee, facts) ?? (dotted === undefined ? undefined : facts.reference(dotted));
  if (target === undefined || (target.module !== undefined && !target.module.startsWith('.'))) return;
  for (const argument of argumentsOf(call)) {
    const router = argument.type === 'identifier' ? routerOf(argument, facts) : undefined;
    if (router !== undefined) facts.mount(target, router.on, '');
  }
}

/** Whether what is no literal is a path rather than a handler. */
function mayBePath(first: Node): boolean {
  return !/^(?:identifier|call_expression|arrow_function|function_expression)$/.test(first.type) || /^[A-Z\d_]+$|prefix|path|base|url|version/i.test(first.type === 'identifier' ? first.text : '');
}
