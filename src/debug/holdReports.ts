import type { Logger } from '../client/logger.ts';
import type { HubCaller, HubRequests } from '../protocol/hub.ts';
import type { Held } from './holdTracker.ts';

const retryMs = 2000;
const maxTries = 30;

/** Tells the hub of holds, again where it cannot be reached: it may be restarting, and a hold that is lost stays in every figure. */
export class HoldReports {
  readonly #hub: HubCaller;
  readonly #logger: Logger;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #disposed = false;

  constructor(hub: HubCaller, logger: Logger) {
    this.#hub = hub;
    this.#logger = logger;
  }

  report(captureId: string, { fromUnixMs, toUnixMs }: Held): void {
    const nano = (ms: number) => (BigInt(Math.round(ms)) * 1_000_000n).toString();
    this.#send({ captureId, holdId: crypto.randomUUID(), fromUnixNano: nano(fromUnixMs), toUnixNano: nano(toUnixMs) }, 1);
  }

  dispose(): void {
    this.#disposed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #send(hold: HubRequests['hold'][0], tries: number): void {
    this.#hub.call('hold', hold).catch((error: unknown) => {
      if (this.#disposed) return;
      if (tries >= maxTries) {
        this.#logger.warn(`debug: durations of capture ${hold.captureId} contain time at a breakpoint, since the hub could not be told of it: ${String(error)}`);
        return;
      }
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#send(hold, tries + 1);
      }, retryMs);
      this.#timers.add(timer);
    });
  }
}
