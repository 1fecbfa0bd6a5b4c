import * as vscode from 'vscode';
import type { LiveRows, LocatorPort } from '../client/liveRows.ts';
import type { Logger } from '../client/logger.ts';
import { type FileChange, FileChanges } from './fileChanges.ts';

export interface FileWatchOptions {
  readonly rows: Pick<LiveRows, 'invalidate'>;
  readonly locator: LocatorPort;
  /** Places that were given may be others now. */
  readonly onChange: () => void;
  readonly logger: Logger;
}

/** Tells who asked for places which files changed on disk, many at a time. */
export class FileWatch implements vscode.Disposable {
  readonly #options: FileWatchOptions;
  readonly #disposables: readonly vscode.Disposable[];

  constructor(options: FileWatchOptions) {
    this.#options = options;
    const changes = new FileChanges((change) => {
      this.#tell(change).catch((error: unknown) => options.logger.debug('could not forget files', error));
    });
    // All of them: of a folder that is called otherwise nothing but its own name is told.
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    const heard = (note: (file: string) => void) => (uri: vscode.Uri) => {
      if (uri.scheme === 'file') note(uri.fsPath);
    };
    const changed = heard((file) => changes.changed(file));
    const cameOrWent = heard((file) => changes.cameOrWent(file));
    this.#disposables = [
      changes,
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(cameOrWent),
      watcher.onDidDelete(cameOrWent),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => changed(uri)),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #tell({ files, isRead }: FileChange): Promise<void> {
    const { rows, locator, onChange } = this.#options;
    // A log or a database that comes and goes is nothing to anyone; a folder is, and only who looked into it knows.
    if (files !== undefined && !isRead && !(await locator.call('invalidate', { files }))) return;
    await rows.invalidate(files);
    onChange();
  }
}
