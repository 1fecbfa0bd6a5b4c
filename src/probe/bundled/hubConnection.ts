import { connect, type Socket } from 'node:net';

/** What may wait for a slow hub; beyond it spans are dropped. */
const maxWaitingBytes = 8 * 1024 * 1024;
const firstPauseMs = 1000;
const maxPauseMs = 30_000;
/** How each answer begins. */
const statusLine = 'HTTP/1.1 ';

/**
 * Sends requests of OTLP/HTTP over one connection of its own, which never keeps the program running. A hub that is slow, or not there, costs the program
 * nothing but the spans.
 *
 * Bytes written to a socket that is connected are with the system at once, also from a listener of `exit`, where nothing else can be sent any more.
 * That is why this is no `http.request`.
 */
export class HubConnection {
  readonly #endpoint: URL;
  #socket: Socket | undefined;
  /** Requests that have no answer yet, oldest first. */
  #unanswered: Buffer[] = [];
  #pauseMs = firstPauseMs;
  #notBefore = 0;

  constructor(endpoint: URL) {
    this.#endpoint = endpoint;
  }

  /** Connects where it is not connected, and its last failure is a while ago. */
  prepare(): void {
    if (this.#socket !== undefined || performance.now() < this.#notBefore) return;
    const host = this.#endpoint.hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: Number(this.#endpoint.port || 80), noDelay: true });
    this.#socket = socket;
    socket.unref();
    let answers = 0;
    let tail = '';
    socket.on('data', (data) => {
      // The hub answers in order; more than that it did is not asked.
      const text = tail + data.toString('latin1');
      const count = text.split(statusLine).length - 1;
      tail = text.slice(-statusLine.length + 1);
      answers += count;
      this.#unanswered.splice(0, count);
      this.#pauseMs = firstPauseMs;
    });
    socket.on('error', () => undefined);
    const gone = (): void => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      socket.destroy();
      const lost = this.#unanswered;
      this.#unanswered = [];
      if (answers > 0) {
        // It closed a connection that had been idle, and may not have seen what was on its way. Once: these are not asked after again.
        for (const request of lost) this.#write(request);
        return;
      }
      this.#notBefore = performance.now() + this.#pauseMs;
      this.#pauseMs = Math.min(2 * this.#pauseMs, maxPauseMs);
    };
    socket.on('end', gone);
    socket.on('close', gone);
  }

  /** Sends a body, or drops it where that cannot be done now. */
  send(body: Uint8Array): void {
    const { pathname, search, host } = this.#endpoint;
    const head = `POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.length}\r\n\r\n`;
    this.#write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
  }

  #write(request: Buffer): void {
    this.prepare();
    const waiting = this.#unanswered.reduce((sum, each) => sum + each.length, 0);
    if (this.#socket === undefined || waiting > maxWaitingBytes) return;
    this.#unanswered.push(request);
    this.#socket.write(request);
  }
}
