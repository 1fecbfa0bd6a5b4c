import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** One configuration includes another; more than so many in a row is a circle. */
const maxIncludes = 5;

/** The folder of git's configuration of this person: git-config(1), FILES. */
function configHome(): string {
  const said = process.env['XDG_CONFIG_HOME'];
  return said === undefined || said === '' ? path.join(os.homedir(), '.config') : said;
}

/**
 * The file of ignore patterns that hold in every repository of this person (`core.excludesFile`, gitignore(5)), absolute; it need not be there.
 * Read of the person's configuration and of the repository's, `include.path` followed; not of the system's, nor `includeIf`.
 */
export async function excludesFile(gitFolder: string): Promise<string> {
  let said: string | undefined;
  for (const file of [path.join(configHome(), 'git', 'config'), path.join(os.homedir(), '.gitconfig'), path.join(gitFolder, 'config')]) {
    said = (await readSetting(file, 0)) ?? said;
  }
  if (said === undefined) return path.join(configHome(), 'git', 'ignore');
  return path.resolve(path.dirname(gitFolder), withHome(said));
}

/** The last word of a file on `core.excludesFile`; undefined where it has none. */
async function readSetting(file: string, depth: number): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  let found: string | undefined;
  for (const { section, key, value } of configEntries(text)) {
    if (section === 'core' && key === 'excludesfile') found = value;
    else if (section === 'include' && key === 'path' && depth < maxIncludes) {
      found = (await readSetting(path.resolve(path.dirname(file), withHome(value)), depth + 1)) ?? found;
    }
  }
  return found;
}

interface ConfigEntry {
  /** Lower case; a section that has a subsection is called by both and never asked for. */
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** The entries of a text in the syntax of git-config(1) that have a value. */
function configEntries(text: string): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  let section = '';
  for (const line of text.replace(/^\uFEFF/, '').replace(/\\\r?\n/g, '').split(/\r?\n/)) {
    const heading = /^\s*\[([^\]]*)\](.*)$/.exec(line);
    if (heading !== null) section = heading[1]!.trim().toLowerCase();
    const [, key, value] = /^\s*([A-Za-z][A-Za-z\d-]*)\s*=(.*)$/.exec(heading?.[2] ?? line) ?? [];
    if (key !== undefined && value !== undefined) entries.push({ section, key: key.toLowerCase(), value: plainValue(value) });
  }
  return entries;
}

const escapes: ReadonlyMap<string, string> = new Map([['n', '\n'], ['t', '\t'], ['b', '\b']]);

/** Without its quotes, escapes, comment and the blanks around it. */
function plainValue(written: string): string {
  let value = '';
  let isQuoted = false;
  let end = 0;
  for (let i = 0; i < written.length; i++) {
    const character = written[i]!;
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === '#' || character === ';')) break;
    else if (character === '\\') value += escapes.get(written[++i] ?? '') ?? written[i] ?? '';
    else if (isQuoted || !/\s/.test(character) || value !== '') value += character;
    if (isQuoted || !/\s/.test(character)) end = value.length;
  }
  return value.slice(0, end);
}

function withHome(file: string): string {
  return /^~(?:[\\/]|$)/.test(file) ? path.join(os.homedir(), file.slice(1)) : file;
}
