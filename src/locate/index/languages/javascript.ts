import type { Node } from '@vscode/tree-sitter-wasm';
import type { RouterReference } from '../facts.ts';
import { nestRouter } from '../facts.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import type { IndexLanguage } from '../indexLanguage.ts';
import { ancestors, argumentsOf, dottedName, lastSegment, literal, literals, named } from '../nodes.ts';
import { isNextFile, readNext } from './nextRoutes.ts';

const verbs: ReadonlyMap<string, readonly string[]> = new Map([
  ...['get', 'post', 'put', 'patch', 'delete', 'head', 'options'].map((verb) => [verb, [verb.toUpperCase()]] as const),
  ['del', ['DELETE']], ['all', ['*']],
]);
const spanCalls = ['startSpan', 'startActiveSpan', 'startInactiveSpan', 'startSpanManual'];
const mountCalls = ['use', 'route', 'register'];
const nestVerbs: ReadonlyMap<string, readonly string[]> = new Map([
  ...['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options'].map((verb) => [verb, [verb.toUpperCase()]] as const),
  ['All', ['*']],
]);
/** What makes the root of a program, what makes a part that is mounted, by the callee's last name. */
const roots: ReadonlySet<string> = new Set(['express', 'fastify', 'Fastify', 'Hono', 'OpenAPIHono', 'Koa', 'KoaRouter']);
const routerName = /^(?:app|router|server|fastify|hono|koa|instance|express|routes?)$|(?:App|Router|Server|Routes)$/;
const functionTypes = ['function_declaration', 'function_expression', 'arrow_function', 'generator_function_declaration', 'generator_function'];

