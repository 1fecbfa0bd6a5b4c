import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { DecodeError } from '../../decode/batch.ts';
import { decodeProbeReport, type ProbeReport } from '../../decode/probeReport.ts';
import type { RefusalKind } from '../intake.ts';
import { type Encoding, type Sink, SinkError } from '../sink.ts';
import { freeBytes } from './freeBytes.ts';
import { divertHttp2 } from './http2Preface.ts';
import { listen } from './listen.ts';
import { isLoopbackOrigin, isThisMachine } from './loopbackOnly.ts';
import { AbortedError, type ContentCoding, CorruptBodyError, readBody, TooLargeError } from './readBody.ts';
import { receive, type Signal } from './receive.ts';
import { connectionLimits, defaultMaxBytes, maxJsonBytes, type Receiver, type ReceiverOptions } from './receiver.ts';
import { exportResponse, rpcCode, rpcStatus } from './responses.ts';

/** `/`: a signal's own endpoint variable is used as it stands, and people put the base address there. */
const signals: ReadonlyMap<string, Signal | 'probe'> = new Map([
  ['/v1/traces', 'traces'], ['/v1/logs', 'logs'], ['/v1/metrics', 'metrics'], ['/', 'traces'], ['/v1/traceline/probe', 'probe'],
] as const);
/** What probes post is small (probe/reportToHub.ts). */
const maxReportBytes = 1024 * 1024;

const contentTypes: Readonly<Record<Encoding, string>> = { protobuf: 'application/x-protobuf', json: 'application/json' };
const codings: ReadonlyMap<string, ContentCoding> = new Map([
  ['', 'identity'], ['identity', 'identity'], ['gzip', 'gzip'], ['x-gzip', 'gzip'], ['deflate', 'deflate'],
]);

const allowedMethods = 'POST, OPTIONS';
/** How much, and for how long, of a refused request is still read, so that its sender gets to the answer. */
const maxDiscardedBytes = 256 * 1024 * 1024;
const maxDiscardMs = 5_000;
const closeGraceMs = 2_000;

export interface OtlpHttpOptions extends ReceiverOptions {
  /** Takes what probes say of the programs they are in (docs/decisions/open-spans.md). */
  readonly onProbe?: (report: ProbeReport) => void;
  /**
   * Gets connections that speak HTTP/2: one endpoint variable serves all of a program's exporters, and one that was made for gRPC in
   * code takes it too.
   */
  readonly onHttp2?: (socket: Socket) => void;
}

/** What to answer instead of success. */
interface Refusal {
  readonly httpStatus: number;
  readonly code: number;
  readonly message: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly retryAfterSeconds?: number;
}

class RefusedError extends Error {
  readonly refusal: Refusal;
  constructor(httpStatus: number, code: number, message: string, headers?: OutgoingHttpHeaders) {
    super(message);
    this.refusal = { httpStatus, code, message, headers };
  }
}

/**
 * Starts an OTLP/HTTP receiver on the loopback address (opentelemetry-proto, specification, "OTLP/HTTP"): protobuf and JSON,
 * plain, gzip or deflate; every failure is a google.rpc.Status in the encoding of its request.
 * @throws the system's error where it cannot listen at all
 */
