import { heldNs, type Stretch } from '../model/heldTime.ts';
import type { DurationRing } from '../stats/durationRing.ts';

export interface NetDurations {
  readonly durationsNs: Float64Array;
  /** What was taken out of them together. */
  readonly heldNs: number;
}

/** The kept durations without the time the debugger held their program. The ring's starts are on the scale of `holds`. */
export function netDurations(ring: DurationRing, holds: readonly Stretch[]): NetDurations {
  const { durationsNs, startsNs } = ring.values();
  if (holds.length === 0) return { durationsNs, heldNs: 0 };
  let sum = 0;
  const net = durationsNs.map((durationNs, i) => {
    const startNs = startsNs[i] ?? 0;
    const held = Math.min(durationNs, heldNs(startNs, startNs + durationNs, holds));
    sum += held;
    return durationNs - held;
  });
  return { durationsNs: net, heldNs: sum };
}
