import { extensionOf } from '../paths.ts';
import { javascript, tsx, typescript } from './javascript.ts';
import type { Language } from './language.ts';
import { csharp, go, java, php, python, ruby, rust } from './simpleLanguages.ts';

const byExtension: ReadonlyMap<string, Language> = new Map([
  ...['.js', '.mjs', '.cjs', '.jsx'].map((extension) => [extension, javascript] as const),
  ...['.ts', '.mts', '.cts'].map((extension) => [extension, typescript] as const),
  ['.tsx', tsx],
  ['.py', python],
  ['.java', java],
  ['.go', go],
  ['.cs', csharp],
  ['.php', php],
  ['.rb', ruby],
  ['.rs', rust],
]);

/** By the file's extension; undefined where there is no grammar for it. */
export function languageOf(file: string): Language | undefined {
  return byExtension.get(extensionOf(file.replaceAll('\\', '/')));
}
