// What Debian's packages give, where we may install them. Node's own modules only.
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.mjs';

/**
 * The first of `names` found on the PATH, as an absolute path.
 * @param {readonly string[]} names
 * @returns {Promise<string | undefined>}
 */
export async function findOnPath(names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
      const file = path.join(folder, name);
      if (folder !== '' && (await access(file, constants.X_OK).then(() => true, () => false))) return file;
    }
  }
  return undefined;
}

/**
 * Installs Debian packages, where this is Debian (or a child of it) and we are root.
 * @param {readonly string[]} packages
 * @returns {Promise<boolean>} false where we cannot
 */
export async function installDebianPackages(packages) {
  if (process.getuid?.() !== 0 || (await findOnPath(['apt-get'])) === undefined) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env });
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env });
  return true;
}
