import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

/** After so much work the loop is given a rest of half that, so that work in the background never has a core to itself. */
const workMs = 40;
const restMs = 20;

/** How work in the background goes on: a turn of the loop for each piece, and a rest now and then. */
export class BackgroundPace {
  #since = 0;

  begin(): void {
    this.#since = performance.now();
  }

  /** Between two pieces of the work. Where someone waits for its end there is no rest. */
  async giveWay(isAwaited: boolean): Promise<void> {
    if (isAwaited || performance.now() - this.#since < workMs) {
      await nextTurn();
      return;
    }
    await pause(restMs);
    this.#since = performance.now();
  }
}