export async function startOtlpHttp(sink: Sink, options: OtlpHttpOptions): Promise<Receiver> {
  const { log, maxBytes = defaultMaxBytes, intake, onHttp2, onProbe } = options;
  const limits = { ...connectionLimits, ...options.limits };
  const server = http.createServer({
    requestTimeout: limits.requestMs,
    // How often this and the head's time are looked at.
    connectionsCheckingInterval: Math.min(limits.headMs / 2, 30_000),
    maxHeaderSize: limits.maxHeadBytes,
    keepAliveTimeout: 120_000,
  }, (request, response) => {
    void answer(request, response);
  });
  server.headersTimeout = limits.headMs;
  server.maxConnections = limits.maxConnections;
  if (onHttp2 !== undefined) divertHttp2(server, limits.headMs, onHttp2);
  const listening = await listen(server, options.port);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const encoding = requestEncoding(request);
    const answerEncoding = encoding ?? 'json';
    if (!server.listening) response.setHeader('Connection', 'close');
    const share = intake.begin();
    let body: Buffer | undefined;
    try {
      refuseStrangers(request, response);
      const signal = refuseWrongTarget(request);
      if (request.method === 'OPTIONS') {
        answerPreflight(request, response);
        return;
      }
      const coding = refuseWrongContent(request, encoding);
      if (signal === 'probe') {
        onProbe?.(decodeProbeReport(await readBody(request, coding, maxReportBytes, share)));
        send(response, 200, {}, contentTypes.json, exportResponse('traces', 'json', undefined));
        return;
      }
      const isLimited = answerEncoding === 'json' && maxJsonBytes < maxBytes;
      body = await readBody(request, coding, isLimited ? maxJsonBytes : maxBytes, share, isLimited ? 'send smaller batches, or protobuf' : '');
      const partial = await receive(signal, answerEncoding, body, sink, intake);
      log.debug(`${request.method} ${request.url}: ${body.length} bytes${partial === undefined ? '' : `, ${partial.message}`}`);
      send(response, 200, {}, contentTypes[answerEncoding], exportResponse(signal, answerEncoding, partial));
    } catch (error) {
      if (AbortedError.is(error)) {
        log.debug(`${request.method} ${request.url}: ${error.message}`);
        return;
      }
      const refusal = refusalFor(error);
      if (refusal === undefined) log.error(error instanceof Error ? error : String(error));
      const { httpStatus, code, message, headers = {}, retryAfterSeconds } = refusal ?? internalError;
      intake.refused(refusalKinds.get(httpStatus) ?? 'invalid');
      log.debug(`${request.method} ${request.url}: ${httpStatus} ${message}`);
      const retryAfter = retryAfterSeconds === undefined ? {} : { 'Retry-After': Math.ceil(retryAfterSeconds) };
      const status = rpcStatus(answerEncoding, code, message, retryAfterSeconds);
      send(response, httpStatus, { ...headers, ...retryAfter }, contentTypes[answerEncoding], status);
      discardRest(request);
    } finally {
      share.release();
      if (body !== undefined) freeBytes(body);
    }
  }

  return {
    ...listening,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

const refusalKinds: ReadonlyMap<number, RefusalKind> = new Map([[403, 'stranger'], [413, 'tooLarge'], [429, 'overloaded'], [500, 'failed'], [503, 'unavailable']] as const);
const internalError: Refusal = { httpStatus: 500, code: rpcCode.internal, message: 'the receiver failed; its log says why' };

/** undefined for a bug of ours. */
function refusalFor(error: unknown): Refusal | undefined {
  if (error instanceof RefusedError) return error.refusal;
  if (TooLargeError.is(error)) return { httpStatus: 413, code: rpcCode.resourceExhausted, message: error.message };
  if (CorruptBodyError.is(error) || DecodeError.is(error)) return { httpStatus: 400, code: rpcCode.invalidArgument, message: error.message };
  if (SinkError.is(error)) {
    const { message, retryAfterSeconds } = error;
    return error.kind === 'overloaded'
      ? { httpStatus: 429, code: rpcCode.resourceExhausted, message, retryAfterSeconds }
      : { httpStatus: 503, code: rpcCode.unavailable, message, retryAfterSeconds };
  }
  return undefined;
}

/** Any page in a browser can send requests to this machine: only those that it serves itself may. */
function refuseStrangers(request: IncomingMessage, response: ServerResponse): void {
  const { host, origin } = request.headers;
  if (!isThisMachine(host)) {
    throw new RefusedError(403, rpcCode.permissionDenied, 'the Host header must be localhost, 127.0.0.1 or [::1]');
  }
  response.setHeader('Vary', 'Origin');
  if (origin === undefined) return;
  if (!isLoopbackOrigin(origin)) {
    throw new RefusedError(403, rpcCode.permissionDenied, 'only pages served from this machine may send telemetry here');
  }
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', 'Retry-After');
}

function refuseWrongTarget(request: IncomingMessage): Signal | 'probe' {
  const path = (request.url ?? '').replace(/\?.*$/s, '');
  const signal = signals.get(path);
  if (signal === undefined) {
    throw new RefusedError(404, rpcCode.notFound, 'nothing is received here; OTLP/HTTP goes to /v1/traces, /v1/logs or /v1/metrics');
  }
  if (request.method !== 'POST' && request.method !== 'OPTIONS') {
    throw new RefusedError(405, rpcCode.unimplemented, 'OTLP/HTTP requests are sent by POST', { Allow: allowedMethods });
  }
  return signal;
}

function refuseWrongContent(request: IncomingMessage, encoding: Encoding | undefined): ContentCoding {
  if (encoding === undefined) {
    throw new RefusedError(415, rpcCode.invalidArgument, 'the Content-Type must be application/x-protobuf or application/json');
  }
  const coding = codings.get((request.headers['content-encoding'] ?? '').trim().toLowerCase());
  if (coding === undefined) {
    const accepted = { 'Accept-Encoding': 'gzip, deflate' };
    throw new RefusedError(415, rpcCode.invalidArgument, 'the Content-Encoding must be gzip, deflate or none', accepted);
  }
  return coding;
}

function requestEncoding(request: IncomingMessage): Encoding | undefined {
  switch ((request.headers['content-type'] ?? '').replace(/;.*$/s, '').trim().toLowerCase()) {
    case contentTypes.protobuf: return 'protobuf';
    case contentTypes.json: return 'json';
    default: return undefined;
  }
}

function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const { headers } = request;
  response.writeHead(204, {
    Allow: allowedMethods,
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? 'content-type, content-encoding, traceparent, tracestate, baggage',
    'Access-Control-Max-Age': '7200',
    ...(headers['access-control-request-private-network'] === 'true' && { 'Access-Control-Allow-Private-Network': 'true' }),
  }).end();
  request.resume();
}

function send(response: ServerResponse, httpStatus: number, headers: OutgoingHttpHeaders, contentType: string, body: Uint8Array): void {
  response.writeHead(httpStatus, { ...headers, 'Content-Type': contentType, 'Content-Length': body.length });
  // Without a body the head goes out in one piece, with one write fewer.
  response.end(body.length > 0 ? body : undefined);
}

/**
 * Reads what still comes of a refused request and forgets it: closing at once would reset the connection before its sender,
 * still writing, has read the answer. Past a bound the connection is cut.
 */
function discardRest(request: IncomingMessage): void {
  if (request.complete) return;
  const cut = () => request.socket.destroy();
  const timer = setTimeout(cut, maxDiscardMs);
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > maxDiscardedBytes) cut();
  });
  const done = () => {
    clearTimeout(timer);
    request.socket.off('close', done);
  };
  request.once('end', done);
  request.socket.once('close', done);
  request.resume();
}
