import { readdir } from 'node:fs/promises';
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
  const names = new Map<string, string[]>();
  const add = (directory: string, name: string) => {
    const directories = names.get(name);
    if (directories === undefined) names.set(name, [directory]);
    else directories.push(directory);
  };
  const waiting = outermost(folders);
  let entries = 0;
  while (waiting.length > 0 && entries <= limit) {
    const taken = waiting.splice(0, foldersAtOnce);
    const contents = await Promise.all(taken.map((folder) => readdir(folder, { withFileTypes: true }).catch(() => [])));
    for (const [i, content] of contents.entries()) {
      const folder = taken[i]!;
      for (const entry of content) {
        if (++entries > limit) break;
        if (entry.isFile()) add(folder, entry.name);
        else if (entry.isDirectory() && !skipped.has(entry.name)) waiting.push(path.join(folder, entry.name));
      }
    }
  }
  return {
    isComplete: entries <= limit,
    named: (name) => (names.get(name) ?? []).map((directory) => path.join(directory, name)),
    add: (file) => {
      const directory = path.dirname(path.resolve(file));
      const folder = folders.find((each) => isWithin(each, directory));
      if (folder === undefined || path.relative(folder, directory).split(path.sep).some((segment) => skipped.has(segment))) return;
      const name = path.basename(file);
      if (names.get(name)?.includes(directory) !== true) add(directory, name);
    },
  };
}

function outermost(folders: readonly string[]): string[] {
  const resolved = [...new Set(folders.map((folder) => path.resolve(folder)))];
  return resolved.filter((folder) => !resolved.some((other) => other !== folder && isWithin(other, folder)));
}

function isWithin(folder: string, file: string): boolean {
  const rest = path.relative(folder, file);
  return rest !== '..' && !rest.startsWith(`..${path.sep}`) && !path.isAbsolute(rest);
}
