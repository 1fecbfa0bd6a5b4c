import type { Node } from '@vscode/tree-sitter-wasm';
import type { FactsBuilder } from '../factsBuilder.ts';
import type { IndexLanguage } from '../indexLanguage.ts';
import { ancestors, argumentsOf, dottedName, lastSegment, literal, named } from '../nodes.ts';

const mapped: ReadonlyMap<string, readonly string[]> = new Map([
  ['MapGet', ['GET']], ['MapPost', ['POST']], ['MapPut', ['PUT']], ['MapPatch', ['PATCH']], ['MapDelete', ['DELETE']], ['Map', ['*']],
]);
const attributes: ReadonlyMap<string, readonly string[]> = new Map([
  ['HttpGet', ['GET']], ['HttpPost', ['POST']], ['HttpPut', ['PUT']], ['HttpPatch', ['PATCH']], ['HttpDelete', ['DELETE']], ['HttpHead', ['HEAD']], ['HttpOptions', ['OPTIONS']],
]);

export const csharp: IndexLanguage = {
  mentions: /StartActivity|\bHttp(?:Get|Post|Put|Patch|Delete|Head|Options)\b|\[Route|\.Map(?:Get|Post|Put|Patch|Delete)?\(|StartActiveSpan|StartSpan|StartRootSpan|\w+Base\b/,
  query: `
    ((invocation_expression function: (member_access_expression name: (identifier) @_n)) @call
      (#any-of? @_n "StartActivity" "CreateActivity" "StartActiveSpan" "StartSpan" "StartRootSpan" "MapGroup" ${[...mapped.keys()].map((name) => `"${name}"`).join(' ')}))
    (variable_declaration) @variable
    (method_declaration (attribute_list)) @attributed
    (class_declaration (base_list)) @class`,
  readNames: (capture, node, facts) => {
    if (capture !== 'variable') return;
    for (const declarator of named(node)) {
      const name = declarator.childForFieldName('name')?.text;
      const value = named(declarator).at(-1);
      if (name === undefined || value === undefined) continue;
      const made = value.type === 'implicit_object_creation_expression' ? node.childForFieldName('type')?.text : value.childForFieldName('type')?.text;
      const called = value.type === 'invocation_expression' ? calleeOf(value)?.childForFieldName('name')?.text : undefined;
      const text = literal(argumentsOf(value)[0]);
      if (lastSegment(made) === 'ActivitySource' || called === 'GetTracer') facts.tracer(name, text);
      if (called === 'MapGroup') {
        facts.routerNamed(name, { prefix: '', unmounted: 'unknown' });
        const on = dottedName(calleeOf(value)?.childForFieldName('expression'));
        if (text !== undefined) facts.mount({ module: undefined, name }, on !== undefined && facts.routers.has(on) ? { module: undefined, name: on } : undefined, text);
      }
    }
  },
  read: (capture, node, facts) => {
    if (capture === 'attributed') readAction(node, facts);
    else if (capture === 'class') readService(node, facts);
    else if (capture === 'call') readCall(node, facts);
  },
  qualifiedName: (node, { name }) => {
    const segments = [name];
    for (const at of ancestors(node)) {
      if (at.type === 'namespace_declaration') segments.unshift(at.childForFieldName('name')?.text.replace(/\s+/g, '') ?? '');
      if (at.type === 'compilation_unit') {
        const scoped = named(at).find((child) => child.type === 'file_scoped_namespace_declaration')?.childForFieldName('name')?.text;
        if (scoped !== undefined) segments.unshift(scoped.replace(/\s+/g, ''));
      }
    }
    return segments.join('.');
  },
};

function calleeOf(call: Node): Node | null {
  return call.childForFieldName('function');
}

function readCall(call: Node, facts: FactsBuilder): void {
  const callee = calleeOf(call);
  const name = callee?.childForFieldName('name')?.text ?? '';
  const receiver = dottedName(callee?.childForFieldName('expression'));
  const args = argumentsOf(call);
  const text = literal(args[0]);
  const methods = mapped.get(name);
  if (methods !== undefined) {
    if (text === undefined || args.length < 2 || receiver === undefined) return;
    const router = facts.routers.has(receiver) ? { module: undefined, name: receiver } : undefined;
    facts.route(methods, text, router, args.at(-1), call);
  } else if (name.startsWith('Start') || name === 'CreateActivity') {
    const scope = facts.scopeOf(lastSegment(receiver));
    // Without a name it is called after the method.
    const own = name === 'StartActivity' && args.length === 0 ? lastSegment(facts.enclosingName(call)) : text;
    if (own !== undefined) facts.span(own, call, scope);
  }
}

function readAction(method: Node, facts: FactsBuilder): void {
  const owner = ancestors(method).find((each) => each.type === 'class_declaration');
  const className = owner?.childForFieldName('name')?.text;
  if (owner === undefined || className === undefined) return;
  const own = attributesOf(method);
  const verbs = own.filter(({ name }) => attributes.has(name));
  const routes = own.filter(({ name }) => name === 'Route').map(({ text }) => text);
  const prefixes = attributesOf(owner).filter(({ name }) => name === 'Route').map(({ text }) => text);
  const filled = (template: string) => template
    .replace(/\[controller\]/gi, className.replace(/Controller$/, ''))
    .replace(/\[action\]/gi, method.childForFieldName('name')?.text ?? '');
  for (const { name, text, isGiven } of verbs) {
    const paths = isGiven ? [text] : routes.length > 0 ? routes : [''];
    for (const path of paths) {
      for (const prefix of prefixes.length > 0 ? prefixes : ['']) {
        // What is no literal, and a controller that is routed by convention, cannot be told.
        if (path === undefined || prefix === undefined || (prefix === '' && path === '')) continue;
        const whole = /^~?\//.test(path) ? path.replace(/^~/, '') : [prefix, path].filter((part) => part !== '').join('/');
        facts.route(attributes.get(name)!, filled(whole), undefined, method, method);
      }
    }
  }
}

function attributesOf(declaration: Node): { readonly name: string; readonly text: string | undefined; readonly isGiven: boolean }[] {
  return named(declaration).filter((child) => child.type === 'attribute_list').flatMap((list) => named(list)).map((attribute) => {
    const args = named(named(attribute).find((child) => child.type === 'attribute_argument_list')).filter((each) => named(each).length === 1);
    return { name: (attribute.childForFieldName('name')?.text ?? '').replace(/Attribute$/, ''), text: literal(args[0]), isGiven: args.length > 0 };
  });
}

/** gRPC's base class is `Orders.OrdersBase`. */
function readService(node: Node, facts: FactsBuilder): void {
  const base = named(named(node).find((child) => child.type === 'base_list')).map((each) => /(?:^|\.)(\w+)\.(\w+)Base$/.exec(each.text)).find((match) => match?.[1] === match?.[2]);
  if (base?.[1] === undefined) return;
  for (const member of named(node.childForFieldName('body'))) {
    const name = member.type === 'method_declaration' && /\boverride\b/.test(named(member).filter((each) => each.type === 'modifier').map((each) => each.text).join(' ')) ? member.childForFieldName('name')?.text : undefined;
    if (name !== undefined) facts.rpc(base[1], name, member);
  }
}
