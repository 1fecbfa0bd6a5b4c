const leastIntervalMs = 250;
const mostIntervalMs = 5000;
/** Of what an answer takes; a large trace is asked for less often. */
const timesItsLength = 4;

/** How often a hub is asked for what may have changed: less and less often where it has not, however busy the hub is with others. */
export class AskPace {
  readonly #ask: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #intervalMs = leastIntervalMs;
  #lastAskedMs = -Infinity;

  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** From the start again, as for a page that has only just been opened. */
  reset(): void {
    this.#intervalMs = leastIntervalMs;
  }

  asked(): void {
    this.#lastAskedMs = performance.now();
  }

  answered(changed: boolean): void {
    const tookMs = performance.now() - this.#lastAskedMs;
    this.#intervalMs = Math.min(mostIntervalMs, changed ? Math.max(leastIntervalMs, tookMs * timesItsLength) : this.#intervalMs * 2);
  }

  /** Asks when it is time, once. */
  askSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#ask();
    }, Math.max(0, this.#lastAskedMs + this.#intervalMs - performance.now()));
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
