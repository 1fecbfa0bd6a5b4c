import * as vscode from 'vscode';
import type { LocatorPort } from '../client/liveRows.ts';
import type { Logger } from '../client/logger.ts';
import type { EditorRows } from '../client/shownRows.ts';
import { groupAt, type ShownGroup } from './documentLenses.ts';
import { FollowedDocument } from './followedDocument.ts';
import type { FunctionTarget } from './functionTarget.ts';

/** The documents that are open here, each with what is shown in it. Lenses, hints and hovers all read it. */
export class DocumentFollower implements vscode.Disposable {
  readonly #rows: EditorRows;
  readonly #locator: LocatorPort;
  readonly #logger: Logger;
  readonly #followed = new Map<vscode.TextDocument, FollowedDocument>();
  readonly #changed = new vscode.EventEmitter<vscode.TextDocument>();
  readonly #disposables: { dispose(): void }[];

  /** What is shown in this document is another now. */
  readonly onDidChange = this.#changed.event;

  constructor(rows: EditorRows, locator: LocatorPort, logger: Logger) {
    this.#rows = rows;
    this.#locator = locator;
    this.#logger = logger;
    this.#disposables = [
      this.#changed,
      { dispose: rows.onChange(() => this.#refreshVisible()) },
      vscode.window.onDidChangeVisibleTextEditors(() => this.#refreshVisible()),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.contentChanges.length > 0) this.#followed.get(event.document)?.edited(event);
      }),
      vscode.workspace.onDidSaveTextDocument((document) => this.#followed.get(document)?.saved()),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.#followed.get(document)?.dispose();
        this.#followed.delete(document);
      }),
    ];
    this.#refreshVisible();
  }

  /** undefined where a document is not a file of this machine. */
  of(document: vscode.TextDocument): FollowedDocument | undefined {
    if (document.uri.scheme !== 'file' || document.isClosed) return undefined;
    let followed = this.#followed.get(document);
    if (followed === undefined) {
      followed = new FollowedDocument(document, this.#rows, this.#locator, this.#logger, () => this.#changed.fire(document));
      this.#followed.set(document, followed);
    }
    return followed;
  }

  /** What a command's target names, as it is now. */
  group(target: FunctionTarget): ShownGroup | undefined {
    const document = [...this.#followed.keys()].find(({ uri }) => uri.fsPath === target.file);
    const groups = document === undefined ? undefined : this.of(document)?.groups;
    return groups === undefined ? undefined : groupAt(groups, target.line, target.functionName);
  }

  dispose(): void {
    for (const followed of this.#followed.values()) followed.dispose();
    this.#followed.clear();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #refreshVisible(): void {
    for (const { document } of vscode.window.visibleTextEditors) this.of(document)?.refresh();
  }
}
