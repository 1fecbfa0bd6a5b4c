import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { languageOf } from '../locate/functions/languages.ts';
import type { IndexedFile } from '../locate/index/fileIndex.ts';
import { saysServices } from '../locate/index/serviceFacts.ts';
import { parsePath } from '../locate/paths.ts';
import { isServiceConfiguration } from './serviceConfiguration.ts';

/** What is longer was not written by a person. */
const maxFileBytes = 1024 * 1024;

/** The same for a file that was not changed. */
export interface Stamp {
  readonly mtimeMs: number;
  readonly size: number;
}

/** By its name: whether the index has anything to read in it. */
export function isIndexed(file: string): boolean {
  const name = path.basename(file);
  return saysServices(name) || isServiceConfiguration(file) || (languageOf(name) !== undefined && !/\.d\.[cm]?ts$|\.min\.[cm]?js$/.test(name));
}

/** Whether a change of this file changes which others are read. */
export function saysWhatIsIgnored(file: string): boolean {
  return path.basename(file) === '.gitignore' || /[\\/]\.git[\\/]info[\\/]exclude$/.test(file);
}

/** A file of this workspace folder as the index calls it; undefined for a path that is none. */
export function indexedFile(file: string, folder: string): IndexedFile | undefined {
  const parsed = parsePath(file);
  if (parsed.kind !== 'absolute') return undefined;
  return { file: parsed.path, relativePath: path.relative(folder, file).split(path.sep).join('/') };
}

/** undefined where it is gone, or no file. */
export async function stampOf(file: string): Promise<Stamp | undefined> {
  const found = await lstat(file).catch(() => undefined);
  return found?.isFile() === true ? { mtimeMs: found.mtimeMs, size: found.size } : undefined;
}

/** undefined where it is gone, too large, no text, or the output of a build, which says once more what its sources say. */
export async function readSource(file: string, { size }: Stamp): Promise<string | undefined> {
  if (size > maxFileBytes) return undefined;
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined || text.slice(0, 8000).includes('\0') || text.includes('\n//# sourceMappingURL=') ? undefined : text;
}
