import * as vscode from 'vscode';
import type { CaptureChoice } from '../client/captureChoice.ts';
import { spansText } from '../model/countText.ts';
import type { HubCaller } from '../protocol/hub.ts';
import type { CaptureNode } from './captureTree.ts';
import { shortTime } from './clockText.ts';
import { iconText } from './iconText.ts';
import { captureName, shownCaptures } from './receiverState.ts';
import { showPick } from './showPick.ts';

interface ChoiceItem extends vscode.QuickPickItem {
  readonly choice?: CaptureChoice;
}

/** Whose numbers the lenses show: of the capture in the tree that is given, else picked. undefined where nothing is. */
export async function chooseCapture(hub: HubCaller, present: CaptureChoice, node: unknown): Promise<CaptureChoice | undefined> {
  if (isCaptureNode(node)) return { kind: 'one', captureId: node.capture.captureId };
  const { captures } = await hub.call('status', undefined);
  const items: readonly ChoiceItem[] = [
    { label: 'Latest', description: 'of each operation, the run that began last', choice: { kind: 'latest' } },
    { label: 'All', description: 'every capture together', choice: { kind: 'all' } },
    { label: 'captures', kind: vscode.QuickPickItemKind.Separator },
    ...shownCaptures(captures).map((capture): ChoiceItem => ({
      label: iconText(captureName(capture), 60),
      description: `${shortTime(capture.startedUnixMs, Date.now())} · ${spansText(capture.spanCount)}${capture.pinned ? ' · pinned' : ''}`,
      choice: { kind: 'one', captureId: capture.captureId },
    })),
  ];
  const marked = items.map((item) => (item.choice !== undefined && JSON.stringify(item.choice) === JSON.stringify(present) ? { ...item, label: `$(check) ${item.label}` } : item));
  return (await showPick(marked, { title: 'Show the Lenses of', matchOnDescription: true }))?.choice;
}

function isCaptureNode(node: unknown): node is CaptureNode & { kind: 'capture' } {
  return typeof node === 'object' && node !== null && (node as CaptureNode).kind === 'capture';
}
