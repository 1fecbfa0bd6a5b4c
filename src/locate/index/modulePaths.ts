/** Modules that are files and folders, in the languages where names are said through them. Paths are as `paths.ts` writes them. */
import { directoryOf, joinPath } from '../paths.ts';

/** What manifests and markers say of folders. */
export interface Packages {
  /** Whether the workspace has this file. */
  hasFile(path: string): boolean;
  /** What the nearest `go.mod` or `Cargo.toml` at or above a folder says. */
  nearest(kind: 'go' | 'cargo', folder: string): { readonly folder: string; readonly name: string } | undefined;
}

/** How a `go.mod` names its module. */
export const goModule = /^module[ \t]+"?([^\s"]+)/m;

/** `go.mod`'s module, `Cargo.toml`'s package as code names it; undefined for other files. */
export function manifestName(path: string, text: string): { readonly kind: 'go' | 'cargo'; readonly name: string } | undefined {
  if (path.endsWith('/go.mod')) {
    const name = goModule.exec(text)?.[1];
    return name === undefined ? undefined : { kind: 'go', name };
  }
  if (!path.endsWith('/Cargo.toml')) return undefined;
  const lines = text.split('\n').map((line) => line.trim());
  const sectionName = (section: string) => {
    const at = lines.indexOf(section);
    const rest = at < 0 ? [] : lines.slice(at + 1);
    const end = rest.findIndex((line) => line.startsWith('['));
    return rest.slice(0, end < 0 ? undefined : end).map((line) => /^name\s*=\s*"([^"]+)"/.exec(line)?.[1]).find((name) => name !== undefined);
  };
  const name = sectionName('[lib]') ?? sectionName('[package]');
  return name === undefined ? undefined : { kind: 'cargo', name: name.replaceAll('-', '_') };
}

/** Go's import path of a file's package; undefined where no `go.mod` says it. */
export function goImportPath(file: string, packages: Packages): string | undefined {
  const folder = directoryOf(file);
  const module = packages.nearest('go', folder);
  return module === undefined ? undefined : `${module.name}${folder.slice(module.folder.length)}`;
}

/** The folder of a package that a file imports; undefined for another module's. */
export function goFolder(file: string, importPath: string, packages: Packages): string | undefined {
  const module = packages.nearest('go', directoryOf(file));
  if (module === undefined || (importPath !== module.name && !importPath.startsWith(`${module.name}/`))) return undefined;
  return `${module.folder}${importPath.slice(module.name.length)}`;
}

/** Rust's module path of a file, as `module_path!` says it; undefined where no `Cargo.toml` says it. */
export function rustModule(file: string, packages: Packages): string | undefined {
  const crate = packages.nearest('cargo', directoryOf(file));
  if (crate === undefined) return undefined;
  const segments = file.slice(crate.folder.length + 1).replace(/\.rs$/, '').split('/');
  if (segments[0] !== 'src') return segments.length === 2 ? segments[1] : undefined;
  const inside = segments.slice(1);
  if (inside[0] === 'bin') return inside[1] === undefined ? undefined : [inside[1].replaceAll('-', '_'), ...inside.slice(2).filter((each) => each !== 'main')].join('::');
  if (inside.at(-1) === 'mod' || (inside.length === 1 && (inside[0] === 'lib' || inside[0] === 'main'))) inside.pop();
  return [crate.name, ...inside].join('::');
}

/** Whether a file can be imported as `module`: from a folder that is no package itself. */
export function isPythonModule(file: string, module: string, packages: Packages): boolean {
  const ending = `/${module.replaceAll('.', '/')}`;
  const stem = file.replace(/(?:\/__init__)?\.py$/, '');
  if (!stem.endsWith(ending)) return false;
  const root = stem.slice(0, -ending.length);
  return !packages.hasFile(`${root}/__init__.py`);
}

/** Where a module that a Python file names may be, from the folders above the file, the nearest first. */
export function pythonCandidates(file: string, module: string): readonly string[] {
  const path = module.replaceAll('.', '/');
  const candidates: string[] = [];
  for (let folder = directoryOf(file); ; folder = directoryOf(folder)) {
    candidates.push(joinPath(folder, `${path}.py`), joinPath(folder, `${path}/__init__.py`));
    if (directoryOf(folder) === folder) return candidates;
  }
}

/** The file of a module that another file names; undefined where it is not of the workspace, or may be one of several. */
export function moduleFile(from: string, module: string, packages: Packages, files: () => Iterable<string>): string | undefined {
  const candidates = moduleCandidates(from, module);
  if (candidates.length > 0) return candidates.find((each) => packages.hasFile(each));
  if (!from.endsWith('.py')) return undefined;
  // A program's own folder is looked in before any other.
  const near = pythonCandidates(from, module).find((each) => packages.hasFile(each));
  if (near !== undefined) return near;
  const all = [...files()].filter((each) => each.endsWith('.py') && isPythonModule(each, module, packages));
  return all.length === 1 ? all[0] : undefined;
}

/** `.routers.users` of `from .routers import users`, whose member is asked for. */
export function pythonSubmodule(module: string, first: string): string {
  return first === '*' ? module : `${module}${module.endsWith('.') ? '' : '.'}${first}`;
}

/** The file that a name is imported from, and what that file calls it; `*.NAME` and `default.NAME` of what a module of JavaScript is as a whole. */
export function importedFrom(
  from: string, { module, name }: { readonly module: string | undefined; readonly name: string }, packages: Packages, files: () => Iterable<string>,
): { readonly file: string; readonly name: string } | undefined {
  if (module === undefined) return undefined;
  const dot = name.indexOf('.');
  if (from.endsWith('.py') && dot >= 0) {
    const inside = moduleFile(from, pythonSubmodule(module, name.slice(0, dot)), packages, files);
    if (inside !== undefined) return { file: inside, name: name.slice(dot + 1) };
  }
  const file = moduleFile(from, module, packages, files);
  return file === undefined ? undefined : { file, name };
}

/** Where a module of JavaScript or Python that `file` names may be, the first that is there counting. */
export function moduleCandidates(file: string, module: string): readonly string[] {
  const folder = directoryOf(file);
  if (file.endsWith('.py')) {
    const rest = module.replace(/^\.+/, '');
    const dots = module.length - rest.length;
    if (dots === 0) return [];
    const base = joinPath(folder, `${'../'.repeat(dots - 1)}${rest.replaceAll('.', '/')}`);
    return [`${base}.py`, `${base}/__init__.py`];
  }
  if (!/^\.\.?(?:\/|$)/.test(module)) return [];
  const base = joinPath(folder, module);
  const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
  const withoutJs = base.replace(/\.([cm]?)jsx?$/, '');
  return [base, ...extensions.map((each) => base + each), ...(withoutJs === base ? [] : extensions.map((each) => withoutJs + each)), ...extensions.map((each) => `${base}/index${each}`)];
}
