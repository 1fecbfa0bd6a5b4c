import type { Node } from '@vscode/tree-sitter-wasm';
import type { NamedFunction } from '../../functions/language.ts';
import { javaConstants } from '../constantRules.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import type { IndexLanguage } from '../indexLanguage.ts';
import { ancestors, argumentsOf, dottedName, lastSegment, named } from '../nodes.ts';

const mappings: ReadonlyMap<string, readonly string[]> = new Map([
  ['GetMapping', ['GET']], ['PostMapping', ['POST']], ['PutMapping', ['PUT']], ['PatchMapping', ['PATCH']], ['DeleteMapping', ['DELETE']], ['RequestMapping', ['*']],
]);
const jaxRsMethods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
const classTypes: ReadonlySet<string> = new Set(['class_declaration', 'record_declaration', 'enum_declaration', 'interface_declaration', 'annotation_type_declaration']);

export const java: IndexLanguage = {
  mentions: /WithSpan|spanBuilder|Mapping\b|@Path\b|ImplBase\b|AsyncService\b/,
  query: `
    (method_declaration (modifiers [(annotation) (marker_annotation)])) @annotated
    ((method_invocation name: (identifier) @_n) @call (#any-of? @_n "spanBuilder" "getTracer" "tracerBuilder"))
    (class_declaration (superclass)) @class
    (class_declaration (super_interfaces)) @class`,
  readNames: (capture, node, facts) => {
    if (capture !== 'call' || node.childForFieldName('name')?.text === 'spanBuilder') return;
    const scope = facts.text(argumentsOf(node)[0]);
    const target = ancestors(node).find((each) => each.type === 'variable_declarator' || each.type === 'assignment_expression' || each.type === 'block');
    const name = lastSegment(dottedName(target?.childForFieldName('name') ?? target?.childForFieldName('left')));
    if (name !== undefined) facts.tracer(name, scope);
  },
  read: (capture, node, facts) => {
    if (capture === 'annotated') readMethod(node, facts);
    else if (capture === 'class') readService(node, facts);
    else if (node.childForFieldName('name')?.text === 'spanBuilder') {
      const name = facts.text(argumentsOf(node)[0]);
      if (name !== undefined) facts.span(name, node, scopeOf(node.childForFieldName('object'), facts));
    }
  },
  constants: javaConstants,
  qualifiedName,
};

function scopeOf(receiver: Node | null, facts: FactsBuilder): string | undefined {
  if (receiver?.type === 'method_invocation' && receiver.childForFieldName('name')?.text === 'getTracer') return facts.text(argumentsOf(receiver)[0]);
  return facts.scopeOf(lastSegment(dottedName(receiver)));
}

function readMethod(method: Node, facts: FactsBuilder): void {
  const annotations = annotationsOf(method);
  const owner = ancestors(method).find((each) => classTypes.has(each.type) || each.type === 'object_creation_expression');
  const name = method.childForFieldName('name')?.text;
  if (owner === undefined || name === undefined) return;
  const withSpan = annotations.get('WithSpan');
  if (withSpan !== undefined) {
    const said = valueOf(withSpan, ['value']);
    // As the agent names it: the class without what is around it.
    const text = said === undefined ? `${owner.childForFieldName('name')?.text ?? ''}.${name}` : facts.text(said);
    if (text !== undefined && text !== '') facts.spanOf(text, method, 'annotation');
  }
  // An interface with mappings is a client's (Feign), or implemented elsewhere.
  if (owner.type !== 'class_declaration' && owner.type !== 'record_declaration') return;
  const around = annotationsOf(owner);
  for (const [annotation, node] of annotations) {
    let methods = mappings.get(annotation);
    if (methods === undefined || !['RestController', 'Controller', 'RequestMapping'].some((each) => around.has(each))) continue;
    if (annotation === 'RequestMapping') methods = requestMethods(valueOf(node, ['method'])) ?? ['*'];
    const prefixes = textsOf(around.get('RequestMapping'), ['value', 'path'], facts);
    const paths = textsOf(node, ['value', 'path'], facts);
    for (const prefix of prefixes ?? []) for (const path of paths ?? []) facts.route(methods, joined(prefix, path), undefined, method, method);
  }
  const path = around.get('Path');
  const verbs = [...annotations.keys()].filter((each) => jaxRsMethods.has(each));
  if (path === undefined || verbs.length === 0) return;
  for (const prefix of textsOf(path, ['value'], facts) ?? []) {
    for (const own of textsOf(annotations.get('Path'), ['value'], facts) ?? []) facts.route(verbs, joined(prefix, own), undefined, method, method);
  }
}

