const intervalMs = 100;
/** After the rate's two seconds: the one push that says nothing comes any more. */
const quietMs = 2200;

/**
 * When to push: at once where it was quiet, else at most ten times a second, and once more when the flow of spans has dried up.
 */
export class FeedPusher {
  readonly #push: () => void;
  #lastMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #quiet: NodeJS.Timeout | undefined;

  constructor(push: () => void) {
    this.#push = push;
  }

  /** Something in the snapshot changed. */
  changed(): void {
    if (this.#timer !== undefined) return;
    const waitMs = Math.max(0, this.#lastMs + intervalMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lastMs = performance.now();
      this.#push();
    }, waitMs);
  }

  /** Spans came: the rate in the snapshot will change again by itself. */
  flowed(): void {
    this.changed();
    if (this.#quiet === undefined) this.#quiet = setTimeout(() => {
      this.#quiet = undefined;
      this.changed();
    }, quietMs);
    else this.#quiet.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#quiet);
  }
}