export const javascript: IndexLanguage = {
  mentions: /start(?:Active|Inactive)?Span\b|startSpanManual|\.(?:get|post|put|patch|delete|del|all|head|options)\(\s{0,99}(?:['"`][^'"`\n]{0,80}['"`],\s{0,99})?\[?\s{0,99}['"`][/*]|\.(?:route|register|use)\(|Controller\(|setGlobalPrefix|addService\(/,
  pathMentions: /(?:^|\/)(?:app\/(?:.*\/)?(?:route|page)|pages\/api\/.*)\.[cm]?[jt]sx?$/,
  query: `
    ((call_expression function: [(identifier) @_n (member_expression property: (property_identifier) @_n)]) @call
      (#any-of? @_n "setGlobalPrefix" "addService" ${[...spanCalls, ...mountCalls, ...verbs.keys()].map((name) => `"${name}"`).join(' ')}))
    (variable_declarator value: (_)) @variable
    (assignment_expression) @assignment
    (import_statement) @import
    (export_statement) @export
    ((decorator (call_expression function: (identifier) @_d)) @decorator (#any-of? @_d ${[...nestVerbs.keys()].map((name) => `"${name}"`).join(' ')}))`,
  readNames: (capture, node, facts) => {
    if (capture === 'variable') readVariable(node, facts);
    else if (capture === 'import') readImport(node, facts);
    else if (capture === 'export') readExport(node, facts);
    else if (capture === 'assignment') readAssignment(node, facts);
  },
  read: (capture, node, facts) => {
    if (capture === 'decorator') readNest(node, facts);
    else if (capture === 'call') readCall(node, facts);
  },
  finish: (facts) => {
    if (isNextFile(facts.relativePath)) readNext(facts);
  },
  qualifiedName: (_node, { name }) => name,
};

function calleeName(node: Node | null): string | undefined {
  return dottedName(node?.childForFieldName(node.type === 'new_expression' ? 'constructor' : 'function'));
}

/** `trace.getTracer('x')` → its name; undefined also where that is no literal. */
function tracerScope(node: Node | null): { readonly scope: string | undefined } | undefined {
  return node?.type === 'call_expression' && calledProperty(node) === 'getTracer' ? { scope: literal(argumentsOf(node)[0]) } : undefined;
}

function readVariable(declarator: Node, facts: FactsBuilder): void {
  const target = declarator.childForFieldName('name');
  let value = declarator.childForFieldName('value');
  if (target === null || value === null) return;
  const required = requiredModule(value);
  if (required !== undefined && target.type === 'identifier') facts.imports.set(target.text, required);
  if (required !== undefined && target.type === 'object_pattern') {
    for (const part of named(target)) {
      const key = part.childForFieldName('key')?.text ?? part.text;
      facts.imports.set(part.childForFieldName('value')?.text ?? part.text, { module: required.module, name: key });
    }
  }
  if (target.type !== 'identifier') return;
  const tracer = tracerScope(value);
  if (tracer !== undefined) facts.tracer(target.text, tracer.scope);
  let prefix = '';
  if (value.type === 'call_expression' && calledProperty(value) === 'basePath') {
    const said = literal(argumentsOf(value)[0]);
    value = value.childForFieldName('function')?.childForFieldName('object') ?? value;
    if (said === undefined) return;
    prefix = said;
  }
  const made = lastSegment(calleeName(value));
  if (made === undefined) return;
  const isKoa = value.type === 'new_expression' && made === 'Router';
  if (!roots.has(made) && made !== 'Router') return;
  const said = option(argumentsOf(value)[0], 'prefix');
  facts.routerNamed(target.text, { prefix: prefix + (literal(said) ?? ''), unmounted: roots.has(made) || isKoa ? 'root' : 'unknown' });
}

function readAssignment(node: Node, facts: FactsBuilder): void {
  const target = dottedName(node.childForFieldName('left'));
  const value = node.childForFieldName('right');
  if (target === undefined || value === null) return;
  const tracer = tracerScope(value);
  if (tracer !== undefined) facts.tracer(lastSegment(target)!, tracer.scope);
  if (target === 'module.exports' || target === 'exports') {
    facts.exports.set('default', exportedName(value));
    if (value.type !== 'object') return;
    for (const part of named(value)) {
      const key = part.type === 'shorthand_property_identifier' ? part.text : part.childForFieldName('key')?.text;
      if (key !== undefined) facts.exports.set(key, part.childForFieldName('value')?.text ?? part.text);
    }
  } else if (/^(?:module\.)?exports\.\w+$/.test(target)) facts.exports.set(lastSegment(target)!, exportedName(value));
}

/** What an exported expression is called inside; a function without a name is `<default>`. */
function exportedName(value: Node): string {
  return functionTypes.includes(value.type) ? (value.childForFieldName('name')?.text ?? '<default>') : (dottedName(value) ?? '<default>');
}

function readImport(node: Node, facts: FactsBuilder): void {
  const module = literal(node.childForFieldName('source'));
  const clause = named(node).find((child) => child.type === 'import_clause');
  if (module === undefined) return;
  for (const part of named(clause)) {
    if (part.type === 'identifier') facts.imports.set(part.text, { module, name: 'default' });
    else if (part.type === 'namespace_import') facts.imports.set(named(part)[0]?.text ?? '', { module, name: '*' });
    else if (part.type === 'named_imports') {
      for (const specifier of named(part)) {
        const name = specifier.childForFieldName('name')?.text ?? '';
        facts.imports.set(specifier.childForFieldName('alias')?.text ?? name, { module, name });
      }
    }
  }
}

function readExport(node: Node, facts: FactsBuilder): void {
  const value = node.childForFieldName('value');
  const declaration = node.childForFieldName('declaration');
  const isDefault = node.children.some((child) => child?.type === 'default');
  if (value !== null) facts.exports.set('default', exportedName(value));
  if (declaration !== null) {
    const own = declaration.childForFieldName('name')?.text;
    if (isDefault) facts.exports.set('default', own ?? '<default>');
    else if (own !== undefined) facts.exports.set(own, own);
    for (const declarator of named(declaration)) {
      const name = declarator.type === 'variable_declarator' ? declarator.childForFieldName('name')?.text : undefined;
      if (name !== undefined) facts.exports.set(name, name);
    }
  }
  if (node.childForFieldName('source') !== null) return;
  for (const clause of named(node).filter((child) => child.type === 'export_clause')) {
    for (const specifier of named(clause)) {
      const name = specifier.childForFieldName('name')?.text ?? '';
      facts.exports.set(specifier.childForFieldName('alias')?.text ?? name, name);
    }
  }
}

function requiredModule(value: Node): RouterReference | undefined {
  if (value.type === 'member_expression') {
    const whole = requiredModule(value.childForFieldName('object') ?? value);
    return whole === undefined ? undefined : { module: whole.module, name: value.childForFieldName('property')?.text ?? '' };
  }
  if (value.type !== 'call_expression' || value.childForFieldName('function')?.text !== 'require') return undefined;
  const module = literal(argumentsOf(value)[0]);
  return module === undefined ? undefined : { module, name: 'default' };
}

function calledProperty(call: Node): string | undefined {
  const callee = call.childForFieldName('function');
  return callee?.type === 'member_expression' ? callee.childForFieldName('property')?.text : callee?.type === 'identifier' ? callee.text : undefined;
}

function readCall(call: Node, facts: FactsBuilder): void {
  const name = calledProperty(call) ?? '';
  const receiver = call.childForFieldName('function')?.childForFieldName('object') ?? null;
  const args = argumentsOf(call);
  if (spanCalls.includes(name)) {
    const text = literal(args[0]) ?? literal(option(args[0], 'name'));
    if (text !== undefined) facts.span(text, call, tracerScope(receiver)?.scope ?? facts.scopeOf(lastSegment(dottedName(receiver))));
    return;
  }
  if (receiver === null) return;
  if (name === 'setGlobalPrefix') {
    const prefix = literal(args[0]);
    if (prefix !== undefined) facts.globalPrefixes.push(prefix);
  } else if (name === 'addService') readService(args, facts);
  else if (name === 'route' && args[0]?.type === 'object') readRouteObject(receiver, args[0], call, facts);
  else if (mountCalls.includes(name)) readMount(name, receiver, args, facts);
  else readRoute(verbs.get(name)!, receiver, args, call, facts);
}

function readRoute(methods: readonly string[], receiver: Node, args: readonly Node[], call: Node, facts: FactsBuilder): void {
  // `router.route('/x').get(list).post(create)`
  let base = receiver;
  while (base.type === 'call_expression' && verbs.has(calledProperty(base) ?? '')) base = base.childForFieldName('function')?.childForFieldName('object') ?? base;
  let paths: readonly string[] | undefined;
  let handlers = args;
  if (base.type === 'call_expression' && calledProperty(base) === 'route') {
    paths = literals(argumentsOf(base)[0]);
    base = base.childForFieldName('function')?.childForFieldName('object') ?? base;
  } else {
    // Koa's router takes a name before the path.
    const isNamed = args.length > 2 && !(literal(args[0]) ?? '/').startsWith('/') && literal(args[1])?.startsWith('/') === true;
    paths = literals(args[isNamed ? 1 : 0]);
    handlers = args.slice(isNamed ? 2 : 1);
    // `new Hono().get('/a', a).get('/b', b)`
    if (receiver !== base && paths === undefined) return;
  }
  let handler = handlers.at(-1);
  if (handler?.type === 'object') handler = option(handler, 'handler');
  if (paths === undefined || handler === undefined || literal(handler) !== undefined) return;
  if (!paths.every((path) => /^[/*]|^$/.test(path))) return;
  const router = routerOf(base, facts);
  if (router === undefined) return;
  for (const path of paths) facts.route(methods, path, router.on, handler, call);
}

/** Fastify's `route({ method, url, handler })`. */
function readRouteObject(receiver: Node, object: Node, call: Node, facts: FactsBuilder): void {
  const router = routerOf(receiver, facts);
  const url = literal(option(object, 'url') ?? option(object, 'path'));
  const methods = literals(option(object, 'method'));
  if (router !== undefined && url !== undefined && methods !== undefined) {
    facts.route(methods.map((each) => each.toUpperCase()), url, router.on, option(object, 'handler'), call);
  }
}

function readMount(name: string, receiver: Node, args: readonly Node[], facts: FactsBuilder): void {
  const on = routerOf(receiver, facts);
  if (on === undefined) return;
  const first = literal(args[0]);
  const options = name === 'register' ? args[1] : undefined;
  const said = option(options, 'prefix');
  // A prefix that is no literal mounts nothing that is known.
  const prefix = name === 'register' ? (options !== undefined && said === undefined && options.type !== 'object' ? undefined : said === undefined ? '' : literal(said)) : (first ?? '');
  if (prefix === undefined || (name !== 'register' && first === undefined && args.length > 1 && mayBePath(args[0]!))) return;
  for (const arg of name === 'register' ? args.slice(0, 1) : args.slice(first === undefined ? 0 : 1)) {
    const inner = arg.type === 'call_expression' && ['routes', 'middleware'].includes(calledProperty(arg) ?? '') ? arg.childForFieldName('function')?.childForFieldName('object') : arg;
    if (inner === null || inner === undefined) continue;
    const dotted = dottedName(inner);
    const target = requiredModule(inner) ?? (functionTypes.includes(inner.type) ? { module: undefined, name: functionRouter(inner) } : dotted === undefined ? undefined : facts.reference(dotted));
    if (target !== undefined) facts.mount(target, on.on, prefix);
  }
}

/** Whether what is no literal is a path rather than a handler. */
function mayBePath(first: Node): boolean {
  return !/^(?:identifier|call_expression|arrow_function|function_expression)$/.test(first.type) || /^[A-Z_]+$|prefix|path|base|url|version/i.test(first.type === 'identifier' ? first.text : '');
}

/** The router of a function that gets one: by its name, or where it begins. */
function functionRouter(callable: Node): string {
  const declared = callable.parent?.type === 'variable_declarator' ? callable.parent.childForFieldName('name')?.text : undefined;
  const isExported = callable.parent?.type === 'export_statement' || (callable.parent?.type === 'assignment_expression' && /^(?:module\.)?exports$/.test(callable.parent.childForFieldName('left')?.text ?? ''));
  return callable.childForFieldName('name')?.text ?? declared ?? (isExported ? '<default>' : `<function ${callable.startIndex}>`);
}

/** What a receiver is; undefined where it is none that has routes. */
function routerOf(receiver: Node, facts: FactsBuilder): { readonly on: RouterReference | undefined } | undefined {
  if (receiver.type === 'new_expression' || receiver.type === 'call_expression') return undefined;
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

function option(object: Node | null | undefined, key: string): Node | undefined {
  if (object?.type !== 'object') return undefined;
  for (const part of named(object)) {
    if (part.type === 'shorthand_property_identifier' && part.text === key) return part;
    if (part.type === 'method_definition' && part.childForFieldName('name')?.text === key) return part;
    if (part.type === 'pair' && part.childForFieldName('key')?.text.replace(/^['"]|['"]$/g, '') === key) return part.childForFieldName('value') ?? undefined;
  }
  return undefined;
}

function readNest(decorator: Node, facts: FactsBuilder): void {
  let method: Node | null = decorator.parent;
  if (method?.type === 'class_body') {
    method = decorator.nextNamedSibling;
    while (method !== null && (method.type === 'decorator' || method.type === 'comment')) method = method.nextNamedSibling;
  }
  if (method?.type !== 'method_definition') return;
  const owner = ancestors(method).find((each) => each.type === 'class_declaration' || each.type === 'abstract_class_declaration');
  if (owner === undefined) return;
  const decorators = [...named(owner), ...(owner.parent?.type === 'export_statement' ? named(owner.parent) : [])].filter((each) => each.type === 'decorator');
  const controller = decorators.map((each) => named(each)[0]).find((each) => each?.type === 'call_expression' && calledProperty(each) === 'Controller');
  if (controller === undefined) return;
  const [said] = argumentsOf(controller);
  // A version stands before the path in a way that the program chooses.
  if (option(said, 'version') !== undefined || option(said, 'host') !== undefined) return;
  const path = said?.type === 'object' ? option(said, 'path') : said;
  const prefixes = path === undefined ? [''] : literals(path);
  const call = named(decorator)[0]!;
  const [own] = argumentsOf(call);
  const paths = own === undefined ? [''] : literals(own);
  for (const prefix of prefixes ?? []) {
    for (const each of paths ?? []) {
      facts.route(nestVerbs.get(calledProperty(call) ?? '')!, `/${[prefix, each].filter((part) => part !== '').join('/')}`, { module: undefined, name: nestRouter }, method, method);
    }
  }
}

/** gRPC's `server.addService(proto.Orders.service, { place })`. */
function readService(args: readonly Node[], facts: FactsBuilder): void {
  const said = dottedName(args[0]);
  const service = /(?:^|\.)(\w+)\.service$/.exec(said ?? '')?.[1]?.replace(/Client$/, '') ?? /^(\w+)Service$/.exec(said ?? '')?.[1];
  if (service === undefined || args[1]?.type !== 'object') return;
  for (const part of named(args[1])) {
    const key = part.childForFieldName('key')?.text ?? part.childForFieldName('name')?.text ?? part.text;
    const value = part.type === 'pair' ? part.childForFieldName('value') : part;
    if (value !== null && /^\w+$/.test(key)) facts.rpc(service, key, value);
  }
}
