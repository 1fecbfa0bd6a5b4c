import { Worker } from 'node:worker_threads';
import type { LocateSettings } from '../locate/location.ts';
import type { LocatorEvents, LocatorRequests } from '../locate/locatorContract.ts';
import type { SeenSite } from '../locate/placeNow.ts';
import { RpcError, RpcPeer } from '../protocol/rpc.ts';
import { KnownPlaces } from './knownPlaces.ts';
import type { Logger } from './logger.ts';
import type { LocateWorkerData } from './locateWorkerData.ts';
import { brokenExitCode } from './locateWorkerData.ts';

export interface LocatorClient {
  /** Rejects with an RpcError where the locator fails, or was closed. */
  call<M extends keyof LocatorRequests & string>(method: M, params: LocatorRequests[M][0]): Promise<LocatorRequests[M][1]>;
  /** Ends it; calls under way are rejected. */
  close(): Promise<void>;
}

/** A call whose worker died is asked once more, of a new one: it may not have been the cause. */
const maxTries = 2;
/** A worker whose parser broke ends and is replaced, but not for ever: the same file may break the next. */
const maxBroken = 3;
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
 * dies is replaced at the next call, with the settings it had. A site that was asked for is answered here until its answer may be another.
 */
export function startLocator({ workerScript, log, onPlacesChanged }: LocatorStart): LocatorClient {
  const places = new KnownPlaces();
  let running: RunningWorker | undefined;
  let settings: LocateSettings | undefined;
  let brokenCount = 0;
  let closed = false;

  const start = (): RunningWorker => {
    if (running?.isBroken === true) brokenCount++;
    const started = new RunningWorker(workerScript, { endsWhenBroken: brokenCount < maxBroken }, log);
    started.peer.on('placesChanged', () => {
      places.forget();
      onPlacesChanged();
    });
    // A worker that dies before it answered fails the call that follows, too.
    if (settings !== undefined) started.peer.call('configure', settings).catch(() => undefined);
    return started;
  };

  const ask = async <M extends keyof LocatorRequests & string>(method: M, params: LocatorRequests[M][0]): Promise<LocatorRequests[M][1]> => {
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
  };

  return {
    async call<M extends keyof LocatorRequests & string>(method: M, params: LocatorRequests[M][0]): Promise<LocatorRequests[M][1]> {
      if (method === 'locate' && !closed) return places.locate(params as readonly SeenSite[], (unknown) => ask('locate', unknown));
      if (method === 'configure') settings = params as LocateSettings;
      // The worker hears of it before whatever is asked from now on.
      if (method === 'configure' || method === 'invalidate') places.forget();
      return ask(method, params);
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
  #exitCode: number | undefined;

  constructor(script: string, data: LocateWorkerData, log: Logger) {
    this.#worker = new Worker(script, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes }, name: 'traceline locator' });
    const worker = this.#worker;
    worker.on('error', (error) => log.error(error instanceof Error ? error : String(error)));
    worker.on('exit', (code) => {
      this.#exitCode = code;
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
  }

  get isDead(): boolean {
    return this.#exitCode !== undefined;
  }

  get isBroken(): boolean {
    return this.#exitCode === brokenExitCode;
  }

  async end(): Promise<void> {
    this.#ending = true;
    await this.#worker.terminate();
  }
}

/** Locates in this process, for a command: what it needs is loaded at the first call. `grammarDir` is dist/grammars, `dataDir` as in `locatorHandlers`. */
export function localLocator({ grammarDir, dataDir }: { readonly grammarDir: string; readonly dataDir?: string }): LocatorClient {
  let loaded: Promise<import('./locatorHandlers.ts').LocatorHandlers> | undefined;
  let closed = false;
  return {
    async call<M extends keyof LocatorRequests & string>(method: M, params: LocatorRequests[M][0]): Promise<LocatorRequests[M][1]> {
      if (closed) throw new RpcError('the locator is closed');
      loaded ??= import('./locatorHandlers.ts').then(({ locatorHandlers }) => locatorHandlers(grammarDir, () => {}, undefined, dataDir));
      const { handlers } = await loaded;
      return handlers[method](params);
    },
    async close() {
      closed = true;
      await (await loaded)?.close();
    },
  };
}
