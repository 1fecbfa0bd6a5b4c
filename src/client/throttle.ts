/** Runs `action` at once where the last run was at least `intervalMs` ago, else once at the end of that time. */
export class Throttle {
  readonly #intervalMs: number;
  readonly #action: () => void;
  #lastRun = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(intervalMs: number, action: () => void) {
    this.#intervalMs = intervalMs;
    this.#action = action;
  }

  request(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#lastRun + this.#intervalMs - performance.now();
    if (wait <= 0) this.#run();
    else this.#timer = setTimeout(() => this.#run(), wait);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(): void {
    this.#timer = undefined;
    this.#lastRun = performance.now();
    this.#action();
  }
}
