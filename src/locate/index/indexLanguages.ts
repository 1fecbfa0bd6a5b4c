import { languageOf } from '../functions/languages.ts';
import type { IndexLanguage } from './indexLanguage.ts';
import { csharp } from './languages/csharp.ts';
import { go } from './languages/go.ts';
import { java } from './languages/java.ts';
import { javascript } from './languages/javascript.ts';
import { php, ruby, rust } from './languages/others.ts';
import { python } from './languages/python.ts';

interface GrammarIndex {
  readonly index: IndexLanguage;
  readonly sdk: readonly string[];
}

const byGrammar: ReadonlyMap<string, GrammarIndex> = new Map<string, GrammarIndex>([
  ...['javascript', 'typescript', 'tsx'].map((grammar) => [grammar, { index: javascript, sdk: ['nodejs', 'webjs'] }] as const),
  ['python', { index: python, sdk: ['python'] }],
  ['java', { index: java, sdk: ['java'] }],
  ['go', { index: go, sdk: ['go'] }],
  ['c-sharp', { index: csharp, sdk: ['dotnet'] }],
  ['php', { index: php, sdk: ['php'] }],
  ['ruby', { index: ruby, sdk: ['ruby'] }],
  ['rust', { index: rust, sdk: ['rust'] }],
]);

export function indexLanguageOf(file: string): IndexLanguage | undefined {
  return byGrammar.get(languageOf(file)?.grammar ?? '')?.index;
}

/** Each `telemetry.sdk.language` that a file's spans may have. */
export function sdkLanguages(file: string): readonly string[] {
  return byGrammar.get(languageOf(file)?.grammar ?? '')?.sdk ?? [];
}

export function isIndexedLanguage(language: string): boolean {
  return [...byGrammar.values()].some(({ sdk }) => sdk.includes(language));
}

/** True also where the language is not said. */
export function isInLanguage(file: string, language: string | undefined): boolean {
  return language === undefined || sdkLanguages(file).includes(language);
}
