import { findLocal, tryText } from './findLocal.ts';
import { maxSourceLength } from './functions/functionFinder.ts';
import { LearnedRules } from './learnedRule.ts';
import type { LocateSettings } from './location.ts';
import { resembles, sourceCandidates } from './mapSources.ts';
import { parsePath } from './paths.ts';
import type { LocalCandidate } from './pathRules.ts';
import { advice, type Say } from './placing.ts';
import type { MapAnswer } from './sourceMaps.ts';
import type { WorkspaceFile, WorkspaceFiles } from './workspaceFiles.ts';

export type Finding =
  | { readonly file: WorkspaceFile; readonly via: LocalCandidate['via'] }
  | { readonly file: undefined; readonly outcome: string };

/** The files of the workspace by the paths that programs and source maps give them. */
export class ProgramFiles {
  readonly #files: WorkspaceFiles;
  readonly #pathRules: LocateSettings['pathRules'];
  readonly #learned: LearnedRules;

  constructor(files: WorkspaceFiles, pathRules: LocateSettings['pathRules']) {
    this.#files = files;
    this.#pathRules = pathRules;
    this.#learned = new LearnedRules(files);
  }

  /** By the path as the program says it. */
  async find(path: string, say: Say): Promise<Finding> {
    const parsed = parsePath(path);
    if (parsed.kind === 'refused') {
      say('exact', path, `refused: ${parsed.reason}`);
      return { file: undefined, outcome: `${parsed.reason}` };
    }
    const { found, tries } = await findLocal(parsed, this.#pathRules, this.#files, this.#learned);
    for (const tried of tries) say(tried.candidate.via, tried.candidate.via === 'exact' ? path : tried.candidate.how, tryText(tried));
    if (found !== undefined) return found;
    const question = tries.find(({ lookup }) => lookup.kind === 'ambiguous')?.lookup;
    if (question?.kind === 'ambiguous') return { file: undefined, outcome: `${path} is ambiguous: ${question.reason}` };
    if (parsed.kind === 'relative') {
      say('exact', path, 'a relative path, and no path rule says of what');
      return { file: undefined, outcome: `${path} is a relative path. Say which folder it is reckoned from in the setting traceline.pathMappings.` };
    }
    if (parsed.kind === 'url') {
      say('exact', path, 'no path of a file');
      return { file: undefined, outcome: `${path} is no path of a file. ${advice.outside}` };
    }
    const inside = tries.find(({ lookup }) => lookup.kind === 'missing')?.lookup ?? tries[0]?.lookup;
    const reason = inside === undefined || inside.kind === 'file' ? `${path} is not there` : inside.reason;
    return { file: undefined, outcome: inside?.kind === 'missing' ? `${reason}. It was moved or removed since the program was built.` : `${reason}. ${advice.outside}` };
  }

  /** By what a source map calls it. */
  async findSource(answer: Extract<MapAnswer, { kind: 'original' }>, say: Say): Promise<Finding> {
    const { source } = answer;
    const reasons: string[] = [];
    let anotherText: string | undefined;
    for (const candidate of sourceCandidates(source.name, source.sourceRoot, source.mapDirectory, await this.#files.folders())) {
      // Rules speak of the program's machine; what is reckoned from the map's folder is on this one already.
      const isOfProgram = candidate.kind === 'absolute';
      const { found, tries } = await findLocal(candidate.parsed, isOfProgram ? this.#pathRules : [], this.#files, isOfProgram ? this.#learned : undefined);
      if (found === undefined) {
        for (const tried of tries) {
          // What the person can answer is told first.
          if (tried.lookup.kind === 'ambiguous') reasons.unshift(tryText(tried));
          else if (tried.lookup.kind !== 'file') reasons.push(tryText(tried));
        }
        continue;
      }
      if ((candidate.kind === 'project' || found.via === 'learned') && source.content !== undefined && !(await this.#resembles(found.file, source.content))) {
        anotherText ??= `${found.file.nativePath} is another text than the map's ${source.name}`;
        continue;
      }
      say(found.via, source.name, found.file.nativePath);
      return found;
    }
    if (anotherText !== undefined) reasons.unshift(anotherText);
    for (const reason of reasons.slice(0, 3)) say('exact', source.name, reason);
    const only = source.content === undefined ? '' : ' (the map carries its text, but it is no file of the workspace)';
    return { file: undefined, outcome: `the map's source ${source.name} was not found${only}: ${reasons[0] ?? 'it is no path of a file'}. ${advice.outside}` };
  }

  async #resembles(file: WorkspaceFile, content: string): Promise<boolean> {
    const text = await this.#files.readText(file, maxSourceLength);
    return text !== undefined && resembles(text, content);
  }
}
