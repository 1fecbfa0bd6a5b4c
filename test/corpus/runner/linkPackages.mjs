import { copyFile, link, mkdir, readdir, readFile, symlink, readlink } from 'node:fs/promises';
import path from 'node:path';

/**
 * Gives a workspace a node_modules of its own, for tools that take none by link: the packages and all they depend on, their files as hard links
 * where the disk allows.
 * @param {readonly string[]} names
 * @param {string} from a node_modules folder
 * @param {string} to another, made here
 */
export async function linkPackages(names, from, to) {
  const done = new Set();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (done.has(name)) continue;
    done.add(name);
    const manifest = await readFile(path.join(from, name, 'package.json'), 'utf8').catch(() => undefined);
    // An optional one of another platform.
    if (manifest === undefined) continue;
    await linkFolder(path.join(from, name), path.join(to, name));
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = JSON.parse(manifest);
    queue.push(...Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }));
  }
}

async function linkFolder(from, to) {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await linkFolder(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await link(source, target).catch(() => copyFile(source, target));
  }
}
