import type { Node } from '@vscode/tree-sitter-wasm';
import type { FoundFunction } from '../functions/functionFinder.ts';
import type { Language } from '../functions/language.ts';
import type { FileFacts, HandlerReference, MountedFolder, MountFact, NestVersioning, RouteEntry, RouterFact, RouterReference, RpcEntry, ServiceFact, SpanNameEntry } from './facts.ts';
import type { Constants } from './constants.ts';
import { argumentsOf, dottedName, enclosing, listOf, named } from './nodes.ts';
import { holeOf, isOpen } from './openText.ts';

/** Functions without a name: what is in them belongs to the function around. */
const namelessTypes: ReadonlySet<string> = new Set(['func_literal', 'lambda_expression', 'anonymous_method_expression', 'lambda']);
const maxWrapped = 8;
/** A handler that is not here, and of which nothing more is known. */
const unknownHandler: HandlerReference = { module: undefined, name: '' };

/** Collects what a language's reader finds in one file. */
export class FactsBuilder {
  /** From the workspace folder, `/` between segments. */
  readonly relativePath: string;
  readonly functions: readonly FoundFunction[];
  /** What names stand for: imported modules, by the name in this file. */
  readonly imports = new Map<string, RouterReference>();
  readonly exports = new Map<string, string>();
  /** What CommonJS exports by a name that is written there; undefined where that is said twice. */
  readonly exportedValues = new Map<string, Node | undefined>();
  readonly mounts: MountFact[] = [];
  readonly globalPrefixes: string[] = [];
  readonly nestVersionings: NestVersioning[] = [];
  readonly mountedFolders: MountedFolder[] = [];
  readonly services: ServiceFact[] = [];
  readonly routers = new Map<string, RouterFact>();
  readonly #file: string;
  readonly #language: Language;
  readonly #constants: Constants;
  readonly #entries: (SpanNameEntry | RouteEntry | RpcEntry)[] = [];
  readonly #open: (SpanNameEntry | RouteEntry)[] = [];
  readonly #tracers = new Map<string, string | undefined>();

  constructor(file: string, relativePath: string, language: Language, functions: readonly FoundFunction[], constants: Constants) {
    this.#file = file;
    this.#constants = constants;
    this.relativePath = relativePath;
    this.#language = language;
    this.functions = functions;
  }

  /** What an expression says that is put together of literals and constants of this file; undefined for any other. */
  text(node: Node | null | undefined): string | undefined {
    return this.#constants.text(node);
  }

  /** As `text`, with a hole (`openText.ts`) for each constant that another file says. */
  openText(node: Node | null | undefined): string | undefined {
    return this.#constants.openText(node, (dotted) => holeOf(this.reference(dotted)));
  }

