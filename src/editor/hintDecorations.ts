import * as vscode from 'vscode';
import { Throttle } from '../client/throttle.ts';
import type { PlacedHint } from './documentLenses.ts';
import type { DocumentFollower } from './documentFollower.ts';

const refreshIntervalMs = 250;

/** What a line's calls cost, muted at the end of that line, where no text moves for it. */
export class HintDecorations implements vscode.Disposable {
  readonly #documents: DocumentFollower;
  readonly #isEnabled: () => boolean;
  readonly #type: vscode.TextEditorDecorationType;
  readonly #oldColor: vscode.ThemeColor;
  readonly #shown = new WeakMap<vscode.TextEditor, string>();
  readonly #refresh = new Throttle(refreshIntervalMs, () => this.#showAll());
  readonly #disposables: { dispose(): void }[];

  constructor(documents: DocumentFollower, isEnabled: () => boolean) {
    this.#documents = documents;
    this.#isEnabled = isEnabled;
    this.#type = vscode.window.createTextEditorDecorationType({
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
      after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 3em', fontStyle: 'normal', fontWeight: 'normal' },
    });
    this.#oldColor = new vscode.ThemeColor('disabledForeground');
    this.#disposables = [
      this.#type,
      this.#refresh,
      documents.onDidChange(() => this.#refresh.request()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#refresh.request()),
    ];
    this.#refresh.request();
  }

  /** The setting changed. */
  refresh(): void {
    this.#refresh.request();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #showAll(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const hints = this.#isEnabled() ? (this.#documents.of(editor.document)?.lenses.hints ?? []) : [];
      const shown = JSON.stringify(hints);
      if ((this.#shown.get(editor) ?? '[]') === shown) continue;
      this.#shown.set(editor, shown);
      editor.setDecorations(this.#type, hints.flatMap((hint) => this.#decoration(editor.document, hint)));
    }
  }

  #decoration(document: vscode.TextDocument, hint: PlacedHint): vscode.DecorationOptions[] {
    if (hint.line > document.lineCount) return [];
    const { end } = document.lineAt(hint.line - 1).range;
    const look = hint.isOld ? { color: this.#oldColor, fontStyle: 'italic' } : {};
    return [{ range: new vscode.Range(end, end), renderOptions: { after: { contentText: hint.text, ...look } } }];
  }
}
