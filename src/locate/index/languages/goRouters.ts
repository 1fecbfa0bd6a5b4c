import type { Node } from '@vscode/tree-sitter-wasm';
import { functionRouterMark, type RouterReference } from '../facts.ts';
import type { FactsBuilder } from '../factsBuilder.ts';
import { ancestors, argumentsOf, dottedName, named } from '../nodes.ts';
import { assignedTo, calledField, functionName, functionTypes, ownMember, receiverOf } from './goSyntax.ts';

export interface GoRouter {
  readonly on: RouterReference | undefined;
  readonly prefix: string;
}

const maxDepth = 16;
/** Types of routers that are a program's own; a group and an interface may be a part of one. */
const rootTypes = /\b(?:Engine|Echo|App|Mux|ServeMux|mux\.Router|httprouter\.Router)$/;
const routerTypes = /Group|IRout|\bRouter$|\bHandler$/;

/** What a route is registered on; undefined where it is not known what stands before it. */
export function routerOf(node: Node | null, facts: FactsBuilder, depth = 0): GoRouter | undefined {
  if (node === null || depth > maxDepth) return undefined;
  if (node.type === 'call_expression') return madeRouter(node, facts, depth);
  const name = dottedName(node);
  if (name === undefined) return undefined;
  for (const at of ancestors(node)) {
    if (!functionTypes.includes(at.type)) continue;
    const parameter = named(at.childForFieldName('parameters')).find((each) => each.childrenForFieldName('name').some((own) => own?.text === name));
    if (parameter !== undefined) return parameterRouter(at, parameter.childForFieldName('type')?.text ?? '', facts, depth);
  }
  const known = [scopedName(name, node), name].find((each) => facts.routers.has(each));
  if (known !== undefined) return { on: { module: undefined, name: known }, prefix: '' };
  const maker = returningFunction(name, node);
  if (maker === undefined) return { on: undefined, prefix: '' };
  const router = `${functionRouterMark}${maker}`;
  facts.routerNamed(router, { prefix: '', unmounted: 'root' });
  return { on: { module: undefined, name: router }, prefix: '' };
}

/** `r.Group("/x")`, `r.PathPrefix("/x").Subrouter()` where they stand. */
function madeRouter(call: Node, facts: FactsBuilder, depth: number): GoRouter | undefined {
  const called = calledField(call);
  if (called === 'Subrouter') {
    const prefixed = receiverOf(call);
    return prefixed?.type === 'call_expression' && calledField(prefixed) === 'PathPrefix' ? madeRouter(prefixed, facts, depth + 1) : undefined;
  }
  if (called !== 'Group' && called !== 'PathPrefix') return undefined;
  const outer = routerOf(receiverOf(call), facts, depth + 1);
  const prefix = facts.text(argumentsOf(call)[0]);
  return outer === undefined || prefix === undefined ? undefined : { on: outer.on, prefix: `${outer.prefix}/${prefix}` };
}

/** Chi nests: `r.Route("/api", func(r chi.Router) {…})`. A function with a name gets its router from its callers. */
function parameterRouter(callable: Node, type: string, facts: FactsBuilder, depth: number): GoRouter | undefined {
  const call = callable.parent?.parent;
  if (callable.type === 'func_literal' && call?.type === 'call_expression' && /^(?:Route|Group)$/.test(calledField(call))) {
    const outer = routerOf(receiverOf(call), facts, depth + 1);
    const [first] = argumentsOf(call);
    const prefix = first?.id === callable.id ? '' : facts.text(first);
    return outer === undefined || prefix === undefined ? undefined : { on: outer.on, prefix: `${outer.prefix}/${prefix}` };
  }
  const name = callable.type === 'func_literal' ? undefined : functionName(callable);
  if (name === undefined) return rootTypes.test(type) ? { on: undefined, prefix: '' } : undefined;
  const router = `${functionRouterMark}${name}`;
  facts.routerNamed(router, { prefix: '', unmounted: !rootTypes.test(type) && routerTypes.test(type) ? 'unknown' : 'root' });
  return { on: { module: undefined, name: router }, prefix: '' };
}

