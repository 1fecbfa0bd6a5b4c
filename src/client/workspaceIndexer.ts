import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { FunctionFinder } from '../locate/functions/functionFinder.ts';
import { languageOf } from '../locate/functions/languages.ts';
import { FileIndexer } from '../locate/index/fileIndex.ts';
import { manifestName } from '../locate/index/modulePaths.ts';
import { serviceFactsOf } from '../locate/index/serviceFacts.ts';
import { WordFilter } from '../locate/index/wordFilter.ts';
import type { SpanQuestion } from '../locate/index/spanQuestion.ts';
import type { SpanMatch } from '../locate/index/workspaceIndex.ts';
import { WorkspaceIndex } from '../locate/index/workspaceIndex.ts';
import type { IndexProgress } from '../locate/locatorContract.ts';
import { parsePath } from '../locate/paths.ts';
import { BackgroundPace } from './backgroundPace.ts';
import { isBeneath } from './folders.ts';
import type { Stamp } from './indexerFiles.ts';
import { indexedFile, isIndexed, readSource, saysWhatIsIgnored, stampOf } from './indexerFiles.ts';
import { IgnoreRules } from './indexerIgnores.ts';
import { FolderRules, walkFiles } from './indexerWalk.ts';
import { isServiceConfiguration, serviceConfiguration } from './serviceConfiguration.ts';

const maxFiles = 100_000;
const readAtOnce = 16;
const reportEvery = 250;
/** More files than this hold the words of a function's name: it is too common to be looked for. */
const maxUnread = 500;
const changing = 'what changed in the workspace is being read';

export interface WorkspaceIndexerOptions {
  readonly finder: FunctionFinder;
  /** At the start and end of a crawl, and now and then between. */
  readonly onProgress?: (progress: IndexProgress) => void;
  /** Nothing is left to read: what was answered may be different now. */
  readonly onChange?: () => void;
  /** A file that cannot be read for another reason than being gone. */
  readonly onTrouble?: (error: unknown, file: string) => void;
}

/**
 * Keeps the index of the workspace's own files: crawls them in the background, reads again what changed. Each turn of the loop
 * does one file, so whatever else runs here is answered between files.
 */
export class WorkspaceIndexer {
  readonly #options: WorkspaceIndexerOptions;
  readonly #fileIndexer: FileIndexer;
  #index = new WorkspaceIndex();
  #folders: readonly string[] = [];
  /** By the path as this machine writes it. */
  #stamps = new Map<string, Stamp>();
  #nativePaths = new Map<string, string>();
  #progress: IndexProgress = { done: 0, total: 0, isComplete: false };
  #isTooLarge = false;
  #isClosed = false;
  /** What runs in an older round stops. */
  #round = 0;
  #work: Promise<void> = Promise.resolve();
  /** What is asked for and not done. */
  #waiting = 0;
  /** Who waits for that. */
  #awaiting = 0;
  /** Grows with each file that is read or forgotten. */
  #version = 0;
  #toldVersion = 0;
  /** Someone was told to ask again. */
  #isPutOff = false;
  readonly #pace = new BackgroundPace();

  constructor(options: WorkspaceIndexerOptions) {
    this.#options = options;
    this.#fileIndexer = new FileIndexer(options.finder);
  }

  get progress(): IndexProgress {
    return this.#progress;
  }

