import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { IgnoreRules } from './indexerIgnores.ts';

/** Says that a folder is an environment or vendored code: `pyvenv.cfg`, Go's `vendor/modules.txt`, Composer's `vendor/autoload.php`. */
const vendorMarks: readonly (readonly [folder: RegExp, file: string])[] = [[/./, 'pyvenv.cfg'], [/^vendor$/, 'modules.txt'], [/^vendor$/, 'autoload.php']];

/** The files in a folder and beneath it that git does not ignore, links not followed. What cannot be read is passed over. */
export async function* walkFiles(folder: string, rules: IgnoreRules = IgnoreRules.none): AsyncGenerator<string> {
  const left = [{ folder, rules }];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const entries = await readdir(at.folder, { withFileTypes: true }).catch(() => []);
    const name = path.basename(at.folder);
    if (at.folder !== folder && vendorMarks.some(([of, file]) => of.test(name) && entries.some((entry) => entry.name === file))) continue;
    const inside = entries.some((entry) => entry.name === '.gitignore') ? await at.rules.within(at.folder) : at.rules;
    for (const entry of entries) {
      const full = path.join(at.folder, entry.name);
      if (entry.isDirectory()) {
        if (!inside.ignores(full, true)) left.push({ folder: full, rules: inside });
      } else if (entry.isFile() && !inside.ignores(full, false)) yield full;
    }
  }
}

/** The rules that hold in the folder of `file`; undefined where a folder on the way is left out. */
export async function rulesAround(root: string, file: string): Promise<IgnoreRules | undefined> {
  const segments = path.relative(root, path.dirname(file)).split(path.sep).filter((segment) => segment !== '');
  let rules = await IgnoreRules.none.within(root);
  let folder = root;
  for (const segment of segments) {
    folder = path.join(folder, segment);
    if (rules.ignores(folder, true)) return undefined;
    rules = await rules.within(folder);
  }
  return rules;
}
