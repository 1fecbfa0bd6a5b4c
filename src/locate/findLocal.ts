import type { PathRule } from './location.ts';
import type { ParsedPath } from './paths.ts';
import type { LocalCandidate } from './pathRules.ts';
import { localCandidates } from './pathRules.ts';
import type { FileLookup, WorkspaceFile, WorkspaceFiles } from './workspaceFiles.ts';

export interface LocalTry {
  readonly candidate: LocalCandidate;
  readonly lookup: FileLookup;
}

export interface LocalFinding {
  readonly found: { readonly file: WorkspaceFile; readonly via: LocalCandidate['via'] } | undefined;
  readonly tries: readonly LocalTry[];
}

/** The first of the path's local candidates that is a file of the workspace, with all that was tried. */
export async function findLocal(parsed: ParsedPath, rules: readonly PathRule[], files: WorkspaceFiles): Promise<LocalFinding> {
  const tries: LocalTry[] = [];
  for (const candidate of localCandidates(parsed, rules)) {
    const lookup = await files.find(candidate.path);
    tries.push({ candidate, lookup });
    if (lookup.kind === 'file') return { found: { file: lookup.file, via: candidate.via }, tries };
  }
  return { found: undefined, tries };
}
