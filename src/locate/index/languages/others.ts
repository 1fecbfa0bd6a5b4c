import type { Node } from '@vscode/tree-sitter-wasm';
import { phpConstants, rubyConstants, rustConstants } from '../constantRules.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import type { IndexLanguage } from '../indexLanguage.ts';
import { ancestors, argumentsOf, dottedName, lastSegment, named } from '../nodes.ts';

export const php: IndexLanguage = {
  mentions: /spanBuilder|WithSpan/,
  query: `
    ((member_call_expression name: (name) @_n) @call (#any-of? @_n "spanBuilder" "getTracer"))
    (method_declaration (attribute_list)) @attributed
    (function_definition (attribute_list)) @attributed`,
  readNames: (capture, node, facts) => {
    if (capture !== 'call' || node.childForFieldName('name')?.text !== 'getTracer') return;
    const target = node.parent?.type === 'assignment_expression' ? dottedName(node.parent.childForFieldName('left')) : undefined;
    if (target !== undefined) facts.tracer(tracerName(target), facts.text(argumentsOf(node)[0]));
  },
  read: (capture, node, facts) => {
    if (capture === 'attributed') {
      const attribute = named(named(node).find((child) => child.type === 'attribute_list')).flatMap(named).find((each) => /(?:^|\\)WithSpan$/.test(named(each)[0]?.text ?? ''));
      if (attribute === undefined) return;
      const [first] = argumentsOf(attribute).length > 0 ? argumentsOf(attribute) : named(attribute.childForFieldName('parameters')).map((each) => named(each).at(-1)!);
      const name = first === undefined ? undefined : facts.text(first);
      if (name !== undefined) facts.spanOf(name, node, 'annotation');
      return;
    }
    const name = node.childForFieldName('name')?.text === 'spanBuilder' ? facts.text(argumentsOf(node)[0]) : undefined;
    const receiver = node.childForFieldName('object');
    const made = receiver?.type === 'member_call_expression' && receiver.childForFieldName('name')?.text === 'getTracer';
    if (name !== undefined) facts.span(name, node, made ? facts.text(argumentsOf(receiver)[0]) : facts.scopeOf(tracerName(dottedName(receiver) ?? '')));
  },
  constants: phpConstants,
  qualifiedName: (node, { name }) => {
    const around = ancestors(node);
    const block = around.find((each) => each.type === 'namespace_definition');
    const top = around.at(-2) ?? node;
    const before = named(around.at(-1)).filter((each) => each.type === 'namespace_definition' && each.childForFieldName('body') === null && each.startIndex < top.startIndex).at(-1);
    const namespace = (block ?? before)?.childForFieldName('name')?.text.replace(/\s+/g, '');
    return namespace === undefined ? name : `${namespace}\\${name}`;
  },
};

function tracerName(dotted: string): string {
  return dotted.slice(dotted.lastIndexOf('.') + 1).replace(/^\$/, '');
}

const rubyCalls = ['in_span', 'start_span', 'start_root_span'];

export const ruby: IndexLanguage = {
  mentions: /in_span|start_span|start_root_span/,
  query: `((call method: (identifier) @_n) @call (#any-of? @_n "tracer" ${rubyCalls.map((name) => `"${name}"`).join(' ')}))`,
  readNames: (_capture, node, facts) => {
    if (node.childForFieldName('method')?.text !== 'tracer' || node.parent?.type !== 'assignment') return;
    const target = dottedName(node.parent.childForFieldName('left'));
    const scope = facts.text(argumentsOf(node)[0]);
    if (target !== undefined && scope !== undefined) facts.tracer(lastSegment(target)!, scope);
  },
  read: (_capture, node, facts) => {
    if (!rubyCalls.includes(node.childForFieldName('method')?.text ?? '')) return;
    const name = facts.text(argumentsOf(node)[0]);
    const receiver = node.childForFieldName('receiver');
    const made = receiver?.type === 'call' && receiver.childForFieldName('method')?.text === 'tracer';
    if (name !== undefined) facts.span(name, node, made ? facts.text(argumentsOf(receiver)[0]) : facts.scopeOf(lastSegment(dottedName(receiver))));
  },
  constants: rubyConstants,
  qualifiedName: (_node, { name }) => name,
};

