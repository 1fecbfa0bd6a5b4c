import { readFileSync, realpathSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SourceFiles } from '../locate/sourceFiles.ts';
import { listFiles } from './workspaceFileNames.ts';

/**
 * The files of this machine, for locating: in a worker, or a command that does nothing else. So the disk is asked at once; the way over
 * other threads and back takes ten times as long as most answers.
 */
export const nodeSourceFiles: SourceFiles = {
  async stat(path) {
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      return found?.isFile() === true ? { mtimeMs: found.mtimeMs, size: found.size } : undefined;
    } catch {
      return undefined;
    }
  },
  async readText(path) {
    // Whoever waits has a turn before each file.
    await nextTurn();
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  async realPath(path) {
    try {
      return realpathSync.native(path);
    } catch {
      return undefined;
    }
  },
  listFiles: (folders) => listFiles(folders),
  ignoresCase: process.platform === 'win32' || process.platform === 'darwin',
};
