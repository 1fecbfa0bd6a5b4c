import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { FileNames } from '../locate/sourceFiles.ts';

/** Files and folders looked at. */
const maxEntries = 200_000;
const foldersAtOnce = 16;
/** Other people's code, and what tools keep for themselves. Build output is not here, though git ignores it: programs run from it. */
const skipped: ReadonlySet<string> = new Set([
  'node_modules', 'bower_components', 'jspm_packages', '.pnpm-store', '.yarn', 'site-packages', '__pycache__', '.tox', '.gradle', '.vscode-test',
  '.git', '.hg', '.svn',
]);

/** Looks through the folders and all in them. Links are not followed, so none leads out of them or in a circle. */
export async function listFiles(folders: readonly string[], limit = maxEntries): Promise<FileNames> {
  const list = new FileList(limit);
  await list.walk(outermost(folders));
  return {
    get isComplete() {
      return list.isComplete;
    },
    named: (name) => list.named(name),
    look: async (changed) => {
      const file = path.resolve(changed);
      const folder = folders.map((each) => path.resolve(each)).find((each) => isWithin(each, file));
      if (folder === undefined || path.relative(folder, file).split(path.sep).some((segment) => skipped.has(segment))) return [];
      const found = await lstat(file).catch(() => undefined);
      if (found?.isDirectory() === true) return list.walk([file]);
      return found?.isFile() === true && list.add(path.dirname(file), path.basename(file)) ? [file] : [];
    },
  };
}

class FileList {
  isComplete = true;
  readonly #limit: number;
  readonly #names = new Map<string, Set<string>>();
  #fileCount = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  named(name: string): readonly string[] {
    return Array.from(this.#names.get(name) ?? [], (directory) => path.join(directory, name));
  }

  /** False where it was known. */
  add(directory: string, name: string): boolean {
    let directories = this.#names.get(name);
    if (directories === undefined) this.#names.set(name, (directories = new Set()));
    if (directories.has(directory)) return false;
    directories.add(directory);
    this.#fileCount++;
    return true;
  }

  /** The files in these folders that were not known. */
  async walk(folders: readonly string[]): Promise<string[]> {
    const added: string[] = [];
    const waiting = [...folders];
    let folderCount = 0;
    while (waiting.length > 0) {
      const taken = waiting.splice(0, foldersAtOnce);
      const contents = await Promise.all(taken.map((folder) => readdir(folder, { withFileTypes: true }).catch(() => [])));
      for (const [i, content] of contents.entries()) {
        const folder = taken[i]!;
        for (const entry of content) {
          if (entry.isFile() && this.add(folder, entry.name)) added.push(path.join(folder, entry.name));
          else if (entry.isDirectory() && !skipped.has(entry.name)) {
            waiting.push(path.join(folder, entry.name));
            folderCount++;
          }
          if (this.#fileCount + folderCount <= this.#limit) continue;
          this.isComplete = false;
          return added;
        }
      }
    }
    return added;
  }
}

function outermost(folders: readonly string[]): string[] {
  const resolved = [...new Set(folders.map((folder) => path.resolve(folder)))];
  return resolved.filter((folder) => !resolved.some((other) => other !== folder && isWithin(other, folder)));
}

function isWithin(folder: string, file: string): boolean {
  const rest = path.relative(folder, file);
  return rest !== '..' && !rest.startsWith(`..${path.sep}`) && !path.isAbsolute(rest);
}
