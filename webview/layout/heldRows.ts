import { type Stretch, stretchesNs } from '../../src/model/heldTime.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';

const none: readonly Stretch[] = [];

/** When the debugger held the program of each span, by row; in nanoseconds from the trace's start. */
export class HeldRows {
  /** What the debugger took of the whole trace: any moment in which it held any span counts once. */
  readonly traceNs: number;
  readonly #byRow = new Map<number, readonly Stretch[]>();

  constructor({ spanCount, heldCount, heldNs }: TraceColumns) {
    const all: Stretch[] = [];
    for (let row = 0, at = 0; row < spanCount && heldNs !== undefined; row++) {
      const stretches: Stretch[] = [];
      for (let left = heldCount?.[row] ?? 0; left > 0; left--, at += 2) {
        const [fromNs, toNs] = [heldNs[at] ?? NaN, heldNs[at + 1] ?? NaN];
        if (fromNs < toNs) stretches.push({ fromNs, toNs });
      }
      if (stretches.length > 0) this.#byRow.set(row, stretches);
      for (const stretch of stretches) all.push(stretch);
    }
    this.traceNs = unionNs(all);
  }

  /** Those that were held, by row. */
  get rows(): ReadonlyMap<number, readonly Stretch[]> {
    return this.#byRow;
  }

  /** Ascending, without overlaps. */
  of(row: number): readonly Stretch[] {
    return this.#byRow.get(row) ?? none;
  }

  ns(row: number): number {
    return stretchesNs(this.of(row));
  }
}

function unionNs(stretches: Stretch[]): number {
  let sum = 0;
  let untilNs = -Infinity;
  for (const { fromNs, toNs } of stretches.sort((a, b) => a.fromNs - b.fromNs)) {
    sum += Math.max(0, toNs - Math.max(fromNs, untilNs));
    untilNs = Math.max(untilNs, toNs);
  }
  return sum;
}
