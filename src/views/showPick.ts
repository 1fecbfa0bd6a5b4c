import * as vscode from 'vscode';
import { onceMore } from './onceMore.ts';

/** Lets the person pick one, as `showQuickPick` does; a list that was closed before they can have seen it is shown once more (onceMore.ts). */
export function showPick<T extends vscode.QuickPickItem>(items: readonly T[] | Promise<readonly T[]>, options: vscode.QuickPickOptions): Promise<T | undefined> {
  return onceMore(() => vscode.window.showQuickPick(items, options));
}
