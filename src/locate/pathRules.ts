import type { PathRule, PathRuleSource } from './location.ts';
import type { ParsedPath } from './paths.ts';
import { decodePercent, isWindowsPath, joinPath, parsePath, relativeTo } from './paths.ts';

export interface LocalCandidate {
  /** Absolute, as `paths.ts` writes paths. Not yet known to exist or to lie in the workspace. */
  readonly path: string;
  readonly via: 'exact' | 'pathRule' | 'learned';
  /** What was done to reach it, for `explain`. */
  readonly how: string;
}

/** Candidates that nothing puts before one another: rules of the same kind whose prefix is as long. */
export interface CandidateGroup {
  /** Of its rules; undefined for the path itself. */
  readonly from: 'configuration' | 'setting' | undefined;
  readonly candidates: readonly LocalCandidate[];
}

/** The order rules are tried in, and how `explain` calls what they are from. */
const sources: Readonly<Record<PathRuleSource, readonly [rank: number, name: string]>> = {
  launch: [0, 'localRoot and remoteRoot of the launch configuration'],
  pathMappings: [0, 'pathMappings of the launch configuration'],
  sourceFileMap: [0, 'sourceFileMap of the launch configuration'],
  substitutePath: [0, 'substitutePath of the launch configuration'],
  outFiles: [0, 'outFiles of the launch configuration: build output outside the workspace folders'],
  devContainer: [1, 'dev container'],
  compose: [1, 'mount of a compose file'],
  setting: [2, 'setting traceline.pathMappings'],
};

/**
 * Where a program's path may lie on this machine, in the order to try: the path itself, then what each path rule makes of
 * it. Rules replace a prefix of whole segments: those of the launch configuration first, then those of containers, then the
 * setting's, and of each the longer prefix before the shorter. What they make never leaves the rule's own folder. A relative
 * path has no place of its own: nothing is found by the tail of a file's name.
 */
export function localCandidates(parsed: ParsedPath, rules: readonly PathRule[]): CandidateGroup[] {
  if (parsed.kind === 'refused') return [];
  const path = parsed.kind === 'url' ? parsed.url : parsed.path;
  const groups: { key: string; from: CandidateGroup['from']; candidates: LocalCandidate[] }[] = [];
  if (parsed.kind === 'absolute') groups.push({ key: '', from: undefined, candidates: [{ path, via: 'exact', how: path }] });
  for (const { rule, rank, remote, local } of orderedRules(rules)) {
    const rest = remainder(remote, parsed);
    if (rest === undefined) continue;
    const key = `${rank} ${textOf(remote).length}`;
    for (const each of new Set(parsed.kind === 'url' ? [rest, decodePercent(rest)] : [rest])) {
      const candidate = joinPath(local, each);
      if (each.includes('\0') || relativeTo(local, candidate) === undefined || (parsed.kind === 'absolute' && candidate === path)) continue;
      if (groups.at(-1)?.key !== key) groups.push({ key, from: rule.from === 'setting' ? 'setting' : 'configuration', candidates: [] });
      const { candidates } = groups.at(-1)!;
      if (!candidates.some((other) => other.path === candidate)) candidates.push({ path: candidate, via: 'pathRule', how: ruleText(rule) });
    }
  }
  return groups.map(({ from, candidates }) => ({ from, candidates }));
}

export function ruleText({ remote, local, from }: PathRule): string {
  return from === 'outFiles' ? `${local} (${sources[from][1]})` : `${remote} → ${local} (${sources[from][1]})`;
}

/** What follows the rule's prefix in the path; undefined where the rule is about other paths. */
function remainder(remote: ParsedPath, parsed: ParsedPath): string | undefined {
  if (parsed.kind === 'absolute' && remote.kind === 'absolute') return relativeTo(remote.path, parsed.path);
  if (parsed.kind === 'relative' && remote.kind === 'relative') return /^\.\.(?:\/|$)/.test(parsed.path) ? undefined : relativeTo(remote.path, parsed.path);
  if (parsed.kind === 'url' && remote.kind === 'url') return relativeTo(remote.url.replace(/(?<!\/)\/$/, ''), parsed.url);
  return undefined;
}

interface OrderedRule {
  readonly rule: PathRule;
  readonly rank: number;
  readonly remote: ParsedPath;
  readonly local: string;
}

function orderedRules(rules: readonly PathRule[]): OrderedRule[] {
  return rules
    .flatMap((rule): OrderedRule[] => {
      const remote: ParsedPath = rule.remote === '' ? { kind: 'relative', path: '' } : parsePath(rule.remote);
      const local = parsePath(rule.local);
      return local.kind === 'absolute' ? [{ rule, rank: sources[rule.from][0], remote, local: local.path }] : [];
    })
    .sort((a, b) => a.rank - b.rank || textOf(b.remote).length - textOf(a.remote).length);
}

function textOf(parsed: ParsedPath): string {
  if (parsed.kind === 'refused') return '';
  return parsed.kind === 'url' ? parsed.url : parsed.path;
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
