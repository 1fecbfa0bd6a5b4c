import type { LocateSettings } from './location.ts';
import { joinPath, parsePath, relativeTo } from './paths.ts';
import { nativePath } from './pathRules.ts';
import type { FileStamp, SourceFiles } from './sourceFiles.ts';

/** A file that is there and lies in a workspace folder. */
export interface WorkspaceFile extends FileStamp {
  /** As `paths.ts` writes paths. */
  readonly path: string;
  /** As this machine writes it. */
  readonly nativePath: string;
}

export type FileLookup =
  | { readonly kind: 'file'; readonly file: WorkspaceFile }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'outside'; readonly reason: string };

interface Folder {
  readonly native: string;
  readonly path: string;
  readonly realPath: string;
}

/**
 * The one gate to files: nothing outside the workspace folders is read, by `..`, link or map. What was seen of a file is
 * kept until `startRound`, so that a batch of sites asks the disk once for each.
 */
export class WorkspaceFiles {
  readonly #files: SourceFiles;
  readonly #folderNames: readonly string[];
  #folders: Promise<readonly Folder[]> | undefined;
  #seen = new Map<string, Promise<FileLookup>>();
  #touched = new Set<string>();

  constructor(files: SourceFiles, settings: LocateSettings) {
    this.#files = files;
    this.#folderNames = settings.workspaceFolders;
  }

  /** Forgets what files looked like. */
  startRound(): void {
    this.#seen = new Map();
    this.#folders = undefined;
  }

  /** Every path in the workspace that `find` was asked for since the last call, whether there or not. */
  takeTouched(): ReadonlySet<string> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** The folders, as `paths.ts` writes paths. */
  async folders(): Promise<readonly string[]> {
    return (await this.#realFolders()).map((folder) => folder.path);
  }

  /** Looks a path up (absolute, as `paths.ts` writes paths). */
  async find(path: string): Promise<FileLookup> {
    for (const folder of await this.#realFolders()) {
      const inside = pathInside(folder, path);
      if (inside !== undefined) this.#touched.add(inside);
    }
    let found = this.#seen.get(path);
    if (found === undefined) this.#seen.set(path, (found = this.#find(path)));
    return found;
  }

  async #find(path: string): Promise<FileLookup> {
    const folders = await this.#realFolders();
    for (const folder of folders) {
      const inside = pathInside(folder, path);
      if (inside === undefined) continue;
      const native = nativePath(inside, folder.native);
      const stamp = await this.#files.stat(native);
      if (stamp === undefined) continue;
      const real = await this.#files.realPath(native);
      const realPath = real === undefined ? undefined : absolutePath(real);
      if (realPath === undefined || !folders.some((each) => relativeTo(each.realPath, realPath) !== undefined)) {
        return { kind: 'outside', reason: `${native} is a link that leads out of the workspace folders` };
      }
      return { kind: 'file', file: { path: inside, nativePath: native, mtimeMs: stamp.mtimeMs, size: stamp.size } };
    }
    if (folders.some((folder) => pathInside(folder, path) !== undefined)) return { kind: 'missing', reason: `${path} does not exist` };
    return { kind: 'outside', reason: `${path} lies outside the workspace folders` };
  }

  /** undefined where the file went away, or is larger than `maxBytes`. */
  async readText(file: WorkspaceFile, maxBytes: number): Promise<string | undefined> {
    return file.size > maxBytes ? undefined : this.#files.readText(file.nativePath);
  }

  #realFolders(): Promise<readonly Folder[]> {
    this.#folders ??= Promise.all(this.#folderNames.map((name) => this.#folder(name))).then((folders) =>
      folders.filter((folder) => folder !== undefined));
    return this.#folders;
  }

  async #folder(native: string): Promise<Folder | undefined> {
    const path = absolutePath(native);
    if (path === undefined) return undefined;
    const real = await this.#files.realPath(native);
    return { native, path, realPath: (real === undefined ? undefined : absolutePath(real)) ?? path };
  }
}

/** The path as the folder was opened: a program sees its files by their real path where that was through a link. */
function pathInside(folder: Folder, path: string): string | undefined {
  const rest = relativeTo(folder.path, path) ?? relativeTo(folder.realPath, path);
  return rest === undefined ? undefined : joinPath(folder.path, rest);
}

function absolutePath(native: string): string | undefined {
  const parsed = parsePath(native);
  return parsed.kind === 'absolute' ? parsed.path : undefined;
}
