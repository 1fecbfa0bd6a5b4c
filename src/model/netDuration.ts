import { durationText } from './durationText.ts';

interface Timed {
  readonly durationNs: number;
  /** How much of it the debugger held the program. */
  readonly heldNs?: number;
}

/** Without the time the debugger held the program. Never below none. */
export function netDurationNs({ durationNs, heldNs = 0 }: Timed): number {
  return Math.max(0, durationNs - heldNs);
}

/** What to say beside a net duration, `+ 2.1 s held`; nothing where nothing was held. */
export function heldWords({ heldNs = 0 }: Pick<Timed, 'heldNs'>): readonly string[] {
  return heldNs > 0 ? [`+ ${durationText(heldNs)} held`] : [];
}
