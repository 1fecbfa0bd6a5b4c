import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { HubPort } from '../client/liveRows.ts';
import { plainText } from '../model/plainText.ts';
import type { CompareChoice, ComparedWith } from '../protocol/compare.ts';
import type { Feed, SpanDetails, TraceColumns } from '../protocol/hub.ts';
import { RpcPeer } from '../protocol/rpc.ts';
import { traceGrowth } from '../protocol/traceGrowth.ts';
import type { FrameReference, Place, PlaceExplanation, TraceSnapshot, WaterfallEvents, WaterfallRequests, WaterfallState } from '../protocol/waterfall.ts';
import { AskPace } from './askPace.ts';
import { compareChoices, operationOf } from './compareChoices.ts';
import type { OpenWaterfall } from './openWaterfalls.ts';
import { ownArrays } from './ownArrays.ts';
import { placeOf } from './placeOf.ts';
import { SourceBeside } from './sourceBeside.ts';
import { codeLines } from './sourceLines.ts';
import { SpanPlaces } from './spanPlaces.ts';
import { nextRowMadeAt } from './spansMadeAt.ts';
import { waterfallHtml } from './waterfallHtml.ts';
import type { WaterfallWindow } from './waterfallWindow.ts';

/** What the page holds comes back from VS Code's state, so a hidden panel need not be kept in memory. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, enableForms: false, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')] };
}

export interface PanelActions {
  /** Of a link to another trace. */
  openTrace(traceId: string, spanId: string): void;
  /** What the trace is called, on one line. */
  named(name: string): void;
  closed(): void;
}

/** One panel. The webview is gone while it is hidden and asks `ready` again when it shows: only then is anything sent. */
export class WaterfallPanel implements OpenWaterfall {
  readonly #panel: vscode.WebviewPanel;
  readonly #window: WaterfallWindow;
  readonly #actions: PanelActions;
  #traceId: string;
  #places: SpanPlaces;
  readonly #peer: RpcPeer<Record<never, never>, Record<never, never>, WaterfallRequests, WaterfallEvents>;
  readonly #pace = new AskPace(() => void this.#ask());
  readonly #beside: SourceBeside;
  #selectedSpanId: string | undefined;
  /** Asked for while the webview was not there. */
  #compare: ComparedWith | undefined;
  /** What the trace was compared with last: its places are told too. */
  #other: TraceColumns | undefined;
  #listening = false;
  /** The snapshot the webview has; undefined where it has none. */
  #sent: TraceColumns | undefined;
  #locating = false;
  #details: SpanDetails | undefined;
  #asking = false;
  #heardMore = false;

