import type { ConnectionInjector, sendUnaryData, Server, ServerUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import net from 'node:net';
import { DecodeError } from '../../decode/batch.ts';
import { type Sink, SinkError } from '../sink.ts';
import { freeBytes } from './freeBytes.ts';
import { countCalls, statusMetadata } from './grpcCalls.ts';
import { widenWindows } from './grpcWindows.ts';
import { listen } from './listen.ts';
import { isThisMachine } from './loopbackOnly.ts';
import { receive, type Signal } from './receive.ts';
import { connectionLimits, defaultMaxBytes, type Receiver, type ReceiverOptions } from './receiver.ts';
import { exportResponse, rpcCode } from './responses.ts';

type Grpc = typeof import('@grpc/grpc-js');

const exportPaths: readonly (readonly [Signal, string])[] = [
  ['traces', '/opentelemetry.proto.collector.trace.v1.TraceService/Export'],
  ['logs', '/opentelemetry.proto.collector.logs.v1.LogsService/Export'],
  ['metrics', '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'],
];

const closeGraceMs = 2_000;

export interface GrpcReceiver extends Receiver {
  /** Serves a connection that came elsewhere; what was read of it already is in the socket's buffer. */
  take(socket: net.Socket): void;
}

interface Loaded {
  readonly server: Server;
  readonly injector: ConnectionInjector;
}

/**
 * Starts an OTLP/gRPC receiver on the loopback address (opentelemetry-proto, specification, "OTLP/gRPC"). The gRPC library is
 * loaded at the first connection: most programs send over HTTP.
 * @throws the system's error where it cannot listen at all
 */
export async function startOtlpGrpc(sink: Sink, options: ReceiverOptions): Promise<GrpcReceiver> {
  const { log } = options;
  const sockets = new Set<net.Socket>();
  let loading: Promise<Loaded> | undefined;

  const take = (socket: net.Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const ignoreReset = () => {};
    socket.on('error', ignoreReset);
    loading ??= load(sink, options);
    loading.then(({ injector }) => {
      if (socket.destroyed) return;
      injector.injectConnection(socket);
      // The session reads from the handle, which stays stopped until the socket that it was taken from is resumed.
      socket.resume();
    }).catch((error: unknown) => {
      log.error(error instanceof Error ? error : String(error));
      socket.destroy();
    });
  };
  // Paused until the library takes the socket over, so that nothing of what already came is lost.
  const server = net.createServer({ pauseOnConnect: true, noDelay: true }, take);
  server.maxConnections = options.limits?.maxConnections ?? connectionLimits.maxConnections;
  const listening = await listen(server, options.port);

  return {
    ...listening,
    take,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const loaded = await loading?.catch(() => undefined);
      if (loaded === undefined) {
        for (const socket of sockets) socket.destroy();
      } else {
        loaded.injector.drain(closeGraceMs);
        loaded.injector.destroy();
      }
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, closeGraceMs);
      await closed;
      clearTimeout(timer);
      loaded?.server.forceShutdown();
    },
  };
}

async function load(sink: Sink, options: ReceiverOptions): Promise<Loaded> {
  const grpc = await import('@grpc/grpc-js');
  const limits = { ...connectionLimits, ...options.limits };
  const server = new grpc.Server({
    // The first gets the library's own call.
    interceptors: [widenWindows(), countCalls(grpc, limits, options.intake)],
    'grpc.max_receive_message_length': options.maxBytes ?? defaultMaxBytes,
    'grpc.max_concurrent_streams': limits.maxStreamsOfConnection,
    // Also what connects and never speaks.
    'grpc.max_connection_idle_ms': limits.requestMs,
    'grpc.enable_channelz': 0,
  });
  for (const [signal, path] of exportPaths) {
    server.addService(exportService(path), { Export: exportHandler(grpc, signal, sink, options) });
  }
  return { server, injector: server.createConnectionInjector(grpc.ServerCredentials.createInsecure()) };
}

/** Requests and responses stay bytes: our own decoder reads them. */
function exportService(path: string): ServiceDefinition {
  const asIs = (bytes: Buffer) => bytes;
  return {
    Export: {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
}

function exportHandler(grpc: Grpc, signal: Signal, sink: Sink, { log, intake }: ReceiverOptions) {
  return (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => {
    const refuse = (code: number, message: string, retryAfterSeconds?: number) => {
      log.debug(`gRPC ${signal}: ${grpc.status[code]} ${message}`);
      reply({ code, details: message, metadata: statusMetadata(grpc, code, message, retryAfterSeconds) });
    };
    if (!isThisMachine(call.getHost())) {
      refuse(rpcCode.permissionDenied, 'the authority must be localhost, 127.0.0.1 or [::1]');
      return;
    }
    const share = intake.begin();
    const bytes = call.request.length;
    const take = async () => {
      share.add(bytes);
      return receive(signal, 'protobuf', call.request, sink, intake);
    };
    take().finally(() => {
      share.release();
      freeBytes(call.request);
    }).then((partial) => {
      log.debug(`gRPC ${signal}: ${bytes} bytes${partial === undefined ? '' : `, ${partial.message}`}`);
      reply(null, Buffer.from(exportResponse(signal, 'protobuf', partial)));
    }, (error: unknown) => {
      if (DecodeError.is(error)) {
        refuse(rpcCode.invalidArgument, error.message);
      } else if (SinkError.is(error)) {
        refuse(error.kind === 'overloaded' ? rpcCode.resourceExhausted : rpcCode.unavailable, error.message, error.retryAfterSeconds);
      } else {
        log.error(error instanceof Error ? error : String(error));
        refuse(rpcCode.internal, 'the receiver failed; its log says why');
      }
    });
  };
}
