import type { FileFacts, RouteEntry, RouterReference } from './facts.ts';
import { nestRouter } from './facts.ts';
import { isPythonModule, moduleCandidates, type Packages } from './modulePaths.ts';
import { normalRoute } from './routeTemplate.ts';

const maxDepth = 8;

interface Mounted {
  readonly file: string;
  readonly on: RouterReference | undefined;
  readonly prefix: string;
  readonly replaces: boolean;
}

/** Every route of the workspace by its whole template. A route whose prefix is not known is left out. */
export class RouteTable {
  readonly #files: ReadonlyMap<string, FileFacts>;
  readonly #packages: Packages;
  readonly #mounts = new Map<string, Mounted[]>();
  readonly #globalPrefixes: readonly string[];
  readonly #routes = new Map<string, RouteEntry[]>();

  constructor(files: ReadonlyMap<string, FileFacts>, packages: Packages) {
    this.#files = files;
    this.#packages = packages;
    this.#globalPrefixes = [...new Set(['', ...[...files.values()].flatMap((facts) => facts.globalPrefixes)])];
    for (const [file, facts] of files) {
      for (const mount of facts.mounts) {
        const target = this.#resolve(file, mount.target);
        if (target === undefined) continue;
        const key = routerKey(target.file, target.name);
        this.#mounts.set(key, [...(this.#mounts.get(key) ?? []), { file, on: mount.on, prefix: mount.prefix, replaces: mount.replaces }]);
      }
    }
    for (const [file, facts] of files) {
      for (const entry of facts.entries) {
        if (entry.kind !== 'route') continue;
        for (const prefix of new Set(this.#prefixes(file, entry.router, 0))) {
          const whole = normalRoute(`${prefix}/${entry.template}`);
          const same = this.#routes.get(whole);
          if (same === undefined) this.#routes.set(whole, [entry]);
          else same.push(entry);
        }
      }
    }
  }

  /** In upper case; any where undefined. */
  routes(method: string | undefined, template: string): readonly RouteEntry[] {
    const all = this.#routes.get(normalRoute(template)) ?? [];
    return all.filter(({ methods }) => method === undefined || methods.includes('*') || methods.includes(method));
  }

  #prefixes(file: string, router: RouterReference | undefined, depth: number): readonly string[] {
    if (router === undefined) return [''];
    if (router.name === nestRouter) return this.#globalPrefixes;
    const target = this.#resolve(file, router);
    if (target === undefined || depth === maxDepth) return [];
    const fact = this.#files.get(target.file)?.routers.get(target.name);
    const mounted = this.#mounts.get(routerKey(target.file, target.name));
    if (mounted === undefined) return fact === undefined || fact.unmounted === 'unknown' ? [] : [fact.prefix];
    return mounted.flatMap(({ file: from, on, prefix, replaces }) =>
      this.#prefixes(from, on, depth + 1).map((before) => `${before}/${prefix}/${replaces ? '' : (fact?.prefix ?? '')}`));
  }

  #resolve(file: string, { module, name }: RouterReference): { readonly file: string; readonly name: string } | undefined {
    if (module === undefined) return { file, name };
    const dot = name.indexOf('.');
    const [first, rest] = dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
    // Python: `from .routers import users` names the module `.routers.users`.
    const submodule = file.endsWith('.py') && rest !== undefined ? (first === '*' ? module : `${module}${module.endsWith('.') ? '' : '.'}${first}`) : undefined;
    const at = (submodule === undefined ? undefined : this.#file(file, submodule)) ?? this.#file(file, module);
    const facts = at === undefined ? undefined : this.#files.get(at);
    if (at === undefined || facts === undefined) return undefined;
    const wanted = rest !== undefined ? (facts.exports.get(rest) ?? rest) : (facts.exports.get(first) ?? first);
    return { file: at, name: wanted };
  }

  #file(from: string, module: string): string | undefined {
    const candidates = moduleCandidates(from, module);
    if (candidates.length > 0) return candidates.find((each) => this.#packages.hasFile(each));
    if (!from.endsWith('.py')) return undefined;
    const all = [...this.#files.keys()].filter((each) => each.endsWith('.py') && isPythonModule(each, module, this.#packages));
    return all.length === 1 ? all[0] : undefined;
  }
}

function routerKey(file: string, name: string): string {
  return `${file}\n${name}`;
}
