import type http from 'node:http';
import type { Socket } from 'node:net';

/**
 * Gives connections of an HTTP/1 server that begin as HTTP/2 does (RFC 9113, 3.4: `PRI * HTTP/2.0`) to `take`, with nothing of what
 * came lost; all others go on as before. Two bytes tell: no method of HTTP/1 begins with `PR` but WebDAV's PROPFIND and PROPPATCH,
 * for which a third is waited for.
 *
 * @param firstBytesMs how long a connection may say nothing
 */
export function divertHttp2(server: http.Server, firstBytesMs: number, take: (socket: Socket) => void): void {
  const [serveHttp1] = server.listeners('connection') as ((this: http.Server, socket: Socket) => void)[];
  if (serveHttp1 === undefined) throw new Error('the server serves no connections');
  server.off('connection', serveHttp1);
  server.on('connection', (socket: Socket) => {
    const ignoreReset = () => {};
    socket.on('error', ignoreReset);
    const timer = setTimeout(() => socket.destroy(), firstBytesMs);
    socket.once('close', () => clearTimeout(timer));
    // The server's sockets stay half open, for the answer; to who leaves without a word there is none.
    const leave = () => socket.destroy();
    socket.once('end', leave);
    const decide = (): void => {
      const first = socket.read() as Buffer | null;
      if (first === null) {
        if (!socket.readableEnded) socket.once('readable', decide);
        return;
      }
      socket.unshift(first);
      const start = first.toString('latin1', 0, 3);
      if (first.length < 3 && 'PRI'.startsWith(start)) {
        // What is unshifted makes a socket readable at once: wait for more, not for the same again.
        setTimeout(decide, 5);
        return;
      }
      clearTimeout(timer);
      // HTTP/2 reads from the handle: who has left is gone.
      if (start !== 'PRI') socket.off('end', leave);
      socket.off('error', ignoreReset);
      if (start === 'PRI') take(socket);
      else serveHttp1.call(server, socket);
    };
    socket.once('readable', decide);
  });
}
