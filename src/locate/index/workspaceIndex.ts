import { directoryOf } from '../paths.ts';
import type { FileFacts, FunctionEntry, IndexEntry, RouteEntry, RpcEntry, SpanNameEntry } from './facts.ts';
import type { IndexedFile } from './fileIndex.ts';
import { isInLanguage, sdkLanguages } from './indexLanguages.ts';
import { goImportPath, isPythonModule, type Packages, rustModule } from './modulePaths.ts';
import { RouteTable } from './routeTable.ts';
import { functionLanguages, neededWords, ownName, wantedFunctions } from './wantedFunction.ts';
import { type WordFilter, wordHashes } from './wordFilter.ts';

/** What a span says of itself beside its place. */
export interface SpanQuestion {
  readonly name?: string;
  /** Lower case: `server`, `client`, … */
  readonly kind?: string;
  readonly scopeName?: string;
  readonly httpRoute?: string;
  readonly httpMethod?: string;
  /** `package.Service`, of the older generation of `rpc.*`. */
  readonly rpcService?: string;
  /** `Method`, or `package.Service/Method` of the newer generation. */
  readonly rpcMethod?: string;
  readonly functionName?: string;
  readonly namespace?: string;
  /** `telemetry.sdk.language`. */
  readonly language?: string;
}

export type IndexRule = 'function' | 'route' | 'rpc' | 'spanName';

export type SpanMatch =
  | { readonly entry: IndexEntry; readonly rule: IndexRule }
  /** Why nothing is answered; `rule` is the last that was tried. */
  | { readonly entry: undefined; readonly rule: IndexRule | undefined; readonly reason: string; readonly isAmbiguous: boolean };

export interface FileRecord {
  readonly facts: FileFacts | undefined;
  /** Of the text and the path; undefined for what has no functions. */
  readonly words: WordFilter | undefined;
  readonly manifest: { readonly kind: 'go' | 'cargo'; readonly name: string } | undefined;
}

/** Spans these make are not named by the program. */
const libraryScope = /^@opentelemetry\/instrumentation|^opentelemetry[._]instrumentation|^opentelemetry\.instrumentation\.|^io\.opentelemetry\.|^go\.opentelemetry\.io\/contrib|^OpenTelemetry[.:]+(?:Auto)?Instrumentation|^Microsoft\.|^System\.|^next\.js$/;
const annotationScope = /^io\.opentelemetry\.opentelemetry-instrumentation-annotations|^io\.opentelemetry\.spring-boot-autoconfigure|^io\.opentelemetry\.contrib\.php/;
const maxListed = 3;

/**
 * What the files of a workspace say of spans, routes and functions. Names are compared whole; a question that two places fit
 * has no answer. Functions are read when they are asked for: `unreadFiles` says of which files, `setFunctions` takes them.
 */
