import * as vscode from 'vscode';
import { commandCategory, commands, settings } from '../contributions.ts';

/** Debuggers of programs that could send spans; a browser's or another extension host's could not. */
const ofPrograms = new Set(['node', 'pwa-node', 'debugpy', 'python', 'java', 'go', 'coreclr', 'rdbg', 'php', 'lldb']);

/**
 * Says once for each configuration, in the debug console alone, what cannot be done for a program that runs already. Disposed with the
 * window.
 */
export function hintOnAttach(): vscode.Disposable {
  const said = new Set<string>();
  return vscode.debug.onDidStartDebugSession(({ configuration, name, parentSession, type }) => {
    if (configuration.request !== 'attach' || parentSession !== undefined || !ofPrograms.has(type) || said.has(name)) return;
    if (!vscode.workspace.isTrusted || !vscode.workspace.getConfiguration().get(settings.debugInject.key, settings.debugInject.default)) return;
    said.add(name);
    vscode.debug.activeDebugConsole.appendLine(
      `Traceline: this program was started without Traceline, and a running program's environment cannot be changed: its spans come only if it sends them here by itself. "${commandCategory}: ${commands.copyEnvironment.title}" copies what to start it with.`,
    );
  });
}
