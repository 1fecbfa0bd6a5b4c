import * as vscode from 'vscode';
import { commands, type CommandContribution } from '../contributions.ts';
import { plainText } from '../model/plainText.ts';
import type { ReceiverState } from './receiverState.ts';
import { showPick } from './showPick.ts';
import { endpoints } from './statusText.ts';

interface MenuItem extends vscode.QuickPickItem {
  readonly command?: CommandContribution;
}

/** What a click on the status bar offers. Troubles come first, each with what to do. */
export async function showMenu(state: ReceiverState): Promise<void> {
  const connected = state.kind === 'connected';
  const item = (icon: string, label: string, command: CommandContribution, detail?: string): MenuItem => ({ label: `$(${icon}) ${label}`, command, detail });
  const troubles = connected ? state.feed.status.troubles.map(({ message }) => message) : state.kind === 'failed' ? [state.message] : [];
  const items: MenuItem[] = [
    ...troubles.map((message) => item('warning', 'Trouble', commands.showOutput, plainText(message, 300))),
    ...(connected
      ? [
          item('list-tree', 'Open Trace…', commands.openTrace),
          item('layers', 'Show Captures and Traces', commands.showTraces),
          item('history', 'Show Lenses of Capture…', commands.chooseCapture),
          item('copy', 'Copy OTLP Endpoint', commands.copyEndpoint, endpoints(state.feed.status).join(' · ')),
          item('terminal', 'Copy Environment for a Container or Shell…', commands.copyEnvironment),
          item('info', 'Show Hub Status', commands.showHubStatus),
          item('debug-restart', 'Restart Receiving', commands.restartReceiving),
          item('debug-stop', 'Stop Receiving', commands.stopReceiving),
        ]
      : [item('play', 'Start Receiving', commands.startReceiving)]),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    item('output', 'Show Output', commands.showOutput),
    item('gear', 'Open Settings', commands.openSettings),
    item('book', 'Get Started', commands.openWalkthrough),
  ];
  const picked = await showPick(items, { title: 'Traceline' });
  if (picked?.command !== undefined) await vscode.commands.executeCommand(picked.command.id);
}
