/** Ends a hub that nobody uses: no client for a while, and nothing received in that while. */
export class IdleExit {
  readonly #idleMs: number;
  readonly #lastReceivedMs: () => number;
  readonly #leave: () => void;
  #timer: NodeJS.Timeout | undefined;
  #aloneSinceMs = performance.now();

  constructor(idleMs: number, lastReceivedMs: () => number, leave: () => void) {
    this.#idleMs = idleMs;
    this.#lastReceivedMs = lastReceivedMs;
    this.#leave = leave;
    this.#wait();
  }

  onClients(count: number): void {
    clearTimeout(this.#timer);
    if (count > 0) return;
    this.#aloneSinceMs = performance.now();
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    const leaveAtMs = Math.max(this.#aloneSinceMs, this.#lastReceivedMs()) + this.#idleMs;
    const waitMs = leaveAtMs - performance.now();
    if (waitMs <= 0) this.#leave();
    else this.#timer = setTimeout(() => this.#wait(), Math.min(waitMs, 2 ** 30));
  }
}
