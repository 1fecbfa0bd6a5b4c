import * as vscode from 'vscode';
import type { FunctionGroup } from '../client/functionGroups.ts';
import { netDurationNs } from '../model/netDuration.ts';
import type { HubCaller, OpenSpanRecord, RecentSpan, TraceSummary } from '../protocol/hub.ts';
import { groupTitle, openSpanText, operationHeading, recentSpanText } from './recentSpanText.ts';

const spansOfOne = 100;
const spansOfEach = 30;
const knownTraces = 1000;

/** A function, with its spans that have not ended where these are followed. */
type Group = FunctionGroup & { readonly open?: readonly OpenSpanRecord[] };

interface SpanItem extends vscode.QuickPickItem {
  readonly span?: RecentSpan;
}

/**
 * The recent spans of a function, newest first, each operation under its own heading. Enter opens the trace at the span;
 * typing filters. `currentGroup` is asked again when the person refreshes the list.
 */
export async function showRecentSpans(
  hub: HubCaller,
  currentGroup: () => Group | undefined,
  openTrace: (traceId: string, spanId: string) => void,
): Promise<void> {
  const group = currentGroup();
  if (group === undefined) {
    void vscode.window.showInformationMessage('Traceline has no spans of this function. Run the code, then try again.');
    return;
  }
  const refresh: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('refresh'), tooltip: 'Refresh' };
  const pick = vscode.window.createQuickPick<SpanItem>();
  pick.title = groupTitle(group);
  pick.placeholder = 'Enter opens the trace at the span · type to filter';
  pick.matchOnDescription = true;
  pick.buttons = [refresh];
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
  pick.onDidTriggerButton(() => void load(currentGroup() ?? group));
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
    return [...heading, ...spans.map((span) => ({ ...recentSpanText(span, slowestNs, traceById.get(span.traceId)), span }))];
  })];
}

/** What was told of a span that runs was so when it was told. */
function untilNow(span: OpenSpanRecord): OpenSpanRecord {
  return span.state === 'running' ? { ...span, durationNs: Math.max(span.durationNs, Number(BigInt(Date.now()) * 1_000_000n - BigInt(span.startUnixNano))) } : span;
}

function newestFirst(a: RecentSpan, b: RecentSpan): number {
  const difference = BigInt(b.startUnixNano) - BigInt(a.startUnixNano);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}
