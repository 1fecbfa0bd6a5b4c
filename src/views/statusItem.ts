import * as vscode from 'vscode';
import { commandCategory, commands, contextKeys } from '../contributions.ts';
import { type ReceiverState, shownCaptures } from './receiverState.ts';
import { type StatusNotice, statusText } from './statusText.ts';

/** The status bar item, and the context keys that say the same to `when` clauses. Both change only when they read otherwise. */
export class StatusItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('traceline.status', vscode.StatusBarAlignment.Right, 95);
  readonly #keys = new Map<string, unknown>();
  #shown = '';
  #state: ReceiverState = { kind: 'off' };
  #notice: StatusNotice | undefined;

  constructor() {
    this.#item.name = commandCategory;
    this.#item.command = commands.showMenu.id;
    this.#item.show();
  }

  /** A launch whose spans will not come: said for as long as that is so. */
  notice(notice: StatusNotice & { readonly spansWillCome: boolean }): void {
    if (notice.spansWillCome) return;
    this.#notice = notice;
    this.show(this.#state);
  }

  show(state: ReceiverState): void {
    this.#state = state;
    const said = statusText(state, this.#notice);
    this.#setContext(contextKeys.state, said.state);
    this.#setContext(contextKeys.connected, state.kind === 'connected');
    this.#setContext(contextKeys.hasSpans, state.kind === 'connected' && shownCaptures(state.feed.status.captures).length > 0);
    const shown = JSON.stringify(said);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#item.text = said.text;
    this.#item.tooltip = said.tooltip.join('\n');
    this.#item.backgroundColor = said.warning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.accessibilityInformation = { label: said.text.replace(/\$\([^)]*\)\s*/g, ''), role: 'button' };
  }

  dispose(): void {
    this.#item.dispose();
  }

  #setContext(key: string, value: unknown): void {
    if (this.#keys.get(key) === value) return;
    this.#keys.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
