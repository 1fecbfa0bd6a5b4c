import type { LocatorPort } from '../client/liveRows.ts';
import type { LocateSettings } from '../locate/location.ts';
import type { LocatorRequests } from '../locate/locatorContract.ts';

/** A locator that is told this window's settings before its first question: what changes before is no news to it. */
export class WorkspaceLocator implements LocatorPort {
  readonly #locator: LocatorPort;
  readonly #settings: () => Promise<LocateSettings>;
  #isAsked = false;
  #configured: Promise<unknown> | undefined;
  /** The telling before: one that takes long must not be heard after its successor. */
  #told: Promise<unknown> = Promise.resolve();

  constructor(locator: LocatorPort, settings: () => Promise<LocateSettings>) {
    this.#locator = locator;
    this.#settings = settings;
  }

  async call<M extends keyof LocatorRequests & string>(method: M, params: LocatorRequests[M][0]): Promise<LocatorRequests[M][1]> {
    if (method === 'invalidate' && !this.#isAsked) return false as LocatorRequests[M][1];
    this.#isAsked = true;
    this.#configured ??= this.#configure();
    await this.#configured;
    return this.#locator.call(method, params);
  }

  /** Starts it with its settings, so that the first question does not wait for that. Nothing where it has started. */
  prepare(): void {
    this.#isAsked = true;
    this.#configured ??= this.#configure();
    this.#configured.catch(() => undefined);
  }

  /** The settings are others now: the next question is of them. */
  reconfigure(): void {
    this.#configured = undefined;
  }

  #configure(): Promise<unknown> {
    const configured = this.#told.then(async () => this.#locator.call('configure', await this.#settings()));
    this.#told = configured.catch(() => undefined);
    return configured;
  }
}
