import module from 'node:module';

/** A file of a package, as it has just been executed. */
export interface LoadedFile {
  /** The package's name where it is the package's main file, else `name/path/in/package.js`. */
  readonly name: string;
  /** The package's folder. */
  readonly folder: string;
}

export interface LoadWatcher {
  /** Told of each package one of whose files is about to run; true to be given what the file exports. */
  wants(packageName: string): boolean;
  /** What the file is to export instead. */
  loaded(exports: unknown, file: LoadedFile): unknown;
}

interface LoadingModule {
  exports: unknown;
  _compile(this: LoadingModule, ...parameters: unknown[]): unknown;
}

interface ModuleInternals {
  _cache: Record<string, LoadingModule | undefined>;
  _resolveFilename(request: string, parent: { id: string; filename: string; paths: readonly string[] }): string;
  _nodeModulePaths(from: string): readonly string[];
}

/**
 * Watches the CommonJS modules of packages being loaded, whoever loads them: `require`, `import` of a CommonJS package, tsx, Yarn's Plug'n'Play.
 *
 * Node enters each module in `Module._cache` just before it runs it, so that is where we look on. No function of the loader is replaced: a
 * replacement would stand in the stack of every error that a module of the program throws as it loads.
 */
export function watchModuleLoads(watcher: LoadWatcher): void {
  const internals = module as unknown as ModuleInternals;
  internals._cache = new Proxy(internals._cache, {
    set(cache, key, value: unknown) {
      if (typeof key === 'string') consider(internals, watcher, key, value as LoadingModule);
      return Reflect.set(cache, key, value);
    },
  });
}

function consider(internals: ModuleInternals, watcher: LoadWatcher, filename: string, loading: LoadingModule): void {
  try {
    const place = packageOf(filename);
    if (place === undefined || !watcher.wants(place.name) || typeof loading?._compile !== 'function' || Object.hasOwn(loading, '_compile')) return;
    Object.defineProperty(loading, '_compile', {
      configurable: true,
      writable: true,
      value(this: LoadingModule, ...parameters: unknown[]) {
        delete (this as Partial<LoadingModule>)._compile;
        const result = this._compile(...parameters);
        try {
          this.exports = watcher.loaded(this.exports, { name: nameOf(internals, filename, place), folder: place.folder });
        } catch {
          // The program must not notice: the package stays as it is.
        }
        return result;
      },
    });
  } catch {
    // As above.
  }
}

interface PackagePlace {
  readonly name: string;
  readonly folder: string;
  readonly rest: string;
}

/** The innermost package that a file is in; undefined for a file that is in none. */
export function packageOf(filename: string): PackagePlace | undefined {
  const match = /^(.*[\\/](?:node_modules|next[\\/]dist[\\/]compiled)[\\/])((?:@[^\\/]+[\\/])?[^\\/]+)[\\/](.+)$/.exec(filename);
  if (match === null) return undefined;
  const [, before, name, rest] = match as unknown as [string, string, string, string];
  return { name: name.replace('\\', '/'), folder: before + name, rest: rest.replaceAll('\\', '/') };
}

function nameOf(internals: ModuleInternals, filename: string, { name, folder, rest }: PackagePlace): string {
  try {
    const main = internals._resolveFilename(name, { id: filename, filename, paths: internals._nodeModulePaths(folder) });
    if (main === filename) return name;
  } catch {
    // A package whose main file is for `import` alone.
  }
  return `${name}/${rest}`;
}
