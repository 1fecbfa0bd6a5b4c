import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { decodeFrame, encodeFrame, FrameError } from '../protocol/frame.ts';
import type { Feed, HubEvents, HubRequests, HubStatus } from '../protocol/hub.ts';
import { replacedCloseCode } from '../protocol/lease.ts';
import { type Handlers, RpcPeer, type Wire } from '../protocol/rpc.ts';
import { answerHealth } from './health.ts';
import type { HubLog } from './log.ts';
import { isLoopbackHost } from './receivers/loopbackOnly.ts';

/** The largest frame a client may send: an import of 64 MiB and its head. */
const maxPayloadBytes = 80 * 1024 * 1024;
/** A client that does not read gets no snapshots until it has caught up; the next one tells it all. */
const maxBufferedBytes = 8 * 1024 * 1024;

/** Windows and commands hold one each, for as long as they run. */
const maxConnections = 500;
const headMs = 10_000;

type NoRequests = Record<never, never>;
type ClientPeer = RpcPeer<NoRequests, NoRequests, HubRequests, HubEvents>;

export interface ControlOptions {
  readonly token: string;
  readonly handlers: Handlers<HubRequests>;
  readonly log: HubLog;
  /** The snapshot a client gets when it has said hello. */
  feed(): Feed;
  /** For the health pages. */
  status(): HubStatus;
  onClients(count: number): void;
}

export interface Control {
  readonly port: number;
  push(feed: Feed): void;
  /** `replacedBy` tells the clients to wait for that one instead of starting a hub of their own. */
  close(replacedBy: string | undefined): Promise<void>;
}

/**
 * The WebSocket that windows and commands speak to, on a free port of the loopback address. Who connects must know the token, and
 * must not be a web page: browsers always name an Origin, and one that was led here by a rebound name has another Host.
 */
export async function startControl(options: ControlOptions): Promise<Control> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxPayloadBytes, perMessageDeflate: false });
  const peers = new Map<WebSocket, ClientPeer>();
  const server = createServer((request, response) => answerHealth(request, response, options.status));
  server.headersTimeout = headMs;
  server.maxConnections = maxConnections;
  server.on('upgrade', (request, socket, head) => {
    const refusal = refusalOf(request, options.token);
    if (refusal !== undefined) {
      refuse(socket, refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const peer: ClientPeer = new RpcPeer<NoRequests, NoRequests, HubRequests, HubEvents>(socketWire(client, options.log), {
        ...options.handlers,
        hello: async (params) => {
          const answer = await options.handlers.hello(params);
          setImmediate(() => peer.emit('feed', options.feed()));
          return answer;
        },
      });
      peers.set(client, peer);
      options.onClients(peers.size);
      client.on('close', () => {
        peers.delete(client);
        options.onClients(peers.size);
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    push: (feed) => {
      for (const [client, peer] of peers) if (client.bufferedAmount <= maxBufferedBytes) peer.emit('feed', feed);
    },
    close: async (replacedBy) => {
      for (const client of peers.keys()) {
        if (replacedBy === undefined) client.close(1001);
        else client.close(replacedCloseCode, replacedBy.slice(0, 100));
      }
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      const lingering = setTimeout(() => {
        for (const client of peers.keys()) client.terminate();
      }, 500);
      await closed;
      clearTimeout(lingering);
    },
  };
}

function socketWire(socket: WebSocket, log: HubLog): Wire {
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(encodeFrame(message));
    },
    onMessage: (listener) => socket.on('message', (data: Buffer, isBinary) => {
      try {
        listener(decodeFrame(isBinary ? data : data.toString('utf8')));
      } catch (error) {
        if (!FrameError.is(error)) throw error;
        log.warn(`a client sent ${error.message}`);
        socket.close(1007, error.message.slice(0, 100));
      }
    }),
    onClose: (listener) => {
      socket.on('error', (error) => log.warn(`a client's connection failed: ${error.message}`));
      socket.on('close', listener);
    },
  };
}

function refusalOf(request: IncomingMessage, token: string): string | undefined {
  if (request.headers.origin !== undefined || !isLoopbackHost(request.headers.host)) return '403 Forbidden';
  const presented = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(presented), digest(token)) ? undefined : '401 Unauthorized';
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Of equal length, as the comparison in constant time wants it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
