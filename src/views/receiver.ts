import type { HubConnection } from '../client/hubConnection.ts';
import type { HubPort } from '../client/liveRows.ts';
import type { Logger } from '../client/logger.ts';
import type { Feed, HubRequests, HubStatus } from '../protocol/hub.ts';
import { RpcError } from '../protocol/rpc.ts';
import type { ReceiverState } from './receiverState.ts';

/**
 * This window's receiver: a connection to the hub that a person can stop and start again. Those who ask and listen here need
 * not know of that.
 */
export class Receiver implements HubPort {
  readonly #connect: () => HubConnection;
  readonly #logger: Logger;
  readonly #feedListeners = new Set<(feed: Feed) => void>();
  readonly #stateListeners = new Set<(state: ReceiverState) => void>();
  #connection: HubConnection | undefined;
  #state: ReceiverState = { kind: 'off' };

  /** `connect` finds a hub or starts one. */
  constructor(connect: () => HubConnection, logger: Logger) {
    this.#connect = connect;
    this.#logger = logger;
  }

  get state(): ReceiverState {
    return this.#state;
  }

  /** Waits for the connection. @throws RpcError where nothing is received here, or the hub does not answer */
  async call<M extends keyof HubRequests>(method: M, params: HubRequests[M][0]): Promise<HubRequests[M][1]> {
    if (this.#connection === undefined) throw new RpcError('Traceline is not receiving spans in this window');
    return this.#connection.call(method, params);
  }

  onFeed(listener: (feed: Feed) => void): () => void {
    this.#feedListeners.add(listener);
    return () => this.#feedListeners.delete(listener);
  }

  onState(listener: (state: ReceiverState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Returns at once; the state tells how it went. */
  start(): void {
    if (this.#connection !== undefined) return;
    this.#setState({ kind: 'starting' });
    const connection = this.#connect();
    this.#connection = connection;
    connection.onState((state) => {
      if (this.#connection !== connection) return;
      if (state.kind === 'failed') this.#setState({ kind: 'failed', message: state.message });
      else if (state.kind === 'connecting') this.#setState({ kind: 'starting' });
      else if (connection.feed !== undefined) this.#setState({ kind: 'connected', feed: connection.feed });
    });
    connection.onFeed((feed) => {
      if (this.#connection !== connection) return;
      this.#setState({ kind: 'connected', feed });
      for (const listener of this.#feedListeners) listener(feed);
    });
  }

  /** Starts where nothing is received yet. @throws RpcError where that fails */
  async hubReady(): Promise<HubStatus> {
    this.start();
    return this.call('status', undefined);
  }

  /** Ends the hub, which stores what it holds. Another window that still receives starts the next one. */
  async stop(reason: string): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#connection = undefined;
    const wasConnected = connection.state.kind === 'connected';
    this.#setState({ kind: 'off' });
    if (wasConnected) {
      await connection.call('shutdown', { reason }).catch((error: unknown) => this.#logger.debug('the hub left without an answer', error));
    }
    connection.close();
  }

  async restart(reason: string): Promise<void> {
    await this.stop(reason);
    this.start();
  }

  /** Lets go of the hub, which other windows may use. */
  dispose(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#feedListeners.clear();
    this.#stateListeners.clear();
    connection?.close();
  }

  #setState(state: ReceiverState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }
}
