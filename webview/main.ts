import { RpcPeer } from '../src/protocol/rpc.ts';
import type { Wire } from '../src/protocol/rpc.ts';
import type { WaterfallEvents, WaterfallMemory, WaterfallRequests } from '../src/protocol/waterfall.ts';
import './main.css';
import { TraceApp } from './view/traceApp.ts';

/** What VS Code puts into a webview's page. */
declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): WaterfallMemory | undefined;
  setState(state: WaterfallMemory): void;
};

const host = acquireVsCodeApi();
const wire: Wire = {
  send: (message) => host.postMessage(message),
  onMessage: (listener) => window.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data)),
  onClose: () => undefined,
};
const peer = new RpcPeer<WaterfallRequests, WaterfallEvents, Record<never, never>, Record<never, never>>(wire, {});

void start();

async function start(): Promise<void> {
  const answer = peer.call('ready', undefined);
  const kept = host.getState();
  // Built while the host reads the trace.
  const view = new TraceApp(document.body, { nameWidthPx: kept?.nameWidthPx, detailsSizePx: kept?.detailsSizePx }, {
    details: (spanId) => peer.call('spanDetails', { spanId }),
    codeLines: (site) => peer.call('codeLines', { site }),
    explain: (spanId) => peer.call('explain', { spanId }),
    openSource: (site) => peer.call('openSource', { site, preserveFocus: false }),
    previewSource: (site) => void peer.call('openSource', { site, preserveFocus: true }),
    toggleFollow: () => peer.call('toggleFollow', undefined),
    searchSpans: (question) => peer.call('searchSpans', question),
    linksTo: (spanId) => peer.call('linksTo', { spanId }),
    traceLogs: () => peer.call('traceLogs', undefined),
    openFrame: (spanId, frame) => peer.call('openFrame', { spanId, frame }),
    openTrace: (traceId, spanId) => void peer.call('openTrace', { traceId, spanId }),
    compareChoices: () => peer.call('compareChoices', undefined),
    compareTrace: (traceId) => peer.call('compareTrace', { traceId }),
    copy: (text) => void peer.call('copy', { text }),
    remember: (latest) => host.setState(latest),
    retry: () => void peer.call('ready', undefined).then((again) => view.showTrace(again.trace)),
  });
  const state = await answer;
  const memory: WaterfallMemory = { ...(kept?.traceId === state.traceId ? kept : {}), traceId: state.traceId };
  host.setState(memory);
  // A span the host was asked to open goes before the one selected when the page was last seen.
  const selectedSpanId = state.selectedSpanId ?? memory.selectedSpanId;
  const asked = state.compare === undefined ? {} : { compare: state.compare, view: 'compare' };
  view.open({ ...memory, selectedSpanId, ...asked }, state.trace);
  peer.on('trace', (snapshot) => view.showTrace(snapshot));
  peer.on('grown', ({ growth, places }) => view.growTrace(growth, places));
  peer.on('places', (places) => view.showPlaces(places));
  peer.on('select', ({ spanId }) => view.selectSpan(spanId));
  peer.on('compare', (what) => view.compareWith(what));
}
