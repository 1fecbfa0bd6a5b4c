import * as vscode from 'vscode';
import type { Location } from '../locate/location.ts';
import type { WaterfallWindow } from './waterfallWindow.ts';

/** A held arrow key passes over many spans; the editor shows the one it stops at. */
const followDelayMs = 120;

/** The editor beside a waterfall, which shows the lines of its spans. */
export class SourceBeside {
  readonly #panel: vscode.WebviewPanel;
  readonly #window: WaterfallWindow;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(panel: vscode.WebviewPanel, window: WaterfallWindow) {
    this.#panel = panel;
    this.#window = window;
  }

  /** Soon, and unless the person has turned it off. False where there is no place. */
  follow(location: Location | undefined): boolean {
    clearTimeout(this.#timer);
    if (location !== undefined && this.#window.follow.isOn()) {
      this.#timer = setTimeout(() => {
        this.show(location, true).catch((error: unknown) => this.#window.logger.debug('could not show the line of a span', error));
      }, followDelayMs);
    }
    return location !== undefined;
  }

  /** False where there is no place. */
  async show(location: Location | undefined, preserveFocus: boolean): Promise<boolean> {
    if (location === undefined) return false;
    await this.#window.showSource(location, { preserveFocus, viewColumn: this.#columnBeside() });
    return true;
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  /** Where text is open already, but never over the waterfall itself. */
  #columnBeside(): vscode.ViewColumn {
    const own = this.#panel.viewColumn;
    const text = vscode.window.visibleTextEditors.find((editor) => editor.viewColumn !== undefined && editor.viewColumn !== own);
    return text?.viewColumn ?? (own === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One);
  }
}
