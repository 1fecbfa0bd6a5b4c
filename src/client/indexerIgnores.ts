import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore from 'ignore';

/** Never a program's own code, whether git ignores them or not. */
const foreignFolders: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules', 'bower_components', 'site-packages', '__pycache__']);

interface Rule {
  readonly folder: string;
  readonly matcher: ignore.Ignore;
}

/** What holds in a folder: the `.gitignore` files from the workspace folder down to it. */
export class IgnoreRules {
  readonly #rules: readonly Rule[];

  private constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  static readonly none = new IgnoreRules([]);

  /** With the rules of `folder`'s own `.gitignore`, where it has one. */
  async within(folder: string): Promise<IgnoreRules> {
    let text: string;
    try {
      text = await readFile(path.join(folder, '.gitignore'), 'utf8');
    } catch {
      return this;
    }
    return new IgnoreRules([...this.#rules, { folder, matcher: ignore().add(text) }]);
  }

  /** Whether a file or folder directly in the folder these rules hold for is left out; the innermost rule that speaks of it decides. */
  ignores(fullPath: string, isFolder: boolean): boolean {
    if (isFolder && foreignFolders.has(path.basename(fullPath))) return true;
    for (let i = this.#rules.length - 1; i >= 0; i--) {
      const { folder, matcher } = this.#rules[i]!;
      const relative = path.relative(folder, fullPath).split(path.sep).join('/');
      const slash = isFolder ? '/' : '';
      const parent = path.posix.dirname(relative);
      // A folder on the way that this `.gitignore` leaves out and a deeper one takes in again does not count any more.
      const isTakenIn = parent !== '.' && matcher.test(`${parent}/`).ignored;
      const said = matcher.test((isTakenIn ? path.posix.basename(relative) : relative) + slash);
      if (said.ignored) return true;
      if (said.unignored) return false;
    }
    return false;
  }
}
