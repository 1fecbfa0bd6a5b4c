import type { Node } from '@vscode/tree-sitter-wasm';
import { goConstants } from '../constantRules.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import type { IndexLanguage } from '../indexLanguage.ts';
import { ancestors, argumentsOf, dottedName, lastSegment, named } from '../nodes.ts';
import { readRouter, readRouterCall } from './goRouters.ts';
import { groupCalls, readRoute, routeCalls } from './goRoutes.ts';
import { readRegistered, readService } from './goRpc.ts';
import { assignedTo, calledField, receiverOf } from './goSyntax.ts';

export const go: IndexLanguage = {
  mentions: /\.Start\(|\.(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Get|Post|Put|Patch|Delete|Head|Options|Any|Handle|HandleFunc)\(\s*["`]|\.(?:GET|POST|PUT|PATCH|DELETE|Handle|HandleFunc)\(\s*[A-Za-z]|\.(?:Group|Route|Mount|PathPrefix)\(|Unimplemented\w+Server|\bRegister\w+Server\(|\w\(\s*\w+\.Group\(/,
  query: `
    ((call_expression function: (selector_expression field: (field_identifier) @_n)) @call
      (#any-of? @_n "Start" "Tracer" "Mount" ${[...groupCalls, ...routeCalls].map((name) => `"${name}"`).join(' ')}))
    ((call_expression function: (selector_expression field: (field_identifier) @_r)) @registered (#match? @_r "^Register.+Server$"))
    (call_expression function: [(identifier) (selector_expression)] arguments: (argument_list [(identifier) (selector_expression) (call_expression)])) @handOver
    (import_spec) @import
    (type_spec type: (struct_type)) @struct`,
  readNames: (capture, node, facts) => {
    if (capture === 'import') readImport(node, facts);
    if (capture !== 'call') return;
    const name = calledField(node);
    if (name === 'Tracer') {
      const target = assignedTo(node);
      if (target !== undefined) facts.tracer(lastSegment(target)!, facts.text(argumentsOf(node)[0]));
    } else if (groupCalls.includes(name)) readRouter(node, facts);
  },
  read: (capture, node, facts) => {
    if (capture === 'struct') readService(node, facts);
    else if (capture === 'registered') readRegistered(node, facts);
    else if (capture === 'handOver') readRouterCall(node, facts);
    else if (capture === 'call' && calledField(node) === 'Start') readSpan(node, facts);
    else if (capture === 'call' && routeCalls.includes(calledField(node))) readRoute(node, facts);
  },
  constants: goConstants,
  qualifiedName: (node, { name }) => {
    const root = ancestors(node).at(-1);
    return `${named(named(root).find((child) => child.type === 'package_clause'))[0]?.text ?? ''}.${name}`;
  },
};

function readImport(node: Node, facts: FactsBuilder): void {
  const path = facts.text(node.childForFieldName('path'));
  if (path === undefined) return;
  // A version is no name of a package.
  const own = path.split('/').filter((segment) => !/^v\d+$/.test(segment)).at(-1);
  facts.imports.set(node.childForFieldName('name')?.text ?? own ?? path, { module: path, name: '*' });
}

function readSpan(node: Node, facts: FactsBuilder): void {
  const receiver = receiverOf(node);
  const args = argumentsOf(node);
  const text = facts.text(args[1]);
  const made = receiver?.type === 'call_expression' && calledField(receiver) === 'Tracer';
  const tracer = lastSegment(dottedName(receiver));
  if (text === undefined || facts.text(args[0]) !== undefined || !(made || facts.isTracer(tracer) || /trac/i.test(tracer ?? ''))) return;
  facts.span(text, node, made ? facts.text(argumentsOf(receiver)[0]) : facts.scopeOf(tracer));
}
