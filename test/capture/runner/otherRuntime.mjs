import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { installLocked } from '../../../scripts/lib/captureModules.mjs';

/**
 * A JavaScript runtime that comes as an npm package, installed outside the tree by the lock in `folder`.
 * @param {string} folder
 * @param {readonly string[]} patterns where its program may be: a package's script may put it elsewhere
 * @returns {Promise<{ file: string, version: string }>}
 * @throws Error where it cannot be had, or does not run here
 */
export async function otherRuntime(folder, patterns) {
  const name = path.basename(folder);
  const modules = await installLocked(folder, name, (line) => console.error(line));
  const file = globSync(patterns, { cwd: modules }).map((found) => path.join(modules, found)).find(runs);
  if (file === undefined) throw new Error(`${name} has no program for this platform`);
  return { file, version: `${name}${/\d+\.\d+/.exec(versionOf(file))?.[0] ?? ''}` };
}

function runs(file) {
  try {
    return versionOf(file) !== '';
  } catch {
    return false;
  }
}

function versionOf(file) {
  return execFileSync(file, ['--version'], { encoding: 'utf8', stdio: 'pipe', timeout: 20_000 });
}
