import type { Node } from '@vscode/tree-sitter-wasm';
import type { FoundFunction } from '../functions/functionFinder.ts';
import type { Language } from '../functions/language.ts';
import type { FileFacts, MountFact, RouteEntry, RouterFact, RouterReference, RpcEntry, SpanNameEntry } from './facts.ts';
import { enclosing } from './nodes.ts';

/** Collects what a language's reader finds in one file. */
export class FactsBuilder {
  /** From the workspace folder, `/` between segments. */
  readonly relativePath: string;
  readonly functions: readonly FoundFunction[];
  /** What names stand for: imported modules, by the name in this file. */
  readonly imports = new Map<string, RouterReference>();
  readonly exports = new Map<string, string>();
  readonly mounts: MountFact[] = [];
  readonly globalPrefixes: string[] = [];
  readonly routers = new Map<string, RouterFact>();
  readonly #file: string;
  readonly #language: Language;
  readonly #entries: (SpanNameEntry | RouteEntry | RpcEntry)[] = [];
  readonly #tracers = new Map<string, string | undefined>();

  constructor(file: string, relativePath: string, language: Language, functions: readonly FoundFunction[]) {
    this.#file = file;
    this.relativePath = relativePath;
    this.#language = language;
    this.functions = functions;
  }

  /** A name that was made with two different scopes stands for neither. */
  tracer(name: string, scope: string | undefined): void {
    this.#tracers.set(name, this.#tracers.has(name) && this.#tracers.get(name) !== scope ? undefined : scope);
  }

  scopeOf(tracer: string | undefined): string | undefined {
    return tracer === undefined ? undefined : this.#tracers.get(tracer);
  }

  isTracer(name: string | undefined): boolean {
    return name !== undefined && this.#tracers.has(name);
  }

  span(name: string, at: Node, scopeHint: string | undefined): void {
    if (name !== '') this.#entries.push({ kind: 'spanName', name, by: 'call', scopeHint, ...this.#place(at), functionName: this.enclosingName(at) });
  }

  /** A span over a whole function. */
  spanOf(name: string, callable: Node, by: SpanNameEntry['by'], scopeHint?: string): void {
    if (name !== '') this.#entries.push({ kind: 'spanName', name, by, scopeHint, ...this.#placeOf(callable) });
  }

  /** `handler` is a function, a name of one, or anything else: then the place is `registration`. */
  route(methods: readonly string[], template: string, router: RouterReference | undefined, handler: Node | undefined, registration: Node): void {
    const callable = handler === undefined ? undefined : this.#callable(handler);
    const place = callable === undefined ? { ...this.#place(registration), functionName: this.enclosingName(registration) } : this.#placeOf(callable);
    this.#entries.push({ kind: 'route', name: `${methods.join('|')} ${template}`, methods, template, router, ...place });
  }

  rpc(service: string, method: string, handler: Node): void {
    const callable = this.#callable(handler) ?? handler;
    this.#entries.push({ kind: 'rpc', name: `${service}/${method.slice(0, 1).toUpperCase()}${method.slice(1)}`, ...this.#placeOf(callable) });
  }

  /** One name for two routers stands for one that is not known. */
  routerNamed(name: string, fact: RouterFact): void {
    const known = this.routers.get(name);
    const isSame = known === undefined || (known.prefix === fact.prefix && known.unmounted === fact.unmounted);
    this.routers.set(name, isSame ? fact : { prefix: '', unmounted: 'unknown' });
  }

  mount(target: RouterReference, on: RouterReference | undefined, prefix: string, replaces = false): void {
    this.mounts.push({ target, on, prefix, replaces });
  }

  /** What a name (`router`, `users.router`) stands for: an import's export, or a name of this file. */
  reference(dotted: string): RouterReference {
    const dot = dotted.indexOf('.');
    const first = dot < 0 ? dotted : dotted.slice(0, dot);
    const imported = this.imports.get(first);
    if (imported === undefined) return { module: undefined, name: dotted };
    return dot < 0 ? imported : { module: imported.module, name: `${imported.name}.${dotted.slice(dot + 1)}` };
  }

  /** The one function of this file that has this name. */
  functionNamed(name: string): FoundFunction | undefined {
    const same = this.functions.filter(({ named }) => named.name === name);
    return same.length === 1 ? same[0] : undefined;
  }

  enclosingName(node: Node): string | undefined {
    for (let at = enclosing(node, this.#language.functions); at !== undefined; at = enclosing(at, this.#language.functions)) {
      const named = this.#language.nameOf(at);
      if (named !== undefined) return named.name;
    }
    return undefined;
  }

  facts(): FileFacts {
    return { entries: this.#entries, routers: this.routers, mounts: this.mounts, exports: this.exports, globalPrefixes: this.globalPrefixes };
  }

  /** The function that a handler's expression is, wraps (`guarded(async () => …)`) or names. */
  #callable(node: Node): Node | undefined {
    if (this.#language.functions.includes(node.type)) return node;
    const called = node.childForFieldName('arguments');
    if (called !== null) {
      const inside = called.namedChildren.flatMap((each) => (each !== null && this.#language.functions.includes(each.type) ? [each] : []));
      return inside.length === 1 ? inside[0] : undefined;
    }
    return this.functionNamed(node.text)?.node;
  }

  #placeOf(callable: Node): Pick<SpanNameEntry, 'file' | 'line' | 'column' | 'functionName'> {
    const named = this.#language.nameOf(callable);
    return { ...this.#place(named?.start ?? callable), functionName: named?.name ?? this.enclosingName(callable) };
  }

  #place(node: Node): Pick<SpanNameEntry, 'file' | 'line' | 'column'> {
    return { file: this.#file, line: node.startPosition.row + 1, column: node.startPosition.column + 1 };
  }
}
