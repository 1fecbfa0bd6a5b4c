import { Worker } from 'node:worker_threads';
import type { LocateSettings } from '../locate/location.ts';
import type { LocatorEvents, LocatorRequests } from '../locate/locatorContract.ts';
import { RpcError, RpcPeer } from '../protocol/rpc.ts';
import type { Logger } from './logger.ts';

export interface LocatorClient {
  /** Rejects with an RpcError where the locator fails, or was closed. */
  call<M extends keyof LocatorRequests & string>(method: M, params: LocatorRequests[M][0]): Promise<LocatorRequests[M][1]>;
  /** Ends it; calls under way are rejected. */
  close(): Promise<void>;
}

/** A call whose worker died is asked once more, of a new one: it may not have been the cause. */
const maxTries = 2;
/** What a map of the largest size needs; past it the worker ends, and the window does not. */
const maxHeapMegabytes = 2048;

export interface LocatorStart {
  readonly workerScript: string;
  readonly log: Logger;
  /** As LocatorEvents.placesChanged. */
  readonly onPlacesChanged: () => void;
}

/**
 * Locates in a worker of its own. `workerScript` is dist/locateWorker.cjs. The worker starts with the first call; one that
 * dies is replaced at the next call, with the settings it had.
 */
export function startLocator({ workerScript, log, onPlacesChanged }: LocatorStart): LocatorClient {
  let running: RunningWorker | undefined;
  let settings: LocateSettings | undefined;
  let closed = false;

  const start = (): RunningWorker => {
    const started = new RunningWorker(workerScript, log, onPlacesChanged);
    // A worker that dies before it answered fails the call that follows, too.
    if (settings !== undefined) started.peer.call('configure', settings).catch(() => undefined);
    return started;
  };

  return {
    async call(method, params) {
      if (method === 'configure') settings = params as LocateSettings;
      for (let tries = 1; ; tries++) {
        if (closed) throw new RpcError('the locator is closed');
        if (running === undefined || running.isDead) running = start();
        const asked = running;
        try {
          return await asked.peer.call(method, params);
        } catch (error) {
          if (!asked.isDead || closed || tries === maxTries) throw error;
        }
      }
    },
    async close() {
      closed = true;
      await running?.end();
    },
  };
}

class RunningWorker {
  readonly peer: RpcPeer<LocatorRequests, LocatorEvents, Record<never, never>, Record<never, never>>;
  readonly #worker: Worker;
  #ending = false;
  #dead = false;

  constructor(script: string, log: Logger, onPlacesChanged: () => void) {
    this.#worker = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes }, name: 'traceline locator' });
    const worker = this.#worker;
    worker.on('error', (error) => log.error(error instanceof Error ? error : String(error)));
    worker.on('exit', (code) => {
      this.#dead = true;
      if (!this.#ending) log.warn(`the locating worker ended with code ${code}; a new one starts when it is needed`);
    });
    this.peer = new RpcPeer(
      {
        send: (message) => worker.postMessage(message),
        onMessage: (listener) => worker.on('message', listener),
        onClose: (listener) => worker.on('exit', listener),
      },
      {},
    );
    this.peer.on('placesChanged', onPlacesChanged);
  }

  get isDead(): boolean {
    return this.#dead;
  }

  async end(): Promise<void> {
    this.#ending = true;
    await this.#worker.terminate();
  }
}

/** Locates in this process, for a command: what it needs is loaded at the first call. `grammarDir` is dist/grammars. */
export function localLocator({ grammarDir }: { readonly grammarDir: string }): LocatorClient {
  let loaded: Promise<import('./locatorHandlers.ts').LocatorHandlers> | undefined;
  let closed = false;
  return {
    async call<M extends keyof LocatorRequests & string>(method: M, params: LocatorRequests[M][0]): Promise<LocatorRequests[M][1]> {
      if (closed) throw new RpcError('the locator is closed');
      loaded ??= import('./locatorHandlers.ts').then(({ locatorHandlers }) => locatorHandlers(grammarDir, () => {}));
      const { handlers } = await loaded;
      return handlers[method](params);
    },
    async close() {
      closed = true;
      await (await loaded)?.close();
    },
  };
}
