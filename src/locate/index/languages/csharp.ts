import type { Node } from '@vscode/tree-sitter-wasm';
import { csharpConstants } from '../constantRules.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import type { IndexLanguage } from '../indexLanguage.ts';
import { ancestors, argumentsOf, dottedName, lastSegment, named } from '../nodes.ts';
import { calleeOf, mapCalls, readExtension, readGroup, readMap } from './minimalApis.ts';

const attributes: ReadonlyMap<string, readonly string[]> = new Map([
  ['HttpGet', ['GET']], ['HttpPost', ['POST']], ['HttpPut', ['PUT']], ['HttpPatch', ['PATCH']], ['HttpDelete', ['DELETE']], ['HttpHead', ['HEAD']], ['HttpOptions', ['OPTIONS']],
]);

export const csharp: IndexLanguage = {
  mentions: /StartActivity|\bHttp(?:Get|Post|Put|Patch|Delete|Head|Options)\b|\[Route|\.Map(?:Get|Post|Put|Patch|Delete|Methods|Group)?\(|\.(?:Map|Use|Add|Register)\w+\(\)|StartActiveSpan|StartSpan|StartRootSpan|\wBase\b/,
  query: `
    ((invocation_expression function: (member_access_expression name: (identifier) @_n)) @call
      (#any-of? @_n "StartActivity" "CreateActivity" "StartActiveSpan" "StartSpan" "StartRootSpan" "MapGroup" ${mapCalls.map((name) => `"${name}"`).join(' ')}))
    ((invocation_expression function: (member_access_expression name: (identifier) @_m)) @extension (#match? @_m "^(Map|Use|Add|Register)") (#not-any-of? @_m "MapGroup" ${mapCalls.map((name) => `"${name}"`).join(' ')}))
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
      const text = facts.text(argumentsOf(value)[0]);
      if (lastSegment(made) === 'ActivitySource' || called === 'GetTracer') facts.tracer(name, text);
      readGroup(name, value, facts);
    }
  },
  read: (capture, node, facts) => {
    if (capture === 'attributed') readAction(node, facts);
    else if (capture === 'class') readService(node, facts);
    else if (capture === 'extension') readExtension(node, facts);
    else if (capture === 'call') readCall(node, facts);
  },
  constants: csharpConstants,
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

function readCall(call: Node, facts: FactsBuilder): void {
  const callee = calleeOf(call);
  const name = callee?.childForFieldName('name')?.text ?? '';
  const receiver = dottedName(callee?.childForFieldName('expression'));
  const args = argumentsOf(call);
  const text = facts.text(args[0]);
  if (mapCalls.includes(name)) readMap(call, facts);
  else if (name.startsWith('Start') || name === 'CreateActivity') {
    const scope = facts.scopeOf(lastSegment(receiver));
    // Without a name it is called after the member, as [CallerMemberName] has it: of a local function after the method around it.
    const member = ancestors(call).find(({ type }) => type === 'method_declaration' || type === 'property_declaration');
    const own = name === 'StartActivity' && args.length === 0 ? member?.childForFieldName('name')?.text : text;
    if (own !== undefined) facts.span(own, call, scope);
  }
}

function readAction(method: Node, facts: FactsBuilder): void {
  const owner = ancestors(method).find((each) => each.type === 'class_declaration');
  const className = owner?.childForFieldName('name')?.text;
  if (owner === undefined || className === undefined) return;
  const own = attributesOf(method, facts);
  const verbs = own.filter(({ name }) => attributes.has(name));
  const routes = own.filter(({ name }) => name === 'Route').map(({ text }) => text);
  const prefixes = attributesOf(owner, facts).filter(({ name }) => name === 'Route').map(({ text }) => text);
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

function attributesOf(declaration: Node, facts: FactsBuilder): { readonly name: string; readonly text: string | undefined; readonly isGiven: boolean }[] {
  return named(declaration).filter((child) => child.type === 'attribute_list').flatMap((list) => named(list)).map((attribute) => {
    const args = named(named(attribute).find((child) => child.type === 'attribute_argument_list')).filter((each) => named(each)[0]?.type !== 'assignment_expression');
    return { name: (attribute.childForFieldName('name')?.text ?? '').replace(/Attribute$/, ''), text: facts.text(named(args[0]).at(-1)), isGiven: args.length > 0 };
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
