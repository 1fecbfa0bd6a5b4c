import type { PathRule } from './location.ts';
import type { ParsedPath } from './paths.ts';
import { isWindowsPath, joinPath, parsePath, relativeTo } from './paths.ts';

export interface LocalCandidate {
  /** Absolute, as `paths.ts` writes paths. Not yet known to exist or to lie in the workspace. */
  readonly path: string;
  readonly via: 'exact' | 'pathRule';
  /** What was done to reach it, for `explain`. */
  readonly how: string;
}

/**
 * Where a program's path may lie on this machine, in the order to try: the path itself, then what each path rule makes of
 * it. Rules replace a prefix of whole segments; those of the launch configuration come before those of the setting, and the
 * longer prefix before the shorter. A relative path has no place of its own: nothing is found by the tail of a file's name.
 */
export function localCandidates(parsed: ParsedPath, rules: readonly PathRule[]): LocalCandidate[] {
  if (parsed.kind === 'refused') return [];
  const path = parsed.kind === 'url' ? parsed.url : parsed.path;
  const candidates: LocalCandidate[] = parsed.kind === 'absolute' ? [{ path, via: 'exact', how: path }] : [];
  for (const rule of orderedRules(rules)) {
    const local = parsePath(rule.local);
    const rest = remainder(rule, parsed);
    if (rest === undefined || local.kind !== 'absolute') continue;
    candidates.push({ path: joinPath(local.path, rest), via: 'pathRule', how: `${rule.remote} → ${rule.local} (${rule.from})` });
  }
  return candidates;
}

/** What follows the rule's prefix in the path; undefined where the rule is about other paths. */
function remainder(rule: PathRule, parsed: ParsedPath): string | undefined {
  const remote: ParsedPath = rule.remote === '' ? { kind: 'relative', path: '' } : parsePath(rule.remote);
  if (parsed.kind === 'absolute' && remote.kind === 'absolute') return relativeTo(remote.path, parsed.path);
  if (parsed.kind === 'relative' && remote.kind === 'relative') return parsed.path.startsWith('../') ? undefined : relativeTo(remote.path, parsed.path);
  if (parsed.kind === 'url' && remote.kind === 'url') return relativeTo(remote.url.replace(/(?<!\/)\/$/, ''), parsed.url);
  return undefined;
}

function orderedRules(rules: readonly PathRule[]): PathRule[] {
  return [...rules].sort((a, b) => Number(a.from === 'setting') - Number(b.from === 'setting') || b.remote.length - a.remote.length);
}

/** A path of this room as this machine writes it, in the manner of the workspace folder it lies in (VS Code writes `c:\x`). */
export function nativePath(path: string, folder: string): string {
  const parsedFolder = parsePath(folder);
  const rest = parsedFolder.kind === 'absolute' ? relativeTo(parsedFolder.path, path) : undefined;
  if (rest === undefined) return path;
  const separator = isWindowsPath(path) && folder.includes('\\') ? '\\' : '/';
  const stem = folder.endsWith(separator) ? folder.slice(0, -1) : folder;
  return rest === '' ? folder : `${stem}${separator}${rest.replaceAll('/', separator)}`;
}
