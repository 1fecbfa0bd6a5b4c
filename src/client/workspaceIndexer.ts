import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { FunctionFinder } from '../locate/functions/functionFinder.ts';
import { languageOf } from '../locate/functions/languages.ts';
import type { IndexedFile } from '../locate/index/fileIndex.ts';
import { FileIndexer } from '../locate/index/fileIndex.ts';
import { manifestName } from '../locate/index/modulePaths.ts';
import { WordFilter } from '../locate/index/wordFilter.ts';
import type { SpanMatch, SpanQuestion } from '../locate/index/workspaceIndex.ts';
import { WorkspaceIndex } from '../locate/index/workspaceIndex.ts';
import { parsePath } from '../locate/paths.ts';
import { rulesAround, walkFiles } from './indexerWalk.ts';

const maxFiles = 100_000;
/** What is longer was not written by a person. */
const maxFileBytes = 1024 * 1024;
const readAtOnce = 16;
/** After so much work the loop is given a rest of half that, so that the crawl never has a core to itself. */
const workMs = 40;
const restMs = 20;
/** More files than this hold the words of a function's name: it is too common to be looked for. */
const maxUnread = 500;

export interface IndexProgress {
  /** Files read, or found unchanged. */
  readonly done: number;
  /** Files found so far; all of them once `isComplete`. */
  readonly total: number;
  /** Every file is read, and answers are given. */
  readonly isComplete: boolean;
}

export interface WorkspaceIndexerOptions {
  readonly finder: FunctionFinder;
  /** At the start and end of a crawl, and now and then between. */
  readonly onProgress?: (progress: IndexProgress) => void;
  /** What was answered may be different now. */
  readonly onChange?: () => void;
  /** A file that cannot be read for another reason than being gone. */
  readonly onTrouble?: (error: unknown, file: string) => void;
}

