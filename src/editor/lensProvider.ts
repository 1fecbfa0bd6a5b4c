import * as vscode from 'vscode';
import { Throttle } from '../client/throttle.ts';
import { commands } from '../contributions.ts';
import type { PlacedLens } from './documentLenses.ts';
import type { DocumentFollower } from './documentFollower.ts';
import type { FunctionTarget } from './functionTarget.ts';

const refreshIntervalMs = 250;
const askPatienceMs = 5000;

/**
 * The lenses over functions. They come resolved, and the editor is told to ask again only when a visible lens reads
 * otherwise than it was last given, at most four times a second: a lens never blinks, and none is added for nothing.
 * It is not told again before it has asked: it asks only after a pause in being told, and spans that never pause would put that off for ever.
 */
export class LensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #documents: DocumentFollower;
  readonly #isEnabled: () => boolean;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #given = new WeakMap<vscode.TextDocument, string>();
  readonly #toldMs = new WeakMap<vscode.TextDocument, number>();
  readonly #refresh = new Throttle(refreshIntervalMs, () => this.#tellIfChanged());
  readonly #disposables: { dispose(): void }[];

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(documents: DocumentFollower, isEnabled: () => boolean) {
    this.#documents = documents;
    this.#isEnabled = isEnabled;
    this.#disposables = [
      this.#changed,
      this.#refresh,
      // Only what reads otherwise takes a turn: figures that come just after their rows would have to wait for the next one.
      documents.onDidChange(() => {
        if (this.#differing().length > 0) this.#refresh.request();
      }),
      vscode.languages.registerCodeLensProvider({ scheme: 'file' }, this),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const lenses = this.#lenses(document);
    this.#given.set(document, JSON.stringify(lenses));
    this.#toldMs.delete(document);
    return lenses.map((lens) => codeLens(document, lens));
  }

  /** The setting changed. */
  refresh(): void {
    this.#refresh.request();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #lenses(document: vscode.TextDocument): readonly PlacedLens[] {
    return this.#isEnabled() ? (this.#documents.of(document)?.lenses.lenses ?? []) : [];
  }

  #differing(): vscode.TextDocument[] {
    return visibleFiles().filter((document) => (this.#given.get(document) ?? '[]') !== JSON.stringify(this.#lenses(document)));
  }

  #tellIfChanged(): void {
    const now = performance.now();
    const stillToAsk = visibleFiles().some((document) => now - (this.#toldMs.get(document) ?? -Infinity) < askPatienceMs);
    const differing = this.#differing();
    if (stillToAsk || differing.length === 0) return;
    for (const document of differing) this.#toldMs.set(document, now);
    this.#changed.fire();
  }
}

function visibleFiles(): vscode.TextDocument[] {
  return vscode.window.visibleTextEditors.map(({ document }) => document).filter(({ uri }) => uri.scheme === 'file');
}

function codeLens(document: vscode.TextDocument, lens: PlacedLens): vscode.CodeLens {
  const line = Math.min(lens.line, document.lineCount) - 1;
  const target: FunctionTarget = { file: document.uri.fsPath, line: lens.line, functionName: lens.functionName };
  return new vscode.CodeLens(new vscode.Range(line, lens.column - 1, line, lens.column - 1), {
    title: lens.text,
    tooltip: 'Show the recent spans of this function',
    command: commands.showRecentSpans.id,
    arguments: [target],
  });
}
