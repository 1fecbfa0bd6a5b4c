import { directoryOf } from '../paths.ts';
import type { FileFacts, FunctionEntry, IndexEntry, RouteEntry, RpcEntry, SpanNameEntry } from './facts.ts';
import type { IndexedFile } from './fileIndex.ts';
import { isInLanguage } from './indexLanguages.ts';
import { FunctionIndex } from './functionIndex.ts';
import { type Packages, rustModule } from './modulePaths.ts';
import { add, take } from './listMap.ts';
import { OpenEntries } from './openEntries.ts';
import { RouteHandlers } from './routeHandlers.ts';
import { RouteTable } from './routeTable.ts';
import { lastWord } from './routeTemplate.ts';
import type { ServiceFacts } from './serviceFacts.ts';
import { ServicePackages } from './servicePackages.ts';
import { namesByAnnotation, namesByProgram, routeOf, rpcOf, type SpanQuestion } from './spanQuestion.ts';
import type { WordFilter } from './wordFilter.ts';

export type IndexRule = 'function' | 'route' | 'rpc' | 'spanName';

export type SpanMatch =
  /** `service` is the folder of the service that chose among several. */
  | { readonly entry: IndexEntry; readonly rule: IndexRule; readonly service?: string }
  /** Why nothing is answered; `rule` is the last that was tried. */
  | { readonly entry: undefined; readonly rule: IndexRule | undefined; readonly reason: string; readonly isAmbiguous: boolean };

export interface FileRecord {
  /** `unread` where the file may have some. */
  readonly facts: FileFacts | 'unread' | undefined;
  /** Of the text and the path; undefined for what has no functions. */
  readonly words: WordFilter | undefined;
  readonly manifest: { readonly kind: 'go' | 'cargo'; readonly name: string } | undefined;
  readonly services?: ServiceFacts | undefined;
}

interface ServiceType {
  readonly file: string;
  readonly type: string;
}

const maxListed = 3;

/**
 * What the files of a workspace say of spans, routes and functions. Names are compared whole; a question that two places fit
 * has no answer. Functions are read when they are asked for: `unreadFiles` says of which files, `setFunctions` takes them.
 */