  /** What a constant says that this file exports: `NAME`, `NAMES.order`, of a whole module of JavaScript `*.NAME` or `default.NAME`. */
  exportedText(name: string): string | undefined {
    const parts = name.split('.');
    if (this.#language.grammar === 'python') return parts.length === 1 ? this.#constants.named(name) : undefined;
    if (parts[0] === '*') parts.shift();
    // What CommonJS exports is the object of all names; a module's default is what it says.
    else if (parts[0] === 'default' && this.#constants.has('export_statement')) return parts.length === 2 ? this.#constants.named(this.exports.get('default') ?? '', parts[1]) : undefined;
    else if (parts[0] === 'default') parts.shift();
    if (parts.length > 2) return undefined;
    const value = this.exportedValues.get(parts[0] ?? '');
    if (value !== undefined && (parts.length === 2 || value.type !== 'identifier')) return this.#constants.text(parts.length === 1 ? value : this.#constants.under(this.value(value), parts[1]!));
    const own = this.exportedValues.has(parts[0] ?? '') && value === undefined ? undefined : this.exports.get(parts[0] ?? '');
    return own === undefined ? undefined : this.#constants.named(own, parts[1]);
  }

  /** The text, or the texts of a list of nothing else; undefined for anything else. */
  texts(node: Node | null | undefined): readonly string[] | undefined {
    const one = this.text(node);
    if (one !== undefined) return [one];
    const list = node === null || node === undefined ? undefined : listOf(this.value(node));
    if (list === undefined) return undefined;
    const all = named(list).map((each) => this.text(each));
    return all.every((each) => each !== undefined) ? all : undefined;
  }

  /** The expression that a constant of this file stands for; itself where it is none. */
  value(node: Node): Node {
    return this.#constants.value(node);
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
    if (name !== '') this.#add(name, { kind: 'spanName', name, by: 'call', scopeHint, ...this.#place(at), functionName: this.enclosingName(at) });
  }

  /** A span over a whole function. */
  spanOf(name: string, callable: Node, by: SpanNameEntry['by'], scopeHint?: string): void {
    if (name !== '') this.#add(name, { kind: 'spanName', name, by, scopeHint, ...this.#placeOf(callable) });
  }

  /** `handler` is a function, what names or wraps one, or says where it is; what has no name of its own is part of what is around the registration. */
  route(methods: readonly string[], template: string, router: RouterReference | undefined, handler: Node | HandlerReference | undefined, registration: Node): void {
    const found: Node | HandlerReference = handler === undefined ? unknownHandler : 'type' in handler ? this.#handler(handler) : handler;
    const callable = 'type' in found && this.#language.functions.includes(found.type) ? found : undefined;
    const place = callable === undefined ? { ...this.#place(registration), functionName: this.enclosingName(registration) } : this.#placeOf(callable);
    this.#add(template, { kind: 'route', name: `${methods.join('|')} ${template}`, methods, template, router, handler: 'type' in found ? undefined : found, ...place });
  }

  #add(text: string, entry: SpanNameEntry | RouteEntry): void {
    (isOpen(text) ? this.#open : this.#entries).push(entry);
  }

  rpc(service: string, method: string, handler: Node): void {
    const callable = this.#handler(handler);
    if ('type' in callable) this.#entries.push({ kind: 'rpc', name: `${service}/${method.slice(0, 1).toUpperCase()}${method.slice(1)}`, ...this.#placeOf(callable) });
  }

  /** One name for two routers stands for one that is not known. */
  routerNamed(name: string, fact: RouterFact): void {
    const known = this.routers.get(name);
    const isSame = known === undefined || (known.prefix === fact.prefix && known.unmounted === fact.unmounted);
    this.routers.set(name, isSame ? fact : { prefix: undefined, unmounted: 'unknown' });
  }

  mount(target: RouterReference, on: RouterReference | undefined, prefix: string | undefined, replaces = false): void {
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
    const { routers, mounts, exports, globalPrefixes, nestVersionings, mountedFolders, services } = this;
    return { entries: this.#entries, open: this.#open, routers, mounts, exports, globalPrefixes, nestVersionings, mountedFolders, services };
  }

  /** The function that a handler's expression is, wraps (`guarded(async () => …)`) or names; or where it is. */
  #handler(node: Node, depth = 0): Node | HandlerReference {
    if (this.#language.functions.includes(node.type) || namelessTypes.has(node.type)) return node;
    if (depth === maxWrapped) return unknownHandler;
    if (node.type === 'array') return this.#handlerOfOnly(named(node).slice(-1), depth);
    if (node.childForFieldName('arguments') !== null) {
      const given = argumentsOf(node);
      const bound = /(?:^|\.)bind$/.test(dottedName(node.childForFieldName('function')) ?? '') ? node.childForFieldName('function')?.childForFieldName('object') : undefined;
      if (bound !== undefined && bound !== null) return this.#handler(bound, depth + 1);
      const functions = given.filter((each) => this.#language.functions.includes(each.type));
      return this.#handlerOfOnly(functions.length > 0 ? functions : given, depth);
    }
    const dotted = dottedName(node);
    if (dotted === undefined) return unknownHandler;
    const own = this.functionNamed(node.text) ?? this.functionNamed(dotted);
    return own?.node ?? this.#elsewhere(dotted, node);
  }

  #handlerOfOnly(nodes: readonly Node[], depth: number): Node | HandlerReference {
    const [only] = nodes;
    return only === undefined || nodes.length > 1 ? unknownHandler : this.#handler(only, depth + 1);
  }

  #elsewhere(dotted: string, node: Node): HandlerReference {
    const reference = this.reference(dotted);
    const isOfPackage = this.#language.grammar === 'go' && !dotted.includes('.');
    if (reference.module !== undefined || isOfPackage) return reference;
    if (this.#language.grammar === 'c-sharp') return dotted.includes('.') ? { module: undefined, name: dotted.split('.').slice(-2).join('.') } : unknownHandler;
    // `users.list` of `const users = new Users()`.
    const object = node.childForFieldName('object');
    const made = object?.type === 'identifier' ? this.value(object) : undefined;
    const type = made?.type === 'new_expression' ? dottedName(made.childForFieldName('constructor')) : undefined;
    if (type === undefined) return unknownHandler;
    const member = `${type}.${dotted.slice(dotted.lastIndexOf('.') + 1)}`;
    const own = this.reference(member);
    return own.module === undefined ? unknownHandler : own;
  }

  #placeOf(callable: Node): Pick<SpanNameEntry, 'file' | 'line' | 'column' | 'functionName'> {
    const named = this.#language.nameOf(callable);
    return { ...this.#place(named?.start ?? callable), functionName: named?.name ?? this.enclosingName(callable) };
  }

  #place(node: Node): Pick<SpanNameEntry, 'file' | 'line' | 'column'> {
    return { file: this.#file, line: node.startPosition.row + 1, column: node.startPosition.column + 1 };
  }
}
