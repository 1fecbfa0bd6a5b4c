import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FunctionFinder } from '../locate/functions/functionFinder.ts';
import { languageOf } from '../locate/functions/languages.ts';
import { warmUpSourceMaps } from '../locate/sourceMaps.ts';
import { isIndexed, readSource, stampOf } from './indexerFiles.ts';
import { IgnoreRules } from './indexerIgnores.ts';
import { walkFiles } from './indexerWalk.ts';

/** Enough to come by the languages of most workspaces. */
const maxSeen = 2000;
const maxGrammars = 3;
/** Code is compiled a second time, for speed, when it has run for a while. */
const filesPerGrammar = 3;
const largestFileBytes = 64 * 1024;

export interface WarmUp {
  readonly finder: FunctionFinder;
  readonly folders: readonly string[];
  /** Asked between two steps; none takes longer than the first question would be held by the same thing. */
  readonly goesOn: () => boolean;
}

/**
 * Loads and compiles what the first question would wait for: the reader of maps, and the grammars of the languages that are found first
 * in the folders, on some of their files. Resolves to the grammars.
 * @throws where a grammar cannot be loaded
 */
export async function warmUp({ finder, folders, goesOn }: WarmUp): Promise<readonly string[]> {
  const files = new Map<string, number>();
  await warmUpSourceMaps();
  for (const folder of folders) {
    const rules = await IgnoreRules.around(folder);
    if (rules === undefined) continue;
    let seen = 0;
    for await (const file of walkFiles(folder, rules)) {
      await nextTurn();
      if (!goesOn() || ++seen > maxSeen) break;
      const grammar = isIndexed(file) ? languageOf(file)?.grammar : undefined;
      const before = grammar === undefined ? filesPerGrammar : (files.get(grammar) ?? 0);
      if (grammar === undefined || before >= filesPerGrammar || (before === 0 && files.size === maxGrammars)) continue;
      const stamp = await stampOf(file);
      const text = stamp === undefined || stamp.size > largestFileBytes ? undefined : await readSource(file, stamp);
      if (text === undefined || !goesOn()) continue;
      files.set(grammar, before + 1);
      await finder.list(file, text);
    }
  }
  return [...files.keys()];
}
