import { directoryOf, parsePath, relativeTo } from './paths.ts';
import type { WorkspaceFile, WorkspaceFiles } from './workspaceFiles.ts';

/** A name alone says nothing: every service has its `index.ts`. */
const minSegments = 2;
/** Files that fit equally and are looked at, to be named to the person. */
const maxShown = 4;

export type Learned =
  | { readonly kind: 'learned'; readonly file: WorkspaceFile; readonly how: string }
  /** Several files of the workspace may be meant. */
  | { readonly kind: 'ambiguous'; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string };

interface Fit {
  readonly path: string;
  /** How many segments at the end are those of the program's path. */
  readonly segments: number;
}

/**
 * The rule for programs that ran from another root than the workspace, in a container mostly, where nothing says which: a
 * path is the file of the workspace that shares the most whole segments at its end, if there is one such file and no more,
 * and two segments at least. What is learned of one path is kept, and another path that contradicts it is not placed.
 *
 * A place that was found so is not "inferred": the span said the file, line and column, and only the name of its root is
 * learned, from the one file it can be. Where two can be, the person is asked.
 */
export class LearnedRules {
  readonly #files: WorkspaceFiles;
  /** Remote root → each root here that files beneath it were found under → one such file. */
  readonly #roots = new Map<string, Map<string, string>>();

  constructor(files: WorkspaceFiles) {
    this.#files = files;
  }

  /** `path` is absolute, as `paths.ts` writes paths, lies outside the workspace folders, and no path rule is about it. */
  async find(path: string): Promise<Learned> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    // Another window's program, which shares the hub, runs from this machine: its `src/index.ts` is not this workspace's.
    if ((await this.#files.isHere(path)) || (await this.#files.isHere(directoryOf(path)))) {
      return { kind: 'none', reason: ofThisMachine(directoryOf(path)) };
    }
    const { paths, isComplete } = await this.#files.filesNamed(name);
    if (paths.length === 0) return { kind: 'none', reason: `no file of the workspace is called ${name}` };
    if (!isComplete) return { kind: 'none', reason: 'the workspace has too many files to know whether a name is there only once' };
    const fits = paths.map((each): Fit => ({ path: each, segments: sharedEnd(path, each) })).sort((a, b) => b.segments - a.segments);
    for (let at = 0; at < fits.length; ) {
      const { segments } = fits[at]!;
      if (segments < minSegments) break;
      const best = fits.slice(at).filter((fit) => fit.segments === segments);
      at += best.length;
      const found = await this.#present(best);
      const [only] = found;
      if (only === undefined) continue;
      return found.length === 1 ? this.#learn(path, only, segments) : { kind: 'ambiguous', reason: await this.#question(path, found, segments) };
    }
    return { kind: 'none', reason: `files of the workspace share its name ${name} at most, which says nothing` };
  }

  /** Those that are files of the workspace still. */
  async #present(fits: readonly Fit[]): Promise<WorkspaceFile[]> {
    const found: WorkspaceFile[] = [];
    for (const { path } of fits) {
      const lookup = await this.#files.find(path);
      if (lookup.kind === 'file' && !lookup.file.isOutput) found.push(lookup.file);
      if (found.length > maxShown) break;
    }
    return found;
  }

  async #learn(path: string, file: WorkspaceFile, segments: number): Promise<Learned> {
    const remote = withoutEnd(path, segments);
    const local = withoutEnd(file.path, segments);
    const root = await this.#rootHere(path, remote);
    if (root !== undefined) return { kind: 'none', reason: ofThisMachine(root) };
    if (this.#roots.get(remote)?.has(local) !== true) {
      // Beneath a root that is known, a file fits from there on or is another program's. Beneath the whole disk there are many.
      const outer = [...this.#roots.keys()].filter((each) => each !== remote && !each.endsWith('/') && relativeTo(each, remote) !== undefined);
      for (const each of outer) {
        const roots = await this.#rootsOf(each);
        if (roots.length === 0) continue;
        const said = roots.map((root) => `${each} → ${root}`).join(', ');
        const advice = settingAdvice(remote, await this.#variablePath(local));
        return { kind: 'none', reason: `${file.nativePath} may be meant, but files beside it were found by ${said}. ${advice}` };
      }
    }
    let known = this.#roots.get(remote);
    if (known === undefined) this.#roots.set(remote, (known = new Map()));
    known.set(local, file.path);
    return { kind: 'learned', file, how: `${remote} → ${local} (learned: no other file of the workspace ends in ${path.slice(withSlash(remote).length)})` };
  }

  /** The roots that a remote root was learned to be, of files that are where they were. */
  async #rootsOf(remote: string): Promise<string[]> {
    const roots = this.#roots.get(remote);
    for (const [root, file] of [...(roots ?? [])]) if ((await this.#files.find(file)).kind !== 'file') roots?.delete(root);
    return [...(roots?.keys() ?? [])];
  }

  /** The folder above the path that is on this machine after all. The first segment says nothing: every machine has /home and /opt. */
  async #rootHere(path: string, remote: string): Promise<string | undefined> {
    const segments = path.split('/');
    const depth = Math.max(remote === '/' ? 1 : remote.split('/').length, 3);
    const root = segments.slice(0, depth).join('/');
    return segments.length > depth && (await this.#files.isHere(root)) ? root : undefined;
  }

  async #question(path: string, found: readonly WorkspaceFile[], segments: number): Promise<string> {
    const shown = await Promise.all(found.slice(0, maxShown).map((file) => this.#variablePath(file.path)));
    const more = found.length > maxShown ? ' and more' : '';
    const advice = settingAdvice(withoutEnd(path, segments), await this.#variablePath(withoutEnd(found[0]!.path, segments)));
    return `${found.length > maxShown ? 'several' : found.length} files may be meant: ${shown.join(', ')}${more}. ${advice}`;
  }

  /** As the setting takes it. */
  async #variablePath(path: string): Promise<string> {
    const folders = await this.#files.folders();
    for (const folder of folders) {
      const rest = relativeTo(folder, path);
      if (rest === undefined) continue;
      const variable = `\${workspaceFolder${folders.length === 1 ? '' : `:${folder.slice(folder.lastIndexOf('/') + 1)}`}}`;
      return rest === '' ? variable : `${variable}/${rest}`;
    }
    return path;
  }
}

function ofThisMachine(folder: string): string {
  return `${folder} is a folder of this machine outside the workspace folders, so no file of the workspace is taken for one in it`;
}

function settingAdvice(remote: string, local: string): string {
  return `Say which in the setting, such as "traceline.pathMappings": { "${remote}": "${local}" }.`;
}

/** How many whole segments at their ends two paths share. */
export function sharedEnd(a: string, b: string): number {
  const [left, right] = [segmentsOf(a), segmentsOf(b)];
  let shared = 0;
  while (shared < left.length && shared < right.length && left.at(-1 - shared) === right.at(-1 - shared)) shared++;
  return shared;
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** The path without its last segments; its root where none is left. */
function withoutEnd(path: string, segments: number): string {
  let rest = path;
  for (let i = 0; i < segments; i++) rest = directoryOf(rest);
  const parsed = parsePath(rest);
  return parsed.kind === 'absolute' ? parsed.path : rest;
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
