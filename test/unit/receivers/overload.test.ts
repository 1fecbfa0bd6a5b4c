import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import zlib from 'node:zlib';
import * as grpc from '@grpc/grpc-js';
import { Intake } from '../../../src/hub/intake.ts';
import { startOtlpGrpc } from '../../../src/hub/receivers/otlpGrpc.ts';
import { startOtlpHttp } from '../../../src/hub/receivers/otlpHttp.ts';
import type { connectionLimits } from '../../../src/hub/receivers/receiver.ts';
import type { Sink } from '../../../src/hub/sink.ts';
import { RecordingLog, RecordingSink } from '../../contract/recordingSink.ts';
import { decode, encode } from '../decode/otlpProto.ts';
import { rawHttp, request } from './rawHttp.ts';

const ids = { traceId: Buffer.from('5b8efff798038103d269b633813fc60c', 'hex'), spanId: Buffer.from('eee19b7ec3c1b174', 'hex') };
const spansOf = (nameLength: number) => Buffer.from(encode('ExportTraceServiceRequest', { resourceSpans: [{ scopeSpans: [{ spans: [{ ...ids, name: 'n'.repeat(nameLength) }] }] }] }));
const body = spansOf(10_000);
const protobufType = { 'Content-Type': 'application/x-protobuf' };
const post = (content: Uint8Array, headers: Readonly<Record<string, string>> = {}) => request('POST', '/v1/traces', { ...protobufType, ...headers }, content);
const exportPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/** Commits nothing until it is told to. */
class SlowSink extends RecordingSink implements Sink {
  readonly #waiting: (() => void)[] = [];
  #isOpen = false;

