import * as vscode from 'vscode';
import type { HubPort } from '../client/liveRows.ts';
import type { Logger } from '../client/logger.ts';
import type { TraceFileSource } from '../client/traceFileSource.ts';
import { openTraceFile } from '../client/traceFileSource.ts';
import type { HubRequests, TraceSummary } from '../protocol/hub.ts';
import { RpcError } from '../protocol/rpc.ts';
import type { TraceFileSummary } from '../protocol/traceFile.ts';

/** A program that is still writing changes its file often. */
const settleMs = 500;

/** One file of traces that editors show: read in a worker when the first of them asks, and again when it changes on the disk. */
export class TraceFileDocument implements vscode.CustomDocument, HubPort {
  readonly uri: vscode.Uri;
  readonly #workerScript: string;
  readonly #logger: Logger;
  readonly #watcher: vscode.FileSystemWatcher;
  readonly #listeners = new Set<() => void>();
  readonly #readingListeners = new Set<(percent: number) => void>();
  /** The one that counts; undefined where none is under way. */
  #reading: AbortController | undefined;
  #source: TraceFileSource | undefined;
  #traces: readonly TraceSummary[] = [];
  #problem: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(uri: vscode.Uri, workerScript: string, logger: Logger) {
    this.uri = uri;
    this.#workerScript = workerScript;
    this.#logger = logger;
    // Its name may hold what means something else in a pattern.
    this.#watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*'), false, false, true);
    const heard = (changed: vscode.Uri): void => {
      if (changed.toString() === uri.toString()) this.#readSoon();
    };
    this.#watcher.onDidChange(heard);
    this.#watcher.onDidCreate(heard);
  }

  /** Of what is shown; undefined where nothing of the file could be read yet. */
  get summary(): TraceFileSummary | undefined {
    return this.#source?.summary;
  }

  /** Newest first. */
  get traces(): readonly TraceSummary[] {
    return this.#traces;
  }

  /** Why the file as it is now cannot be shown: what is shown, if anything, is as it was before. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** True where `summary` or `problem` say how it went. */
  get isRead(): boolean {
    return this.#source !== undefined || this.#problem !== undefined;
  }

  readIfNot(): void {
    if (!this.isRead && this.#reading === undefined) this.readAgain();
  }

  /** Whoever shows it is told when that is done. */
  readAgain(): void {
    this.#reading?.abort();
    this.#reading = new AbortController();
    void this.#read(this.#reading);
  }

  /** Ends a reading under way. */
  cancel(): void {
    this.#reading?.abort(new Error('Reading it was cancelled.'));
  }

  /** Hears when the file was read, for better or worse. Returns a function that stops listening. */
  onRead(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears how much of a large file was read, while it is. Returns a function that stops listening. */
  onReading(listener: (percent: number) => void): () => void {
    this.#readingListeners.add(listener);
    return () => this.#readingListeners.delete(listener);
  }

  async call<M extends keyof HubRequests>(method: M, params: HubRequests[M][0]): Promise<HubRequests[M][1]> {
    if (this.#source === undefined) throw new RpcError('the file is not read');
    return this.#source.call(method, params);
  }

  onFeed(): () => void {
    return () => undefined;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#reading?.abort();
    this.#reading = undefined;
    this.#watcher.dispose();
    this.#listeners.clear();
    this.#readingListeners.clear();
    void this.#source?.close();
  }

  #readSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.readAgain(), settleMs);
  }

  async #read(reading: AbortController): Promise<void> {
    try {
      const { uri } = this;
      const source = await openTraceFile({
        workerScript: this.#workerScript,
        source: uri.scheme === 'file' ? { file: uri.fsPath } : { bytes: await vscode.workspace.fs.readFile(uri) },
        onReading: (percent) => {
          if (this.#reading === reading) for (const listener of this.#readingListeners) listener(percent);
        },
        signal: reading.signal,
      });
      const traces = await source.call('traces', { limit: Number.MAX_SAFE_INTEGER });
      if (this.#reading !== reading) {
        await source.close();
        return;
      }
      void this.#source?.close();
      this.#source = source;
      this.#traces = traces;
      this.#problem = undefined;
    } catch (error) {
      this.#logger.debug(`could not read ${this.uri.toString()}`, error);
      // A later reading says how it went.
      if (this.#reading !== reading) return;
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#reading = undefined;
    for (const listener of this.#listeners) listener();
  }
}