export class WorkspaceIndex {
  readonly #files = new Map<string, { readonly relativePath: string; readonly facts: FileFacts | undefined; readonly manifest: FileRecord['manifest'] }>();
  readonly #facts = new Map<string, FileFacts>();
  readonly #functions = new Map<string, readonly FunctionEntry[]>();
  readonly #functionsByName = new Map<string, FunctionEntry[]>();
  readonly #spansByName = new Map<string, SpanNameEntry[]>();
  readonly #rpcsByName = new Map<string, RpcEntry[]>();
  /** By language. */
  readonly #words = new Map<string, Map<string, WordFilter>>();
  readonly #manifests = new Map<string, string>();
  readonly #packages: Packages = {
    hasFile: (path) => this.#files.has(path),
    nearest: (kind, folder) => {
      for (let at = folder; ; at = directoryOf(at)) {
        const name = this.#manifests.get(`${kind} ${at}`);
        if (name !== undefined) return { folder: at, name };
        if (directoryOf(at) === at) return undefined;
      }
    },
  };
  #routes: RouteTable | undefined;

  get fileCount(): number {
    return this.#files.size;
  }

  files(): Iterable<string> {
    return this.#files.keys();
  }

  /** In place of what was known of the file. */
  set(at: IndexedFile, record: FileRecord): void {
    this.remove(at.file);
    this.#files.set(at.file, { relativePath: at.relativePath, facts: record.facts, manifest: record.manifest });
    if (record.manifest !== undefined) this.#manifests.set(`${record.manifest.kind} ${directoryOf(at.file)}`, record.manifest.name);
    for (const language of record.words === undefined ? [] : sdkLanguages(at.file)) {
      let words = this.#words.get(language);
      if (words === undefined) this.#words.set(language, (words = new Map()));
      words.set(at.file, record.words!);
    }
    if (record.facts === undefined) return;
    this.#facts.set(at.file, record.facts);
    this.#routes = undefined;
    for (const entry of record.facts.entries) {
      if (entry.kind === 'spanName') add(this.#spansByName, entry.name, entry);
      else if (entry.kind === 'rpc') add(this.#rpcsByName, entry.name, entry);
    }
  }

  remove(file: string): void {
    const known = this.#files.get(file);
    if (known === undefined) return;
    this.#files.delete(file);
    // A file may be what a module's name leads to.
    this.#routes = undefined;
    if (known.manifest !== undefined) this.#manifests.delete(`${known.manifest.kind} ${directoryOf(file)}`);
    for (const entry of this.#functions.get(file) ?? []) take(this.#functionsByName, ownName(entry.name), file);
    this.#functions.delete(file);
    for (const language of sdkLanguages(file)) this.#words.get(language)?.delete(file);
    this.#facts.delete(file);
    for (const entry of known.facts?.entries ?? []) {
      if (entry.kind === 'spanName') take(this.#spansByName, entry.name, file);
      else if (entry.kind === 'rpc') take(this.#rpcsByName, entry.name, file);
    }
  }

  /** Ignored for a file that is not (or no more) in the index. */
  setFunctions(file: string, functions: readonly FunctionEntry[]): void {
    if (!this.#files.has(file) || this.#functions.has(file)) return;
    this.#functions.set(file, functions);
    for (const entry of functions) add(this.#functionsByName, ownName(entry.name), entry);
  }

  /** The files whose functions must be set before the question can be answered. */
  unreadFiles({ functionName, namespace, language }: SpanQuestion): readonly string[] {
    if (functionName === undefined) return [];
    const unread = new Set<string>();
    for (const each of language === undefined ? functionLanguages : [language]) {
      for (const wanted of wantedFunctions(functionName, namespace, each)) {
        const words = wordHashes(neededWords(wanted, each));
        for (const [file, filter] of this.#words.get(each) ?? []) {
          if (filter.mayHave(words) && !this.#functions.has(file)) unread.add(file);
        }
      }
    }
    return [...unread];
  }

  /** Every function of this whole name, in the files that were read. */
  functionsNamed(functionName: string, namespace: string | undefined, language: string | undefined): readonly FunctionEntry[] {
    const found = new Set<FunctionEntry>();
    for (const each of language === undefined ? functionLanguages : [language]) {
      for (const wanted of wantedFunctions(functionName, namespace, each)) {
        for (const entry of this.#functionsByName.get(ownName(wanted)) ?? []) {
          if (isInLanguage(entry.file, each) && this.#isNamed(entry, wanted, each)) found.add(entry);
        }
      }
    }
    return [...found];
  }

  /** Every place that makes spans of this name; those alone that fit the scope, where it is given. */
  spansNamed(name: string, scopeName: string | undefined, language: string | undefined): readonly SpanNameEntry[] {
    const byAnnotation = scopeName !== undefined && annotationScope.test(scopeName);
    if (scopeName !== undefined && !byAnnotation && libraryScope.test(scopeName)) return [];
    return (this.#spansByName.get(name) ?? []).filter((entry) => {
      if (!isInLanguage(entry.file, language) || (byAnnotation && entry.by !== 'annotation')) return false;
      return scopeName === undefined || entry.scopeHint === undefined || entry.scopeHint === scopeName;
    });
  }

  /** Every handler of this route; of any method where that is undefined. */
  routesFor(method: string | undefined, httpRoute: string, language: string | undefined): readonly RouteEntry[] {
    this.#routes ??= new RouteTable(this.#facts, this.#packages);
    return this.#routes.routes(method, httpRoute).filter(({ file }) => isInLanguage(file, language));
  }

  /** The one place that fits what the span says. The functions of `unreadFiles` must be set. */
  matchSpan(question: SpanQuestion): SpanMatch {
    const { name, kind, functionName, namespace, language, scopeName } = question;
    let tried: SpanMatch | undefined;
    const isServer = kind === undefined || kind === 'server';
    if (functionName !== undefined) {
      const shown = namespace === undefined ? functionName : `${functionName} of ${namespace}`;
      tried = this.#only('function', this.functionsNamed(functionName, namespace, language), `no function of the workspace is ${shown}`);
      if (tried.entry !== undefined || tried.isAmbiguous) return tried;
    }
    const route = isServer || name?.startsWith(expressHandler) === true ? routeOf(question) : undefined;
    if (route !== undefined) {
      const shown = `${route.method ?? 'any method'} ${route.template}`;
      tried = this.#only('route', this.routesFor(route.method, route.template, language), `no route of the workspace is ${shown}`);
      if (tried.entry !== undefined || tried.isAmbiguous) return tried;
    }
    const rpc = isServer ? rpcOf(question) : undefined;
    if (rpc !== undefined) {
      const entries = (this.#rpcsByName.get(rpc) ?? []).filter(({ file }) => isInLanguage(file, language));
      tried = this.#only('rpc', entries, `nothing in the workspace serves ${rpc}`);
      if (tried.entry !== undefined || tried.isAmbiguous) return tried;
    }
    // A span that names a function was not made by a call with a name of its own, and a function that is not here is somebody else's.
    if (functionName === undefined && name !== undefined && name !== '') {
      let entries = this.spansNamed(name, scopeName, language);
      if (language === 'rust' && namespace !== undefined) entries = entries.filter(({ file }) => this.#isInRustModule(file, namespace));
      const by = this.#only('spanName', entries, `nothing in the workspace makes spans called ${JSON.stringify(name)}${scopeName === undefined ? '' : ` with the tracer ${scopeName}`}`);
      if (by.entry !== undefined || tried === undefined || by.isAmbiguous) return by;
    }
    return tried ?? { entry: undefined, rule: undefined, reason: 'the span says no name, route or function to look for', isAmbiguous: false };
  }

  #only(rule: IndexRule, entries: readonly IndexEntry[], none: string): SpanMatch {
    const places = new Map(entries.map((entry) => [`${entry.file}:${entry.line}:${entry.column}`, entry]));
    const [first] = places.values();
    if (first === undefined) return { entry: undefined, rule, reason: none, isAmbiguous: false };
    if (places.size === 1) return { entry: first, rule };
    const shown = [...places.values()].slice(0, maxListed).map(({ file, line }) => `${this.#files.get(file)?.relativePath ?? file}:${line}`);
    const more = places.size > maxListed ? ` and ${places.size - maxListed} more` : '';
    return { entry: undefined, rule, reason: `more than one place fits: ${shown.join(', ')}${more}`, isAmbiguous: true };
  }

  #isNamed(entry: FunctionEntry, wanted: string, language: string): boolean {
    switch (language) {
      case 'go': {
        const dot = entry.name.indexOf('.');
        const packageName = entry.name.slice(0, dot);
        const path = packageName === 'main' ? 'main' : goImportPath(entry.file, this.#packages);
        return path !== undefined && `${path}${entry.name.slice(dot)}` === wanted;
      }
      case 'python':
        return wanted.endsWith(`.${entry.name}`) && isPythonModule(entry.file, wanted.slice(0, -entry.name.length - 1), this.#packages);
      case 'rust': {
        const module = rustModule(entry.file, this.#packages);
        return module !== undefined && `${module}::${entry.name}` === wanted;
      }
      default:
        return entry.name === wanted;
    }
  }

  #isInRustModule(file: string, namespace: string): boolean {
    const module = rustModule(file, this.#packages);
    return module !== undefined && (namespace === module || namespace.startsWith(`${module}::`));
  }
}

/** How Express's instrumentation names the span around a handler. */
const expressHandler = 'request handler - ';

/** The route a span says, by attributes or by its name (`GET /users/:id`); a route without a method is one of Express's own spans. */
function routeOf({ name = '', httpRoute, httpMethod }: SpanQuestion): { readonly method: string | undefined; readonly template: string } | undefined {
  const [, said, path] = /^([A-Z]+) (\S.*)$/.exec(name) ?? [];
  const method = httpMethod?.toUpperCase() ?? said;
  const template = httpRoute ?? path;
  if (template === undefined || template === '') return undefined;
  return method !== undefined || name.startsWith(expressHandler) ? { method, template } : undefined;
}

/** `Service/Method` of `rpc.*`. */
function rpcOf({ rpcService, rpcMethod }: SpanQuestion): string | undefined {
  if (rpcMethod === undefined) return undefined;
  const slash = rpcMethod.lastIndexOf('/');
  const service = slash < 0 ? rpcService : rpcMethod.slice(0, slash);
  return service === undefined ? undefined : `${service.slice(service.lastIndexOf('.') + 1)}/${rpcMethod.slice(slash + 1)}`;
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const same = map.get(key);
  if (same === undefined) map.set(key, [value]);
  else same.push(value);
}

function take<T extends { readonly file: string }>(map: Map<string, T[]>, key: string, file: string): void {
  const rest = (map.get(key) ?? []).filter((each) => each.file !== file);
  if (rest.length === 0) map.delete(key);
  else map.set(key, rest);
}
