import * as vscode from 'vscode';
import { spansText } from '../model/countText.ts';
import { plainText } from '../model/plainText.ts';
import type { CaptureRecord, HubCaller } from '../protocol/hub.ts';
import type { CaptureNode } from './captureTree.ts';
import { shortTime } from './clockText.ts';
import { iconText } from './iconText.ts';
import { captureName, shownCaptures } from './receiverState.ts';
import { showPick } from './showPick.ts';

/** What a person does to a capture, from the tree or, where none is given, from the palette. */
export class CaptureActions {
  readonly #hub: HubCaller;

  constructor(hub: HubCaller) {
    this.#hub = hub;
  }

  async pin(node: unknown, pinned: boolean): Promise<void> {
    const capture = await this.#captureOf(node, pinned ? 'Pin which capture?' : 'Unpin which capture?', (each) => each.pinned !== pinned);
    if (capture !== undefined) await this.#hub.call('pinCapture', { captureId: capture.captureId, pinned });
  }

  async rename(node: unknown): Promise<void> {
    const capture = await this.#captureOf(node, 'Rename which capture?');
    if (capture === undefined) return;
    const name = await vscode.window.showInputBox({
      title: `Rename ${plainText(captureName(capture), 60)}`,
      value: captureName(capture),
      validateInput: (value) => (value.trim() === '' ? 'A capture needs a name.' : value.length > 100 ? 'At most 100 characters.' : undefined),
    });
    if (name !== undefined) await this.#hub.call('renameCapture', { captureId: capture.captureId, name: name.trim() });
  }

  async delete(node: unknown): Promise<void> {
    const capture = await this.#captureOf(node, 'Delete which capture?');
    if (capture === undefined) return;
    const answer = await vscode.window.showWarningMessage(
      `Delete the capture “${plainText(captureName(capture), 60)}” of ${shortTime(capture.startedUnixMs, Date.now())}?`,
      { modal: true, detail: `Its ${spansText(capture.spanCount)} will be gone, in every window.` },
      'Delete',
    );
    if (answer === 'Delete') await this.#hub.call('deleteCapture', { captureId: capture.captureId });
  }

  async #captureOf(node: unknown, question: string, isMeant: (capture: CaptureRecord) => boolean = () => true): Promise<CaptureRecord | undefined> {
    if (isCaptureNode(node)) return node.capture;
    const { captures } = await this.#hub.call('status', undefined);
    const picked = await showPick(
      shownCaptures(captures).filter(isMeant).map((capture) => ({ label: iconText(captureName(capture), 60), description: `${shortTime(capture.startedUnixMs, Date.now())} · ${spansText(capture.spanCount)}`, capture })),
      { title: question },
    );
    return picked?.capture;
  }
}

function isCaptureNode(node: unknown): node is CaptureNode & { kind: 'capture' } {
  return typeof node === 'object' && node !== null && (node as CaptureNode).kind === 'capture';
}
