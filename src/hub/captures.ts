import { captureAttribute } from '../model/span.ts';
import type { CaptureRecord, HubRequests } from '../protocol/hub.ts';
import type { Holds } from './holds.ts';
import type { CaptureChange, Hold, Store } from './store/store.ts';

type Named = Pick<CaptureRecord, 'name' | 'kind' | 'startedUnixMs'>;

const maxRemembered = 1000;

/** What clients do to captures. Each method says whether anything is different now. */
export class Captures {
  readonly #store: () => Store;
  readonly #holds: Holds;
  /** Deleted ones whose programs may still run: the spans to come belong to a capture of that name, not to a number. */
  readonly #deleted = new Map<string, Named>();

  /** `store` gives the store of the moment: a damaged one is replaced. */
  constructor(store: () => Store, holds: Holds) {
    this.#store = store;
    this.#holds = holds;
  }

  start({ captureId, name, kind }: HubRequests['startCapture'][0]): boolean {
    const known = this.#find(captureId);
    // A program that is restarted goes on in its capture, which may have been renamed.
    if (known?.kind === kind) return this.#put(captureId, { endedUnixMs: undefined });
    // Its first spans may have come before this did.
    return this.#put(captureId, { name, kind, endedUnixMs: undefined, ...(known === undefined ? { startedUnixMs: Date.now() } : {}) });
  }

  /** Its end is no news where it was deleted meanwhile. */
  end(captureId: string): boolean {
    this.#deleted.delete(captureId);
    return this.#find(captureId) !== undefined && this.#put(captureId, { endedUnixMs: Date.now() });
  }

  /** @throws Error where there is no such capture */
  change(captureId: string, change: Pick<CaptureChange, 'name' | 'pinned'>): boolean {
    if (this.#find(captureId) === undefined) throw new Error(`there is no capture ${captureId}`);
    return this.#put(captureId, change);
  }

  /** @throws TypeError where it is no hold */
  hold({ captureId, holdId, fromUnixNano, toUnixNano }: HubRequests['hold'][0]): boolean {
    checkCaptureId(captureId);
    if (typeof holdId !== 'string' || !/^[\w.:-]{1,100}$/.test(holdId)) throw new TypeError('not the id of a hold');
    const hold: Hold = { holdId, fromUnixNano: time(fromUnixNano), toUnixNano: time(toUnixNano) };
    if (this.#find(captureId) === undefined || !this.#holds.put(captureId, hold)) return false;
    this.#store().putHold(captureId, hold);
    return true;
  }

  /** Before a capture is deleted. */
  remember(captureId: string): void {
    const capture = this.#find(captureId);
    if (capture === undefined || capture.kind === 'external' || capture.endedUnixMs !== undefined || this.#deleted.size >= maxRemembered) return;
    const { name, kind, startedUnixMs } = capture;
    this.#deleted.set(captureId, { name, kind, startedUnixMs });
  }

  /** After spans of these captures were stored. */
  stored(captureIds: Iterable<string>): void {
    if (this.#deleted.size === 0) return;
    for (const captureId of captureIds) {
      const named = this.#deleted.get(captureId);
      if (named === undefined || !this.#deleted.delete(captureId)) continue;
      this.#put(captureId, named);
    }
  }

  #find(captureId: string): CaptureRecord | undefined {
    return this.#store().captures().find((capture) => capture.captureId === captureId);
  }

  #put(captureId: string, change: CaptureChange): true {
    checkCaptureId(captureId);
    this.#store().putCapture(captureId, change, Date.now());
    return true;
  }
}

/** As model/span.ts reads the attribute: a capture whose spans could never name it would stay empty. @throws TypeError */
export function checkCaptureId(captureId: string): void {
  if (typeof captureId !== 'string' || !/^[\w.:-]{1,100}$/.test(captureId)) throw new TypeError(`not the id of a capture (${captureAttribute})`);
}

function time(unixNano: string): bigint {
  if (typeof unixNano !== 'string' || !/^\d{1,20}$/.test(unixNano)) throw new TypeError('not nanoseconds since the epoch');
  return BigInt(unixNano);
}
