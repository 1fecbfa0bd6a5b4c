import { type OpenState, openStates, type TraceColumns } from '../../src/protocol/hub.ts';
import { durationText } from '../../src/model/durationText.ts';
import { heldLabel } from './formatDuration.ts';

/** Whether the span of a row runs, or was never ended; undefined where it has ended. */
export function openOf({ open }: TraceColumns, row: number): OpenState | undefined {
  const state = open?.[row];
  return state === openStates.running ? 'running' : state === openStates.neverEnded ? 'neverEnded' : undefined;
}

export interface OpenCounts {
  readonly running: number;
  readonly neverEnded: number;
}

export function countOpen({ open }: TraceColumns): OpenCounts {
  const count = (state: OpenState): number => open?.reduce((sum, each) => (each === openStates[state] ? sum + 1 : sum), 0) ?? 0;
  return { running: count('running'), neverEnded: count('neverEnded') };
}

/** The columns `elapsedNs` later, in which only what runs has gone on; the same object where nothing does. */
export function afterNs(columns: TraceColumns, elapsedNs: number): TraceColumns {
  const { open, durationsNs, startNs } = columns;
  if (open === undefined || elapsedNs <= 0 || !open.includes(openStates.running)) return columns;
  const grown = durationsNs.map((durationNs, row) => (open[row] === openStates.running ? durationNs + elapsedNs : durationNs));
  let untilNs = columns.durationNs;
  for (const [row, state] of open.entries()) if (state === openStates.running) untilNs = Math.max(untilNs, (startNs[row] ?? 0) + (grown[row] ?? 0));
  return { ...columns, durationsNs: grown, durationNs: untilNs };
}

/** What stands beside a bar: `12 ms`, `running 1.2 s`, `never ended, 1.2 s`; with what the debugger held. */
export function barLabel(state: OpenState | undefined, durationNs: number, heldNs: number): string {
  const label = heldLabel(durationNs, heldNs);
  return state === undefined ? label : state === 'running' ? `running ${label}` : `never ended, ${label}`;
}

/** What `duration` says of a span that has not ended; nothing where it has. Of one that runs, the bar has the figure. */
export function openWords(state: OpenState | undefined, durationNs: number): string | undefined {
  if (state === undefined) return undefined;
  return state === 'running' ? 'running, it has not ended yet' : `never ended: its program was gone after ${durationText(durationNs)}`;
}
