import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { Intake } from '../../../src/hub/intake.ts';
import { connectionWindowBytes, streamWindowBytes } from '../../../src/hub/receivers/grpcWindows.ts';
import { startOtlpGrpc } from '../../../src/hub/receivers/otlpGrpc.ts';
import type { Receiver } from '../../../src/hub/receivers/receiver.ts';
import { SinkError } from '../../../src/hub/sink.ts';
import { RecordingLog, RecordingSink } from '../../contract/recordingSink.ts';
import { decode, encode } from '../decode/otlpProto.ts';

const maxBytes = 100_000;
const traceId = Buffer.from('5b8efff798038103d269b633813fc60c', 'hex');
const spanId = Buffer.from('eee19b7ec3c1b174', 'hex');
const traceExport = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

function traces(...spans: readonly object[]): Buffer {
  return Buffer.from(encode('ExportTraceServiceRequest', { resourceSpans: [{ scopeSpans: [{ spans }] }] }));
}

const good = traces({ traceId, spanId, name: 'good' });

describe('the OTLP/gRPC receiver', () => {
  let sink: RecordingSink;
  let log: RecordingLog;
  let receiver: Receiver;
  let client: grpc.Client;

  before(async () => {
    const forward = {
      traces: (...args: Parameters<RecordingSink['traces']>) => sink.traces(...args),
      logs: (...args: Parameters<RecordingSink['logs']>) => sink.logs(...args),
      metrics: (dataPoints: number) => sink.metrics(dataPoints),
    };
    const forwardLog = { debug: (message: string) => log.debug(message), error: (message: string | Error) => log.error(message) };
    receiver = await startOtlpGrpc(forward, { port: 0, maxBytes, intake: new Intake(), log: forwardLog });
    client = new grpc.Client(`127.0.0.1:${receiver.port}`, grpc.credentials.createInsecure());
  });
  after(async () => {
    client.close();
    await receiver.close();
  });
  beforeEach(() => {
    sink = new RecordingSink();
    log = new RecordingLog();
  });

  const asIs = (bytes: Buffer) => bytes;
  function call(path: string, request: Buffer, through = client): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      through.makeUnaryRequest(path, asIs, asIs, request, (error, response) => {
        if (error === null && response !== undefined) resolve(response);
        else reject(error as grpc.ServiceError);
      });
    });
  }

  test('after the first call a sender may send a whole batch without waiting for us', async () => {
    const session = http2.connect(`http://127.0.0.1:${receiver.port}`);
    session.on('error', () => {});
    try {
      const settings = new Promise<http2.Settings>((resolve) => session.on('remoteSettings', (changed) => {
        if (changed.initialWindowSize === streamWindowBytes) resolve(changed);
      }));
      const request = session.request({ ':method': 'POST', ':path': traceExport, 'content-type': 'application/grpc', te: 'trailers' });
      request.end(Buffer.concat([Buffer.from([0, 0, 0, 0, good.length]), good]));
      request.resume();
      await once(request, 'end');
      await settings;
      while ((session.state.remoteWindowSize ?? 0) < connectionWindowBytes - 65_536) await delay(5);
    } finally {
      session.destroy();
    }
    assert.deepEqual(sink.spans.map(({ name }) => name), ['good']);
  });

  test('spans are kept, and the empty answer is success', async () => {
    assert.equal((await call(traceExport, good)).length, 0);
    assert.deepEqual(sink.spans.map(({ name }) => name), ['good']);
    assert.equal((await call(traceExport, Buffer.alloc(0))).length, 0);
  });

  test('rejected spans are named in the partial success', async () => {
    const response = await call(traceExport, traces({ traceId, spanId, name: 'good' }, { traceId, name: 'bad' }));
    assert.deepEqual(decode('ExportResponse', response), {
      partialSuccess: { rejected: '1', errorMessage: '1 span rejected: span id must be 8 bytes, not all zero (1)' },
    });
    assert.deepEqual(sink.spans.map(({ name }) => name), ['good']);
  });

  test('malformed: INVALID_ARGUMENT; unknown service: UNIMPLEMENTED', async () => {
    await assert.rejects(call(traceExport, good.subarray(0, -2)), { code: grpc.status.INVALID_ARGUMENT, details: /not an OTLP trace request/ });
    await assert.rejects(call('/opentelemetry.proto.experimental.arrow.v1.ArrowTracesService/ArrowTraces', good), { code: grpc.status.UNIMPLEMENTED });
    assert.deepEqual([sink.spans, log.errors], [[], []]);
  });

  test('too large, as sent and once inflated: RESOURCE_EXHAUSTED, and not to be tried again', async () => {
    const big = Buffer.alloc(maxBytes + 1);
    const gzip = new grpc.Client(`127.0.0.1:${receiver.port}`, grpc.credentials.createInsecure(), { 'grpc.default_compression_algorithm': 2 });
    for (const through of [client, gzip]) {
      await assert.rejects(call(traceExport, big, through), (error: grpc.ServiceError) => {
        assert.equal(error.code, grpc.status.RESOURCE_EXHAUSTED);
        assert.deepEqual(error.metadata.get('grpc-status-details-bin'), []);
        return true;
      });
    }
    await call(traceExport, good, gzip);
    gzip.close();
    assert.deepEqual(sink.spans.map(({ name }) => name), ['good']);
  });

  test('a sink that cannot keep them: UNAVAILABLE or RESOURCE_EXHAUSTED with RetryInfo; a bug: INTERNAL', async () => {
    for (const [kind, code] of [['unavailable', grpc.status.UNAVAILABLE], ['overloaded', grpc.status.RESOURCE_EXHAUSTED]] as const) {
      sink.fail = new SinkError(kind, 'come back later', 3);
      await assert.rejects(call(traceExport, good), (error: grpc.ServiceError) => {
        assert.deepEqual([error.code, error.details], [code, 'come back later']);
        const status = decode('RpcStatus', error.metadata.get('grpc-status-details-bin')[0] as Buffer) as { code: number; details: { value: number[] }[] };
        assert.equal(status.code, code);
        assert.deepEqual(decode('RetryInfo', Uint8Array.from(status.details[0]?.value ?? [])), { retryDelay: { seconds: '3' } });
        return true;
      });
    }
    assert.deepEqual(log.errors, []);
    sink.fail = new Error('a bug with /secret/paths in it');
    await assert.rejects(call(traceExport, good), { code: grpc.status.INTERNAL, details: /its log says why/ });
    assert.deepEqual(log.errors, [sink.fail]);
  });

  test('only loopback names as authority', async () => {
    const stranger = new grpc.Client(`127.0.0.1:${receiver.port}`, grpc.credentials.createInsecure(), { 'grpc.default_authority': 'evil.example' });
    await assert.rejects(call(traceExport, good, stranger), { code: grpc.status.PERMISSION_DENIED });
    stranger.close();
    assert.deepEqual(sink.spans, []);
  });

  test('what is not HTTP/2 hurts nothing', async () => {
    for (const bytes of ['POST / HTTP/1.1\r\nHost: localhost\r\n\r\n', Buffer.alloc(200, 0xff), '']) {
      const socket = net.connect(receiver.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      await new Promise((resolve) => socket.end(bytes, () => resolve(undefined)));
      await new Promise((resolve) => socket.destroyed ? resolve(undefined) : socket.once('close', resolve));
    }
    await call(traceExport, good);
    assert.deepEqual(sink.spans.map(({ name }) => name), ['good']);
    assert.deepEqual(log.errors, []);
  });
});

