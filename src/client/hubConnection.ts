import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame } from '../protocol/frame.ts';
import type { Feed, HubCaller, HubEvents, HubRequests } from '../protocol/hub.ts';
import { compareVersions, type HubLease, replacedCloseCode } from '../protocol/lease.ts';
import { RpcError, RpcPeer, type Wire } from '../protocol/rpc.ts';
import { type HubStart, readLease, spawnHub } from './findHub.ts';
import type { Logger } from './logger.ts';

export interface HubConnectionOptions extends HubStart {
  /** Shown in the hub's log. */
  readonly clientName: string;
  readonly startIfMissing: boolean;
  readonly log: Logger;
}

export type HubState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  /** What went wrong, for a person. It is tried again by itself, unless the connection was closed. */
  | { readonly kind: 'failed'; readonly message: string };

/** A connection that keeps itself up: when the hub goes away it finds, or starts, the next one. */
export interface HubConnection extends HubCaller {
  readonly state: HubState;
  /** The latest snapshot, of this hub or of the one before it. */
  readonly feed: Feed | undefined;
  /** Waits for the connection. @throws RpcError where there is none, it fails, or the hub refuses */
  call<M extends keyof HubRequests>(method: M, params: HubRequests[M][0]): Promise<HubRequests[M][1]>;
  /** Resolves once connected. @throws RpcError where connecting fails */
  ready(): Promise<void>;
  /** Returns a function that stops listening. */
  onFeed(listener: (feed: Feed) => void): () => void;
  onState(listener: (state: HubState) => void): () => void;
  /** The hub stays. */
  close(): void;
}

const startTimeoutMs = 20_000;
const pollMs = 50;
/** A hub that lost the race has a winner whose lease comes at any moment; only then another one is started. */
const restartMs = 1500;
/** So many hubs that ended without one coming up are no lost races. */
const maxStarts = 4;
const replacementMs = 5000;
const handshakeTimeoutMs = 5000;
const firstBackoffMs = 500;
const longestBackoffMs = 15_000;
const maxPayloadBytes = 1024 * 1024 * 1024;

type NoRequests = Record<never, never>;
type HubPeer = RpcPeer<HubRequests, HubEvents, NoRequests, NoRequests>;

interface Attached {
  readonly peer: HubPeer;
  readonly socket: WebSocket;
  readonly version: string;
  /** The close code. */
  readonly closed: Promise<number>;
}

/**
 * Connects to the hub of a data folder. Where none runs, and `startIfMissing`, one is started; a hub of an older version is asked to
 * leave and replaced; a newer one is used as it is. Returns at once: `ready`, `onState` and `call` tell how it went.
 */
export function connectHub(options: HubConnectionOptions): HubConnection {
  return new ReconnectingHub(options);
}

class ReconnectingHub implements HubConnection {
  readonly #options: HubConnectionOptions;
  readonly #feedListeners = new Set<(feed: Feed) => void>();
  readonly #stateListeners = new Set<(state: HubState) => void>();
  readonly #ending = new AbortController();
  #attached: Attached | undefined;
  #state: HubState = { kind: 'connecting' };
  #feed: Feed | undefined;

  constructor(options: HubConnectionOptions) {
    this.#options = options;
    void this.#keepUp();
  }

  get state(): HubState {
    return this.#state;
  }

  get feed(): Feed | undefined {
    return this.#feed;
  }

  async call<M extends keyof HubRequests>(method: M, params: HubRequests[M][0]): Promise<HubRequests[M][1]> {
    await this.ready();
    if (this.#attached === undefined) throw new RpcError('the hub is not connected');
    return this.#attached.peer.call(method, params);
  }

  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (state: HubState): boolean => {
        if (state.kind === 'connecting') return false;
        if (state.kind === 'connected') resolve();
        else reject(new RpcError(state.message));
        return true;
      };
      if (settle(this.#state)) return;
      const stop = this.onState((state) => {
        if (settle(state)) stop();
      });
    });
  }

  onFeed(listener: (feed: Feed) => void): () => void {
    this.#feedListeners.add(listener);
    return () => this.#feedListeners.delete(listener);
  }

