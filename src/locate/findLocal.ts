import type { LearnedRules } from './learnedRule.ts';
import type { PathRule } from './location.ts';
import type { ParsedPath } from './paths.ts';
import { relativeTo } from './paths.ts';
import type { LocalCandidate } from './pathRules.ts';
import { localCandidates, ruleText } from './pathRules.ts';
import type { FileLookup, WorkspaceFile, WorkspaceFiles } from './workspaceFiles.ts';

const maxRulesShown = 4;

export interface LocalTry {
  readonly candidate: LocalCandidate;
  readonly lookup:
    | FileLookup
    /** Several files fit and nothing says which: the person is to choose. */
    | { readonly kind: 'ambiguous'; readonly reason: string }
    /** A rule that has nothing to say of the path. */
    | { readonly kind: 'none'; readonly reason: string };
}

export interface LocalFinding {
  readonly found: { readonly file: WorkspaceFile; readonly via: LocalCandidate['via'] } | undefined;
  readonly tries: readonly LocalTry[];
}

/**
 * The first of the path's local candidates that is a file of the workspace, with all that was tried. Where rules that
 * nothing puts before one another lead to several files, only the setting may choose among them. `learned` is asked
 * about an absolute path that no rule is about; it is undefined for a path of this machine.
 */
export async function findLocal(parsed: ParsedPath, rules: readonly PathRule[], files: WorkspaceFiles, learned?: LearnedRules): Promise<LocalFinding> {
  const tries: LocalTry[] = [];
  const groups = localCandidates(parsed, rules);
  let ambiguous: LocalTry | undefined;
  for (const { from, candidates } of groups) {
    if (ambiguous !== undefined && from !== 'setting') continue;
    const found = new Map<string, { readonly file: WorkspaceFile; readonly via: LocalCandidate['via'] }>();
    for (const candidate of candidates) {
      const lookup = await files.find(candidate.path);
      const tried = lookup.kind === 'file' && lookup.file.isOutput ? byOutFiles(candidate, rules) : candidate;
      tries.push({ candidate: tried, lookup });
      if (lookup.kind === 'file') found.set(lookup.file.path, { file: lookup.file, via: tried.via });
    }
    const [only] = found.values();
    if (found.size === 1) return { found: only, tries };
    if (found.size > 1) {
      const names = [...found.values()].map(({ file }) => file.nativePath).join(', ');
      const reason = `${found.size} files may be meant: ${names}. Say which in the setting traceline.pathMappings.`;
      ambiguous = { candidate: { ...candidates[0]!, how: pathText(parsed) }, lookup: { kind: 'ambiguous', reason } };
      tries.push(ambiguous);
    }
  }
  const isTold = groups.some(({ from }) => from !== undefined);
  if (!isTold) tries.push(...unusedRules(parsed, rules));
  if (isTold || learned === undefined || parsed.kind !== 'absolute' || tries[0]?.lookup.kind !== 'outside') return { found: undefined, tries };
  const answer = await learned.find(parsed.path);
  if (answer.kind !== 'learned') {
    tries.push({ candidate: { path: parsed.path, via: 'learned', how: parsed.path }, lookup: answer });
    return { found: undefined, tries };
  }
  tries.push({ candidate: { path: answer.file.path, via: 'learned', how: answer.how }, lookup: { kind: 'file', file: answer.file } });
  return { found: { file: answer.file, via: 'learned' }, tries };
}

/** What a try came to, for `explain`. */
export function tryText({ lookup }: LocalTry): string {
  switch (lookup.kind) {
    case 'file':
      return lookup.file.nativePath;
    case 'outside':
      return `refused: ${lookup.reason}`;
    case 'ambiguous':
      return `ambiguous: ${lookup.reason}`;
    case 'missing':
    case 'none':
      return lookup.reason;
  }
}

/** The path was readable only because the launch configuration says it is build output. */
function byOutFiles(candidate: LocalCandidate, rules: readonly PathRule[]): LocalCandidate {
  const rule = rules.find(({ from, local }) => from === 'outFiles' && relativeTo(local, candidate.path) !== undefined);
  return { path: candidate.path, via: 'pathRule', how: rule === undefined ? candidate.how : ruleText(rule) };
}

function unusedRules(parsed: ParsedPath, rules: readonly PathRule[]): LocalTry[] {
  const mappings = rules.filter(({ from }) => from !== 'outFiles');
  if (mappings.length === 0 || parsed.kind === 'refused') return [];
  const shown = mappings.slice(0, maxRulesShown).map(ruleText).join('; ');
  const more = mappings.length > maxRulesShown ? `; and ${mappings.length - maxRulesShown} more` : '';
  const path = pathText(parsed);
  return [{ candidate: { path, via: 'pathRule', how: path }, lookup: { kind: 'none', reason: `no path rule is about it: ${shown}${more}` } }];
}

function pathText(parsed: ParsedPath): string {
  if (parsed.kind === 'refused') return '';
  return parsed.kind === 'url' ? parsed.url : parsed.path;
}
