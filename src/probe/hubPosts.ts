import dns from 'node:dns';
import net from 'node:net';

// As they are before anything in the program watches them: what we send must not show among the program's own connections.
const { Socket } = net;
const { connect, write } = Socket.prototype;
const { lookup } = dns;
const { setTimeout, clearTimeout } = globalThis;

const timeoutMs = 1000;
const firstPauseMs = 1000;
const maxPauseMs = 60_000;

/**
 * Sends small requests to the hub, one at a time, each over a connection of its own that does not keep the program running. What cannot be
 * sent is dropped, and the next one refused for a while; where it is no hub that answers, for good.
 */
export class HubPosts {
  readonly #url: URL;
  #isUnderWay = false;
  #isOver = false;
  #pauseMs = firstPauseMs;
  #notBeforeMs = 0;

  constructor(url: URL) {
    this.#url = url;
  }

  /** Whether `post` would send now. */
  get isReady(): boolean {
    return !this.#isUnderWay && !this.#isOver && performance.now() >= this.#notBeforeMs;
  }

  /** Only where `isReady`. `done` hears once whether the hub has taken it. */
  post(json: string, done: (taken: boolean) => void): void {
    this.#isUnderWay = true;
    const socket = new Socket();
    let answer = '';
    let isDone = false;
    const finish = (): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      socket.destroy();
      this.#isUnderWay = false;
      const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(answer)?.[1] ?? 0);
      if (status >= 200 && status < 300) this.#pauseMs = firstPauseMs;
      else if (status >= 400 && status < 500) this.#isOver = true;
      else {
        this.#notBeforeMs = performance.now() + this.#pauseMs;
        this.#pauseMs = Math.min(2 * this.#pauseMs, maxPauseMs);
      }
      done(status >= 200 && status < 300);
    };
    const timer = setTimeout(finish, timeoutMs).unref();
    socket.on('error', finish).on('close', finish).on('data', (data) => {
      answer = (answer + data.toString('latin1')).slice(0, 100);
      if (answer.includes('\r\n')) finish();
    });
    const { hostname, port, host, pathname } = this.#url;
    Reflect.apply(connect, socket, [{ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), lookup }]);
    socket.unref();
    const body = Buffer.from(json);
    const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    Reflect.apply(write, socket, [Buffer.concat([Buffer.from(head, 'latin1'), body])]);
  }
}
