/** A stretch of time in nanoseconds, on a scale its user chooses. */
export interface Stretch {
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * How far two clocks of one machine may read apart: the debugger's messages are timed to the millisecond by one process, spans
 * by another, and SDKs round a span's start to the millisecond.
 */
export const clockSlackNs = 5e6;

/**
 * The parts of a span in which the debugger held its program. `holds` is ascending by `toNs`; the answer is ascending and
 * without overlaps. Each hold is judged by itself, so a span that one of two overlapping holds let go is not lost to the other.
 *
 *                        from        to
 *                         |===========|             a hold
 *   |------------|        .           .             before it: nothing
 *   |---------------------.-----|     .             ended while it lasted, so it was not held: nothing
 *                         .  |-----|  .             the same: another thread or process, or the debug console
 *   |---------------------xxxxxxxxxxxxx------|      covers it: all of it
 *                         .      xxxxxx------|      began within it and had to wait for its end: from its own start
 *                         .           .  |---|      after it: nothing
 *
 * Of a span that began before the hold, "ended while it lasted" means more than `clockSlackNs` before the hold's end: what a
 * handler has left to do may take a microsecond, and its end is told by another clock.
 */
export function heldStretches(startNs: number, endNs: number, holds: readonly Stretch[]): Stretch[] {
  const held: Stretch[] = [];
  for (let at = firstEndingAfter(holds, startNs + clockSlackNs); at < holds.length; at++) {
    const hold = holds[at] as Stretch;
    if (hold.toNs - clockSlackNs > endNs) break;
    if (startNs > hold.fromNs && endNs < hold.toNs) continue;
    const fromNs = Math.max(hold.fromNs, startNs);
    const toNs = Math.min(hold.toNs, endNs);
    if (fromNs < toNs) add(held, { fromNs, toNs });
  }
  return held;
}

/** The length of `heldStretches` together. */
export function heldNs(startNs: number, endNs: number, holds: readonly Stretch[]): number {
  // Asked for every span there is, of which nearly none was held.
  if (holds.length === 0) return 0;
  return stretchesNs(heldStretches(startNs, endNs, holds));
}

export function stretchesNs(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { fromNs, toNs }) => sum + (toNs - fromNs), 0);
}

/** Puts a hold where it belongs in a list ascending by `toNs`. */
export function insertHold(holds: Stretch[], hold: Stretch): void {
  holds.splice(firstEndingAfter(holds, hold.toNs), 0, hold);
}

/** Ends come in ascending order, so what the new stretch overlaps is at the end of the list. */
function add(stretches: Stretch[], { fromNs, toNs }: Stretch): void {
  let from = fromNs;
  for (let last = stretches.at(-1); last !== undefined && last.toNs >= from; last = stretches.at(-1)) {
    from = Math.min(from, last.fromNs);
    stretches.pop();
  }
  stretches.push({ fromNs: from, toNs });
}

/** Index of the first hold that ends after `ns`. */
function firstEndingAfter(holds: readonly Stretch[], ns: number): number {
  let low = 0;
  let high = holds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((holds[middle]?.toNs ?? Infinity) > ns) high = middle;
    else low = middle + 1;
  }
  return low;
}
