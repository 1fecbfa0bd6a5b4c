import { connect, type Socket } from 'node:net';

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

/** As much of a debugger's window as a test needs: the Debug Adapter Protocol over a socket. */
export class DapClient {
  /** What the program printed to standard output. */
  output = '';
  readonly #socket: Socket;
  readonly #listeners = new Set<(message: Message) => void>();
  #sequence = 0;
  #bytes = Buffer.alloc(0);

  /** Tries for ten seconds: an adapter takes a moment to listen. */
  static async connect(port: number): Promise<DapClient> {
    for (let tries = 0; ; tries++) {
      const socket = connect(port, '127.0.0.1');
      try {
        await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
        return new DapClient(socket);
      } catch (error) {
        if (tries >= 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => this.#read(data)).on('error', () => undefined);
  }

  onMessage(listener: (message: Message) => void): void {
    this.#listeners.add(listener);
  }

  /** The body of the answer. @throws Error where it is a refusal */
  ask(command: string, parameters: object): Promise<unknown> {
    const seq = ++this.#sequence;
    const answer = this.#next(({ type, request_seq }) => type === 'response' && request_seq === seq).then(({ success, message, body }) => {
      if (success !== true) throw new Error(`${command}: ${message}`);
      return body;
    });
    const text = Buffer.from(JSON.stringify({ seq, type: 'request', command, arguments: parameters }));
    this.#socket.write(Buffer.concat([Buffer.from(`Content-Length: ${text.length}\r\n\r\n`), text]));
    return answer;
  }

  /** The body of the next such event. */
  event(name: string): Promise<unknown> {
    return this.#next(({ type, event }) => type === 'event' && event === name).then(({ body }) => body);
  }

  close(): void {
    this.#socket.destroy();
  }

  #next(is: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      const listener = (message: Message): void => {
        if (!is(message)) return;
        this.#listeners.delete(listener);
        resolve(message);
      };
      this.#listeners.add(listener);
    });
  }

  #read(data: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    for (;;) {
      const at = this.#bytes.indexOf('\r\n\r\n');
      if (at < 0) return;
      const end = at + 4 + Number(/Content-Length: (\d+)/.exec(this.#bytes.toString('latin1', 0, at))?.[1]);
      if (this.#bytes.length < end) return;
      const message = JSON.parse(this.#bytes.toString('utf8', at + 4, end)) as Message;
      this.#bytes = this.#bytes.subarray(end);
      const { category, output } = (message.body ?? {}) as { readonly category?: string; readonly output?: string };
      if (message.event === 'output' && category === 'stdout') this.output += output;
      for (const listener of [...this.#listeners]) listener(message);
    }
  }
}
