import type { LocateSettings } from './location.ts';
import { extensionOf, isWindowsPath, joinPath, parsePath, relativeAcrossWsl, relativeTo } from './paths.ts';
import { nativePath } from './pathRules.ts';
import type { FileNames, FileStamp, SourceFiles } from './sourceFiles.ts';

/** A file that is there and lies in a workspace folder, or is build output that may be read. */
export interface WorkspaceFile extends FileStamp {
  /** As `paths.ts` writes paths. */
  readonly path: string;
  /** As this machine writes it. */
  readonly nativePath: string;
  /** True for build output outside the workspace folders, named by `outFiles`: it leads to sources and is none. */
  readonly isOutput: boolean;
}

export type FileLookup =
  | { readonly kind: 'file'; readonly file: WorkspaceFile }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'outside'; readonly reason: string };

export interface NamedFiles {
  /** As `paths.ts` writes paths. Each was there when the folders were looked through. */
  readonly paths: readonly string[];
  /** As FileNames says. */
  readonly isComplete: boolean;
}

/** What `takeTouched` has for files that changed. */
export class ChangedPaths {
  readonly #touched: ReadonlySet<string>;
  readonly #folders: ReadonlySet<string>;

  constructor(touched: readonly string[], folders: readonly string[]) {
    this.#touched = new Set(touched);
    this.#folders = new Set(folders);
  }

