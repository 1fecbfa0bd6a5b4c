import * as vscode from 'vscode';
import { errorsText, spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import { heldWords, netDurationNs } from '../model/netDuration.ts';
import type { HubCaller, TraceSummary } from '../protocol/hub.ts';
import { clockText } from './clockText.ts';
import { iconText } from './iconText.ts';
import { onceMore } from './onceMore.ts';
import { openWords } from './recentSpanText.ts';
import { showPick } from './showPick.ts';

const shownTraces = 200;

interface TraceItem extends vscode.QuickPickItem {
  readonly open?: { readonly traceId: string; readonly spanId?: string };
}

/** Names a trace, and a span in it, to a command. */
export function isTraceTarget(value: unknown): value is { readonly traceId: string; readonly spanId?: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { traceId, spanId } = value as Record<string, unknown>;
  return typeof traceId === 'string' && /^[0-9a-f]{32}$/.test(traceId) && (spanId === undefined || (typeof spanId === 'string' && /^[0-9a-f]{16}$/.test(spanId)));
}

/** Picks one of the recent traces, or one by its id, or by the id of one of its spans, and opens it. */
export async function pickTrace(hub: HubCaller, openTrace: (traceId: string, spanId?: string) => void): Promise<void> {
  const pick = vscode.window.createQuickPick<TraceItem>();
  pick.title = 'Open Trace';
  pick.placeholder = 'Type to filter, or paste the id of a trace or a span';
  pick.matchOnDescription = true;
  let isChosen = false;
  pick.busy = true;
  const closed = onceMore(() => new Promise<true | undefined>((resolve) => {
    const hidden = pick.onDidHide(() => {
      hidden.dispose();
      resolve(isChosen ? true : undefined);
    });
    pick.show();
  }));
  const recent = (await hub.call('traces', { limit: shownTraces })).map(traceItem);
  pick.busy = false;
  pick.items = recent;
  pick.onDidChangeValue((value) => {
    const id = value.trim().toLowerCase();
    if (/^[0-9a-f]{32}$/.test(id)) pick.items = [{ label: `Open trace ${id}`, alwaysShow: true, open: { traceId: id } }];
    else if (/^[0-9a-f]{16}$/.test(id)) void showSpan(hub, pick, id);
    else if (pick.items !== recent) pick.items = recent;
  });
  pick.onDidAccept(() => {
    const chosen = pick.activeItems[0]?.open;
    if (chosen === undefined) return;
    isChosen = true;
    pick.hide();
    openTrace(chosen.traceId, chosen.spanId);
  });
  await closed;
  pick.dispose();
}

/** Picks one of these traces, by its id; `shown` is the one that is marked. */
export async function pickOneOf(traces: readonly TraceSummary[], shown: string | undefined, title: string): Promise<string | undefined> {
  const items = traces.map((trace) => {
    const item = traceItem(trace);
    return { ...item, ...(trace.traceId === shown ? { detail: '$(eye) shown now' } : {}) };
  });
  const chosen = await showPick(items, { title, placeHolder: 'Type to filter', matchOnDescription: true });
  return chosen?.open?.traceId;
}

async function showSpan(hub: HubCaller, pick: vscode.QuickPick<TraceItem>, spanId: string): Promise<void> {
  const span = await hub.call('findSpan', { spanId });
  if (pick.value.trim().toLowerCase() !== spanId) return;
  pick.items = [span === undefined
    ? { label: 'No kept span has this id', alwaysShow: true }
    : { label: iconText(span.name, 80) || 'unnamed', description: `span of ${iconText(span.service, 40)}`, alwaysShow: true, open: { traceId: span.traceId, spanId } }];
}

function traceItem(trace: TraceSummary): TraceItem {
  return {
    label: `${clockText(trace.startUnixNano)}  ${durationText(netDurationNs(trace)).padStart(7, '\u2007')}  ${iconText(trace.rootName, 80) || 'trace'}`,
    description: [
      ...openWords(trace),
      ...heldWords(trace),
      ...(trace.errorCount > 0 ? [`$(error) ${errorsText(trace.errorCount)}`] : []),
      iconText(trace.service, 40),
      spansText(trace.spanCount),
    ].join(' · '),
    open: { traceId: trace.traceId },
  };
}