  constructor(panel: vscode.WebviewPanel, traceId: string, spanId: string | undefined, window: WaterfallWindow, actions: PanelActions) {
    this.#panel = panel;
    this.#traceId = traceId;
    this.#selectedSpanId = spanId;
    this.#window = window;
    this.#places = new SpanPlaces(window.hub, window.locator);
    this.#actions = actions;
    this.#beside = new SourceBeside(panel, window);
    const closeListeners: (() => void)[] = [];
    this.#peer = new RpcPeer<Record<never, never>, Record<never, never>, WaterfallRequests, WaterfallEvents>(
      {
        send: (message) => void panel.webview.postMessage(message),
        onMessage: (listener) => void panel.webview.onDidReceiveMessage(listener),
        onClose: (listener) => void closeListeners.push(listener),
      },
      {
        ready: () => this.#ready(),
        spanDetails: ({ spanId: wanted }) => this.#readDetails(wanted),
        codeLines: ({ site }) => {
          const location = this.#places.known(site);
          return location === undefined ? undefined : codeLines(location);
        },
        explain: ({ spanId: wanted }) => this.#explain(wanted),
        openSource: ({ site, preserveFocus }) => (preserveFocus ? this.#beside.follow(this.#places.known(site)) : this.#beside.show(this.#places.known(site), false)),
        toggleFollow: async () => {
          const on = !window.follow.isOn();
          await window.follow.turn(on);
          return on;
        },
        searchSpans: (question) => this.#window.hub.call('searchTrace', { traceId: this.#traceId, ...question }),
        linksTo: ({ spanId: wanted }) => this.#window.hub.call('linksTo', { traceId: this.#traceId, spanId: wanted }),
        traceLogs: () => this.#window.hub.call('traceLogs', { traceId: this.#traceId }),
        openFrame: ({ spanId: wanted, frame }) => this.#openFrame(wanted, frame),
        openTrace: (link) => {
          if (/^[0-9a-f]{32}$/.test(link.traceId)) actions.openTrace(link.traceId, link.spanId);
          return undefined;
        },
        compareChoices: () => this.#compareChoices(),
        compareTrace: ({ traceId: wanted }) => this.#readOther(wanted),
        copy: async ({ text }) => {
          await vscode.env.clipboard.writeText(text);
          return undefined;
        },
      },
    );
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#listening = false;
      if (panel.active) window.open.add(this);
    });
    panel.onDidDispose(() => {
      this.#pace.dispose();
      this.#beside.dispose();
      window.open.delete(this);
      this.#listening = false;
      for (const listener of closeListeners) listener();
      actions.closed();
    });
    window.open.add(this);
    this.#loadPage();
  }

  get traceId(): string {
    return this.#traceId;
  }

  get hub(): HubPort {
    return this.#window.hub;
  }

  get isActive(): boolean {
    return this.#panel.active;
  }

  /** Another trace of the same hub, or the same one of a hub that numbers its sites anew. */
  show(traceId: string, spanId: string | undefined): void {
    this.#traceId = traceId;
    this.#selectedSpanId = spanId;
    this.#places = new SpanPlaces(this.#window.hub, this.#window.locator);
    this.#details = undefined;
    this.#sent = undefined;
    this.#other = undefined;
    this.#listening = false;
    this.#loadPage();
  }

  // The page asks `ready` as it loads; each has a nonce of its own, or VS Code would take it for the one that is there.
  #loadPage(): void {
    const { webview } = this.#panel;
    const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(this.#window.extensionUri, 'dist', 'webview', name)).toString();
    webview.html = waterfallHtml({ scriptUri: file('main.js'), styleUri: file('main.css'), cspSource: webview.cspSource, nonce: randomBytes(16).toString('base64url') });
  }

  /**
   * Selects the span that was made at a line (1-based) of a file, or else in the function around it; called again, the next one. False where
   * no span of the trace is known to be from there.
   */
  selectMadeAt(file: string, line: number): boolean {
    const columns = this.#sent;
    if (columns === undefined) return false;
    const spanId = (row: number): string => Buffer.from(columns.spanId.buffer, columns.spanId.byteOffset + row * 8, 8).toString('hex');
    const row = nextRowMadeAt(columns.site, (site) => this.#places.known(site), { file, line }, (each) => spanId(each) === this.#details?.spanId);
    if (row === undefined) return false;
    this.reveal(spanId(row), true);
    return true;
  }

  reveal(spanId: string | undefined, preserveFocus: boolean): void {
    this.#selectedSpanId = spanId ?? this.#selectedSpanId;
    // Without a column VS Code shows it in the group that is active, an editor of a file a second time.
    this.#panel.reveal(this.#panel.viewColumn, preserveFocus);
    if (this.#listening && spanId !== undefined) this.#select(spanId);
  }

  /** Shows the trace beside another one. */
  compareWith(what: ComparedWith): void {
    if (this.#listening) this.#peer.emit('compare', what);
    else this.#compare = what;
  }

  heard(feed: Feed): void {
    this.#places.heard(feed);
    if (!this.#listening) return;
    if (this.#asking) this.#heardMore = true;
    else this.#pace.askSoon();
  }

  relocate(): void {
    this.#places.forget();
    if (this.#sent !== undefined) void this.#locateNew(this.#sent);
    if (this.#other !== undefined) void this.#locateOther(this.#other);
  }

  dispose(): void {
    this.#panel.dispose();
  }

  async #ready(): Promise<WaterfallState> {
    this.#listening = false;
    this.#sent = undefined;
    this.#pace.reset();
    let trace: TraceSnapshot;
    try {
      const columns = await this.#readTrace();
      trace = columns === undefined ? { kind: 'missing' } : this.#snapshot(columns);
    } catch (error) {
      trace = { kind: 'failed', message: messageOf(error) };
    }
    const selectedSpanId = this.#selectedSpanId;
    const compare = this.#compare;
    this.#selectedSpanId = undefined;
    this.#compare = undefined;
    this.#listening = true;
    // The answer goes first; places that have to be looked up follow it.
    if (this.#sent !== undefined) setTimeout((columns: TraceColumns) => void this.#locateNew(columns), 0, this.#sent);
    return { traceId: this.#traceId, trace, selectedSpanId, compare };
  }

  #select(spanId: string): void {
    this.#selectedSpanId = undefined;
    this.#peer.emit('select', { spanId });
  }

  async #readTrace(): Promise<TraceColumns | undefined> {
    this.#asking = true;
    this.#pace.asked();
    try {
      return await this.#window.hub.call('trace', { traceId: this.#traceId });
    } finally {
      this.#asking = false;
    }
  }

  #snapshot(columns: TraceColumns): TraceSnapshot & { readonly kind: 'trace' } {
    this.#sent = columns;
    this.#actions.named(plainText(columns.strings[columns.name[0] ?? 0] ?? '', 40));
    return { kind: 'trace', columns: ownArrays(columns), places: this.#placesOf(columns) };
  }

  /** Of a live trace only what is new, where that is the lesser part. */
  #sendLater(columns: TraceColumns): void {
    const grown = this.#sent === undefined ? undefined : traceGrowth(this.#sent, columns);
    if (grown === undefined) {
      this.#peer.emit('trace', this.#snapshot(columns));
      return;
    }
    const { places } = this.#snapshot(grown.columns);
    this.#peer.emit('grown', { growth: grown.growth, places });
  }

  async #ask(): Promise<void> {
    if (!this.#listening || this.#asking) return;
    this.#heardMore = false;
    try {
      const columns = await this.#readTrace();
      const changed = columns !== undefined && columns.version !== this.#sent?.version;
      this.#pace.answered(changed);
      // What was let go of meanwhile stays on the screen.
      if (changed && this.#listening) {
        this.#sendLater(columns);
        if (this.#sent !== undefined) void this.#locateNew(this.#sent);
      }
    } catch (error) {
      this.#window.logger.debug('could not refresh a trace', error);
    }
    if (this.#heardMore && this.#listening) this.#pace.askSoon();
  }

  async #locateNew(columns: TraceColumns): Promise<void> {
    const unasked = this.#places.unasked(columns.site);
    if (unasked.length === 0 || this.#locating) return;
    this.#locating = true;
    try {
      await this.#places.locate(unasked, lastEndUnixMs(columns));
    } catch (error) {
      this.#window.logger.debug('could not locate the sites of a trace', error);
      return;
    } finally {
      this.#locating = false;
    }
    const latest = this.#sent;
    if (!this.#listening || latest === undefined) return;
    this.#peer.emit('places', this.#placesOf(latest));
    if (latest !== columns) void this.#locateNew(latest);
  }

  #placesOf(columns: TraceColumns): Place[] {
    const sites = new Set(columns.site);
    for (const site of this.#other?.site ?? []) sites.add(site);
    return [...sites].flatMap((site) => {
      const location = this.#places.known(site);
      return location === undefined ? [] : [placeOf(site, location)];
    });
  }

  async #compareChoices(): Promise<readonly CompareChoice[]> {
    const columns = this.#sent;
    return columns === undefined ? [] : compareChoices(this.#window.hub, operationOf(columns));
  }

  async #readOther(traceId: string): Promise<TraceColumns | undefined> {
    const other = await this.#window.hub.call('trace', { traceId });
    this.#other = other;
    if (other === undefined) return undefined;
    setTimeout(() => void this.#locateOther(other), 0);
    return ownArrays(other);
  }

  async #locateOther(other: TraceColumns): Promise<void> {
    try {
      await this.#places.locate(this.#places.unasked(other.site), lastEndUnixMs(other));
    } catch (error) {
      this.#window.logger.debug('could not locate the sites of a trace that is compared with', error);
      return;
    }
    if (this.#listening && this.#sent !== undefined && this.#other === other) this.#peer.emit('places', this.#placesOf(this.#sent));
  }

  async #readDetails(spanId: string): Promise<SpanDetails | undefined> {
    const details = await this.#window.hub.call('spanDetails', { traceId: this.#traceId, spanId });
    this.#details = details;
    return details;
  }

  async #explain(spanId: string): Promise<PlaceExplanation | undefined> {
    const details = this.#details?.spanId === spanId ? this.#details : await this.#readDetails(spanId);
    if (details === undefined) return undefined;
    if (details.site === undefined) return { outcome: 'Neither this span nor one beneath it says where in the code it was made.', steps: [] };
    const { outcome, steps } = await this.#window.locator.call('explain', details.site);
    return { outcome, steps };
  }

  async #openFrame(spanId: string, frame: FrameReference): Promise<boolean> {
    const details = this.#details?.spanId === spanId ? this.#details : await this.#readDetails(spanId);
    const [location] = await this.#window.locator.call('locate', [{
      filePath: frame.file, line: frame.line, column: frame.column, functionName: frame.functionName, language: details?.site?.language,
    }]);
    return this.#beside.show(location, false);
  }

}

function lastEndUnixMs({ startUnixNano, durationNs }: TraceColumns): number {
  return Number(BigInt(startUnixNano) / 1_000_000n) + durationNs / 1e6;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
