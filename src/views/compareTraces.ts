import * as vscode from 'vscode';
import { durationText } from '../model/durationText.ts';
import { errorsText } from '../model/countText.ts';
import { plainText } from '../model/plainText.ts';
import type { CompareChoice, ComparedWith } from '../protocol/compare.ts';
import type { HubCaller } from '../protocol/hub.ts';
import { clockText } from './clockText.ts';
import { compareChoices, operationOf } from './compareChoices.ts';
import { iconText } from './iconText.ts';
import type { OpenWaterfalls } from './openWaterfalls.ts';
import { showPick } from './showPick.ts';
import { isTraceTarget, pickOneOf } from './tracePicker.ts';

const recentTraces = 200;

export interface CompareTracesPorts {
  readonly hub: HubCaller;
  readonly open: OpenWaterfalls;
  /** Shows a trace of the hub beside another one. */
  readonly compare: (traceId: string, what: ComparedWith) => void;
}

interface ChoiceItem extends vscode.QuickPickItem {
  readonly choice?: CompareChoice;
}

/**
 * Compares a trace with another one that the person picks, the previous of its operation first: the trace of a tree's row, the one in the
 * waterfall the person is in, else one that is picked too.
 * @throws RpcError where the hub does not answer
 */
export async function compareTraces(argument: unknown, { hub, open, compare }: CompareTracesPorts): Promise<void> {
  const named = isTraceTarget(argument) ? argument : (argument as { readonly trace?: unknown } | undefined)?.trace;
  const waterfall = open.all().find(({ isActive }) => isActive);
  // A waterfall of a file has its traces from that file.
  const source = isTraceTarget(named) ? hub : (waterfall?.hub ?? hub);
  const traceId = isTraceTarget(named) ? named.traceId : (waterfall?.traceId ?? (await pickOneOf(await hub.call('traces', { limit: recentTraces }), undefined, 'Compare Which Trace (After)?')));
  if (traceId === undefined) return;
  const columns = await source.call('trace', { traceId });
  if (columns === undefined) throw new Error('the trace is not kept any more');
  const own = operationOf(columns);
  const choices = await compareChoices(source, own);
  if (choices.length === 0) {
    void vscode.window.showInformationMessage('No other trace is kept to compare with. Run the program once more, then compare.');
    return;
  }
  const picked = await showPick(choiceItems(choices), { title: `Compare ${plainText(own.rootName, 40) || 'Trace'} of ${clockText(own.startUnixNano)} With (Before)`, placeHolder: 'Type to filter', matchOnDescription: true });
  if (picked?.choice === undefined) return;
  const what = { traceId: picked.choice.traceId };
  if (!isTraceTarget(named) && waterfall !== undefined) waterfall.compareWith(what);
  else compare(traceId, what);
}

function choiceItems(choices: readonly CompareChoice[]): ChoiceItem[] {
  const of = (role: CompareChoice['role']): CompareChoice[] => choices.filter((choice) => choice.role === role);
  const under = (label: string, members: readonly CompareChoice[]): ChoiceItem[] => (members.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...members.map(choiceItem)]);
  return [...[...of('previous'), ...of('median')].map(choiceItem), ...under('others of this operation', of('same')), ...under('other operations', of('other'))];
}

function choiceItem(choice: CompareChoice): ChoiceItem {
  const words = { previous: 'previous', median: 'median of all others', same: '', other: '' }[choice.role];
  return {
    label: `${clockText(choice.startUnixNano)}  ${durationText(choice.durationNs).padStart(7, '\u2007')}  ${iconText(choice.rootName, 80) || 'trace'}`,
    description: [...(words === '' ? [] : [words]), ...(choice.errorCount > 0 ? [`$(error) ${errorsText(choice.errorCount)}`] : []), iconText(choice.service, 40)].join(' · '),
    choice,
  };
}
