/** What the suites inside VS Code share. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** Asks again and again until `look` gives something; fails with what it last said otherwise. */
export async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>, timeoutMs = 30_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain for ${what}`);
    await sleep(100);
  }
}

export function workspaceFolder(): vscode.WorkspaceFolder {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('no folder is open');
  return folder;
}

/** Opens a file of the workspace in an editor. */
export async function open(file: string): Promise<vscode.TextEditor> {
  const uri = vscode.Uri.file(path.join(workspaceFolder().uri.fsPath, file));
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
}

/** 0-based line of the one line that holds `text`. */
export function lineOf(document: vscode.TextDocument, text: string): number {
  const lines = document.getText().split('\n');
  const found = lines.flatMap((line, number) => (line.includes(text) ? [number] : []));
  if (found.length !== 1) throw new Error(`${found.length} lines of ${document.fileName} hold ${text}`);
  return found[0]!;
}

/** Traceline's lenses of an open file, by their 0-based line. */
export async function lensesOf(document: vscode.TextDocument): Promise<ReadonlyMap<number, vscode.Command>> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 100);
  return new Map(lenses.flatMap(({ range, command }) => (command?.command.startsWith('traceline.') === true ? [[range.start.line, command] as const] : [])));
}

/** The lens over the line that holds `text`, once it is there and its title matches. */
export function lensOver(document: vscode.TextDocument, text: string, title: RegExp, timeoutMs?: number): Promise<vscode.Command> {
  let seen = '';
  return eventually(`a lens like ${title.source} over “${text}” in ${path.basename(document.fileName)}`, async () => {
    const lenses = await lensesOf(document);
    seen = [...lenses].map(([line, lens]) => `${line + 1}: ${lens.title}`).join('; ');
    const lens = lenses.get(lineOf(document, text));
    return lens !== undefined && title.test(lens.title) ? lens : undefined;
  }, timeoutMs).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; there are ${seen || 'none'}`);
  });
}

// `activeDebugSession` is not told of every end where several sessions end at once, so they are counted here.
const running = new Map<string, string>();
vscode.debug.onDidStartDebugSession(({ id, name }) => running.set(id, name));
vscode.debug.onDidTerminateDebugSession(({ id }) => running.delete(id));

/** Ends every debug session and waits until they are gone. */
export async function stopDebugging(): Promise<void> {
  await vscode.debug.stopDebugging();
  await eventually('the debug sessions to end', () => (running.size === 0 ? true : undefined)).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${[...running.values()].join(', ')}`);
  });
}

/** The titles of the open webview tabs. */
export function webviewTabs(): string[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs.filter((tab) => tab.input instanceof vscode.TabInputWebview).map((tab) => tab.label));
}
