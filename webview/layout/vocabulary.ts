import type { Vocabulary } from './completions.ts';
import type { TraceModel } from './traceModel.ts';

/** Of very many names no more are offered. */
const mostNames = 2000;

/** What the search box can complete from what the page knows; `keys` come from the host. */
export function vocabularyOf(model: TraceModel | undefined, keys: readonly string[]): Vocabulary {
  if (model === undefined) return { services: [], names: [], files: [], functions: [], keys };
  const names = new Set<number>();
  for (const name of model.columns.name) {
    names.add(name);
    if (names.size >= mostNames) break;
  }
  const places = [...model.places.values()];
  return {
    services: model.services,
    names: [...names].map((name) => model.columns.strings[name] ?? ''),
    files: [...new Set(places.map(({ file }) => file.slice(file.lastIndexOf('/') + 1)))],
    functions: [...new Set(places.flatMap(({ functionName }) => (functionName === undefined ? [] : [functionName])))],
    keys,
  };
}
