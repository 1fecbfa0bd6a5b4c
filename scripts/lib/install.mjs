// `npm ci` where it is needed. Node's own modules only.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.mjs';

/**
 * Installs what the folder's package-lock.json says, unless exactly that is installed already.
 * @param {string} dir
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function ensureInstalled(dir) {
  const wanted = await readJson(path.join(dir, 'package-lock.json'));
  // npm writes this one last, so a broken-off install has none or the former.
  const present = await readJson(path.join(dir, 'node_modules', '.package-lock.json')).catch(() => ({ packages: {} }));
  const missing = Object.entries(wanted.packages).some(([name, entry]) => {
    if (name === '' || !name.includes('node_modules')) return false;
    const there = present.packages[name];
    // An optional package may be another platform's.
    return there === undefined ? entry.optional !== true : there.version !== entry.version;
  });
  if (missing) await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: dir });
  return missing;
}

async function readJson(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}