  override async traces(...args: Parameters<Sink['traces']>): Promise<void> {
    if (!this.#isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await super.traces(...args);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  open(): void {
    this.#isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

interface Options {
  readonly maxPendingBytes?: number;
  readonly limits?: Partial<typeof connectionLimits>;
  readonly sink?: RecordingSink;
  readonly onOverload?: () => void;
}

async function start(t: TestContext, { maxPendingBytes, limits, sink = new RecordingSink(), onOverload }: Options) {
  const log = new RecordingLog();
  const intake = new Intake({ ...(maxPendingBytes !== undefined && { maxPendingBytes }), ...(onOverload !== undefined && { onOverload }) });
  const options = { port: 0, log, intake, ...(limits !== undefined && { limits }) };
  const rpc = await startOtlpGrpc(sink, options);
  const http = await startOtlpHttp(sink, { ...options, onHttp2: (socket) => rpc.take(socket) });
  const client = new grpc.Client(`127.0.0.1:${rpc.port}`, grpc.credentials.createInsecure());
  t.after(async () => {
    client.close();
    intake.close();
    await Promise.all([http.close(), rpc.close()]);
    assert.deepEqual(log.errors, []);
  });
  const asIs = (bytes: Buffer) => bytes;
  const call = (bytes: Buffer) => new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(exportPath, asIs, asIs, bytes, (error, response) => (error === null && response !== undefined ? resolve(response) : reject(error as grpc.ServiceError)));
  });
  return { http, rpc, intake, call };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const isOverload = (error: grpc.ServiceError) => {
  assert.equal(error.code, grpc.status.RESOURCE_EXHAUSTED);
  const status = decode('RpcStatus', error.metadata.get('grpc-status-details-bin')[0] as Buffer) as { details: { value: number[] }[] };
  assert.deepEqual(decode('RetryInfo', Uint8Array.from(status.details[0]?.value ?? [])), { retryDelay: { seconds: '1' } });
  return true;
};

describe('more than can be stored', () => {
  test('past the bound: 429 and RESOURCE_EXHAUSTED with a time to come again, counted; then all is as before', async (t) => {
    const sink = new SlowSink();
    const told: boolean[] = [];
    const { http, intake, call } = await start(t, { sink, maxPendingBytes: 60_000, onOverload: () => told.push(true) });
    // A quarter is kept for small requests: four of ten kilobytes have room.
    const waiting = Array.from({ length: 4 }, () => rawHttp(http.port, post(body)));
    await until(() => sink.waiting === 4);
    const { pendingBytes } = intake.figures();
    assert.equal(pendingBytes, 4 * body.length);

    const refused = await rawHttp(http.port, post(body));
    assert.deepEqual([refused.status, refused.headers['retry-after'], refused.headers['content-type']], [429, '1', 'application/x-protobuf']);
    assert.equal((decode('RpcStatus', refused.body) as { code: number }).code, 8);
    const inflated = await rawHttp(http.port, post(zlib.gzipSync(body), { 'Content-Encoding': 'gzip' }));
    assert.equal(inflated.status, 429);
    await assert.rejects(call(body), isOverload);
    assert.equal(intake.figures().pendingBytes, pendingBytes);
    assert.deepEqual([intake.figures().refused.overloaded, intake.figures().overloaded, told.length], [3, true, 1]);

    // Small ones still come through, up to the whole bound.
    const small = [rawHttp(http.port, post(spansOf(10))), call(spansOf(10))] as const;
    await until(() => sink.waiting === 6);

    sink.open();
    assert.deepEqual((await Promise.all(waiting)).map(({ status }) => status), [200, 200, 200, 200]);
    assert.equal((await small[0]).status, 200);
    await small[1];
    assert.equal((await rawHttp(http.port, post(body))).status, 200);
    await call(body);
    await until(() => intake.figures().pendingBytes === 0);
    assert.deepEqual([sink.spans.length, intake.figures().requests], [8, 8]);
  });

  test('a sender that stops in the middle, or goes, holds no more than it sent', async (t) => {
    const { http, intake } = await start(t, { maxPendingBytes: 60_000 });
    const whole = post(body);
    const socket = net.connect(http.port, '127.0.0.1');
    socket.write(whole.subarray(0, whole.length - 5000));
    await until(() => intake.figures().pendingBytes > 0);
    assert.equal(intake.figures().pendingBytes, body.length - 5000);
    socket.destroy();
    await until(() => intake.figures().pendingBytes === 0);
    assert.equal(intake.figures().requests, 0);
  });
});

describe('connections', () => {
  const gone = async (socket: net.Socket): Promise<string> => {
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('close', resolve));
    return text;
  };

  test('one past the bound is closed, on either port; one that goes makes room', async (t) => {
    const { http, rpc } = await start(t, { limits: { maxConnections: 2 } });
    for (const { port } of [http, rpc]) {
      const held = await Promise.all([1, 2].map(() => new Promise<net.Socket>((resolve) => {
        const socket = net.connect(port, '127.0.0.1', () => resolve(socket)).on('error', () => {});
      })));
      assert.equal(await gone(net.connect(port, '127.0.0.1')), '');
      for (const socket of held) socket.destroy();
    }
    for (;;) {
      const answer = await rawHttp(http.port, post(body)).catch(() => undefined);
      if (answer === undefined) continue;
      assert.equal(answer.status, 200);
      break;
    }
  });

  test('one that says nothing, or its head too slowly, is closed', async (t) => {
    const { http } = await start(t, { limits: { headMs: 200 } });
    const silent = net.connect(http.port, '127.0.0.1');
    const slow = net.connect(http.port, '127.0.0.1');
    slow.write('POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n');
    const drip = setInterval(() => slow.write('X-A: b\r\n'), 50);
    const answers = await Promise.all([gone(silent), gone(slow)]);
    clearInterval(drip);
    assert.equal(answers[0], '');
    assert.match(answers[1], /^HTTP\/1\.1 408 |^$/);
  });

  test('a body that never ends is closed when its time is over', async (t) => {
    const { http, intake } = await start(t, { limits: { headMs: 100, requestMs: 300 } });
    const slow = net.connect(http.port, '127.0.0.1');
    slow.write(`POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\n`);
    const drip = setInterval(() => slow.write('x'), 50);
    await gone(slow);
    clearInterval(drip);
    assert.deepEqual([intake.figures().requests, intake.figures().pendingBytes], [0, 0]);
  });

  test('a head that is too large: 431', async (t) => {
    const { http } = await start(t, {});
    assert.match(await gone(net.connect(http.port, '127.0.0.1').on('connect', function (this: net.Socket) {
      this.write(`POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
    })), /^HTTP\/1\.1 431 /);
  });
});

describe('gRPC calls', () => {
  test('past the bound they are refused with a time to come again, and those under way are not', async (t) => {
    const sink = new SlowSink();
    const { call, intake } = await start(t, { sink, limits: { maxCalls: 2 } });
    const waiting = [call(body), call(body)];
    await until(() => sink.waiting === 2);
    await assert.rejects(call(body), isOverload);
    sink.open();
    await Promise.all(waiting);
    await call(body);
    assert.deepEqual([sink.spans.length, intake.figures().refused.overloaded], [3, 1]);
  });

  test('a call that does not come whole ends, and gives its place free', async (t) => {
    const { rpc, call, intake } = await start(t, { limits: { maxCalls: 1, requestMs: 300 } });
    const client = new grpc.Client(`127.0.0.1:${rpc.port}`, grpc.credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    const asIs = (bytes: Buffer) => bytes;
    const ended = await new Promise<grpc.ServiceError | null>((resolve) => {
      client.makeClientStreamRequest(exportPath, asIs, asIs, (error) => resolve(error));
    });
    client.close();
    assert.equal(ended?.code, grpc.status.DEADLINE_EXCEEDED);
    await call(body);
    assert.deepEqual([intake.figures().requests, intake.figures().refused.invalid], [1, 1]);
  });

  test('what the library or we refuse is counted', async (t) => {
    const { call, intake } = await start(t, {});
    await assert.rejects(call(Buffer.alloc(64 * 1024 * 1024 + 1)), { code: grpc.status.RESOURCE_EXHAUSTED });
    await assert.rejects(call(body.subarray(0, -1)), { code: grpc.status.INVALID_ARGUMENT });
    const { refused } = intake.figures();
    assert.deepEqual(refused, { overloaded: 0, unavailable: 0, tooLarge: 0, invalid: 2, stranger: 0, failed: 0 });
  });
});

test('over HTTP each refusal is counted by why', async (t) => {
  const sink = new RecordingSink();
  const { http, intake } = await start(t, { sink });
  await rawHttp(http.port, post(body.subarray(0, -1)));
  await rawHttp(http.port, post(body, { Host: 'evil.example' }));
  await rawHttp(http.port, post(new Uint8Array(), { 'Content-Length': String(65 * 1024 * 1024) }));
  assert.deepEqual(intake.figures().refused, { overloaded: 0, unavailable: 0, tooLarge: 1, invalid: 1, stranger: 1, failed: 0 });
});
