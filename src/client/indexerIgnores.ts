import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore from 'ignore';
import { repositoryAround, repositoryPatterns } from './gitRepository.ts';

/** Never a program's own code, whether git ignores them or not. */
const foreignFolders: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules', 'bower_components', 'site-packages', '__pycache__']);

/** As git is set up there, `core.ignoreCase`. */
const ignorecase = process.platform === 'win32' || process.platform === 'darwin';

const maxPatternLength = 1000;
const maxStarsOfName = 3;
const maxStarredNames = 6;

interface Rule {
  readonly folder: string;
  readonly matcher: ignore.Ignore;
}

/** What git leaves out in a folder: by its repository's patterns, and the `.gitignore` files from the top of that down to it. */
export class IgnoreRules {
  readonly #rules: readonly Rule[];

  private constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  static readonly none = new IgnoreRules([]);

  /** What holds for a folder itself, of all that is above it: its own `.gitignore` is not in them. */
  static async around(folder: string): Promise<IgnoreRules> {
    const repository = await repositoryAround(folder);
    if (repository === undefined) return IgnoreRules.none;
    let rules = await IgnoreRules.none.inRepository(repository);
    const segments = path.relative(repository, folder).split(path.sep).filter((segment) => segment !== '');
    for (let i = 0; i < segments.length; i++) rules = await rules.within(path.join(repository, ...segments.slice(0, i)));
    return rules;
  }

  /** What holds in all of the repository that `folder` is the top of, nothing of the one around it; these rules where it is the top of none. */
  async inRepository(folder: string): Promise<IgnoreRules> {
    const patterns = await repositoryPatterns(folder);
    return patterns === undefined ? this : new IgnoreRules(patterns.map((text) => rule(folder, text)));
  }

  /** With the rules of `folder`'s own `.gitignore`, where it has one. */
  async within(folder: string): Promise<IgnoreRules> {
    const text = await readFile(path.join(folder, '.gitignore'), 'utf8').catch(() => undefined);
    return text === undefined ? this : new IgnoreRules([...this.#rules, rule(folder, text)]);
  }

  /** Whether a file or folder directly in the folder these rules hold for is left out; the innermost rule that speaks of it decides. */
  ignores(fullPath: string, isFolder: boolean): boolean {
    if (isFolder && foreignFolders.has(path.basename(fullPath))) return true;
    for (let i = this.#rules.length - 1; i >= 0; i--) {
      const { folder, matcher } = this.#rules[i]!;
      const relative = path.relative(folder, fullPath).split(path.sep).join('/');
      const slash = isFolder ? '/' : '';
      const parent = path.posix.dirname(relative);
      // A folder on the way that this file leaves out and a deeper one takes in again, or that was opened itself, does not count any more.
      const isTakenIn = parent !== '.' && test(matcher, `${parent}/`).ignored;
      const said = test(matcher, (isTakenIn ? path.posix.basename(relative) : relative) + slash);
      if (said.ignored) return true;
      if (said.unignored) return false;
    }
    return false;
  }
}

function rule(folder: string, text: string): Rule {
  const patterns = text.replace(/^\uFEFF/, '').split(/\r?\n/).filter((line) => line.length <= maxPatternLength && !hasTooManyStars(line));
  return { folder, matcher: ignore({ ignorecase }).add(patterns) };
}

/** A file of patterns that no regular expression can be made of says nothing. */
function test(matcher: ignore.Ignore, relativePath: string): ignore.TestResult {
  try {
    return matcher.test(relativePath);
  } catch {
    return { ignored: false, unignored: false };
  }
}

/** Patterns become regular expressions, whose time grows with the length of a name to the power of the stars in it. */
function hasTooManyStars(pattern: string): boolean {
  const stars = pattern.split('/').map((segment) => segment.match(/\*+/g)?.length ?? 0);
  return stars.some((count) => count > maxStarsOfName) || stars.filter((count) => count > 0).length > maxStarredNames;
}
