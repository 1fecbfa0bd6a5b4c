import * as vscode from 'vscode';
import { viewTypes } from '../contributions.ts';
import type { ComparedWith } from '../protocol/compare.ts';
import { WaterfallPanel, webviewOptions } from './waterfallPanel.ts';
import type { WaterfallWindow } from './waterfallWindow.ts';

/** The waterfalls of a window: one panel a trace. Also what VS Code asks to bring them back after a reload. */
export class WaterfallPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #window: WaterfallWindow;
  readonly #panels = new Map<string, WaterfallPanel>();
  readonly #serializer: vscode.Disposable;
  readonly #stopFeed: () => void;

  constructor(window: WaterfallWindow) {
    this.#window = window;
    this.#serializer = vscode.window.registerWebviewPanelSerializer(viewTypes.waterfall, this);
    this.#stopFeed = window.hub.onFeed((feed) => {
      for (const panel of this.#panels.values()) panel.heard(feed);
    });
  }

  /** Shows a trace beside the code, with a span selected; a panel that shows it already comes to the front. */
  open(traceId: string, spanId?: string, options: { readonly preserveFocus?: boolean; readonly compare?: ComparedWith } = {}): void {
    const preserveFocus = options.preserveFocus === true;
    const shown = this.#panels.get(traceId);
    if (shown !== undefined) {
      shown.reveal(spanId, preserveFocus);
      if (options.compare !== undefined) shown.compareWith(options.compare);
      return;
    }
    const panel = vscode.window.createWebviewPanel(viewTypes.waterfall, 'Trace', { viewColumn: vscode.ViewColumn.Beside, preserveFocus }, webviewOptions(this.#window.extensionUri));
    this.#add(panel, traceId, spanId);
    if (options.compare !== undefined) this.#panels.get(traceId)?.compareWith(options.compare);
  }

  /** Path rules or sources are others now: every place is asked for again, those of files too. */
  relocate(): void {
    for (const waterfall of this.#window.open.all()) waterfall.relocate();
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const traceId = typeof state === 'object' && state !== null ? (state as { traceId?: unknown }).traceId : undefined;
    if (typeof traceId !== 'string' || !/^[0-9a-f]{32}$/.test(traceId) || this.#panels.has(traceId)) {
      panel.dispose();
      return Promise.resolve();
    }
    panel.webview.options = webviewOptions(this.#window.extensionUri);
    this.#add(panel, traceId, undefined);
    return Promise.resolve();
  }

  dispose(): void {
    this.#serializer.dispose();
    this.#stopFeed();
    for (const panel of [...this.#panels.values()]) panel.dispose();
  }

  #add(panel: vscode.WebviewPanel, traceId: string, spanId: string | undefined): void {
    panel.iconPath = vscode.Uri.joinPath(this.#window.extensionUri, 'media', 'icon.svg');
    this.#panels.set(traceId, new WaterfallPanel(panel, traceId, spanId, this.#window, {
      openTrace: (linkedTraceId, linkedSpanId) => this.open(linkedTraceId, linkedSpanId),
      named: (name) => (panel.title = `Trace ${name}`.trim()),
      closed: () => this.#panels.delete(traceId),
    }));
  }
}
