import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { commands, viewTypes } from '../contributions.ts';
import { grouped, spansText } from '../model/countText.ts';
import { plainText } from '../model/plainText.ts';
import { type MessagePage, messageHtml } from './messageHtml.ts';
import { TraceFileDocument } from './traceFileDocument.ts';
import { pickOneOf } from './tracePicker.ts';
import { WaterfallPanel, webviewOptions } from './waterfallPanel.ts';
import type { WaterfallWindow } from './waterfallWindow.ts';

export interface TraceFileWindow extends Omit<WaterfallWindow, 'hub'> {
  /** dist/traceFile.cjs */
  readonly workerScript: string;
  /** A trace that the file does not hold. */
  openElsewhere(traceId: string, spanId: string): void;
}

/** Files of traces as editors, without a hub: each its worker, its waterfall, and where it holds several traces, a way between them. */
export class TraceFileEditors implements vscode.CustomReadonlyEditorProvider<TraceFileDocument>, vscode.Disposable {
  readonly #window: TraceFileWindow;
  readonly #provider: vscode.Disposable;
  readonly #status: vscode.StatusBarItem;
  readonly #editors = new Set<TraceFileEditor>();

  constructor(window: TraceFileWindow) {
    this.#window = window;
    this.#provider = vscode.Disposable.from(
      ...[viewTypes.traceFile, viewTypes.traceJson].map((viewType) => vscode.window.registerCustomEditorProvider(viewType, this, { supportsMultipleEditorsPerDocument: true })),
    );
    this.#status = vscode.window.createStatusBarItem('traceline.traceFile', vscode.StatusBarAlignment.Left, 1);
    this.#status.name = 'Traceline: Trace File';
  }

  openCustomDocument(uri: vscode.Uri): TraceFileDocument {
    return new TraceFileDocument(uri, this.#window.workerScript, this.#window.logger);
  }

  /** Returns at once: reading takes its time in the editor itself, where it can be cancelled. */
  resolveCustomEditor(document: TraceFileDocument, panel: vscode.WebviewPanel): void {
    const editor = new TraceFileEditor(document, panel, this.#window, () => this.#showStatus());
    this.#editors.add(editor);
    panel.onDidDispose(() => {
      this.#editors.delete(editor);
      this.#showStatus();
    });
    panel.onDidChangeViewState(() => this.#showStatus());
  }

  /** Asks which trace of the active editor's file to show. */
  async chooseTrace(): Promise<void> {
    const editor = this.#active;
    if (editor === undefined) return;
    const traceId = await pickOneOf(editor.document.traces, editor.shownTraceId, `Traces of ${plainText(fileName(editor.document.uri), 60)}`);
    if (traceId !== undefined) editor.show(traceId, undefined);
  }

  dispose(): void {
    this.#provider.dispose();
    this.#status.dispose();
  }

  get #active(): TraceFileEditor | undefined {
    return [...this.#editors].find(({ panel }) => panel.active);
  }

  #showStatus(): void {
    const { document, shownTraceId } = this.#active ?? {};
    const summary = document?.summary;
    if (document === undefined || summary === undefined) {
      this.#status.hide();
      return;
    }
    const at = document.traces.findIndex(({ traceId }) => traceId === shownTraceId);
    const refused = summary.rejections.map(({ reason, count }) => `${grouped(count)} left out: ${plainText(reason, 200)}`);
    const troubles = [...(document.problem === undefined ? [] : [`The file as it is now cannot be shown: ${plainText(document.problem, 300)}`]), ...refused];
    this.#status.text = `${troubles.length > 0 ? '$(warning)' : '$(list-tree)'} trace ${grouped(at + 1)} of ${grouped(document.traces.length)}`;
    this.#status.tooltip = [`${fileName(document.uri)}: ${summary.format}, ${spansText(summary.spanCount)}`, ...troubles].join('\n');
    this.#status.command = document.traces.length > 1 ? commands.chooseTraceOfFile.id : undefined;
    this.#status.show();
  }
}

/** One editor of a file: what is under way, what is wrong, or the waterfall. */
class TraceFileEditor {
  readonly document: TraceFileDocument;
  readonly panel: vscode.WebviewPanel;
  readonly #window: TraceFileWindow;
  readonly #changed: () => void;
  #waterfall: WaterfallPanel | undefined;

  constructor(document: TraceFileDocument, panel: vscode.WebviewPanel, window: TraceFileWindow, changed: () => void) {
    this.document = document;
    this.panel = panel;
    this.#window = window;
    this.#changed = changed;
    panel.webview.options = webviewOptions(window.extensionUri);
    for (const stop of [document.onRead(() => this.#update()), document.onReading((percent) => this.#showPercent(percent))]) panel.onDidDispose(stop);
    // The waterfall's page has its own messages, which have no action.
    panel.webview.onDidReceiveMessage(({ action }: { readonly action?: unknown }) => this.#act(action));
    if (document.isRead) {
      this.#update();
    } else {
      this.#sayReading();
      document.readIfNot();
    }
  }

  get shownTraceId(): string | undefined {
    return this.#waterfall?.traceId;
  }

  show(traceId: string, spanId: string | undefined): void {
    if (this.#waterfall === undefined) {
      this.#waterfall = new WaterfallPanel(this.panel, traceId, spanId, { ...this.#window, hub: this.document }, {
        openTrace: (linked, linkedSpan) => (this.#holds(linked) ? this.show(linked, linkedSpan) : this.#window.openElsewhere(linked, linkedSpan)),
        // Its tab has the file's name.
        named: () => undefined,
        closed: () => undefined,
      });
    } else {
      this.#waterfall.show(traceId, spanId);
    }
    this.#changed();
  }

  #holds(traceId: string): boolean {
    return this.document.traces.some((trace) => trace.traceId === traceId);
  }

  /** What a person sees stays where the file cannot be read any more: it may be half written. */
  #update(): void {
    const shown = this.shownTraceId;
    const first = this.document.traces[0]?.traceId;
    if (this.document.problem !== undefined && shown === undefined) {
      this.#say(`${fileName(this.document.uri)} is not shown as traces: ${this.document.problem}`, [{ action: 'text', label: 'Open as Text' }, { action: 'again', label: 'Try Again' }]);
    } else if (this.document.problem === undefined && first !== undefined) {
      this.show(shown !== undefined && this.#holds(shown) ? shown : first, undefined);
    }
    this.#changed();
  }

  #act(action: unknown): void {
    if (action === 'text') void vscode.commands.executeCommand('vscode.openWith', this.document.uri, 'default', this.panel.viewColumn);
    else if (action === 'cancel') this.document.cancel();
    else if (action === 'again') {
      this.#sayReading();
      this.document.readAgain();
    }
  }

  #sayReading(): void {
    this.#say(`Reading ${fileName(this.document.uri)} …`, [{ action: 'cancel', label: 'Cancel' }, { action: 'text', label: 'Open as Text' }], 'Read so far');
  }

  /** The waterfall, where it is shown while the file is read again, has its own messages. */
  #showPercent(percent: number): void {
    if (this.#waterfall === undefined) void this.panel.webview.postMessage({ percent });
  }

  #say(text: string, actions: MessagePage['actions'], progress?: string): void {
    this.panel.webview.html = messageHtml({ text: plainText(text, 2000), actions, progress, nonce: randomBytes(16).toString('base64url') });
  }
}

function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