export class WorkspaceIndex {
  readonly #files = new Map<string, { readonly relativePath: string; readonly facts: FileFacts | undefined; readonly manifest: FileRecord['manifest'] }>();
  readonly #facts = new Map<string, FileFacts>();
  readonly #spansByName = new Map<string, SpanNameEntry[]>();
  readonly #rpcsByName = new Map<string, RpcEntry[]>();
  /** The types that serve a service, each by its file. */
  readonly #serving = new Map<string, ServiceType[]>();
  /** Files that could not be read: what is in them is not known. */
  readonly #unread = new Set<string>();
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
  readonly #functions = new FunctionIndex(this.#packages);
  readonly #open = new OpenEntries(this.#packages, () => this.#files.keys());
  readonly #handlers = new RouteHandlers(this.#functions, () => this.#routeTable());
  readonly #services = new ServicePackages();
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
    const facts = record.facts === 'unread' ? undefined : record.facts;
    this.#files.set(at.file, { relativePath: at.relativePath, facts, manifest: record.manifest });
    if (record.manifest !== undefined) this.#manifests.set(`${record.manifest.kind} ${directoryOf(at.file)}`, record.manifest.name);
    if (record.words !== undefined) this.#functions.add(at.file, record.words);
    this.#services.set(at.file, record.services);
    // A file may be what a module's name leads to.
    this.#routes = undefined;
    this.#open.set(at.file, facts?.open ?? []);
    if (record.facts === 'unread') this.#unread.add(at.file);
    if (facts === undefined) return;
    this.#facts.set(at.file, facts);
    for (const { service, type } of facts.services) add(this.#serving, service, { file: at.file, type });
    for (const entry of facts.entries) {
      if (entry.kind === 'spanName') add(this.#spansByName, entry.name, entry);
      else if (entry.kind === 'rpc') add(this.#rpcsByName, entry.name, entry);
    }
  }

  remove(file: string): void {
    const known = this.#files.get(file);
    if (known === undefined) return;
    this.#files.delete(file);
    this.#routes = undefined;
    this.#open.set(file, []);
    if (known.manifest !== undefined) this.#manifests.delete(`${known.manifest.kind} ${directoryOf(file)}`);
    this.#functions.remove(file);
    this.#services.set(file, undefined);
    this.#unread.delete(file);
    this.#facts.delete(file);
    for (const { service } of known.facts?.services ?? []) take(this.#serving, service, file);
    for (const entry of known.facts?.entries ?? []) {
      if (entry.kind === 'spanName') take(this.#spansByName, entry.name, file);
      else if (entry.kind === 'rpc') take(this.#rpcsByName, entry.name, file);
    }
  }

  /** Undefined where they cannot be read. Ignored for a file that is not (or no more) in the index. */
  setFunctions(file: string, functions: readonly FunctionEntry[] | undefined): void {
    if (this.#files.has(file)) this.#functions.set(file, functions);
  }

  /** The exported constants that must be set before `unreadFiles` is asked, by their files. */
  unreadTexts(): ReadonlyMap<string, readonly string[]> {
    return this.#open.unread();
  }

  setTexts(file: string, texts: ReadonlyMap<string, string>): void {
    if (!this.#files.has(file)) return;
    this.#open.setTexts(file, texts);
    this.#routes = undefined;
  }

  /** The files whose functions must be set before the question can be answered. */
  unreadFiles(question: SpanQuestion): readonly string[] {
    const route = routeOf(question);
    const rpc = rpcOf(question);
    const files = [
      ...this.#functions.filesFor(question),
      ...(route === undefined ? [] : this.routesFor(route.method, route.template, question.language).flatMap((entry) => this.#handlers.files(entry))),
      ...(rpc === undefined ? [] : this.#serviceFiles(rpc)),
    ];
    return [...new Set(files)].filter((file) => !this.#functions.isRead(file));
  }

  /** Every function of this whole name, in the files that were read. */
  functionsNamed(functionName: string, namespace: string | undefined, language: string | undefined): readonly FunctionEntry[] {
    return this.#functions.named(functionName, namespace, language);
  }

  /** Every place that makes spans of this name; those alone that fit the scope, where it is given. */
  spansNamed(name: string, scopeName: string | undefined, language: string | undefined): readonly SpanNameEntry[] {
    const byAnnotation = namesByAnnotation(scopeName);
    if (!namesByProgram(scopeName)) return [];
    const open = this.#open.all().filter((entry) => entry.kind === 'spanName' && entry.name === name) as readonly SpanNameEntry[];
    return [...(this.#spansByName.get(name) ?? []), ...open].filter((entry) => {
      if (!isInLanguage(entry.file, language) || (byAnnotation && entry.by !== 'annotation')) return false;
      return scopeName === undefined || entry.scopeHint === undefined || entry.scopeHint === scopeName;
    });
  }

  /** Every handler of this route; of any method where that is undefined. */
  routesFor(method: string | undefined, httpRoute: string, language: string | undefined): readonly RouteEntry[] {
    return this.#routeTable().routes(method, httpRoute).filter(({ file }) => isInLanguage(file, language));
  }

  /** The one place that fits what the span says. The functions of `unreadFiles` must be set. */
  matchSpan(question: SpanQuestion): SpanMatch {
    const { name, functionName, namespace, language, scopeName, service } = question;
    let tried: SpanMatch | undefined;
    if (functionName !== undefined) {
      const shown = namespace === undefined ? functionName : `${functionName} of ${namespace}`;
      const unread = this.#functions.filesFor(question).filter((file) => this.#functions.isUnreadable(file));
      tried = this.#only('function', this.functionsNamed(functionName, namespace, language), `no function of the workspace is ${shown}`, unread);
      if (tried.entry !== undefined || tried.isAmbiguous) return tried;
    }
    const route = routeOf(question);
    if (route !== undefined) {
      const shown = `${route.method ?? 'any method'} ${route.template}`;
      tried = this.#only('route', this.routesFor(route.method, route.template, language), `no route of the workspace is ${shown}`, this.#unreadWith(lastWord(route.template), language), service);
      if (tried.entry !== undefined && tried.entry.kind === 'route') return this.#atHandler(tried.entry, tried);
      if (tried.entry !== undefined || tried.isAmbiguous) return tried;
    }
    const rpc = rpcOf(question);
    if (rpc !== undefined) {
      const entries = [...(this.#rpcsByName.get(rpc) ?? []), ...this.#serviceMethods(rpc)].filter(({ file }) => isInLanguage(file, language));
      tried = this.#only('rpc', entries, `nothing in the workspace serves ${rpc}`, this.#unreadWith(rpc.slice(rpc.indexOf('/') + 1), language), service);
      if (tried.entry !== undefined || tried.isAmbiguous) return tried;
    }
    // A span that names a function was not made by a call with a name of its own, and a function that is not here is somebody else's.
    if (functionName === undefined && name !== undefined && name !== '') {
      let entries = this.spansNamed(name, scopeName, language);
      if (language === 'rust' && namespace !== undefined) entries = entries.filter(({ file }) => this.#isInRustModule(file, namespace));
      const none = `nothing in the workspace makes spans called ${JSON.stringify(name)}${scopeName === undefined ? '' : ` with the tracer ${scopeName}`}`;
      const by = this.#only('spanName', entries, none, this.#unreadWith(name, language), service);
      if (by.entry !== undefined || tried === undefined || by.isAmbiguous) return by;
    }
    return tried ?? { entry: undefined, rule: undefined, reason: 'the span says no name, route or function to look for', isAmbiguous: false };
  }

  #atHandler(route: RouteEntry, match: Extract<SpanMatch, { readonly entry: IndexEntry }>): SpanMatch {
    const entry = this.#handlers.placed(route);
    if (entry !== undefined) return { ...match, entry };
    const at = `${this.#files.get(route.file)?.relativePath ?? route.file}:${route.line}`;
    return { entry: undefined, rule: 'route', reason: `${at} registers it, but which function${route.handler?.name === '' ? '' : ` ${route.handler?.name}`} is its handler is not known`, isAmbiguous: true };
  }

  /** Files that could not be read, and have these words. */
  #unreadWith(text: string, language: string | undefined): string[] {
    if (this.#unread.size === 0) return [];
    return [...this.#unread].filter((file) => isInLanguage(file, language) && this.#functions.mayHave(file, text));
  }

  /** `unread` may have another place; of several the one of the service is meant. */
  #only(rule: IndexRule, entries: readonly IndexEntry[], none: string, unread: readonly string[], service?: string): SpanMatch {
    const places = new Map(entries.map((entry) => [`${entry.file}:${entry.line}:${entry.column}`, entry]));
    const [first] = places.values();
    if (first === undefined) return { entry: undefined, rule, reason: none, isAmbiguous: false };
    if (places.size === 1 && unread[0] !== undefined) {
      const file = this.#files.get(unread[0])?.relativePath ?? unread[0];
      return { entry: undefined, rule, reason: `${this.#files.get(first.file)?.relativePath ?? first.file}:${first.line} fits, but ${file} may too: it takes too long to read`, isAmbiguous: true };
    }
    if (places.size === 1) {
      const folder = service === undefined ? undefined : this.#services.elsewhere(service, first);
      if (folder === undefined) return { entry: first, rule };
      return { entry: undefined, rule, reason: `${this.#files.get(first.file)?.relativePath ?? first.file}:${first.line} fits, but is in another program than the service ${service}, which is in ${folder}`, isAmbiguous: true };
    }
    const chosen = service === undefined || unread.length > 0 ? undefined : this.#services.placeOf(service, [...places.values()]);
    if (chosen !== undefined) return { entry: chosen.place, rule, service: chosen.folder };
    const shown = [...places.values()].slice(0, maxListed).map(({ file, line }) => `${this.#files.get(file)?.relativePath ?? file}:${line}`);
    const more = places.size > maxListed ? ` and ${places.size - maxListed} more` : '';
    return { entry: undefined, rule, reason: `more than one place fits: ${shown.join(', ')}${more}${service === undefined ? '' : `; which of them is in the service ${service} the workspace does not say`}`, isAmbiguous: true };
  }

  /** `Service/Method`: the files where its method may be, for types whose methods are anywhere in a package. */
  #serviceFiles(rpc: string): readonly string[] {
    const method = rpc.slice(rpc.indexOf('/') + 1);
    return (this.#serving.get(rpc.slice(0, rpc.indexOf('/'))) ?? []).flatMap(({ file, type }) =>
      this.#functions.filesIn(directoryOf(file), 'go').filter((each) => this.#functions.mayHave(each, `${type} ${method}`)));
  }

  #serviceMethods(rpc: string): readonly FunctionEntry[] {
    const method = rpc.slice(rpc.indexOf('/') + 1);
    return (this.#serving.get(rpc.slice(0, rpc.indexOf('/'))) ?? []).flatMap(({ file, type }) =>
      this.#functions.filesIn(directoryOf(file), 'go').flatMap((each) => this.#functions.of(each)).filter(({ name }) => name.slice(name.indexOf('.') + 1) === `${type}.${method}`));
  }

  #routeTable(): RouteTable {
    return (this.#routes ??= new RouteTable(this.#facts, this.#packages, this.#open.all()));
  }

  #isInRustModule(file: string, namespace: string): boolean {
    const module = rustModule(file, this.#packages);
    return module !== undefined && (namespace === module || namespace.startsWith(`${module}::`));
  }
}