  /** Whether any of these, as `takeTouched` gave them, is one of the files, or in one of the folders. */
  hasPartIn(touched: ReadonlySet<string>): boolean {
    for (const each of touched) {
      if (this.#touched.has(each)) return true;
      if (this.#folders.size === 0) continue;
      for (let at = each.lastIndexOf('/'); at > 0; at = each.lastIndexOf('/', at - 1)) if (this.#folders.has(each.slice(0, at))) return true;
    }
    return false;
  }
}

interface Folder {
  readonly native: string;
  readonly path: string;
  readonly realPath: string;
}

/** What is read of build output outside the workspace. */
const outputExtensions: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.jsx', '.map']);

/**
 * The one gate to files: nothing outside the workspace folders is read, by `..`, link or map, but generated files and maps
 * where `outFiles` says they are. What was seen of a file is kept until `startRound`, so that a batch of sites asks the disk
 * once for each.
 */
export class WorkspaceFiles {
  readonly #files: SourceFiles;
  readonly #folderNames: readonly string[];
  readonly #outputNames: readonly string[];
  #folders: Promise<readonly Folder[]> | undefined;
  #outputs: Promise<readonly Folder[]> | undefined;
  #names: Promise<FileNames> | undefined;
  #seen = new Map<string, Promise<FileLookup>>();
  #touched = new Set<string>();

  constructor(files: SourceFiles, settings: LocateSettings) {
    this.#files = files;
    this.#folderNames = settings.workspaceFolders;
    this.#outputNames = settings.pathRules.filter(({ from }) => from === 'outFiles').map(({ local }) => local);
  }

  /** Forgets what files looked like. */
  startRound(): void {
    this.#seen = new Map();
    this.#folders = undefined;
    this.#outputs = undefined;
  }

  /** Every path in the workspace that `find` was asked for since the last call, whether there or not, and what `filesNamed` was asked for. */
  takeTouched(): ReadonlySet<string> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** Takes note that these files and folders changed on disk, came or went, all of them where undefined. What had a part in it is told by the result. */
  async noteChanged(files: readonly string[] | undefined): Promise<ChangedPaths> {
    if (files === undefined) {
      this.#names = undefined;
      return new ChangedPaths([], []);
    }
    const names = await this.#names;
    const found = await Promise.all(files.map(async (file) => ({
      path: absolutePath(file),
      isFile: (await this.#files.stat(file)) !== undefined,
      inside: (await names?.look(file)) ?? [],
    })));
    const paths = found.flatMap(({ path, inside }) => [path, ...inside.map(absolutePath)]).filter((path) => path !== undefined);
    // A folder that came or went is told of without what is in it, and what went may have been one.
    const folders = found.flatMap(({ path, isFile }) => (path === undefined || isFile ? [] : [path]));
    return new ChangedPaths([...paths, ...paths.map((path) => touchedName(nameOf(path)))], folders);
  }

  /** The folders, as `paths.ts` writes paths. */
  async folders(): Promise<readonly string[]> {
    return (await this.#realFolders()).map((folder) => folder.path);
  }

  /** Every file of the workspace folders that has this name. They are looked through at the first question. */
  async filesNamed(name: string): Promise<NamedFiles> {
    this.#touched.add(touchedName(name));
    this.#names ??= this.#files.listFiles(this.#folderNames);
    const names = await this.#names;
    const paths = names.named(name).map((native) => absolutePath(native)).filter((path) => path !== undefined);
    return { paths: [...new Set(paths)], isComplete: names.isComplete };
  }

  /**
   * Whether there is anything on this machine by that path, in the workspace or not. A host's share is not asked: the question alone may
   * hand a password to it.
   */
  async isHere(path: string): Promise<boolean> {
    return (await this.#mayAsk(path)) && (await this.#files.realPath(path)) !== undefined;
  }

  /** Looks a path up (absolute, as `paths.ts` writes paths). */
  async find(path: string): Promise<FileLookup> {
    for (const folder of await this.#realFolders()) {
      const inside = this.#pathInside(folder, path);
      if (inside !== undefined) this.#touched.add(inside);
    }
    let found = this.#seen.get(path);
    if (found === undefined) this.#seen.set(path, (found = this.#find(path)));
    return found;
  }

  async #find(path: string): Promise<FileLookup> {
    const folders = await this.#realFolders();
    let isInside = false;
    for (const folder of folders) {
      const inside = this.#pathInside(folder, path);
      if (inside === undefined) continue;
      isInside = true;
      const lookup = await this.#look(folder, inside, folders, false);
      if (lookup !== undefined) return lookup;
    }
    if (isInside) return { kind: 'missing', reason: `${path} does not exist` };
    return (await this.#findByLink(path)) ?? (await this.#findOutput(path)) ?? { kind: 'outside', reason: `${path} lies outside the workspace folders` };
  }

  /** undefined where nothing is there. */
  async #look(folder: Folder, path: string, allowed: readonly Folder[], isOutput: boolean): Promise<FileLookup | undefined> {
    const stamp = await this.#files.stat(nativePath(path, folder.native));
    if (stamp === undefined) return undefined;
    const real = await this.#files.realPath(nativePath(path, folder.native));
    const realPath = real === undefined ? undefined : absolutePath(real);
    if (realPath === undefined || !allowed.some((each) => this.#relativeTo(each.realPath, realPath) !== undefined)) {
      return { kind: 'outside', reason: `${nativePath(path, folder.native)} is a link that leads out of the workspace folders` };
    }
    const spelled = this.#spelledAs(path, joinPath(folder.path, this.#relativeTo(folder.realPath, realPath) ?? ''));
    return { kind: 'file', file: { path: spelled, nativePath: nativePath(spelled, folder.native), mtimeMs: stamp.mtimeMs, size: stamp.size, isOutput } };
  }

  /** The editor knows a file by the name the disk has for it, in capitals or not. */
  #spelledAs(path: string, onDisk: string): string {
    return this.#files.ignoresCase && path.toLowerCase() === onDisk.toLowerCase() ? onDisk : path;
  }

  /** A program that was started through a link names its files by it. */
  async #findByLink(path: string): Promise<FileLookup | undefined> {
    if (!(await this.#mayAsk(path))) return undefined;
    const real = await this.#files.realPath(path);
    const realPath = real === undefined ? undefined : absolutePath(real);
    if (realPath === undefined || realPath === path) return undefined;
    const isInside = (await this.#realFolders()).some((folder) => this.#pathInside(folder, realPath) !== undefined);
    return isInside ? this.find(realPath) : undefined;
  }

  async #findOutput(path: string): Promise<FileLookup | undefined> {
    this.#outputs ??= this.#readFolders(this.#outputNames);
    const outputs = await this.#outputs;
    for (const folder of outputs) {
      const inside = this.#pathInside(folder, path);
      if (inside === undefined) continue;
      if (!outputExtensions.has(extensionOf(inside))) {
        return { kind: 'outside', reason: `${path} lies outside the workspace folders, in build output of which only generated files and maps are read` };
      }
      const lookup = await this.#look(folder, inside, [...outputs, ...(await this.#realFolders())], true);
      if (lookup !== undefined) return lookup;
    }
    return undefined;
  }

  /** undefined where the file went away, or is larger than `maxBytes`. */
  async readText(file: WorkspaceFile, maxBytes: number): Promise<string | undefined> {
    return file.size > maxBytes ? undefined : this.#files.readText(file.nativePath);
  }

  /** The disk knows nothing of another system's paths, and takes some for its own. */
  async #mayAsk(path: string): Promise<boolean> {
    return !path.startsWith('//') && (await this.folders()).some((folder) => isWindowsPath(folder) === isWindowsPath(path));
  }

  /** The path as the folder was opened: a program sees its files by their real path where that was through a link. */
  #pathInside(folder: Folder, path: string): string | undefined {
    const rest = this.#relativeTo(folder.path, path) ?? this.#relativeTo(folder.realPath, path) ?? relativeAcrossWsl(folder.path, path);
    const inside = rest === undefined ? undefined : joinPath(folder.path, rest);
    return inside !== undefined && relativeTo(folder.path, inside) !== undefined ? inside : undefined;
  }

  #relativeTo(folder: string, path: string): string | undefined {
    return relativeTo(folder, path, this.#files.ignoresCase || isWindowsPath(folder));
  }

  #realFolders(): Promise<readonly Folder[]> {
    this.#folders ??= this.#readFolders(this.#folderNames);
    return this.#folders;
  }

  async #readFolders(names: readonly string[]): Promise<readonly Folder[]> {
    const folders = await Promise.all(names.map((name) => this.#folder(name)));
    return folders.filter((folder) => folder !== undefined);
  }

  async #folder(native: string): Promise<Folder | undefined> {
    const path = absolutePath(native);
    if (path === undefined) return undefined;
    const real = await this.#files.realPath(native);
    return { native, path, realPath: (real === undefined ? undefined : absolutePath(real)) ?? path };
  }
}

function touchedName(name: string): string {
  return `*/${name}`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function absolutePath(native: string): string | undefined {
  const parsed = parsePath(native);
  return parsed.kind === 'absolute' ? parsed.path : undefined;
}
