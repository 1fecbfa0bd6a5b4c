import type { TraceColumns } from '../../src/protocol/hub.ts';
import { afterNs } from '../layout/openRows.ts';

const liveMs = 5000;
/** How often a span that runs is drawn longer. */
const growMs = 1000;

export interface LiveTraceEvents {
  /** What runs has gone on. */
  grown(columns: TraceColumns): void;
  /** Nothing has come for a while. */
  quiet(): void;
}

/** Whether a trace is still being written, and what of it goes on without news from the hub. */
export class LiveTrace {
  readonly #events: LiveTraceEvents;
  /** The last snapshot as it came; it may be shown a little later. */
  received: TraceColumns | undefined;
  #hasShown = false;
  #untilMs = 0;
  #growTimer: number | undefined;
  #quietTimer: number | undefined;

  constructor(events: LiveTraceEvents) {
    this.#events = events;
  }

  get isLive(): boolean {
    return Date.now() < this.#untilMs;
  }

  /** A snapshot is shown; the first is live where its spans have only just ended. */
  shown(columns: TraceColumns): void {
    const endUnixMs = Number(BigInt(columns.startUnixNano) / 1_000_000n) + columns.durationNs / 1e6;
    // Of a clock that is far ahead nothing is known.
    if (this.#hasShown || Math.abs(Date.now() - endUnixMs) < liveMs) this.#mark();
    this.#hasShown = true;
    this.received = columns;
    this.#growLater(columns, performance.now(), growMs);
  }

  #mark(): void {
    this.#untilMs = Date.now() + liveMs;
    window.clearTimeout(this.#quietTimer);
    this.#quietTimer = window.setTimeout(() => this.#events.quiet(), liveMs + 50);
  }

  /** The longer a trace takes to show, the more seldom that is drawn. */
  #growLater(columns: TraceColumns, sinceMs: number, delayMs: number): void {
    window.clearTimeout(this.#growTimer);
    if (afterNs(columns, 1) === columns) return;
    this.#growTimer = window.setTimeout(() => {
      const startedMs = performance.now();
      if (!document.hidden) this.#events.grown(afterNs(columns, (startedMs - sinceMs) * 1e6));
      this.#growLater(columns, sinceMs, Math.max(growMs, (performance.now() - startedMs) * 20));
    }, delayMs);
  }
}
