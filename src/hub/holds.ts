import { heldNs, insertHold, type Stretch } from '../model/heldTime.ts';
import type { Hold } from './store/store.ts';
import { nsBetween } from './unixNano.ts';

/** More of one capture are not taken: nobody steps that often, and every figure of the capture looks through them. */
const maxHolds = 10_000;

/** Times are counted from here, so that they are exact as numbers for the hundred days around it. */
export const relativeBaseUnixNano = BigInt(Date.now()) * 1_000_000n;

/** A time as the holds' stretches count it. */
export function relativeNs(unixNano: bigint): number {
  return nsBetween(relativeBaseUnixNano, unixNano);
}

interface Interval {
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
}

interface CaptureHolds {
  readonly ids: Set<string>;
  /** Ascending by their ends. */
  readonly stretches: Stretch[];
}

const none: readonly Stretch[] = [];

/**
 * When the debugger held the programs of each capture. A hold of a capture counts against spans of that capture alone
 * (model/heldTime.ts says which).
 */
export class Holds {
  readonly #byCapture = new Map<string, CaptureHolds>();

  /** False where it changes nothing: it took no time, or is known. */
  put(captureId: string, { holdId, fromUnixNano, toUnixNano }: Hold): boolean {
    if (toUnixNano <= fromUnixNano) return false;
    let holds = this.#byCapture.get(captureId);
    if (holds === undefined) this.#byCapture.set(captureId, (holds = { ids: new Set(), stretches: [] }));
    if (holds.ids.has(holdId) || holds.ids.size >= maxHolds) return false;
    holds.ids.add(holdId);
    insertHold(holds.stretches, { fromNs: relativeNs(fromUnixNano), toNs: relativeNs(toUnixNano) });
    return true;
  }

  removeCapture(captureId: string): void {
    this.#byCapture.delete(captureId);
  }

  /** Ascending by their ends; times as `relativeNs` gives them. */
  of(captureId: string): readonly Stretch[] {
    return this.#byCapture.get(captureId)?.stretches ?? none;
  }

  /** Grows with each hold that these captures get. */
  version(captureIds: Iterable<string>): number {
    let version = 0;
    for (const captureId of captureIds) version += this.of(captureId).length;
    return version;
  }

  heldNs(captureId: string, { startUnixNano, endUnixNano }: Interval): number {
    const holds = this.of(captureId);
    return holds.length === 0 ? 0 : heldNs(relativeNs(startUnixNano), relativeNs(endUnixNano), holds);
  }
}
