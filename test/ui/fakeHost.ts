/**
 * Plays VS Code in a plain page: `acquireVsCodeApi` with a host behind it that serves one generated trace, and keeps
 * what the webview asked. Bundled by page.ts and loaded before the webview's own script.
 */
import { RpcPeer } from '../../src/protocol/rpc.ts';
import type { Wire } from '../../src/protocol/rpc.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import { traceGrowth } from '../../src/protocol/traceGrowth.ts';
import type { CompareChoice, ComparedWith } from '../../src/protocol/compare.ts';
import type { TraceSnapshot, WaterfallEvents, WaterfallRequests } from '../../src/protocol/waterfall.ts';
import type { PlannedSpan, TestTrace } from '../support/generateTrace.ts';
import { checkoutTrace, generateTrace, traceOf } from '../support/generateTrace.ts';
import { logsOfTestTrace, searchTestTrace } from '../support/searchTestTrace.ts';

export type TraceRecipe =
  | { readonly kind: 'checkout'; readonly version?: number; readonly without?: readonly string[] }
  | { readonly kind: 'generated'; readonly spanCount: number; readonly seed?: number; readonly serviceCount?: number; readonly version?: number }
  | { readonly kind: 'plan'; readonly spans: readonly PlannedSpan[]; readonly version?: number; readonly startUnixNano?: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly message: string };

/** What the tests reach through `window.fakeHost`. */
export interface FakeHost {
  readonly calls: { method: string; params: unknown }[];
  readonly violations: string[];
  show(recipe: TraceRecipe): void;
  select(spanId: string): void;
  compare(what: ComparedWith): void;
  state(): unknown;
  spanIdOf(plannedIndex: number): string;
}

declare global {
  interface Window {
    fakeHost: FakeHost;
    /** Put there by page.ts before any script runs. */
    waterfallTest: { readonly trace: TraceRecipe; readonly select?: string; readonly others?: readonly TraceRecipe[] };
    acquireVsCodeApi: () => unknown;
  }
}

const stateKey = 'webview-state';
const { trace: recipe, select: selected } = window.waterfallTest;
let current = build(recipe);
const others = (window.waterfallTest.others ?? []).flatMap((other, at) => {
  const columns = build(other).trace?.columns;
  return columns === undefined ? [] : [{ ...columns, traceId: String(at + 1).padStart(32, '0') }];
});
const compareRoles = ['previous', 'median'] as const;
let follows = true;
/** What the page has, where texts are numbered as it numbers them. */
let sent: TraceColumns | undefined;
const calls: { method: string; params: unknown }[] = [];
const violations: string[] = [];
document.addEventListener('securitypolicyviolation', (event) => violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));

let toHost: (message: unknown) => void = () => undefined;
const wire: Wire = {
  send: (message) => queueMicrotask(() => window.postMessage(asVsCodeSends(message), '*')),
  onMessage: (listener) => (toHost = listener),
  onClose: () => undefined,
};

function note<P, R>(method: string, answer: (params: P) => R): (params: P) => R {
  return (params) => {
    calls.push({ method, params });
    return answer(params);
  };
}

const peer = new RpcPeer<Record<never, never>, Record<never, never>, WaterfallRequests, WaterfallEvents>(wire, {
  ready: note('ready', () => {
    sent = undefined;
    return { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', trace: snapshot(), selectedSpanId: selected };
  }),
  spanDetails: note('spanDetails', ({ spanId }) => current.trace?.details(spanId)),
  codeLines: note('codeLines', ({ site }) => current.trace?.codeLines(site)),
  explain: note('explain', () => ({ outcome: 'Placed by its stack and a source map.', steps: [{ rule: 'stack', input: '/srv/orders/dist/orders.js:88:24', result: 'first frame of the program' }, { rule: 'sourceMap', input: 'orders.js.map', result: 'orders/src/orders.ts:42:24' }] })),
  openSource: note('openSource', () => true),
  toggleFollow: note('toggleFollow', () => (follows = !follows)),
  searchSpans: note('searchSpans', ({ terms }) => (current.trace === undefined ? undefined : searchTestTrace(current.trace, terms))),
  linksTo: note('linksTo', () => ({ links: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00f067aa0ba902b7', name: 'retry <b>order</b>', service: 'jobs' }], isWhole: false })),
  traceLogs: note('traceLogs', () => (current.trace === undefined ? undefined : logsOfTestTrace(current.trace))),
  openFrame: note('openFrame', ({ frame }) => !frame.file.startsWith('node:')),
  openTrace: note('openTrace', () => undefined),
  compareChoices: note('compareChoices', () => others.map((columns, at): CompareChoice => ({
    traceId: columns.traceId, role: compareRoles[at] ?? 'same', rootName: columns.strings[columns.name[0] ?? 0] ?? '', service: '', startUnixNano: columns.startUnixNano, durationNs: columns.durationNs, errorCount: 0,
  }))),
  compareTrace: note('compareTrace', ({ traceId }) => others.find((columns) => columns.traceId === traceId)),
  copy: note('copy', () => undefined),
});

window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => queueMicrotask(() => toHost(asVsCodeSends(message))),
  getState: () => JSON.parse(sessionStorage.getItem(stateKey) ?? 'null') ?? undefined,
  setState: (state: unknown) => sessionStorage.setItem(stateKey, JSON.stringify(state)),
});

window.fakeHost = {
  calls,
  violations,
  show(next) {
    const before = current.trace?.columns;
    current = build(next);
    const now = current.trace?.columns;
    // As src/views/waterfallPanel.ts sends it.
    const grown = before === undefined || now === undefined ? undefined : traceGrowth(sent ?? before, now);
    sent = grown?.columns;
    if (grown === undefined) peer.emit('trace', snapshot());
    else peer.emit('grown', { growth: grown.growth, places: current.trace?.places ?? [] });
    calls.push({ method: grown === undefined ? 'event trace' : 'event grown', params: grown?.growth.fresh.spanCount });
  },
  select: (spanId) => peer.emit('select', { spanId }),
  compare: (what) => peer.emit('compare', what),
  state: () => JSON.parse(sessionStorage.getItem(stateKey) ?? 'null'),
  spanIdOf: (planned) => current.trace?.spanIdOf(planned) ?? '',
};

function build(from: TraceRecipe): { trace?: TestTrace; snapshot?: TraceSnapshot } {
  if (from.kind === 'missing' || from.kind === 'failed') return { snapshot: from };
  if (from.kind === 'checkout') return { trace: checkoutTrace(from) };
  if (from.kind === 'generated') return { trace: generateTrace(from) };
  // What is no number came as null.
  const spans = from.spans.map((span) => ({ ...span, startMs: span.startMs ?? NaN, durationMs: span.durationMs ?? NaN }));
  return { trace: traceOf(spans, { version: from.version, startUnixNano: from.startUnixNano === undefined ? undefined : BigInt(from.startUnixNano) }) };
}

function snapshot(): TraceSnapshot {
  return current.snapshot ?? { kind: 'trace', columns: (current.trace as TestTrace).columns, places: (current.trace as TestTrace).places };
}

/** As VS Code passes messages: typed arrays as they are, all else as JSON, so that what JSON drops is dropped here too. */
function asVsCodeSends(message: unknown): unknown {
  const arrays: unknown[] = [];
  const text = JSON.stringify(message, (_, value: unknown) => (ArrayBuffer.isView(value) ? { $array: arrays.push(structuredClone(value)) - 1 } : value));
  return JSON.parse(text, (_, value: unknown) => (typeof value === 'object' && value !== null && '$array' in value ? arrays[value.$array as number] : value));
}
