import * as vscode from 'vscode';
import type { OperationRow } from '../client/functionTable.ts';
import { durationText } from '../model/durationText.ts';
import { spansText } from '../model/countText.ts';
import { plainText } from '../model/plainText.ts';
import type { CaptureFigure, ComparedWith } from '../protocol/compare.ts';
import type { CaptureRecord, HubCaller } from '../protocol/hub.ts';
import type { LatencyStats } from '../stats/latency.ts';
import type { CaptureNode } from './captureTree.ts';
import { shortTime } from './clockText.ts';
import { changeText, comparedOperations, type ComparedOperation, figuresText, spanNearest } from './compareFigures.ts';
import { iconText } from './iconText.ts';
import { captureName, shownCaptures } from './receiverState.ts';
import { showPick } from './showPick.ts';

const recentSpans = 1000;

export interface CompareCapturesPorts {
  readonly hub: HubCaller;
  /** What is located by now: names the functions of operations. */
  readonly rows: () => readonly OperationRow[];
  /** Shows a trace beside another one. */
  readonly compare: (traceId: string, spanId: string, what: ComparedWith) => void;
}

/** The operations of one function, where only these are to be compared. */
export interface OnlyOperations {
  readonly operations: readonly { readonly service: string; readonly operation: string; readonly captureId: string }[];
}

interface OperationItem extends vscode.QuickPickItem {
  readonly compared?: ComparedOperation;
}

/**
 * Compares an operation between two captures, before an edit and after: `node` is the tree's capture (after), or the function's operations; the
 * other one is picked, then the operation by how it changed, and of either a span close to its p50 is shown beside the other.
 * @throws RpcError where the hub does not answer
 */
export async function compareCaptures(node: unknown, ports: CompareCapturesPorts): Promise<void> {
  const { hub } = ports;
  const only = isOnlyOperations(node) ? node : undefined;
  const [{ captures }, { summaries }] = await Promise.all([hub.call('status', undefined), hub.call('summaries', undefined)]);
  const isOfFunction = ({ service, operation }: { readonly service: string; readonly operation: string }): boolean =>
    only === undefined || only.operations.some((each) => each.service === service && each.operation === operation);
  const withSpans = new Set(summaries.filter(isOfFunction).map(({ captureId }) => captureId));
  const shown = shownCaptures(captures).filter(({ captureId }) => withSpans.has(captureId));
  const named = isCaptureNode(node) ? node.capture : shown.find(({ captureId }) => captureId === only?.operations[0]?.captureId);
  if (shown.length < 2) {
    void vscode.window.showInformationMessage(`Traceline has spans of ${only === undefined ? '' : 'this function of '}one capture alone. Run the program once more, then compare.`);
    return;
  }
  const after = named ?? (await pickCapture(shown, 'Compare which capture (after)?'));
  if (after === undefined) return;
  // The one before it comes first.
  const others = shown.filter(({ captureId }) => captureId !== after.captureId);
  const earlier = others.filter(({ startedUnixMs }) => startedUnixMs <= after.startedUnixMs);
  const before = await pickCapture([...earlier, ...others.filter((each) => !earlier.includes(each))], `Compare “${plainText(captureName(after), 40)}” with (before)`);
  if (before === undefined) return;
  const operations = comparedOperations(summaries, before.captureId, after.captureId, isOfFunction);
  const picked = await pickOperation(operations, ports, `${plainText(captureName(before), 30)} → ${plainText(captureName(after), 30)}`);
  if (picked !== undefined) await show(picked, before, after, hub, ports.compare);
}

function pickCapture(captures: readonly CaptureRecord[], title: string): Promise<CaptureRecord | undefined> {
  const items = captures.map((capture) => ({ label: iconText(captureName(capture), 60), description: `${shortTime(capture.startedUnixMs, Date.now())} · ${spansText(capture.spanCount)}`, capture }));
  return showPick(items, { title }).then((item) => item?.capture);
}

