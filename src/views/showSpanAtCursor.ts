import * as vscode from 'vscode';
import { commands } from '../contributions.ts';
import type { OpenWaterfalls } from './openWaterfalls.ts';

/** Selects, in the waterfall the person was in last that has one, the span that was made where the cursor is; called again, the next one. */
export async function showSpanAtCursor(open: OpenWaterfalls): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const waterfalls = open.all();
  const line = editor.selection.active.line + 1;
  if (waterfalls.some((waterfall) => waterfall.selectMadeAt(editor.document.uri.fsPath, line))) return;
  const message = waterfalls.length === 0 ? 'No trace is open.' : 'No span of the open traces was made here, as far as is known.';
  const recent = await vscode.window.showInformationMessage(message, commands.showRecentSpans.title);
  if (recent !== undefined) await vscode.commands.executeCommand(commands.showRecentSpans.id);
}
