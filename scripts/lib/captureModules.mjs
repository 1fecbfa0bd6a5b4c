import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { cacheDir } from './vscodeServer.mjs';

const capture = path.join(path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))), 'test', 'capture');

/**
 * The node_modules that the programs of test/capture run with, kept outside the tree: they are large, and change with their lock alone.
 * @param {(line: string) => void} log
 * @returns {Promise<string>}
 */
export function installCapture(log) {
  return installLocked(capture, 'capture', log);
}

/**
 * What a folder's package-lock.json says, installed in the cache.
 * @param {string} folder
 * @param {string} name of the folder there, which its lock is added to
 * @param {(line: string) => void} log
 * @returns {Promise<string>} its node_modules
 */
export async function installLocked(folder, name, log) {
  const lock = await readFile(path.join(folder, 'package-lock.json'));
  const dir = path.join(cacheDir(), `${name}-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}-${process.platform}-${process.arch}`);
  const modules = path.join(dir, 'node_modules');
  if (await stat(dir).then(() => true, () => false)) return modules;
  log(`installing what programs of the capture matrix run with: ${name} (once)`);
  // Aside, and put in its place when it is whole; of two that do so at once, the first one's stays.
  const half = `${dir}.${process.pid}`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  try {
    for (const file of ['package.json', 'package-lock.json']) await copyFile(path.join(folder, file), path.join(half, file));
    await ensureInstalled(half);
    await rename(half, dir).catch((error) => (error.code === 'ENOTEMPTY' || error.code === 'EEXIST' ? undefined : Promise.reject(error)));
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  return modules;
}
