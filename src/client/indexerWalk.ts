import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { IgnoreRules } from './indexerIgnores.ts';

/** Says that a folder is an environment or vendored code: `pyvenv.cfg`, Go's `vendor/modules.txt`, Composer's `vendor/autoload.php`. */
const vendorMarks: readonly (readonly [folder: RegExp, file: string])[] = [[/./, 'pyvenv.cfg'], [/^vendor$/, 'modules.txt'], [/^vendor$/, 'autoload.php']];

/** The files in a folder and beneath it that git does not ignore, links not followed. `rules` hold for the folder itself. What cannot be read is passed over. */
export async function* walkFiles(folder: string, rules: IgnoreRules): AsyncGenerator<string> {
  const left = [{ folder, rules }];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const entries = await readdir(at.folder, { withFileTypes: true }).catch(() => []);
    const names = new Set(entries.map((entry) => entry.name));
    if (at.folder !== folder && isVendored(at.folder, (name) => names.has(name))) continue;
    const inside = names.has('.git') || names.has('.gitignore') ? await rulesInside(at.folder, at.rules, names.has('.git')) : at.rules;
    for (const entry of entries) {
      const full = path.join(at.folder, entry.name);
      if (entry.isDirectory()) {
        if (!inside.ignores(full, true)) left.push({ folder: full, rules: inside });
      } else if (entry.isFile() && !inside.ignores(full, false)) yield full;
    }
  }
}

/** The rules that hold in folders of one workspace folder, each asked for once. They are what they were when they were first asked for. */
export class FolderRules {
  readonly #root: string;
  readonly #known = new Map<string, Promise<IgnoreRules | undefined>>();

  constructor(root: string) {
    this.#root = root;
  }

  /** For what is directly in `folder`, which is the workspace folder or beneath it; undefined where it, or one on the way to it, is left out. */
  in(folder: string): Promise<IgnoreRules | undefined> {
    let known = this.#known.get(folder);
    if (known === undefined) this.#known.set(folder, (known = this.#read(folder)));
    return known;
  }

  async #read(folder: string): Promise<IgnoreRules | undefined> {
    const isRoot = folder === this.#root || path.dirname(folder) === folder;
    const around = isRoot ? await IgnoreRules.around(folder) : await this.in(path.dirname(folder));
    if (around === undefined || (!isRoot && (around.ignores(folder, true) || (await isVendoredOnDisk(folder))))) return undefined;
    return rulesInside(folder, around, await isThere(path.join(folder, '.git')));
  }
}

/** `hasGit` says whether there is anything called `.git` in the folder. */
async function rulesInside(folder: string, around: IgnoreRules, hasGit: boolean): Promise<IgnoreRules> {
  return (hasGit ? await around.inRepository(folder) : around).within(folder);
}

function isVendored(folder: string, has: (name: string) => boolean): boolean {
  const name = path.basename(folder);
  return vendorMarks.some(([of, file]) => of.test(name) && has(file));
}

async function isVendoredOnDisk(folder: string): Promise<boolean> {
  const there = await Promise.all(vendorMarks.map(async ([, file]) => [file, await isThere(path.join(folder, file))] as const));
  return isVendored(folder, (name) => there.some(([file, is]) => is && file === name));
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(() => true, () => false);
}
