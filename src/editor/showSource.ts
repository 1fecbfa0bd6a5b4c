import * as vscode from 'vscode';
import type { Location } from '../locate/location.ts';

/** Opens a place in the source, with its line in the middle and the cursor on it. */
export async function showSource(location: Location, options: { readonly preserveFocus: boolean; readonly viewColumn: vscode.ViewColumn }): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(location.file));
  const position = document.validatePosition(new vscode.Position(location.line - 1, location.column - 1));
  const editor = await vscode.window.showTextDocument(document, { ...options, selection: new vscode.Range(position, position) });
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
