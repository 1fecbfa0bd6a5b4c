// Installs by the lock where it is needed. Node's own modules only.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { run, runToEnd } from './run.mjs';

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
  if (!missing) return false;
  const { code } = await runToEnd('npm', ['ci', '--no-audit', '--no-fund'], { cwd: dir });
  // `ci` refuses a lock that lacks another platform's optional package, as one made behind a mirror without it does. What the lock has is
  // taken all the same, and it stays as it is.
  if (code !== 0) await run('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { cwd: dir });
  return true;
}

async function readJson(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}