/** Those of both captures, the largest change of p50 first; then what only one of them has. */
async function pickOperation(operations: readonly ComparedOperation[], { hub, rows }: CompareCapturesPorts, title: string): Promise<ComparedOperation | undefined> {
  const both = operations.filter(({ before, after }) => before.length > 0 && after.length > 0);
  const figures = await hub.call('latencies', { groups: both.flatMap(({ before, after }) => [before, after]) });
  const functionOf = new Map(rows().flatMap(({ summaryIds, function: named }) => (named === undefined ? [] : summaryIds.map((id) => [id, named.name] as const))));
  const where = ({ before, after }: ComparedOperation): string | undefined => [...after, ...before].map((id) => functionOf.get(id)).find((name) => name !== undefined);
  const items = both
    .map((compared, at) => ({ compared, was: figures[at * 2] as LatencyStats, is: figures[at * 2 + 1] as LatencyStats }))
    .sort((a, b) => Math.abs(b.is.p50Ns - b.was.p50Ns) - Math.abs(a.is.p50Ns - a.was.p50Ns))
    .map(({ compared, was, is }): OperationItem => ({
      label: `${changeText(was.p50Ns, is.p50Ns).padEnd(7, '\u2007')}  ${iconText(compared.operation, 60) || 'unnamed'}`,
      description: [iconText(compared.service, 30), ...(where(compared) === undefined ? [] : [iconText(where(compared) ?? '', 60)])].join(' · '),
      detail: figuresText(was, is),
      compared,
    }));
  const alone = (label: string, members: readonly ComparedOperation[]): OperationItem[] => (members.length === 0 ? [] : [
    { label, kind: vscode.QuickPickItemKind.Separator },
    ...members.map((each): OperationItem => ({ label: iconText(each.operation, 60) || 'unnamed', description: iconText(each.service, 30) })),
  ]);
  const chosen = await showPick<OperationItem>(
    [...items, ...alone('only after', operations.filter(({ before }) => before.length === 0)), ...alone('only before', operations.filter(({ after }) => after.length === 0))],
    { title, placeHolder: 'The largest change of p50 first · type a name, a service or a function', matchOnDescription: true },
  );
  if (chosen !== undefined && chosen.compared === undefined) void vscode.window.showInformationMessage('Only one of the captures has spans of this operation: there is nothing to compare it with.');
  return chosen?.compared;
}

async function show({ operation, before, after }: ComparedOperation, wasOf: CaptureRecord, isOf: CaptureRecord, hub: HubCaller, compare: CompareCapturesPorts['compare']): Promise<void> {
  const [[was, is], ...lists] = await Promise.all([
    hub.call('latencies', { groups: [before, after] }),
    hub.call('recentSpans', { summaryIds: before, limit: recentSpans }),
    hub.call('recentSpans', { summaryIds: after, limit: recentSpans }),
  ]);
  if (was === undefined || is === undefined) return;
  const [one, other] = [spanNearest(lists[0], was.p50Ns), spanNearest(lists[1], is.p50Ns)];
  if (one === undefined || other === undefined) {
    void vscode.window.showInformationMessage(`The spans of ${plainText(operation, 60)} are not kept any more. Its figures: p50 ${durationText(was.p50Ns)} before, ${durationText(is.p50Ns)} after.`);
    return;
  }
  const figure = (stats: LatencyStats, capture: CaptureRecord): CaptureFigure => ({
    name: `${captureName(capture)} ${shortTime(capture.startedUnixMs, Date.now())}`, count: stats.count, errorCount: stats.errorCount, p50Ns: stats.p50Ns, p95Ns: stats.p95Ns,
  });
  compare(other.traceId, other.spanId, { traceId: one.traceId, spanId: one.spanId, ownSpanId: other.spanId, captures: { operation, before: figure(was, wasOf), after: figure(is, isOf) } });
}

function isOnlyOperations(value: unknown): value is OnlyOperations {
  return typeof value === 'object' && value !== null && Array.isArray((value as Partial<OnlyOperations>).operations);
}

function isCaptureNode(node: unknown): node is CaptureNode & { kind: 'capture' } {
  return typeof node === 'object' && node !== null && (node as CaptureNode).kind === 'capture';
}