/** A local name is another in each function. */
function scopedName(name: string, from: Node): string {
  const around = name.includes('.') ? undefined : ancestors(from).find((each) => each.type === 'function_declaration' || each.type === 'method_declaration');
  return around === undefined ? name : `${name}@${around.startIndex}`;
}

/** The function around that returns what is called so. */
function returningFunction(name: string, from: Node): string | undefined {
  const around = ancestors(from).find((each) => each.type === 'function_declaration' || each.type === 'method_declaration');
  const returns = around?.descendantsOfType('return_statement').some((each) => each !== null && named(named(each)[0]).some((value) => value.text === name)) === true;
  return around === undefined || !returns ? undefined : functionName(around);
}

/** A router that is made of another and given a name. */
export function readRouter(call: Node, facts: FactsBuilder): void {
  const target = assignedTo(call);
  if (target === undefined || !/^(?:Group|Subrouter)$/.test(calledField(call))) return;
  const name = scopedName(target, call);
  const made = madeRouter(call, facts, 0);
  facts.routerNamed(name, { prefix: '', unmounted: 'unknown' });
  if (made !== undefined) facts.mount({ module: undefined, name }, made.on, made.prefix);
}

/** `users.Register(v1)` and `r.Mount("/users", usersRouter())`: what a function puts its routes on, or where what it returns is put. */
export function readRouterCall(call: Node, facts: FactsBuilder): void {
  const args = argumentsOf(call);
  if (calledField(call) === 'Mount') {
    const on = routerOf(receiverOf(call), facts);
    const prefix = facts.text(args[0]);
    const target = args[1]?.type === 'call_expression' ? calledFunction(args[1], facts) : undefined;
    if (on !== undefined && target !== undefined) facts.mount(target, on.on, prefix === undefined ? undefined : `${on.prefix}/${prefix}`);
    return;
  }
  if (calledField(call) === 'Route' && args[1]?.type !== 'func_literal' && args.length === 2) {
    const on = routerOf(receiverOf(call), facts);
    const prefix = facts.text(args[0]);
    const target = namedFunction(args[1], facts);
    if (on !== undefined && target !== undefined) facts.mount(target, on.on, prefix === undefined ? undefined : `${on.prefix}/${prefix}`);
    return;
  }
  const target = calledFunction(call, facts);
  if (target === undefined) return;
  for (const argument of args) {
    const isKnown = argument.type === 'call_expression' ? calledField(argument) === 'Group' : isRouter(argument, facts);
    const on = isKnown ? routerOf(argument, facts) : undefined;
    if (on !== undefined) facts.mount(target, on.on, on.prefix);
  }
}

/** By a name that routers have, or since it is known to be one. */
function isRouter(argument: Node, facts: FactsBuilder): boolean {
  const name = dottedName(argument);
  if (name === undefined) return false;
  return facts.routers.has(scopedName(name, argument)) || facts.routers.has(name) || /^(?:r|e|g|rg|mux|app|api|router|engine|group|v\d+)$|(?:Router|Group|Engine|Mux)$/.test(name.slice(name.lastIndexOf('.') + 1));
}

function calledFunction(call: Node, facts: FactsBuilder): RouterReference | undefined {
  return namedFunction(call.childForFieldName('function') ?? undefined, facts);
}

/** A function of this package or of one that is imported; a method where it is the enclosing type's. */
function namedFunction(callee: Node | undefined, facts: FactsBuilder): RouterReference | undefined {
  if (callee?.type === 'identifier') return { module: undefined, name: `${functionRouterMark}${callee.text}` };
  if (callee?.type !== 'selector_expression') return undefined;
  const own = ownMember(callee);
  if (own !== undefined) return { module: undefined, name: `${functionRouterMark}${own}` };
  const imported = facts.imports.get(callee.childForFieldName('operand')?.text ?? '');
  return imported === undefined ? undefined : { module: imported.module, name: `${functionRouterMark}${callee.childForFieldName('field')?.text ?? ''}` };
}