function joined(prefix: string, path: string): string {
  return path === '' ? prefix : `${prefix.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
}

/** Each annotation by its last name. */
function annotationsOf(declaration: Node): ReadonlyMap<string, Node> {
  const modifiers = named(declaration).find((child) => child.type === 'modifiers');
  return new Map(named(modifiers).flatMap((each) => (each.type.endsWith('annotation') ? [[lastSegment(each.childForFieldName('name')?.text) ?? '', each] as const] : [])));
}

/** What an annotation says under one of these names; the first also without a name. */
function valueOf(annotation: Node, keys: readonly string[]): Node | undefined {
  for (const argument of argumentsOf(annotation)) {
    if (argument.type !== 'element_value_pair') return keys.includes('value') ? argument : undefined;
    if (keys.includes(argument.childForFieldName('key')?.text ?? '')) return argument.childForFieldName('value') ?? undefined;
  }
  return undefined;
}

/** `['']` where the annotation or its value is not there; undefined where it is no literal. */
function textsOf(annotation: Node | undefined, keys: readonly string[], facts: FactsBuilder): readonly string[] | undefined {
  const value = annotation === undefined ? undefined : valueOf(annotation, keys);
  return value === undefined ? [''] : facts.texts(value);
}

function requestMethods(value: Node | undefined): string[] | undefined {
  const all = value === undefined ? [] : value.type === 'element_value_array_initializer' ? named(value) : [value];
  return all.length === 0 ? undefined : all.map((each) => each.text.slice(each.text.lastIndexOf('.') + 1));
}

/** gRPC's base class is `OrdersGrpc.OrdersImplBase`, or its interface `OrdersGrpc.AsyncService`. */
function readService(node: Node, facts: FactsBuilder): void {
  const superclass = node.childForFieldName('superclass')?.text.split(/\W+/).at(-1) ?? '';
  const implemented = named(named(node.childForFieldName('interfaces'))[0]).map((each) => /^(\w{1,200})Grpc\.AsyncService$/.exec(each.text.replace(/\s+/g, ''))?.[1]);
  const base = /^(\w+?)(?:Coroutine)?ImplBase$/.exec(superclass)?.[1] ?? implemented.find((each) => each !== undefined);
  if (base === undefined) return;
  for (const member of named(node.childForFieldName('body'))) {
    const name = member.type === 'method_declaration' ? member.childForFieldName('name')?.text : undefined;
    if (name !== undefined) facts.rpc(base, name, member);
  }
}

/** `com.foo.Outer.Inner.method`; a class without a name is `$`. */
function qualifiedName(node: Node, { name }: NamedFunction): string {
  const own = name.slice(name.lastIndexOf('.') + 1);
  const segments = [own];
  const around = ancestors(node);
  for (const [i, at] of around.entries()) {
    if (classTypes.has(at.type)) segments.unshift(at.childForFieldName('name')?.text ?? '$');
    else if (at.type === 'object_creation_expression' && around[i - 1]?.type === 'class_body') segments.unshift('$');
  }
  const unit = around.at(-1);
  const declaration = named(unit).find((child) => child.type === 'package_declaration');
  const packageName = declaration === undefined ? undefined : named(declaration).at(-1)?.text.replace(/\s+/g, '');
  return [...(packageName === undefined ? [] : [packageName]), ...segments].join('.');
}
