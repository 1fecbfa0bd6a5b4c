import * as vscode from 'vscode';
import type { FunctionGroup } from '../client/functionGroups.ts';
import { netDurationNs } from '../model/netDuration.ts';
import type { ComparedWith } from '../protocol/compare.ts';
import type { HubCaller, OpenSpanRecord, RecentSpan, TraceSummary } from '../protocol/hub.ts';
import type { OnlyOperations } from './compareCaptures.ts';
import { previousSpan, spanNearest } from './compareFigures.ts';
import { groupTitle, openSpanText, operationHeading, recentSpanText } from './recentSpanText.ts';

const spansOfOne = 100;
const spansOfEach = 30;
const knownTraces = 1000;

/** A function, with its spans that have not ended where these are followed. */
type Group = FunctionGroup & { readonly open?: readonly OpenSpanRecord[] };

interface SpanItem extends vscode.QuickPickItem {
  readonly span?: RecentSpan;
  /** Those of its operation, newest first, with the summaries they are of. */
  readonly among?: { readonly spans: readonly RecentSpan[]; readonly summaryIds: readonly number[] };
}

export interface RecentSpansPorts {
  readonly hub: HubCaller;
  readonly openTrace: (traceId: string, spanId: string) => void;
  /** Shows a span beside another one of its operation. */
  readonly compare: (traceId: string, spanId: string, what: ComparedWith) => void;
  readonly compareCaptures: (only: OnlyOperations) => void;
  /** Told what the key to compare does while the list is there; undefined when it is gone. */
  readonly onCompareKey: (press: (() => void) | undefined) => void;
}

// Not a key with Enter: the lists of older VS Codes (1.103 is one) take that themselves, whatever is held with it, before keybindings are asked.
const withPrevious: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('git-compare'), tooltip: 'Compare with the previous one (Alt+C)' };
const withMedian: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('graph'), tooltip: 'Compare with the median' };

/**
 * The recent spans of a function, newest first, each operation under its own heading. Enter opens the trace at the span;
 * typing filters. `currentGroup` is asked again when the person refreshes the list.
 */
export async function showRecentSpans(currentGroup: () => Group | undefined, ports: RecentSpansPorts): Promise<void> {
  const { hub, openTrace } = ports;
  const group = currentGroup();
  if (group === undefined) {
    void vscode.window.showInformationMessage('Traceline has no spans of this function. Run the code, then try again.');
    return;
  }
  const refresh: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('refresh'), tooltip: 'Refresh' };
  const betweenCaptures: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('git-compare'), tooltip: 'Compare Captures…' };
  const pick = vscode.window.createQuickPick<SpanItem>();
  pick.title = groupTitle(group);
  pick.placeholder = 'Enter opens the trace at the span · Alt+C compares it with the previous one · type to filter';
  pick.matchOnDescription = true;
  pick.buttons = [betweenCaptures, refresh];
  let asked = 0;
  const load = async (shown: Group) => {
    const turn = ++asked;
    pick.busy = true;
    try {
      const items = await spanItems(hub, shown);
      if (turn !== asked) return;
      pick.title = groupTitle(shown);
      pick.items = items;
    } catch (error) {
      pick.items = [{ label: 'The spans could not be read', description: error instanceof Error ? error.message : String(error), alwaysShow: true }];
    }
    pick.busy = false;
  };
  const compare = async (item: SpanItem | undefined, button: vscode.QuickInputButton) => {
    const before = item === undefined ? undefined : button === withMedian ? await medianOf(hub, item) : previousOf(item);
    if (item?.span === undefined || before === undefined) {
      pick.placeholder = 'There is no other span of this operation to compare with';
      return;
    }
    const { traceId, spanId } = item.span;
    pick.hide();
    ports.compare(traceId, spanId, { traceId: before.traceId, spanId: before.spanId, ownSpanId: spanId });
  };
  pick.onDidTriggerButton((button) => {
    if (button === refresh) {
      void load(currentGroup() ?? group);
      return;
    }
    pick.hide();
    ports.compareCaptures({ operations: (currentGroup() ?? group).operations });
  });
  const failed = (error: unknown) => void vscode.window.showErrorMessage(`Traceline: ${error instanceof Error ? error.message : String(error)}`);
  pick.onDidTriggerItemButton(({ item, button }) => void compare(item, button).catch(failed));
  ports.onCompareKey(() => void compare(pick.activeItems[0], withPrevious).catch(failed));
  pick.onDidAccept(() => {
    const span = pick.activeItems[0]?.span;
    if (span === undefined) return;
    pick.hide();
    openTrace(span.traceId, span.spanId);
  });
  const closed = new Promise<void>((resolve) => pick.onDidHide(resolve));
  pick.show();
  await load(group);
  await closed;
  ports.onCompareKey(undefined);
  asked++;
  pick.dispose();
}

async function spanItems(hub: HubCaller, group: Group): Promise<SpanItem[]> {
  const limit = group.operations.length === 1 ? spansOfOne : spansOfEach;
  const [lists, traces] = await Promise.all([
    Promise.all(group.operations.map(({ summaryIds }) => hub.call('recentSpans', { summaryIds, limit }))),
    hub.call('traces', { limit: knownTraces }),
  ]);
  const traceById = new Map<string, TraceSummary>(traces.map((trace) => [trace.traceId, trace]));
  const slowestNs = Math.max(0, ...lists.flat().map(netDurationNs));
  const open: SpanItem[] = (group.open ?? []).map((span) => ({ ...openSpanText(untilNow(span), traceById.get(span.traceId)), span }));
  return [...open, ...group.operations.filter(({ summaryIds }) => summaryIds.length > 0).flatMap((operation, i) => {
    const spans = [...(lists[i] ?? [])].sort(newestFirst);
    const heading: SpanItem[] = group.operations.length === 1 ? [] : [{ label: operationHeading(operation, group), kind: vscode.QuickPickItemKind.Separator }];
    const among = { spans, summaryIds: operation.summaryIds };
    const buttons = spans.length > 1 ? [withPrevious, withMedian] : [];
    return [...heading, ...spans.map((span) => ({ ...recentSpanText(span, slowestNs, traceById.get(span.traceId)), span, among, buttons }))];
  })];
}

function previousOf({ span, among }: SpanItem): RecentSpan | undefined {
  return span === undefined ? undefined : previousSpan(among?.spans ?? [], span);
}

/** The other span closest to the p50 of all of them. */
async function medianOf(hub: HubCaller, { span, among }: SpanItem): Promise<RecentSpan | undefined> {
  const [stats] = await hub.call('latencies', { groups: [among?.summaryIds ?? []] });
  return spanNearest((among?.spans ?? []).filter(({ spanId }) => spanId !== span?.spanId), stats?.p50Ns ?? 0);
}

/** What was told of a span that runs was so when it was told. */
function untilNow(span: OpenSpanRecord): OpenSpanRecord {
  return span.state === 'running' ? { ...span, durationNs: Math.max(span.durationNs, Number(BigInt(Date.now()) * 1_000_000n - BigInt(span.startUnixNano))) } : span;
}

function newestFirst(a: RecentSpan, b: RecentSpan): number {
  const difference = BigInt(b.startUnixNano) - BigInt(a.startUnixNano);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}
