import * as vscode from 'vscode';
import type { CaptureChoice } from '../client/captureChoice.ts';
import { commandCategory, commands, contextKeys } from '../contributions.ts';
import { type ReceiverState, shownCaptures } from './receiverState.ts';
import { type StatusNotice, statusText } from './statusText.ts';

const maxNotices = 50;

/** The status bar item, and the context keys that say the same to `when` clauses. Both change only when they read otherwise. */
export class StatusItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('traceline.status', vscode.StatusBarAlignment.Right, 95);
  readonly #keys = new Map<string, unknown>();
  #shown = '';
  #state: ReceiverState = { kind: 'off' };
  #choice: CaptureChoice = { kind: 'latest' };
  /** By capture, the latest last. */
  readonly #notices = new Map<string | undefined, StatusNotice>();

  constructor() {
    this.#item.name = commandCategory;
    this.#item.command = commands.showMenu.id;
    this.#item.show();
  }

  /** Why the spans of a launch do not come: said for as long as that is so. */
  notice({ captureId, messages, spansWillCome, isWaiting = false }: { readonly captureId: string | undefined; readonly messages: readonly string[]; readonly spansWillCome: boolean; readonly isWaiting?: boolean }): void {
    if (spansWillCome && !isWaiting) return;
    this.#notices.delete(captureId);
    this.#notices.set(captureId, { captureId, messages, isTrouble: !spansWillCome });
    for (const oldest of this.#notices.keys()) {
      if (this.#notices.size <= maxNotices) break;
      this.#notices.delete(oldest);
    }
    this.show(this.#state);
  }

  /** Whose numbers the lenses show. */
  choose(choice: CaptureChoice): void {
    this.#choice = choice;
    this.show(this.#state);
  }

  show(state: ReceiverState): void {
    this.#state = state;
    const said = statusText(state, [...this.#notices.values()], this.#choice);
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
