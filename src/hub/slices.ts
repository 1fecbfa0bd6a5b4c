import { setImmediate } from 'node:timers/promises';

const sliceMs = 8;

/** Lets long work on the hub's one thread make room: `await slices.pause()` between its steps costs nothing until a slice is used up. */
export class Slices {
  #startMs = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.#startMs < sliceMs) return;
    await setImmediate();
    this.#startMs = performance.now();
  }
}
