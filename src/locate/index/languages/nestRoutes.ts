import type { Node } from '@vscode/tree-sitter-wasm';
import { nestRouter } from '../facts.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import { ancestors, argumentsOf, named } from '../nodes.ts';
import { calledProperty, option } from './javascriptSyntax.ts';

const verbs: ReadonlyMap<string, readonly string[]> = new Map([
  ...['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options'].map((verb) => [verb, [verb.toUpperCase()]] as const),
  ['All', ['*']],
]);
const rpcs = ['GrpcMethod', 'GrpcStreamMethod', 'GrpcStreamCall'];
/** Of methods. */
export const nestDecorators: readonly string[] = [...verbs.keys(), ...rpcs];

/** A decorator of a controller's method. */
export function readNest(decorator: Node, facts: FactsBuilder): void {
  const method = decoratedMethod(decorator);
  const owner = method === undefined ? undefined : ancestors(method).find((each) => each.type === 'class_declaration' || each.type === 'abstract_class_declaration');
  const call = named(decorator)[0];
  if (method === undefined || owner === undefined || call === undefined) return;
  const decorators = [...named(owner), ...(owner.parent?.type === 'export_statement' ? named(owner.parent) : [])].filter((each) => each.type === 'decorator');
  const controller = decorators.map((each) => named(each)[0]).find((each) => each?.type === 'call_expression' && calledProperty(each) === 'Controller');
  if (controller === undefined) return;
  const called = calledProperty(call) ?? '';
  if (rpcs.includes(called)) readRpc(call, method, owner, facts);
  else readRoute(call, verbs.get(called) ?? [], argumentsOf(controller)[0], method, facts);
}

function readRoute(call: Node, methods: readonly string[], said: Node | undefined, method: Node, facts: FactsBuilder): void {
  if (option(said, 'host') !== undefined) return;
  const path = said?.type === 'object' ? option(said, 'path') : said;
  const prefixes = path === undefined ? [''] : facts.texts(path);
  const [own] = argumentsOf(call);
  const paths = own === undefined ? [''] : facts.texts(own);
  for (const prefix of prefixes ?? []) {
    for (const each of paths ?? []) {
      for (const version of versionsOf(method, said, facts)) {
        const template = `/${[prefix, each].filter((part) => part !== '').join('/')}`;
        facts.route(methods, template, { module: undefined, name: version === undefined ? nestRouter : `${nestRouter}:${version}` }, method, method);
      }
    }
  }
}

/** `undefined` where none is said, the empty text for the neutral one; none where it cannot be read. */
function versionsOf(method: Node, controller: Node | undefined, facts: FactsBuilder): readonly (string | undefined)[] {
  const own = decoratorsOf(method).find((call) => calledProperty(call) === 'Version');
  const said = own === undefined ? option(controller, 'version') : argumentsOf(own)[0];
  if (said === undefined) return [undefined];
  const all = said.type === 'array' ? named(said) : [said];
  return all.flatMap((each) => {
    const version = /(?:^|\.)VERSION_NEUTRAL$/.test(each.text) ? '' : facts.text(each);
    return version === undefined ? [] : [version];
  });
}

/** `@GrpcMethod('Orders', 'Place')`; the names of the class and of the method where they are not said. */
function readRpc(call: Node, method: Node, owner: Node, facts: FactsBuilder): void {
  const [service, name] = argumentsOf(call);
  const serviceName = service === undefined ? owner.childForFieldName('name')?.text : facts.text(service);
  const methodName = name === undefined ? method.childForFieldName('name')?.text : facts.text(name);
  if (serviceName !== undefined && methodName !== undefined) facts.rpc(serviceName, methodName, method);
}

/** `app.enableVersioning({ type: VersioningType.URI, prefix: 'v', defaultVersion: '1' })`. */
export function readVersioning(options: Node | undefined, facts: FactsBuilder): void {
  const type = option(options, 'type');
  if (options !== undefined && type !== undefined && !/(?:^|\.)URI$/.test(type.text)) {
    facts.nestVersionings.push(undefined);
    return;
  }
  const said = option(options, 'prefix');
  const prefix = said === undefined ? 'v' : said.text === 'false' ? '' : facts.text(said);
  const defaults = option(options, 'defaultVersion');
  const versions = defaults === undefined ? undefined : /(?:^|\.)VERSION_NEUTRAL$/.test(defaults.text) ? [''] : facts.texts(defaults);
  if (prefix !== undefined && (defaults === undefined || versions !== undefined)) facts.nestVersionings.push({ prefix, defaults: versions });
}

function decoratedMethod(decorator: Node): Node | undefined {
  if (decorator.parent?.type === 'method_definition') return decorator.parent;
  if (decorator.parent?.type !== 'class_body') return undefined;
  let next = decorator.nextNamedSibling;
  while (next !== null && (next.type === 'decorator' || next.type === 'comment')) next = next.nextNamedSibling;
  return next?.type === 'method_definition' ? next : undefined;
}

/** The calls that a method's decorators are. */
function decoratorsOf(method: Node): Node[] {
  const found = named(method).filter((each) => each.type === 'decorator');
  for (let before = method.previousNamedSibling; before?.type === 'decorator' || before?.type === 'comment'; before = before.previousNamedSibling) found.push(before);
  return found.flatMap((each) => named(each).filter((inside) => inside.type === 'call_expression'));
}
