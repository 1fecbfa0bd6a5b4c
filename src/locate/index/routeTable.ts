import { directoryOf, joinPath } from '../paths.ts';
import type { FileFacts, HandlerReference, IndexEntry, NestVersioning, RouteEntry, RouterFact, RouterReference } from './facts.ts';
import { extensionRouterMark, functionRouterMark, nestRouter, nextRouter } from './facts.ts';
import { goFolder, moduleFile, type Packages, pythonSubmodule } from './modulePaths.ts';
import { normalRoute } from './routeTemplate.ts';

const maxDepth = 8;

interface Mounted {
  readonly file: string;
  readonly on: RouterReference | undefined;
  readonly prefix: string | undefined;
  readonly replaces: boolean;
}

/** Every route of the workspace by its whole template. A route whose prefix is not known is left out. */
export class RouteTable {
  readonly #files: ReadonlyMap<string, FileFacts>;
  readonly #packages: Packages;
  readonly #mounts = new Map<string, Mounted[]>();
  readonly #globalPrefixes: readonly string[];
  readonly #versionings: readonly NestVersioning[];
  readonly #routes = new Map<string, RouteEntry[]>();
  /** Routers that are known beyond their file. */
  readonly #shared = new Map<string, RouterFact>();

  /** `open`: entries of these files that are not in their facts, since other files had to be read for them. */
  constructor(files: ReadonlyMap<string, FileFacts>, packages: Packages, open: readonly IndexEntry[]) {
    this.#files = files;
    this.#packages = packages;
    this.#versionings = [...files.values()].flatMap((facts) => facts.nestVersionings);
    this.#globalPrefixes = [...new Set(['', ...[...files.values()].flatMap((facts) => facts.globalPrefixes)])];
    for (const [file, facts] of files) {
      for (const [name, fact] of facts.routers) this.#share(file, name, fact);
      for (const mount of facts.mounts) {
        const target = this.#resolve(file, mount.target);
        if (target === undefined) continue;
        this.#mount(target.file, target.name, { file, ...mount });
      }
      for (const { folder, on, prefix } of facts.mountedFolders) this.#mountFolder(file, joinPath(directoryOf(file), folder), on, prefix);
    }
    for (const facts of files.values()) for (const entry of facts.entries) this.#add(entry);
    for (const entry of open) this.#add(entry);
  }

  #add(entry: IndexEntry): void {
    if (entry.kind !== 'route') return;
    for (const prefix of new Set(this.#prefixes(entry.file, entry.router, 0))) {
      const whole = normalRoute(`${prefix}/${entry.template}`);
      const same = this.#routes.get(whole);
      if (same === undefined) this.#routes.set(whole, [entry]);
      else same.push(entry);
    }
  }

  /** In upper case; any where undefined. */
  routes(method: string | undefined, template: string): readonly RouteEntry[] {
    const all = this.#routes.get(normalRoute(template)) ?? [];
    return all.filter(({ methods }) => method === undefined || methods.includes('*') || methods.includes(method));
  }

  #prefixes(file: string, router: RouterReference | undefined, depth: number): readonly string[] {
    if (router === undefined) return [''];
    if (router.name.startsWith(nestRouter)) return this.#nestPrefixes(router.name);
    if (router.name === nextRouter) return this.#isNext(file) ? [''] : [];
    const target = this.#resolve(file, router);
    if (target === undefined || depth === maxDepth) return [];
    const fact = this.#shared.get(routerKey(target.file, target.name)) ?? this.#files.get(target.file)?.routers.get(target.name);
    const mounted = this.#mounts.get(routerKey(target.file, target.name));
    const own = fact === undefined ? '' : fact.prefix;
    if (own === undefined) return [];
    if (mounted === undefined) return fact === undefined || fact.unmounted === 'unknown' ? [] : [own];
    return mounted.flatMap(({ file: from, on, prefix, replaces }) =>
      (prefix === undefined ? [] : this.#prefixes(from, on, depth + 1).map((before) => `${before}/${prefix}/${replaces ? '' : own}`)));
  }

  /** Where versions are put into paths, what has no version of its own has the default one. */
  #nestPrefixes(router: string): readonly string[] {
    const version = router === nestRouter ? undefined : router.slice(nestRouter.length + 1);
    const versionings = this.#versionings.length === 0 ? [undefined] : this.#versionings;
    const versions = versionings.flatMap((versioning) => {
      if (versioning === undefined || version === '') return [''];
      return (version === undefined ? (versioning.defaults ?? ['']) : [version]).map((each) => (each === '' ? '' : `${versioning.prefix}${each}`));
    });
    return this.#globalPrefixes.flatMap((before) => versions.map((each) => `${before}/${each}`));
  }

