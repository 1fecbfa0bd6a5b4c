/**
 * One small remote procedure call for both of our wires (hub ↔ client over a WebSocket, host ↔ webview over postMessage).
 * A contract is an interface of `method: [parameters, result]` and one of `event: data`; nothing is asserted by the caller.
 * The wire carries structured values; `protocol/frame.ts` turns them into WebSocket frames.
 */
export type Contract<R> = { [M in keyof R]: [unknown, unknown] };

export interface Wire {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
}

export type Handlers<R extends Contract<R>> = {
  readonly [M in keyof R]: (parameters: R[M][0]) => R[M][1] | Promise<R[M][1]>;
};

export class RpcError extends Error {
  static is(error: unknown): error is RpcError {
    return error instanceof RpcError;
  }
}

type Reply = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };

/**
 * One end of a wire: calls the other end's methods (`Remote`), answers our own (`handlers`), sends and hears events.
 * A call whose wire closes is rejected with an RpcError; a call to a method that does not exist likewise.
 */
export class RpcPeer<Remote extends Contract<Remote>, RemoteEvents, Local extends Contract<Local>, LocalEvents> {
  readonly #wire: Wire;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #listeners = new Map<PropertyKey, Set<(data: never) => void>>();
  #nextId = 1;
  #closed = false;

  constructor(wire: Wire, handlers: Handlers<Local>) {
    this.#wire = wire;
    wire.onMessage((message) => void this.#receive(message, handlers));
    wire.onClose(() => {
      this.#closed = true;
      for (const call of this.#pending.values()) call.reject(new RpcError('the connection closed'));
      this.#pending.clear();
    });
  }

  call<M extends keyof Remote & string>(method: M, params: Remote[M][0]): Promise<Remote[M][1]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new RpcError('the connection is closed'));
        return;
      }
      const id = this.#nextId++;
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      try {
        this.#wire.send({ id, method, params });
      } catch (error) {
        this.#pending.delete(id);
        reject(new RpcError(error instanceof Error ? error.message : String(error)));
      }
    });
  }

  emit<E extends keyof LocalEvents & string>(event: E, data: LocalEvents[E]): void {
    if (!this.#closed) this.#wire.send({ event, data });
  }

  /** Returns a function that stops listening. */
  on<E extends keyof RemoteEvents & string>(event: E, listener: (data: RemoteEvents[E]) => void): () => void {
    let set = this.#listeners.get(event);
    if (set === undefined) this.#listeners.set(event, (set = new Set()));
    set.add(listener as (data: never) => void);
    return () => set.delete(listener as (data: never) => void);
  }

  /** What the other end says is checked only as far as needed to never throw here. */
  async #receive(message: unknown, handlers: Handlers<Local>): Promise<void> {
    if (typeof message !== 'object' || message === null) return;
    const { id, method, event, error, result, params, data } = message as Record<string, unknown>;
    if (typeof id === 'number' && typeof method === 'string') {
      this.#reply(await this.#answer({ id, method, params }, handlers));
    } else if (typeof event === 'string') {
      for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(data as never);
    } else if (typeof id === 'number') {
      const call = this.#pending.get(id);
      this.#pending.delete(id);
      if (typeof error === 'string') call?.reject(new RpcError(error));
      else call?.resolve(result);
    }
  }

  #reply(reply: Reply): void {
    if (this.#closed) return;
    try {
      this.#wire.send(reply);
    } catch (error) {
      this.#wire.send({ id: reply.id, error: `the answer cannot be sent: ${error instanceof Error ? error.message : String(error)}` });
    }
  }

  async #answer(message: { id: number; method: string; params: unknown }, handlers: Handlers<Local>): Promise<Reply> {
    const handler = Object.hasOwn(handlers, message.method) ? handlers[message.method as keyof Local] : undefined;
    if (handler === undefined) return { id: message.id, error: `no method ${message.method}` };
    try {
      return { id: message.id, result: await handler(message.params as never) };
    } catch (error) {
      return { id: message.id, error: error instanceof Error ? error.message : String(error) };
    }
  }
}
