import type { IntakeFigures, LatencyHistogram } from '../protocol/hub.ts';
import { SinkError } from './sink.ts';

/** Two of the largest requests (receivers/receiver.ts): one that is read while another waits for the store. */
const defaultMaxPendingBytes = 128 * 1024 * 1024;
/** Of that, a part is for requests so small that no sender of large ones can keep them out. */
const keptForSmall = 1 / 4;
const smallShare = 1 / 128;
const retryAfterSeconds = 1;
/** How long after the last refusal the hub counts as overloaded. */
const overloadMs = 60_000;

/** Upper bounds of the histograms' buckets. */
const bucketSeconds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5] as const;

/** Why a request was not kept. */
export type RefusalKind = keyof IntakeFigures['refused'];

/** The part of the pending bytes that one request holds. */
export interface Share {
  /** @throws SinkError('overloaded') where all requests under way would pass the bound together */
  add(bytes: number): void;
  /** Gives all of it back; once. */
  release(): void;
}

/**
 * What is under way in all receivers of a hub, and what came of the rest. Bytes count from when they are read until their request is
 * answered: past a bound requests are refused with a time to come again, so that the hub's memory has an end however fast they come.
 */
export class Intake {
  readonly #maxPendingBytes: number;
  readonly #onOverload: () => void;
  readonly #decode = new Histogram();
  readonly #commit = new Histogram();
  readonly #refused: Record<RefusalKind, number> = { overloaded: 0, unavailable: 0, tooLarge: 0, invalid: 0, stranger: 0, failed: 0 };
  #pendingBytes = 0;
  #requests = 0;
  #bytes = 0;
  #overloaded: NodeJS.Timeout | undefined;

  /** @param onOverload called when an overload begins, and when it is over */
  constructor({ maxPendingBytes = defaultMaxPendingBytes, onOverload = () => {} }: { readonly maxPendingBytes?: number; readonly onOverload?: () => void } = {}) {
    this.#maxPendingBytes = maxPendingBytes;
    this.#onOverload = onOverload;
  }

  begin(): Share {
    let held = 0;
    let isReleased = false;
    return {
      add: (bytes) => {
        if (isReleased) return;
        const isSmall = held + bytes <= this.#maxPendingBytes * smallShare;
        const room = isSmall ? this.#maxPendingBytes : this.#maxPendingBytes * (1 - keptForSmall);
        if (this.#pendingBytes + bytes > room) throw this.overload();
        this.#pendingBytes += bytes;
        held += bytes;
      },
      release: () => {
        isReleased = true;
        this.#pendingBytes -= held;
        held = 0;
      },
    };
  }

  /** What a request is refused with for which there is no room; it is counted by whoever answers it. */
  overload(): SinkError {
    const isNew = this.#overloaded === undefined;
    clearTimeout(this.#overloaded);
    this.#overloaded = setTimeout(() => {
      this.#overloaded = undefined;
      this.#onOverload();
    }, overloadMs).unref();
    if (isNew) this.#onOverload();
    return new SinkError('overloaded', 'more comes than can be stored', retryAfterSeconds);
  }

  /** A request was kept, or as much of it as is valid. */
  kept(bytes: number, decodeMs: number, commitMs: number): void {
    this.#requests++;
    this.#bytes += bytes;
    this.#decode.add(decodeMs / 1000);
    this.#commit.add(commitMs / 1000);
  }

  refused(kind: RefusalKind): void {
    this.#refused[kind]++;
  }

  figures(): IntakeFigures {
    return {
      requests: this.#requests,
      bytes: this.#bytes,
      refused: { ...this.#refused },
      pendingBytes: this.#pendingBytes,
      maxPendingBytes: this.#maxPendingBytes,
      overloaded: this.#overloaded !== undefined,
      decode: this.#decode.figures(),
      commit: this.#commit.figures(),
    };
  }

  close(): void {
    clearTimeout(this.#overloaded);
  }
}

class Histogram {
  /** One more than there are bounds: what passes the last. */
  readonly #counts = new Array<number>(bucketSeconds.length + 1).fill(0);
  #sumSeconds = 0;

  add(seconds: number): void {
    const bucket = bucketSeconds.findIndex((bound) => seconds <= bound);
    const at = bucket < 0 ? bucketSeconds.length : bucket;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sumSeconds += seconds;
  }

  figures(): LatencyHistogram {
    return { boundsSeconds: bucketSeconds, counts: [...this.#counts], sumSeconds: this.#sumSeconds };
  }
}
