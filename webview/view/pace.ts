/** Of the time that passes, one part in so many goes into work that is paced. */
const partsOfTime = 20;

/** Does work that comes again and again the more seldom the longer it takes: what was not done yet is left out for what comes after it. */
export class Pace {
  #pending: (() => void) | undefined;
  #timer: number | undefined;
  #nextMs = 0;

  /** Now, or when it is time; a later one goes in its place. */
  run(work: () => void): void {
    this.#pending = work;
    const waitMs = this.#nextMs - performance.now();
    if (waitMs <= 0) this.finish();
    else this.#timer ??= window.setTimeout(() => this.finish(), waitMs);
  }

  /** Does now what waits. */
  finish(): void {
    const work = this.#pending;
    this.drop();
    if (work === undefined) return;
    const startedMs = performance.now();
    work();
    const endedMs = performance.now();
    this.#nextMs = endedMs + (endedMs - startedMs) * partsOfTime;
  }

  /** What waits is of no use any more. */
  drop(): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pending = undefined;
  }
}
