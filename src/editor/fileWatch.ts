import * as vscode from 'vscode';
import type { LiveRows } from '../client/liveRows.ts';
import type { Logger } from '../client/logger.ts';

const delayMs = 300;
// What places are read from: sources, what is built of them, and the maps between.
const watched = '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,map,py,java,go,cs,php,rb,rs}';

/** Tells the rows which files changed on disk, many at a time. */
export class FileWatch implements vscode.Disposable {
  readonly #rows: LiveRows;
  readonly #logger: Logger;
  readonly #files = new Set<string>();
  readonly #disposables: vscode.Disposable[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(rows: LiveRows, logger: Logger) {
    this.#rows = rows;
    this.#logger = logger;
    const watcher = vscode.workspace.createFileSystemWatcher(watched);
    const changed = (uri: vscode.Uri) => this.#note(uri);
    this.#disposables = [
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => this.#note(uri)),
    ];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #note(uri: vscode.Uri): void {
    if (uri.scheme !== 'file' || /[\\/](node_modules|\.git)[\\/]/.test(uri.fsPath)) return;
    this.#files.add(uri.fsPath);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const files = [...this.#files];
      this.#files.clear();
      this.#rows.invalidate(files).catch((error: unknown) => this.#logger.debug('could not forget files', error));
    }, delayMs);
  }
}
