import * as vscode from 'vscode';
import type { OperationGroup } from '../client/functionGroups.ts';
import type { LiveRow } from '../client/liveRow.ts';
import type { LocatorPort } from '../client/liveRows.ts';
import type { Logger } from '../client/logger.ts';
import type { EditorRows } from '../client/shownRows.ts';
import { comparedLines, idOfLines, textId } from '../client/past/textId.ts';
import { callsOnLine, type DocumentLenses, documentLenses, type ShownGroup } from './documentLenses.ts';
import { TextTracker } from './textTracker.ts';
import { wholeEdit } from './wholeEdit.ts';

const functionsDelayMs = 250;
// A text larger than this is not parsed while it is typed in; its places move with its lines.
const largestText = 2_000_000;

/** One open document: its places followed through edits, its lenses computed anew when rows or text change. */
export class FollowedDocument {
  readonly #document: vscode.TextDocument;
  readonly #rows: EditorRows;
  readonly #locator: LocatorPort;
  readonly #logger: Logger;
  readonly #changed: () => void;
  readonly #tracker: TextTracker;
  /** Of the text that the disk has, as far as this document knows. */
  #savedTextId: string | undefined;
  #wantedTextId: string | undefined;
  #functionsVersion = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;
  #shown: DocumentLenses = { groups: [], lenses: [], hints: [] };

  constructor(document: vscode.TextDocument, rows: EditorRows, locator: LocatorPort, logger: Logger, changed: () => void) {
    this.#document = document;
    this.#rows = rows;
    this.#locator = locator;
    this.#logger = logger;
    this.#changed = changed;
    this.#savedTextId = document.isDirty ? undefined : this.#textId();
    this.#tracker = new TextTracker(this.#savedTextId);
    if (document.isDirty) void this.#readSaved();
    this.#compute();
  }

  get lenses(): DocumentLenses {
    return this.#shown;
  }

  /** The client's operations on a line. */
  callsOn(line: number): OperationGroup[] {
    return callsOnLine(this.#shown.groups, line, this.#tracker);
  }

  get groups(): readonly ShownGroup[] {
    return this.#shown.groups;
  }

  /** Computes what is shown from the rows as they are now, and tells of it where it differs. */
  refresh(): void {
    if (this.#compute()) this.#changed();
  }

  edited(event: vscode.TextDocumentChangeEvent): void {
    for (const change of event.contentChanges) {
      const inserted = change.text.split(/\r\n|\r|\n/);
      const { start, end } = change.range;
      const before = start.line < this.#document.lineCount ? this.#document.lineAt(start.line).text.slice(0, start.character) : '';
      const lastInserted = inserted.at(-1) ?? '';
      this.#tracker.edit({
        startLine: start.line + 1,
        startColumn: start.character + 1,
        endLine: end.line + 1,
        endColumn: end.character + 1,
        lineDelta: inserted.length - 1 - (end.line - start.line),
        movesEndLine: before.trim() === '' && lastInserted.trim() === '',
      });
    }
    // Undone to what was saved; or the disk's text came in.
    if (!this.#document.isDirty) this.#noteSaved();
    this.refresh();
  }

  saved(): void {
    this.#noteSaved();
    this.refresh();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  #compute(): boolean {
    const rows = this.#rows.rowsOf(this.#document.uri.fsPath);
    const open = this.#rows.openRowsOf?.(this.#document.uri.fsPath) ?? [];
    if (rows.length > 0 || open.length > 0) this.#wantFunctions();
    this.#wantRowsOfSaved(rows);
    const shown = documentLenses(rows, this.#tracker, (group) => this.#rows.figures(group), open);
    const same = JSON.stringify([shown.lenses, shown.hints]) === JSON.stringify([this.#shown.lenses, this.#shown.hints]);
    this.#shown = shown;
    return !same;
  }

  #wantFunctions(): void {
    if (this.#timer !== undefined || this.#functionsVersion === this.#document.version) return;
    this.#timer = setTimeout(() => void this.#readFunctions(), this.#functionsVersion === -1 ? 0 : functionsDelayMs);
  }

  async #readFunctions(): Promise<void> {
    const { version } = this.#document;
    const text = this.#document.getText();
    try {
      const functions = text.length > largestText ? undefined : await this.#locator.call('functions', { file: this.#document.uri.fsPath, text });
      if (this.#disposed) return;
      this.#functionsVersion = version;
      if (version === this.#document.version) this.#tracker.setFunctions(functions);
    } catch (error) {
      this.#functionsVersion = version;
      this.#logger.debug('could not read the functions of a text', error);
    } finally {
      this.#timer = undefined;
    }
    this.refresh();
  }

  #textId(): string | undefined {
    const text = this.#document.getText();
    return text.length > largestText ? undefined : textId(text);
  }

  #noteSaved(): void {
    this.#savedTextId = this.#textId();
    this.#tracker.saved(this.#savedTextId);
  }

  /** Rows of a text that the disk no longer has are asked for anew, once for each text: not every change of a file is told. */
  #wantRowsOfSaved(rows: readonly LiveRow[]): void {
    if (this.#savedTextId === undefined || this.#wantedTextId === this.#savedTextId || this.#document.isDirty) return;
    if (rows.every((row) => row.textId === undefined || row.textId === this.#savedTextId)) return;
    this.#wantedTextId = this.#savedTextId;
    this.#rows.invalidate([this.#document.uri.fsPath]).catch((error: unknown) => this.#logger.debug('could not forget a file', error));
  }

  /** A window that comes back with edits that were not saved: places are of the text on the disk. */
  async #readSaved(): Promise<void> {
    try {
      const saved = comparedLines(new TextDecoder().decode(await vscode.workspace.fs.readFile(this.#document.uri)));
      const now = comparedLines(this.#document.getText());
      if (this.#disposed || this.#savedTextId !== undefined) return;
      this.#savedTextId = idOfLines(saved);
      this.#tracker.openedEdited(this.#savedTextId, wholeEdit(saved, now));
    } catch (error) {
      this.#logger.debug('could not read what was saved', error);
      return;
    }
    this.refresh();
  }
}
