import * as vscode from 'vscode';
import { commands } from '../contributions.ts';

/** Tells a person that no spans will come of what they started, and what to do. */
export async function showDebugNotice(notice: { readonly messages: readonly string[]; readonly spansWillCome: boolean }): Promise<void> {
  // Where spans do come, the debug console has said enough.
  if (notice.spansWillCome) return;
  const answer = await vscode.window.showWarningMessage(`Traceline: ${notice.messages.join(' ')}`, 'Show Output');
  if (answer !== undefined) await vscode.commands.executeCommand(commands.showOutput.id);
}