interface Stamp {
  readonly mtimeMs: number;
  readonly size: number;
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
  /** What runs in an older round stops. */
  #round = 0;
  #work: Promise<void> = Promise.resolve();
  #workedSince = 0;

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
    if (this.#round === 0) return;
    if (files === undefined || files.some((file) => path.basename(file) === '.gitignore')) {
      this.#startCrawl();
      return;
    }
    const round = this.#round;
    this.#enqueue(round, async () => {
      for (const file of files) await this.#update(file, round);
      if (round === this.#round) this.#options.onChange?.();
    });
  }

  /** When what was asked for so far is read. */
  async settled(): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== this.#work) await (seen = this.#work);
  }

  /** The one place of the workspace that fits what a span says of itself. Never waits for the crawl: until that is done there is no answer. */
  async matchSpan(question: SpanQuestion): Promise<SpanMatch> {
    const reasonless = (reason: string): SpanMatch => ({ entry: undefined, rule: undefined, reason, isAmbiguous: false });
    if (!this.#progress.isComplete) return reasonless(`the workspace is still being read (${this.#progress.done} of ${this.#progress.total} files so far)`);
    // What is not known completely cannot say that a place is the only one.
    if (this.#isTooLarge) return reasonless(`the workspace has more than ${maxFiles} files, so places are not looked for by name`);
    const index = this.#index;
    const unread = index.unreadFiles(question);
    if (unread.length > maxUnread) return reasonless(`${question.functionName ?? ''} is too common a name: ${unread.length} files have its words`);
    for (const file of unread) {
      const native = this.#nativePaths.get(file) ?? file;
      const stamp = await stampOf(native);
      const text = stamp === undefined ? undefined : await readSource(native, stamp);
      index.setFunctions(file, text === undefined ? [] : await this.#fileIndexer.functions(file, text));
    }
    return index.matchSpan(question);
  }

  /** Stops; nothing is reported any more. */
  async close(): Promise<void> {
    this.#round++;
    await this.#work;
  }

  #startCrawl(): void {
    const round = ++this.#round;
    this.#enqueue(round, () => this.#crawl(round));
  }

  #enqueue(round: number, work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (round !== this.#round) return;
      try {
        await work();
      } catch (error) {
        this.#options.onTrouble?.(error, '');
      }
    });
  }

  async #crawl(round: number): Promise<void> {
    const seen = new Set<string>();
    let isTooLarge = false;
    let done = 0;
    const isFirst = !this.#progress.isComplete;
    const report = (isComplete: boolean) => {
      this.#progress = { done, total: seen.size, isComplete };
      this.#options.onProgress?.(this.#progress);
    };
    // A crawl over what is known already leaves its answers as they are until it is done.
    report(!isFirst);
    this.#workedSince = performance.now();
    let batch: { readonly file: string; readonly folder: string }[] = [];
    const flush = async () => {
      const before = done;
      await this.#readAll(batch, round);
      done += batch.length;
      batch = [];
      if (Math.floor(before / 1000) !== Math.floor(done / 1000)) report(!isFirst);
    };
    crawling: for (const folder of this.#folders) {
      for await (const file of walkFiles(folder)) {
        if (round !== this.#round) return;
        if (!isIndexed(file) || seen.has(file)) continue;
        if (seen.size === maxFiles) {
          isTooLarge = true;
          break crawling;
        }
        seen.add(file);
        batch.push({ file, folder });
        if (batch.length === readAtOnce) await flush();
      }
    }
    await flush();
    if (round !== this.#round) return;
    for (const file of [...this.#stamps.keys()]) if (!seen.has(file)) this.#forget(file);
    this.#isTooLarge = isTooLarge;
    report(true);
    this.#options.onChange?.();
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
      await this.#giveWay();
    }
  }

  async #set(file: string, folder: string, stamp: Stamp, text: string | undefined): Promise<void> {
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
      this.#options.onTrouble?.(error, file);
    }
    index.set(at, { facts, words: hasFunctions ? new WordFilter(text, at.file) : undefined, manifest: manifestName(at.file, text) });
  }

  async #update(file: string, round: number): Promise<void> {
    const folder = this.#folders.filter((each) => file === each || file.startsWith(each.endsWith(path.sep) ? each : each + path.sep)).at(0);
    if (folder === undefined) return;
    const rules = await rulesAround(folder, file);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() === true && rules?.ignores(file, false) === false) {
      if (isIndexed(file)) await this.#readAll([{ file, folder }], round);
    } else if (found?.isDirectory() === true && rules?.ignores(file, true) === false) {
      for await (const inside of walkFiles(file, rules)) if (isIndexed(inside)) await this.#readAll([{ file: inside, folder }], round);
    } else {
      for (const known of [...this.#stamps.keys()]) if (known === file || known.startsWith(file + path.sep)) this.#forget(known);
    }
  }

  #forget(file: string): void {
    this.#stamps.delete(file);
    const parsed = parsePath(file);
    if (parsed.kind !== 'absolute') return;
    this.#index.remove(parsed.path);
    this.#nativePaths.delete(parsed.path);
  }

  async #giveWay(): Promise<void> {
    if (performance.now() - this.#workedSince < workMs) await nextTurn();
    else {
      await pause(restMs);
      this.#workedSince = performance.now();
    }
  }
}

const manifests: ReadonlySet<string> = new Set(['go.mod', 'Cargo.toml']);

function isIndexed(file: string): boolean {
  const name = path.basename(file);
  return manifests.has(name) || (languageOf(name) !== undefined && !/\.d\.[cm]?ts$|\.min\.[cm]?js$/.test(name));
}

function indexedFile(file: string, folder: string): IndexedFile | undefined {
  const parsed = parsePath(file);
  if (parsed.kind !== 'absolute') return undefined;
  return { file: parsed.path, relativePath: path.relative(folder, file).split(path.sep).join('/') };
}

async function stampOf(file: string): Promise<Stamp | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true ? { mtimeMs: found.mtimeMs, size: found.size } : undefined;
}

/** undefined where it is gone, too large, no text, or the output of a build, which says once more what its sources say. */
async function readSource(file: string, { size }: Stamp): Promise<string | undefined> {
  if (size > maxFileBytes) return undefined;
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined || text.slice(0, 8000).includes('\0') || text.includes('\n//# sourceMappingURL=') ? undefined : text;
}
