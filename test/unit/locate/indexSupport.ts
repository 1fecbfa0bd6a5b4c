import type { FileFacts } from '../../../src/locate/index/facts.ts';
import { FileIndexer } from '../../../src/locate/index/fileIndex.ts';
import { manifestName } from '../../../src/locate/index/modulePaths.ts';
import { serviceFactsOf } from '../../../src/locate/index/serviceFacts.ts';
import { WordFilter } from '../../../src/locate/index/wordFilter.ts';
import type { SpanQuestion } from '../../../src/locate/index/spanQuestion.ts';
import type { SpanMatch } from '../../../src/locate/index/workspaceIndex.ts';
import { WorkspaceIndex } from '../../../src/locate/index/workspaceIndex.ts';
import { finder } from './support.ts';

const indexer = new FileIndexer(finder);

export async function factsOf(relativePath: string, text: string): Promise<FileFacts | undefined> {
  const facts = await indexer.facts({ file: `/w/${relativePath}`, relativePath }, text);
  return facts === 'unread' ? undefined : facts;
}

/** Each entry as `name @ line function`. */
export async function entriesOf(relativePath: string, text: string): Promise<string[]> {
  return ((await factsOf(relativePath, text))?.entries ?? []).map(({ kind, name, line, functionName }) => `${kind} ${name} @ ${line} ${functionName ?? '-'}`);
}

export async function functionNames(relativePath: string, text: string): Promise<string[]> {
  return ((await indexer.functions(`/w/${relativePath}`, text)) ?? []).map(({ name }) => name);
}

export interface Asker {
  readonly index: WorkspaceIndex;
  /** `file:line function (rule)`, or the reason. */
  ask(question: SpanQuestion): Promise<string>;
  put(relativePath: string, text: string): Promise<void>;
}

export async function indexOf(files: Readonly<Record<string, string>>): Promise<Asker> {
  const index = new WorkspaceIndex();
  const texts = new Map<string, string>();
  const put = async (relativePath: string, text: string) => {
    const file = `/w/${relativePath}`;
    texts.set(file, text);
    const facts = await indexer.facts({ file, relativePath }, text);
    index.set({ file, relativePath }, { facts, words: new WordFilter(text, file), manifest: manifestName(file, text), services: serviceFactsOf(file, text) });
  };
  for (const [name, text] of Object.entries(files)) await put(name, text);
  return {
    index,
    put,
    ask: async (question) => {
      for (const [file, names] of index.unreadTexts()) index.setTexts(file, await indexer.exportedTexts(file, texts.get(file)!, names));
      for (const file of index.unreadFiles(question)) index.setFunctions(file, await indexer.functions(file, texts.get(file)!));
      return shown(index.matchSpan(question));
    },
  };
}

function shown(match: SpanMatch): string {
  if (match.entry === undefined) return match.reason;
  const { file, line, functionName } = match.entry;
  return `${file.slice('/w/'.length)}:${line} ${functionName ?? '-'} (${match.rule})`;
}
