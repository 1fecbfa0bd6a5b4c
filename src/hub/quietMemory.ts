import v8 from 'node:v8';
import vm from 'node:vm';

/** The engine collects when its heap has grown by so much over what was alive. Left alone it doubles: a hub under load would hold hundreds of megabytes of nothing. */
const growingPercent = 50;
const quietMs = 4000;

/** Call once, before much is done. */
export function boundHeap(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
}

/**
 * What a load has left behind is given back when it is over: the engine collects where something new is wanted, and a hub that has nothing to do would keep
 * it for many minutes.
 */
export class QuietMemory {
  #timer: NodeJS.Timeout | undefined;
  #collect: (() => void) | undefined;

  /** Something came. */
  flowed(): void {
    if (this.#timer !== undefined) {
      this.#timer.refresh();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#collect ??= collector();
      this.#collect();
    }, quietMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** The engine's own; there in a context that was made after it was allowed. */
function collector(): () => void {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as unknown;
  v8.setFlagsFromString('--no-expose-gc');
  return typeof collect === 'function' ? () => void (collect as () => void)() : () => {};
}