  /** Two functions of one name are told apart by nobody. */
  #share(file: string, name: string, fact: RouterFact): void {
    if (!name.startsWith(functionRouterMark) && !name.startsWith(extensionRouterMark)) return;
    const target = this.#resolve(file, { module: undefined, name });
    const key = target === undefined ? undefined : routerKey(target.file, target.name);
    if (key !== undefined) this.#shared.set(key, this.#shared.has(key) ? { prefix: undefined, unmounted: 'unknown' } : fact);
  }

  /** Whether the folder that holds `pages`, or the one around its `src`, has Next's configuration. */
  #isNext(file: string): boolean {
    const root = /^(.*?)(?:\/src)?\/pages\//.exec(file)?.[1];
    return root !== undefined && ['js', 'mjs', 'cjs', 'ts', 'mts'].some((extension) => this.#packages.hasFile(`${root}/next.config.${extension}`));
  }

  #mount(file: string, name: string, mounted: Mounted): void {
    const key = routerKey(file, name);
    const known = this.#mounts.get(key);
    if (known === undefined) this.#mounts.set(key, [mounted]);
    else known.push(mounted);
  }

  #mountFolder(from: string, folder: string, on: RouterReference | undefined, prefix: string | undefined): void {
    for (const [file, facts] of this.#files) {
      const router = facts.exports.get('default');
      if (router === undefined || !file.startsWith(`${folder}/`)) continue;
      const isPlain = !facts.exports.has('autoPrefix') && !facts.exports.has('prefixOverride');
      this.#mount(file, router, { file: from, on, prefix: prefix === undefined || !isPlain ? undefined : `${prefix}${directoryOf(file).slice(folder.length)}`, replaces: false });
    }
  }

  /** The file and the name there of a handler that another file imports. What a module is itself has members, whose class it does not say. */
  handlerIn(from: string, { module, name }: HandlerReference): { readonly file: string; readonly name: string; readonly isOfAnyClass: boolean } | undefined {
    if (module === undefined) return undefined;
    const dot = name.indexOf('.');
    const [first, rest] = dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
    const isWhole = first === '*' || first === 'default';
    const submodule = from.endsWith('.py') && rest !== undefined ? pythonSubmodule(module, first) : undefined;
    const inside = submodule === undefined ? undefined : this.#file(from, submodule);
    const file = inside ?? this.#file(from, module);
    if (file === undefined) return undefined;
    const wanted = inside !== undefined || (isWhole && rest !== undefined) ? rest! : name;
    // What a module is itself is said by the module alone.
    const own = this.#files.get(file)?.exports.get(wanted) ?? wanted;
    return own === 'default' || own === '*' ? undefined : { file, name: own, isOfAnyClass: first === 'default' && rest !== undefined };
  }

  /** The folder of a Go package: the file's own, or one that it imports. */
  folderOf(file: string, module: string | undefined): string | undefined {
    return module === undefined ? directoryOf(file) : goFolder(file, module, this.#packages);
  }

  #resolve(file: string, { module, name }: RouterReference): { readonly file: string; readonly name: string } | undefined {
    if (name.startsWith(extensionRouterMark)) return { file: '*', name };
    if (name.startsWith(functionRouterMark)) {
      const folder = this.folderOf(file, module);
      return folder === undefined ? undefined : { file: `${folder}/`, name };
    }
    if (module === undefined) return { file, name };
    const dot = name.indexOf('.');
    const [first, rest] = dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
    // Python: `from .routers import users` names the module `.routers.users`.
    const submodule = file.endsWith('.py') && rest !== undefined ? pythonSubmodule(module, first) : undefined;
    const at = (submodule === undefined ? undefined : this.#file(file, submodule)) ?? this.#file(file, module);
    const facts = at === undefined ? undefined : this.#files.get(at);
    if (at === undefined || facts === undefined) return undefined;
    const wanted = rest !== undefined ? (facts.exports.get(rest) ?? rest) : (facts.exports.get(first) ?? first);
    return { file: at, name: wanted };
  }

  #file(from: string, module: string): string | undefined {
    return moduleFile(from, module, this.#packages, () => this.#files.keys());
  }
}

function routerKey(file: string, name: string): string {
  return `${file}\n${name}`;
}