  onState(listener: (state: HubState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  close(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#attached?.socket.close();
    this.#setState({ kind: 'failed', message: 'the connection to the hub was closed' });
  }

  async #keepUp(): Promise<void> {
    const { signal } = this.#ending;
    let backoffMs = firstBackoffMs;
    let mayStartAtMs = 0;
    while (!signal.aborted) {
      try {
        this.#attached = await this.#attach(mayStartAtMs);
        if (signal.aborted) {
          this.#attached.socket.close();
          return;
        }
        backoffMs = firstBackoffMs;
        this.#setState({ kind: 'connected' });
        const code = await this.#attached.closed;
        this.#attached = undefined;
        if (signal.aborted) return;
        this.#options.log.info(`the hub's connection closed (${code})`);
        // Another version takes over: starting ours again would only have it replaced once more.
        mayStartAtMs = code === replacedCloseCode ? performance.now() + replacementMs : 0;
        this.#setState({ kind: 'connecting' });
      } catch (error) {
        if (signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        this.#options.log.warn(`the hub cannot be reached: ${message}`);
        this.#setState({ kind: 'failed', message });
        await this.#sleep(backoffMs);
        backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
      }
    }
  }

  /** Finds a hub, or starts one and waits until it can be found. */
  async #attach(mayStartAtMs: number): Promise<Attached> {
    const { dataDir, startIfMissing, log } = this.#options;
    const deadlineMs = Math.max(performance.now(), mayStartAtMs) + startTimeoutMs;
    let exit: string | undefined;
    let exits = 0;
    let nextStartMs = mayStartAtMs;
    while (!this.#ending.signal.aborted && performance.now() < deadlineMs && exits < maxStarts) {
      const lease = await readLease(dataDir);
      const attached = lease === undefined ? undefined : await this.#open(lease);
      if (attached !== undefined && !this.#isOutdated(attached)) return attached;
      if (lease !== undefined && attached !== undefined) {
        await this.#replace(attached, lease);
        nextStartMs = 0;
      }
      if (!startIfMissing) throw new RpcError(`no hub is running in ${dataDir}`);
      if (!this.#ending.signal.aborted && performance.now() >= nextStartMs) {
        nextStartMs = Infinity;
        const child = spawnHub(this.#options);
        log.info(`starting a hub (${child.pid ?? 'not started'})`);
        const ended = (why: string) => {
          exit = why;
          exits++;
          nextStartMs = performance.now() + restartMs;
        };
        child.once('error', (error) => ended(error.message));
        child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
      }
      await this.#sleep(pollMs);
    }
    throw new RpcError(`the hub did not start (${exit ?? `it did not answer within ${startTimeoutMs / 1000} s`}). Its log: ${path.join(dataDir, 'hub.log')}`);
  }

  #isOutdated({ version }: Attached): boolean {
    return this.#options.startIfMissing && compareVersions(version, this.#options.version) < 0;
  }

  /** Asks an older hub to leave, and waits until it has given the folder free. */
  async #replace({ peer, socket, version }: Attached, { token }: HubLease): Promise<void> {
    this.#options.log.info(`replacing the hub of version ${version}`);
    await peer.call('shutdown', { reason: `replaced by version ${this.#options.version}` }).catch(() => undefined);
    const deadlineMs = performance.now() + replacementMs;
    while (!this.#ending.signal.aborted && performance.now() < deadlineMs) {
      if ((await readLease(this.#options.dataDir))?.token !== token) break;
      await this.#sleep(pollMs);
    }
    socket.close();
  }

  /** undefined where the lease is stale: nobody there, or somebody else. */
  async #open(lease: HubLease): Promise<Attached | undefined> {
    const socket = new WebSocket(lease.control, {
      headers: { authorization: `Bearer ${lease.token}` }, perMessageDeflate: false, maxPayload: maxPayloadBytes, handshakeTimeout: handshakeTimeoutMs,
    });
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const opened = new Promise<boolean>((resolve) => {
      socket.once('open', () => resolve(true));
      socket.on('error', (error) => {
        this.#options.log.debug(`hub connection: ${error.message}`);
        resolve(false);
      });
    });
    // Frames may come with the handshake's answer, so the peer listens before it is awaited.
    const peer: HubPeer = new RpcPeer<HubRequests, HubEvents, NoRequests, NoRequests>(this.#wire(socket), {});
    peer.on('feed', (feed) => this.#setFeed(feed));
    if (!(await opened)) return undefined;
    try {
      const { version } = await peer.call('hello', { client: this.#options.clientName, version: this.#options.version });
      return { peer, socket, version, closed };
    } catch {
      socket.close();
      return undefined;
    }
  }

  #wire(socket: WebSocket): Wire {
    return {
      send: (message) => socket.send(encodeFrame(message)),
      onMessage: (listener) => socket.on('message', (data: Buffer, isBinary) => {
        try {
          listener(decodeFrame(isBinary ? data : data.toString('utf8')));
        } catch (error) {
          this.#options.log.error(error instanceof Error ? error : String(error));
          socket.close(1007);
        }
      }),
      onClose: (listener) => socket.once('close', listener),
    };
  }

  #setFeed(feed: Feed): void {
    this.#feed = feed;
    for (const listener of [...this.#feedListeners]) listener(feed);
  }

  #setState(state: HubState): void {
    this.#state = state;
    for (const listener of [...this.#stateListeners]) listener(state);
  }

  async #sleep(ms: number): Promise<void> {
    // Rejects when the connection is closed; whoever loops here looks at the signal itself.
    await delay(ms, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }
}