  /** Starts over with these folders, unless they are the ones it has. Returns at once. */
  configure(folders: readonly string[]): void {
    if (this.#round > 0 && folders.length === this.#folders.length && folders.every((folder, i) => folder === this.#folders[i])) return;
    this.#folders = folders;
    this.#index = new WorkspaceIndex();
    this.#stamps = new Map();
    this.#nativePaths = new Map();
    this.#progress = { done: 0, total: 0, isComplete: false };
    this.#startCrawl();
  }

  /** Files or folders that changed, came or went; everything is looked at again where undefined. Returns at once. */
  invalidate(files: readonly string[] | undefined): void {
    if (this.#round === 0 || this.#isClosed) return;
    if (files === undefined || files.some((file) => saysWhatIsIgnored(file) || this.#folders.includes(file))) {
      this.#startCrawl();
      return;
    }
    const round = this.#round;
    this.#enqueue(round, () => this.#update(files, round));
  }

  /** When what was asked for so far is read; that goes faster, since someone waits. */
  async settled(): Promise<void> {
    let seen: Promise<void> | undefined;
    this.#awaiting++;
    while (seen !== this.#work) await (seen = this.#work);
    this.#awaiting--;
  }

  /**
   * The one place of the workspace that fits what a span says of itself. Never waits for the crawl, nor for changes to be read: until that is
   * done there is no answer, since another place may fit too.
   */
  async matchSpan(question: SpanQuestion): Promise<SpanMatch> {
    const early = this.#noAnswerYet();
    if (early !== undefined) return without(early);
    // What is not known completely cannot say that a place is the only one.
    if (this.#isTooLarge) return without(`the workspace has more than ${maxFiles} files, so places are not looked for by name`);
    const index = this.#index;
    const version = this.#version;
    const sayers = index.unreadTexts();
    if (sayers.size > maxUnread) return without(`too many files (${sayers.size}) say names of spans and routes for others`);
    for (const [file, names] of sayers) {
      const text = await this.#textOf(file);
      const texts = text === undefined ? new Map<string, string>() : await this.#fileIndexer.exportedTexts(file, text, names);
      if (version !== this.#version || index !== this.#index) return without(changing);
      index.setTexts(file, texts);
    }
    const unread = index.unreadFiles(question);
    if (unread.length > maxUnread) return without(`${question.functionName ?? question.rpcMethod ?? ''} is too common a name: ${unread.length} files have its words`);
    for (const file of unread) {
      const text = await this.#textOf(file);
      const functions = text === undefined ? [] : await this.#fileIndexer.functions(file, text);
      // What was read before a change says nothing of the file after it.
      if (version !== this.#version || index !== this.#index) return without(changing);
      index.setFunctions(file, functions);
    }
    const late = this.#noAnswerYet();
    return late === undefined ? index.matchSpan(question) : without(late);
  }

  async #textOf(file: string): Promise<string | undefined> {
    const native = this.#nativePaths.get(file) ?? file;
    const stamp = await stampOf(native);
    return stamp === undefined ? undefined : readSource(native, stamp);
  }

  /** Stops; nothing is reported any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#round++;
    await this.#work;
  }

  #noAnswerYet(): string | undefined {
    const { done, total, isComplete } = this.#progress;
    this.#isPutOff ||= !isComplete || this.#waiting > 0;
    if (!isComplete) return `the workspace is still being read (${done} of ${total} files so far)`;
    return this.#waiting > 0 ? changing : undefined;
  }

  #startCrawl(): void {
    const round = ++this.#round;
    this.#enqueue(round, () => this.#crawl(round));
  }

  #enqueue(round: number, work: () => Promise<void>): void {
    this.#waiting++;
    this.#work = this.#work.then(async () => {
      try {
        this.#pace.begin();
        if (round === this.#round) await work();
      } catch (error) {
        this.#options.onTrouble?.(error, '');
      }
      this.#waiting--;
      if (this.#waiting > 0 || this.#isClosed || (this.#version === this.#toldVersion && !this.#isPutOff)) return;
      this.#toldVersion = this.#version;
      this.#isPutOff = false;
      this.#options.onChange?.();
    });
  }

  async #crawl(round: number): Promise<void> {
    const isFirst = !this.#progress.isComplete;
    const found = new Map<string, string>();
    // A crawl over what is known already leaves that as it is until it is done.
    const report = (done: number, isComplete: boolean) => {
      this.#progress = { done, total: found.size, isComplete };
      this.#options.onProgress?.(this.#progress);
    };
    report(0, !isFirst);
    const isTooLarge = !(await this.#find(found, round));
    if (round !== this.#round) return;
    report(0, !isFirst);
    const files = Array.from(found, ([file, folder]) => ({ file, folder }));
    for (let from = 0; from < files.length; from += readAtOnce) {
      const batch = files.slice(from, from + readAtOnce);
      await this.#readAll(batch, round);
      if (round !== this.#round) return;
      if (Math.floor(from / reportEvery) !== Math.floor((from + batch.length) / reportEvery)) report(from + batch.length, !isFirst);
    }
    for (const file of [...this.#stamps.keys()]) if (!found.has(file)) this.#forget(file);
    this.#isTooLarge = isTooLarge;
    report(files.length, true);
  }

  /** Finds the files that are indexed, each with its workspace folder. False where there are too many. */
  async #find(found: Map<string, string>, round: number): Promise<boolean> {
    for (const folder of this.#folders) {
      for await (const file of walkFiles(folder, await IgnoreRules.around(folder))) {
        if (round !== this.#round) return true;
        if (!isIndexed(file) || found.has(file)) continue;
        if (found.size === maxFiles) return false;
        found.set(file, folder);
      }
    }
    return true;
  }

  /** What changed of these, one a turn of the loop. */
  async #readAll(batch: readonly { readonly file: string; readonly folder: string }[], round: number): Promise<void> {
    const changed = await Promise.all(batch.map(async ({ file, folder }) => {
      const stamp = await stampOf(file);
      const known = this.#stamps.get(file);
      if (stamp !== undefined && known !== undefined && known.mtimeMs === stamp.mtimeMs && known.size === stamp.size) return undefined;
      return { file, folder, stamp, text: stamp === undefined ? undefined : await readSource(file, stamp) };
    }));
    for (const each of changed) {
      if (each === undefined) continue;
      if (round !== this.#round) return;
      if (each.stamp === undefined) this.#forget(each.file);
      else await this.#set(each.file, each.folder, each.stamp, each.text);
      await this.#pace.giveWay(this.#awaiting > 0);
    }
  }

  async #set(file: string, folder: string, stamp: Stamp, text: string | undefined): Promise<void> {
    this.#version++;
    this.#stamps.set(file, stamp);
    const at = indexedFile(file, folder);
    if (at === undefined) return;
    this.#nativePaths.set(at.file, file);
    const index = this.#index;
    // A file that is not read is one that is there.
    if (text === undefined) {
      index.set(at, { facts: undefined, words: undefined, manifest: undefined });
      return;
    }
    const hasFunctions = languageOf(at.file) !== undefined;
    let facts;
    try {
      facts = hasFunctions ? await this.#fileIndexer.facts(at, text) : undefined;
    } catch (error) {
      facts = 'unread' as const;
      this.#options.onTrouble?.(error, file);
    }
    const services = isServiceConfiguration(file) ? await serviceConfiguration(file, text) : serviceFactsOf(at.file, text);
    index.set(at, { facts, words: hasFunctions ? new WordFilter(text, at.file) : undefined, manifest: manifestName(at.file, text), services });
  }

  async #update(files: readonly string[], round: number): Promise<void> {
    const rulesOf = new Map(this.#folders.map((folder) => [folder, new FolderRules(folder)]));
    /** Nothing of these is known any more, but what is there now. */
    const gone = new Set<string>();
    const present = new Set<string>();
    for (const file of files) {
      if (round !== this.#round) return;
      const folder = this.#folders.find((each) => file.startsWith(each.endsWith(path.sep) ? each : each + path.sep));
      const found = folder === undefined ? undefined : await lstat(file).catch(() => undefined);
      if (folder === undefined || (found?.isFile() === true && !isIndexed(file) && !this.#stamps.has(file))) continue;
      const rules = await rulesOf.get(folder)?.in(path.dirname(file));
      const isFolder = found?.isDirectory() === true;
      const isThere = isFolder ? (await rulesOf.get(folder)?.in(file)) !== undefined : found?.isFile() === true && rules?.ignores(file, false) === false;
      if (isThere && !isFolder && isIndexed(file)) {
        present.add(file);
        await this.#readAll([{ file, folder }], round);
      } else if (!isThere && this.#stamps.has(file)) this.#forget(file);
      else gone.add(file);
      if (!isThere || !isFolder || rules === undefined) continue;
      for await (const inside of walkFiles(file, rules)) {
        if (!isIndexed(inside)) continue;
        present.add(inside);
        await this.#readAll([{ file: inside, folder }], round);
      }
    }
    if (gone.size === 0 || round !== this.#round) return;
    for (const known of [...this.#stamps.keys()]) if (!present.has(known) && isBeneath(known, gone)) this.#forget(known);
  }

  #forget(file: string): void {
    this.#version++;
    this.#stamps.delete(file);
    const parsed = parsePath(file);
    if (parsed.kind !== 'absolute') return;
    this.#index.remove(parsed.path);
    this.#nativePaths.delete(parsed.path);
  }
}

function without(reason: string): SpanMatch {
  return { entry: undefined, rule: undefined, reason, isAmbiguous: false };
}