const rustMacros = ['span', 'trace_span', 'debug_span', 'info_span', 'warn_span', 'error_span'];
const rustCalls = ['start', 'start_with_context', 'start_with_builder', 'span_builder', 'in_span'];

export const rust: IndexLanguage = {
  mentions: /instrument|span!|\.start|span_builder|\.in_span/,
  query: `
    (attribute_item) @attribute
    ((macro_invocation macro: [(identifier) @_n (scoped_identifier name: (identifier) @_n)]) @macro (#any-of? @_n ${rustMacros.map((name) => `"${name}"`).join(' ')}))
    ((call_expression function: (field_expression field: (field_identifier) @_n)) @call (#any-of? @_n ${rustCalls.map((name) => `"${name}"`).join(' ')}))
    (let_declaration value: (call_expression)) @let`,
  readNames: (capture, node, facts) => {
    const value = capture === 'let' ? node.childForFieldName('value') : null;
    const name = dottedName(node.childForFieldName('pattern'));
    if (value !== null && name !== undefined && /(?:^|\.)tracer$/.test(dottedName(value.childForFieldName('function')) ?? '')) facts.tracer(name, facts.text(argumentsOf(value)[0]));
  },
  read: (capture, node, facts) => {
    if (capture === 'attribute') readInstrument(node, facts);
    else if (capture === 'macro') {
      const name = macroName(named(node).find((child) => child.type === 'token_tree'), facts);
      if (name !== undefined) facts.span(name, node, undefined);
    } else if (capture === 'call') {
      const callee = node.childForFieldName('function');
      const value = callee?.childForFieldName('value');
      const receiver = lastSegment(dottedName(value));
      const name = facts.text(argumentsOf(node)[0]);
      // `global::tracer("scope").in_span(…)`
      const isMade = value?.type === 'call_expression' && /(?:^|\.)tracer$/.test(dottedName(value.childForFieldName('function')) ?? '');
      if (name !== undefined && isMade) facts.span(name, node, facts.text(argumentsOf(value)[0]));
      else if (name !== undefined && (facts.isTracer(receiver) || /tracer/i.test(receiver ?? ''))) facts.span(name, node, facts.scopeOf(receiver));
    }
  },
  constants: rustConstants,
  qualifiedName: (node, { name }) => {
    const modules = ancestors(node).flatMap((at) => (at.type === 'mod_item' ? [at.childForFieldName('name')?.text ?? ''] : [])).reverse();
    return [...modules, name].join('::');
  },
};

function readInstrument(item: Node, facts: FactsBuilder): void {
  const attribute = named(item)[0];
  const path = named(attribute)[0]?.text;
  if (path !== 'instrument' && path !== 'tracing::instrument') return;
  let target = item.nextNamedSibling;
  while (target !== null && (target.type === 'attribute_item' || target.type.endsWith('comment'))) target = target.nextNamedSibling;
  if (target?.type !== 'function_item') return;
  const said = tokens(attribute?.childForFieldName('arguments'));
  const at = said.findIndex((token, i) => token.text === 'name' && said[i + 1]?.text === '=');
  // `#[instrument("x")]` names it too.
  const name = at >= 0 ? facts.text(said[at + 2]) : said[0]?.type === 'string_literal' ? facts.text(said[0]) : (target.childForFieldName('name')?.text ?? '');
  if (name !== undefined) facts.spanOf(name, target, 'annotation');
}

/** The first literal that is not the value of `target:`. */
function macroName(tree: Node | undefined, facts: FactsBuilder): string | undefined {
  const all = tokens(tree);
  const at = all.findIndex((token, i) => token.type === 'string_literal' && all[i - 1]?.text !== ':');
  // Past the first field there is no name any more.
  return at < 0 || all.slice(0, at).some((token) => token.text === '=') ? undefined : facts.text(all[at]);
}

function tokens(tree: Node | null | undefined): Node[] {
  return (tree?.children ?? []).filter((child) => child !== null).slice(1, -1);
}
