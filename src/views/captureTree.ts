import * as vscode from 'vscode';
import { Throttle } from '../client/throttle.ts';
import { commands, views } from '../contributions.ts';
import { errorsText, spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import { heldWords, netDurationNs } from '../model/netDuration.ts';
import { plainText } from '../model/plainText.ts';
import type { CaptureRecord, HubCaller, TraceSummary } from '../protocol/hub.ts';
import { clockText, shortTime } from './clockText.ts';
import { openWords } from './recentSpanText.ts';
import { captureName, type ReceiverState, shownCaptures } from './receiverState.ts';

const refreshIntervalMs = 1000;
const tracesAtOnce = 100;

export type CaptureNode =
  | { readonly kind: 'capture'; readonly capture: CaptureRecord }
  | { readonly kind: 'trace'; readonly trace: TraceSummary }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'more'; readonly captureId: string };

/** Captures, newest first, and in each its traces, newest first. It reads the hub only while it is seen. */
export class CaptureTree implements vscode.TreeDataProvider<CaptureNode>, vscode.Disposable {
  readonly #hub: HubCaller;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<CaptureNode>;
  readonly #refresh = new Throttle(refreshIntervalMs, () => this.#changed.fire(undefined));
  readonly #limits = new Map<string, number>();
  /** Why a capture has no spans, by its id. */
  readonly #notices = new Map<string, readonly string[]>();
  #captures: readonly CaptureRecord[] = [];
  #shown = '';

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(hub: HubCaller) {
    this.#hub = hub;
    this.#view = vscode.window.createTreeView(views.captures, { treeDataProvider: this, showCollapseAll: true });
    this.#view.onDidChangeVisibility(({ visible }) => {
      if (visible) this.#refresh.request();
    });
  }

  /** What the hub said last; asked for anew only where a capture differs and the tree is seen. */
  show(state: ReceiverState): void {
    this.#captures = state.kind === 'connected' ? shownCaptures(state.feed.status.captures) : [];
    const shown = JSON.stringify([this.#captures, state.kind === 'connected' ? state.feed.status.open?.version : undefined]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (this.#view.visible) this.#refresh.request();
  }

  /** Why nothing comes of a capture: said while that is so. */
  notice({ captureId, messages, spansWillCome, isWaiting = false }: { readonly captureId: string | undefined; readonly messages: readonly string[]; readonly spansWillCome: boolean; readonly isWaiting?: boolean }): void {
    if (captureId === undefined || (spansWillCome && !isWaiting)) return;
    this.#notices.set(captureId, messages);
    this.#refresh.request();
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  showMore(captureId: string): void {
    this.#limits.set(captureId, (this.#limits.get(captureId) ?? tracesAtOnce) + tracesAtOnce);
    this.#changed.fire(undefined);
  }

  async getChildren(node?: CaptureNode): Promise<CaptureNode[]> {
    if (node === undefined) return this.#captures.map((capture) => ({ kind: 'capture', capture }));
    if (node.kind !== 'capture') return [];
    const { captureId } = node.capture;
    const limit = this.#limits.get(captureId) ?? tracesAtOnce;
    const traces = await this.#hub.call('traces', { captureId, limit: limit + 1 });
    if (traces.length === 0) return (this.#notices.get(captureId) ?? ['waiting for spans']).map((text) => ({ kind: 'note', text }));
    const nodes: CaptureNode[] = traces.slice(0, limit).map((trace) => ({ kind: 'trace', trace }));
    return traces.length > limit ? [...nodes, { kind: 'more', captureId }] : nodes;
  }

  getTreeItem(node: CaptureNode): vscode.TreeItem {
    switch (node.kind) {
      case 'capture':
        return captureItem(node.capture, node.capture.captureId === this.#captures[0]?.captureId, this.#notices.get(node.capture.captureId));
      case 'trace':
        return traceItem(node.trace);
      case 'note':
        return noteItem(node.text);
      case 'more': {
        const item = new vscode.TreeItem(`Show ${tracesAtOnce} more`);
        item.command = { command: commands.showMoreTraces.id, title: commands.showMoreTraces.title, arguments: [node.captureId] };
        return item;
      }
    }
  }

  dispose(): void {
    this.#refresh.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }
}

const captureIcons: Readonly<Record<CaptureRecord['kind'], string>> = { debug: 'debug-alt', run: 'terminal', import: 'file', external: 'radio-tower' };

function noteItem(text: string): vscode.TreeItem {
  const item = new vscode.TreeItem(plainText(text, 100));
  item.tooltip = plainText(text, 500);
  return item;
}

function captureItem(capture: CaptureRecord, isNewest: boolean, notice: readonly string[] | undefined): vscode.TreeItem {
  const silent = capture.spanCount === 0 && capture.endedUnixMs === undefined ? notice : undefined;
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(plainText(captureName(capture), 60), isNewest ? Expanded : Collapsed);
  item.id = `capture ${capture.captureId}`;
  item.iconPath = new vscode.ThemeIcon(capture.pinned ? 'pinned' : captureIcons[capture.kind]);
  item.description = [
    shortTime(capture.startedUnixMs, Date.now()),
    silent === undefined ? spansText(capture.spanCount) : 'no spans yet',
    ...(capture.errorCount > 0 ? [errorsText(capture.errorCount)] : []),
    ...(capture.pinned ? ['pinned'] : []),
  ].join(' · ');
  item.contextValue = capture.pinned ? 'capture pinned' : 'capture';
  item.tooltip = [
    plainText(captureName(capture), 200),
    capture.kind === 'external' ? 'Spans of programs that nobody started from here' : `Started ${new Date(capture.startedUnixMs).toLocaleString()}`,
    ...(capture.endedUnixMs === undefined || capture.kind === 'external' ? [] : [`Ended ${new Date(capture.endedUnixMs).toLocaleString()}`]),
    ...(silent ?? []).map((message) => plainText(message, 400)),
  ].join('\n');
  return item;
}

function traceItem(trace: TraceSummary): vscode.TreeItem {
  const failed = trace.errorCount > 0;
  const item = new vscode.TreeItem(plainText(trace.rootName, 80) || 'trace');
  item.id = `trace ${trace.capture} ${trace.traceId}`;
  item.iconPath = failed ? new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')) : new vscode.ThemeIcon((trace.open?.running ?? 0) > 0 ? 'loading~spin' : 'list-tree');
  item.description = [
    ...openWords(trace),
    durationText(netDurationNs(trace)),
    ...heldWords(trace),
    ...(failed ? [errorsText(trace.errorCount)] : []),
    plainText(trace.service, 40),
    clockText(trace.startUnixNano),
  ].join(' · ');
  item.contextValue = 'trace';
  item.tooltip = [
    plainText(trace.rootName, 200) || 'trace',
    [...openWords(trace), durationText(netDurationNs(trace)), ...heldWords(trace), spansText(trace.spanCount), ...(failed ? [errorsText(trace.errorCount)] : [])].join(' · '),
    plainText(trace.service, 200),
    `Trace ${trace.traceId}`,
  ].join('\n');
  item.command = { command: commands.openTrace.id, title: commands.openTrace.title, arguments: [{ traceId: trace.traceId }] };
  return item;
}
