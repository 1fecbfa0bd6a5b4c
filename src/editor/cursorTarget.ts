import type * as vscode from 'vscode';
import type { FunctionTarget } from './functionTarget.ts';

/** The place a person stands at, for a command that was given none. */
export function cursorTarget(editor: vscode.TextEditor | undefined): FunctionTarget | undefined {
  return editor === undefined ? undefined : { file: editor.document.uri.fsPath, line: editor.selection.active.line + 1 };
}
