import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import type { ServerInterceptingCall, ServerInterceptor } from '@grpc/grpc-js';

/** More than a batch of an SDK takes. */
export const streamWindowBytes = 1024 * 1024;
/** Of all calls of a connection. */
export const connectionWindowBytes = 8 * 1024 * 1024;

/**
 * Without being told otherwise, a sender stops after each 64 KiB until it hears that they were read (RFC 9113, 6.9.2): a batch of half a megabyte then goes
 * back and forth ten times, which took a third of all time. The library has no option for it at a server, so the connection is taken from its first call, where the
 * library keeps it for itself: should it be elsewhere one day, connections are as slow as they were, and the test of this fails.
 */
export function widenWindows(): ServerInterceptor {
  const widened = new WeakSet<Http2Session>();
  return (_method, call) => {
    const session = (call as { readonly stream?: ServerHttp2Stream }).stream?.session;
    if (session !== undefined && !session.destroyed && !widened.has(session)) {
      widened.add(session);
      session.settings({ initialWindowSize: streamWindowBytes });
      session.setLocalWindowSize(connectionWindowBytes);
    }
    return call as ServerInterceptingCall;
  };
}