test('calls that come while the library still loads are all answered', async () => {
  const sink = new RecordingSink();
  const receiver = await startOtlpGrpc(sink, { port: 0, intake: new Intake(), log: new RecordingLog() });
  const asIs = (bytes: Buffer) => bytes;
  const clients = Array.from({ length: 5 }, () =>
    new grpc.Client(`127.0.0.1:${receiver.port}`, grpc.credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 }));
  await Promise.all(clients.map((client) => new Promise<void>((resolve, reject) => {
    client.makeUnaryRequest(traceExport, asIs, asIs, good, (error) => (error === null ? resolve() : reject(error)));
  })));
  assert.equal(sink.spans.length, 5);
  for (const client of clients) client.close();
  await receiver.close();
});

test('closes with connections open, and before any came; a taken port is replaced', async () => {
  const options = { port: 0, intake: new Intake(), log: new RecordingLog() };
  const first = await startOtlpGrpc(new RecordingSink(), options);
  const second = await startOtlpGrpc(new RecordingSink(), { ...options, port: first.port });
  assert.deepEqual([first.wasTaken, second.wasTaken], [false, true]);
  const idle = net.connect(first.port, '127.0.0.1').on('error', () => {});
  await new Promise((resolve) => idle.once('connect', resolve));
  await Promise.all([first.close(), second.close()]);
  idle.destroy();
});
