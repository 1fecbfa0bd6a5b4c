import * as vscode from 'vscode';
import type { HubCaller } from '../protocol/hub.ts';
import { hubStatusText } from './hubStatusText.ts';

/** Opens the hub's whole status as a text to read and copy. */
export async function showHubStatus(hub: HubCaller): Promise<void> {
  const status = await hub.call('status', undefined);
  const document = await vscode.workspace.openTextDocument({ content: hubStatusText(status), language: 'markdown' });
  await vscode.window.showTextDocument(document, { preview: true });
}
