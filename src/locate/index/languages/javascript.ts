import type { Node } from '@vscode/tree-sitter-wasm';
import { javascriptConstants } from '../constantRules.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import type { IndexLanguage } from '../indexLanguage.ts';
import { argumentsOf, dottedName, lastSegment, named } from '../nodes.ts';
import { exportedName, readRouterVariable } from './javascriptRouters.ts';
import { handOverNames, mountCalls, readHandOver, readMount, readPrefix, readRoute, readRouteObject, routeVerbs } from './javascriptRoutes.ts';
import { readService } from './javascriptRpc.ts';
import { calledProperty, option, requiredModule } from './javascriptSyntax.ts';
import { nestDecorators, readNest, readVersioning } from './nestRoutes.ts';
import { isNextFile, readNext } from './nextRoutes.ts';

const spanCalls = ['startSpan', 'startActiveSpan', 'startInactiveSpan', 'startSpanManual'];

export const javascript: IndexLanguage = {
  mentions: /start(?:Active|Inactive)?Span\b|startSpanManual|\.(?:get|post|put|patch|delete|del|all|head|options|on)\(\s{0,99}(?:['"`][^'"`\n]{0,80}['"`],\s{0,99})?(?:\[?\s{0,99}(?:['"`](?:[/*]|\$\{)|[\w$.]{1,99}\s{0,99}\+)|[A-Za-z_$][\w$.]{0,99}\s{0,99},)|\.(?:route|register|use|prefix)\(|Controller\(|setGlobalPrefix|enableVersioning|addService\(|@Grpc/,
  pathMentions: /(?:^|\/)(?:app\/(?:.*\/)?(?:route|page)|pages\/.*)\.[cm]?[jt]sx?$/,
  query: `
    ((call_expression function: [(identifier) @_n (member_expression property: (property_identifier) @_n)]) @call
      (#any-of? @_n "setGlobalPrefix" "enableVersioning" "addService" "prefix" ${[...spanCalls, ...mountCalls, ...routeVerbs].map((name) => `"${name}"`).join(' ')}))
    ((call_expression function: [(identifier) (member_expression) (call_expression)] arguments: (arguments (identifier) @_a)) @handOver (#match? @_a "${handOverNames}"))
    (variable_declarator value: (_)) @variable
    (assignment_expression) @assignment
    (import_statement) @import
    (export_statement) @export
    ((decorator (call_expression function: (identifier) @_d)) @decorator (#any-of? @_d ${nestDecorators.map((name) => `"${name}"`).join(' ')}))`,
  readNames: (capture, node, facts) => {
    if (capture === 'variable') readVariable(node, facts);
    else if (capture === 'import') readImport(node, facts);
    else if (capture === 'export') readExport(node, facts);
    else if (capture === 'assignment') readAssignment(node, facts);
    else if (capture === 'call' && calledProperty(node) === 'prefix') readPrefix(node, facts);
  },
  read: (capture, node, facts) => {
    if (capture === 'decorator') readNest(node, facts);
    else if (capture === 'call') readCall(node, facts);
    else if (capture === 'handOver') readHandOver(node, facts);
  },
  finish: (facts) => {
    if (isNextFile(facts.relativePath)) readNext(facts);
  },
  constants: javascriptConstants,
  qualifiedName: (_node, { name }) => name,
};

/** `trace.getTracer('x')` → its name; undefined also where that is not known. */
function tracerScope(node: Node | null, facts: FactsBuilder): { readonly scope: string | undefined } | undefined {
  return node?.type === 'call_expression' && calledProperty(node) === 'getTracer' ? { scope: facts.text(argumentsOf(node)[0]) } : undefined;
}

function readVariable(declarator: Node, facts: FactsBuilder): void {
  const target = declarator.childForFieldName('name');
  const value = declarator.childForFieldName('value');
  if (target === null || value === null) return;
  const required = requiredModule(value, facts);
  if (required !== undefined && target.type === 'identifier') facts.imports.set(target.text, required);
  if (required !== undefined && target.type === 'object_pattern') {
    for (const part of named(target)) {
      const key = part.childForFieldName('key')?.text ?? part.text;
      facts.imports.set(part.childForFieldName('value')?.text ?? part.text, { module: required.module, name: key });
    }
  }
  if (target.type !== 'identifier') return;
  const tracer = tracerScope(value, facts);
  if (tracer !== undefined) facts.tracer(target.text, tracer.scope);
  readRouterVariable(target.text, value, facts);
}

function readAssignment(node: Node, facts: FactsBuilder): void {
  const target = dottedName(node.childForFieldName('left'));
  const value = node.childForFieldName('right');
  if (target === undefined || value === null) return;
  const tracer = tracerScope(value, facts);
  if (tracer !== undefined) facts.tracer(lastSegment(target)!, tracer.scope);
  if (target === 'module.exports' || target === 'exports') {
    facts.exports.set('default', exportedName(value));
    readRouterVariable('<default>', value, facts);
    if (value.type !== 'object') return;
    const parts = named(value);
    const spread = parts.findLastIndex((part) => part.type === 'spread_element');
    for (const [i, part] of parts.entries()) {
      const key = part.type === 'shorthand_property_identifier' ? part.text : part.childForFieldName('key')?.text;
      if (key === undefined) continue;
      const said = part.childForFieldName('value');
      facts.exports.set(key, said?.text ?? part.text);
      // What is spread behind it may have the name too.
      if (i < spread) facts.exportedValues.set(key, undefined);
      else if (said !== null) exportValue(key, said, facts);
    }
  } else if (/^(?:module\.)?exports\.\w+$/.test(target)) {
    facts.exports.set(lastSegment(target)!, exportedName(value));
    exportValue(lastSegment(target)!, value, facts);
  }
}

function exportValue(name: string, value: Node, facts: FactsBuilder): void {
  facts.exportedValues.set(name, facts.exportedValues.has(name) ? undefined : value);
}

function readImport(node: Node, facts: FactsBuilder): void {
  const module = facts.text(node.childForFieldName('source'));
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
  if (value !== null) {
    facts.exports.set('default', exportedName(value));
    readRouterVariable('<default>', value, facts);
  }
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

function readCall(call: Node, facts: FactsBuilder): void {
  const name = calledProperty(call) ?? '';
  const receiver = call.childForFieldName('function')?.childForFieldName('object') ?? null;
  const args = argumentsOf(call);
  if (spanCalls.includes(name)) {
    const text = facts.openText(args[0]) ?? facts.openText(option(args[0], 'name'));
    if (text !== undefined) facts.span(text, call, tracerScope(receiver, facts)?.scope ?? facts.scopeOf(lastSegment(dottedName(receiver))));
    return;
  }
  if (receiver === null) return;
  if (name === 'setGlobalPrefix') {
    const prefix = facts.text(args[0]);
    if (prefix !== undefined) facts.globalPrefixes.push(prefix);
  } else if (name === 'enableVersioning') readVersioning(args[0], facts);
  else if (name === 'addService') readService(args, facts);
  else if (name === 'route' && args[0]?.type === 'object') readRouteObject(receiver, args[0], call, facts);
  else if (mountCalls.includes(name)) readMount(name, receiver, args, facts);
  else if (routeVerbs.includes(name)) readRoute(name, receiver, args, call, facts);
}
