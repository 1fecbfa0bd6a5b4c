import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { excludesFile } from './gitConfig.ts';

/** The folder at or above this one that is the top of a git repository's files; undefined where there is none. */
export async function repositoryAround(folder: string): Promise<string | undefined> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if ((await gitFolderOf(at)) !== undefined) return at;
    if (path.dirname(at) === at) return undefined;
  }
}

/**
 * The texts of ignore patterns that hold in all of a repository, the weaker first: `core.excludesFile`, then `info/exclude` (gitignore(5)).
 * undefined where the folder is the top of none.
 */
export async function repositoryPatterns(folder: string): Promise<readonly string[] | undefined> {
  const gitFolder = await gitFolderOf(folder);
  if (gitFolder === undefined) return undefined;
  const files = [await excludesFile(gitFolder), path.join(gitFolder, 'info', 'exclude')];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => undefined)));
  return texts.filter((text) => text !== undefined);
}

/**
 * The folder where git keeps what is common to all work trees; a work tree and a submodule have a file `.git` that says where (gitrepository-layout(5)).
 * A folder that is only called `.git` is none.
 */
async function gitFolderOf(repository: string): Promise<string | undefined> {
  const at = path.join(repository, '.git');
  const found = await stat(at).catch(() => undefined);
  if (found?.isDirectory() === true) return (await isThere(path.join(at, 'HEAD'))) ? at : undefined;
  if (found?.isFile() !== true || found.size > 10_000) return undefined;
  const said = /^gitdir: (.+)/.exec(await readFile(at, 'utf8').catch(() => ''))?.[1]?.trim();
  if (said === undefined) return undefined;
  const own = path.resolve(repository, said);
  const common = (await readFile(path.join(own, 'commondir'), 'utf8').catch(() => '')).trim();
  const folder = common === '' ? own : path.resolve(own, common);
  return (await isThere(path.join(folder, 'HEAD'))) ? folder : undefined;
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(() => true, () => false);
}
