import type { ParsedPath } from './paths.ts';
import { decodePercent, directoryOf, joinPath, parsePath, relativeTo } from './paths.ts';

export type SourceCandidate =
  /** A place the map names: absolute as the build machine saw it (path rules apply), or reckoned from the map's own folder. */
  | { readonly kind: 'absolute' | 'besideMap'; readonly parsed: ParsedPath }
  /** The map names a path from its project's root (`webpack://app/./src/x.ts`) and not where that root is: one possible place. */
  | { readonly kind: 'project'; readonly parsed: ParsedPath };

/**
 * Where a source of a map may lie, in the order to try. `mapDirectory` and `folders` as `paths.ts` writes paths.
 * sourceRoot is put in front of a source's name and the outcome is reckoned from the map (ECMA-426, "Resolving sources").
 */
export function sourceCandidates(source: string, sourceRoot: string, mapDirectory: string, folders: readonly string[]): SourceCandidate[] {
  const candidates = new Map<string, SourceCandidate>();
  for (const name of spellings(source)) {
    for (const candidate of candidatesOf(name, sourceRoot, mapDirectory, folders)) {
      const key = JSON.stringify(candidate);
      if (!candidates.has(key)) candidates.set(key, candidate);
    }
  }
  return [...candidates.values()];
}

/** Bundlers append `?query` to a name, and some percent-encode it; a file may also really be called that. */
function spellings(source: string): string[] {
  const mark = source.indexOf('?', source.lastIndexOf('/') + 1);
  const bare = mark < 0 ? source : source.slice(0, mark);
  return [...new Set([source, bare, decodePercent(bare)])];
}

function candidatesOf(name: string, sourceRoot: string, mapDirectory: string, folders: readonly string[]): SourceCandidate[] {
  const parsed = parsePath(name);
  if (parsed.kind === 'refused') return [];
  if (parsed.kind === 'url') return urlCandidates(parsed.url, parsed.scheme, mapDirectory, folders);
  const root: ParsedPath = sourceRoot === '' ? { kind: 'relative', path: '' } : parsePath(sourceRoot);
  const asNamed: SourceCandidate[] = parsed.kind === 'absolute' ? [{ kind: 'absolute', parsed }] : [];
  if (root.kind === 'refused' || (parsed.kind === 'absolute' && sourceRoot === '')) return asNamed;
  if (root.kind === 'url') return [...asNamed, ...urlCandidates(`${root.url.replace(/\/$/, '')}/${name.replace(/^\//, '')}`, root.scheme, mapDirectory, folders)];
  if (root.kind === 'absolute') return [...asNamed, { kind: 'absolute', parsed: { kind: 'absolute', path: joinPath(root.path, parsed.path) } }];
  const beside: SourceCandidate = { kind: 'besideMap', parsed: { kind: 'absolute', path: joinPath(joinPath(mapDirectory, root.path), parsed.path) } };
  if (sourceRoot === '') return [...asNamed, beside];
  // tsc writes the same relative sourceRoot into every map, reckoned from the output's root, however deep a map lies.
  const fromRoots = projectRoots(mapDirectory, folders)
    .filter((from) => from !== mapDirectory)
    .map((from): SourceCandidate => ({ kind: 'project', parsed: { kind: 'absolute', path: joinPath(joinPath(from, root.path), parsed.path) } }));
  return [...asNamed, beside, ...fromRoots];
}

/** `webpack://namespace/./src/x.ts`, `webpack:///src/x.ts`, `turbopack:///[project]/app/x.tsx` and their kin. Nothing is fetched from the web. */
function urlCandidates(url: string, scheme: string, mapDirectory: string, folders: readonly string[]): SourceCandidate[] {
  if (scheme === 'http' || scheme === 'https' || scheme === 'data' || scheme === 'blob') return [];
  const inner = /^[^:]+:(?:\/\/[^/]*\/)?(.*)$/s.exec(url)?.[1] ?? '';
  const parsed = parsePath(inner.replace(/^\[project\]\//, ''));
  if (parsed.kind === 'absolute') return [{ kind: 'absolute', parsed }];
  if (parsed.kind !== 'relative') return [];
  return projectRoots(mapDirectory, folders).map((root) => ({ kind: 'project', parsed: { kind: 'absolute', path: joinPath(root, parsed.path) } }));
}

/** The map's folder and those above it up to the workspace folder, nearest first, then the other workspace folders. */
function projectRoots(mapDirectory: string, folders: readonly string[]): string[] {
  const home = folders.find((folder) => relativeTo(folder, mapDirectory) !== undefined);
  const roots: string[] = [];
  for (let at = mapDirectory; home !== undefined; at = directoryOf(at)) {
    roots.push(at);
    if (at === home || roots.length === 64) break;
  }
  return [...new Set([...roots, ...folders])];
}

/**
 * Whether a file may be the source whose text a map carries, edited since: at least half of the map's distinct lines are
 * still in it. Asked only where the map does not say the file's place.
 */
export function resembles(fileText: string, mapText: string): boolean {
  if (fileText === mapText) return true;
  const wanted = distinctLines(mapText);
  if (wanted.size === 0) return false;
  const present = distinctLines(fileText);
  let shared = 0;
  for (const line of wanted) if (present.has(line)) shared++;
  return shared * 2 >= wanted.size;
}

function distinctLines(text: string): Set<string> {
  return new Set(text.split('\n').map((line) => line.trim()).filter((line) => line.length > 2));
}
