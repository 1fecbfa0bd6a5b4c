import { readFile, realpath, stat } from 'node:fs/promises';
import type { SourceFiles } from '../locate/sourceFiles.ts';
import { listFiles } from './workspaceFileNames.ts';

/** The files of this machine, for locating. */
export const nodeSourceFiles: SourceFiles = {
  async stat(path) {
    try {
      const found = await stat(path);
      return found.isFile() ? { mtimeMs: found.mtimeMs, size: found.size } : undefined;
    } catch {
      return undefined;
    }
  },
  async readText(path) {
    try {
      return await readFile(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  async realPath(path) {
    try {
      return await realpath(path);
    } catch {
      return undefined;
    }
  },
  listFiles: (folders) => listFiles(folders),
  ignoresCase: process.platform === 'win32' || process.platform === 'darwin',
};
