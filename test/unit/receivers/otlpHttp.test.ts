import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import zlib from 'node:zlib';
import { Intake } from '../../../src/hub/intake.ts';
import { startOtlpHttp } from '../../../src/hub/receivers/otlpHttp.ts';
import type { Receiver } from '../../../src/hub/receivers/receiver.ts';
import { SinkError } from '../../../src/hub/sink.ts';
import { RecordingLog, RecordingSink } from '../../contract/recordingSink.ts';
import { decode, encode } from '../decode/otlpProto.ts';
import { rawHttp, request } from './rawHttp.ts';

const maxBytes = 100_000;
const traceId = Buffer.from('5b8efff798038103d269b633813fc60c', 'hex');
const spanId = Buffer.from('eee19b7ec3c1b174', 'hex');

function traces(...spans: readonly object[]): Uint8Array {
  return encode('ExportTraceServiceRequest', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

const protobufBody = traces({ traceId, spanId, name: 'good' });
const jsonBody = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: traceId.toString('hex'), spanId: spanId.toString('hex'), name: 'good' }] }] }] });
const protobufType = { 'Content-Type': 'application/x-protobuf' };
const jsonType = { 'Content-Type': 'application/json; charset=utf-8' };

describe('the OTLP/HTTP receiver', () => {
  let sink: RecordingSink;
  let log: RecordingLog;
  let receiver: Receiver;

  before(async () => {
    const forward = {
      traces: (...args: Parameters<RecordingSink['traces']>) => sink.traces(...args),
      logs: (...args: Parameters<RecordingSink['logs']>) => sink.logs(...args),
      metrics: (dataPoints: number) => sink.metrics(dataPoints),
    };
    const forwardLog = { debug: (message: string) => log.debug(message), error: (message: string | Error) => log.error(message) };
    receiver = await startOtlpHttp(forward, { port: 0, maxBytes, intake: new Intake(), log: forwardLog });
  });
  after(() => receiver.close());
  beforeEach(() => {
    sink = new RecordingSink();
    log = new RecordingLog();
  });

  const send = (method: string, path: string, headers: Readonly<Record<string, string>>, body?: string | Uint8Array) =>
    rawHttp(receiver.port, request(method, path, headers, body));
  const names = () => sink.spans.map(({ name }) => name);

  test('protobuf and JSON are kept, and answered in kind', async () => {
    const protobuf = await send('POST', '/v1/traces', protobufType, protobufBody);
    assert.deepEqual([protobuf.status, protobuf.headers['content-type'], protobuf.body.length], [200, 'application/x-protobuf', 0]);
    const json = await send('POST', '/v1/traces?x=1', jsonType, jsonBody);
    assert.deepEqual([json.status, json.headers['content-type'], json.body.toString()], [200, 'application/json', '{}']);
    assert.deepEqual(names(), ['good', 'good']);
    assert.deepEqual(sink.encodings, ['protobuf', 'json']);
  });

  test('the base address takes traces, for endpoint variables that are used as they stand', async () => {
    assert.equal((await send('POST', '/', protobufType, protobufBody)).status, 200);
    assert.deepEqual(names(), ['good']);
  });

  test('empty requests succeed', async () => {
    for (const path of ['/v1/traces', '/v1/logs', '/v1/metrics']) {
      assert.equal((await send('POST', path, protobufType)).status, 200, path);
      assert.equal((await send('POST', path, jsonType, '{}')).status, 200, path);
      assert.equal((await send('POST', path, { ...protobufType, 'Content-Encoding': 'gzip' }, zlib.gzipSync(''))).status, 200, path);
    }
  });

  test('gzip, zlib deflate, raw deflate and chunked bodies', async () => {
    const bodies = [['gzip', zlib.gzipSync(protobufBody)], ['deflate', zlib.deflateSync(protobufBody)], ['deflate', zlib.deflateRawSync(protobufBody)]] as const;
    for (const [coding, body] of bodies) {
      assert.equal((await send('POST', '/v1/traces', { ...protobufType, 'Content-Encoding': coding }, body)).status, 200, coding);
    }
    const half = protobufBody.length >> 1;
    const chunk = (part: Uint8Array) => Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
    const head = request('POST', '/v1/traces', { ...protobufType, 'Content-Length': '', 'Transfer-Encoding': 'chunked' });
    const chunked = await rawHttp(receiver.port, head, chunk(protobufBody.subarray(0, half)), chunk(protobufBody.subarray(half)), '0\r\n\r\n');
    assert.equal(chunked.status, 200);
    assert.deepEqual(names(), ['good', 'good', 'good', 'good']);
  });

  test('rejected spans are named in the partial success; the good ones are kept', async () => {
    const bad = { traceId: new Uint8Array(16), spanId, name: 'bad' };
    const protobuf = await send('POST', '/v1/traces', protobufType, traces({ traceId, spanId, name: 'good' }, bad, bad, { traceId, name: 'bad' }));
    const message = '3 spans rejected: trace id must be 16 bytes, not all zero (2); span id must be 8 bytes, not all zero (1)';
    assert.equal(protobuf.status, 200);
    assert.deepEqual(decode('ExportResponse', protobuf.body), { partialSuccess: { rejected: '3', errorMessage: message } });
    const json = await send('POST', '/v1/traces', jsonType, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'x' }] }] }] }));
    assert.deepEqual(JSON.parse(json.body.toString()), { partialSuccess: { rejectedSpans: '1', errorMessage: '1 span rejected: trace id must be 16 bytes, not all zero (1)' } });
    assert.deepEqual(names(), ['good']);
  });

  test('bad bodies: 400, with a Status in the encoding of the request, and nothing kept', async () => {
    const truncated = protobufBody.subarray(0, protobufBody.length - 3);
    const cases: readonly (readonly [Record<string, string>, Uint8Array | string, RegExp])[] = [
      [protobufType, truncated, /not an OTLP trace request in protobuf/],
      [protobufType, Buffer.alloc(50, 0xff), /not an OTLP trace request in protobuf/],
      [protobufType, jsonBody, /not an OTLP trace request in protobuf/],
      [{ ...protobufType, 'Content-Encoding': 'gzip' }, protobufBody, /the body is not gzip/],
      [{ ...protobufType, 'Content-Encoding': 'gzip' }, zlib.gzipSync(protobufBody).subarray(0, -9), /the body is not gzip/],
      [{ ...protobufType, 'Content-Encoding': 'deflate' }, Buffer.alloc(9, 0xff), /the body is not deflate/],
      [jsonType, '{"resourceSpans":[', /not JSON/],
      [jsonType, '{"resourceSpans":[{"scopeSpans":5}]}', /^\$\.resourceSpans\[0\]\.scopeSpans must be an array, not 5$/],
    ];
    for (const [headers, body, message] of cases) {
      const answer = await send('POST', '/v1/traces', headers, body);
      const isJson = headers === jsonType;
      assert.equal(answer.status, 400);
      assert.equal(answer.headers['content-type'], isJson ? 'application/json' : 'application/x-protobuf');
      const status = isJson ? JSON.parse(answer.body.toString()) as Record<string, unknown> : decode('RpcStatus', answer.body);
      assert.equal(status['code'], 3);
      assert.match(String(status['message']), message);
    }
    assert.deepEqual(names(), []);
    assert.deepEqual(log.errors, []);
  });

  test('wrong path, method, content type and content encoding', async () => {
    const notFound = await send('POST', '/v1/spans', jsonType, jsonBody);
    assert.deepEqual([notFound.status, (JSON.parse(notFound.body.toString()) as { code: number }).code], [404, 5]);
    const get = await send('GET', '/v1/traces', {});
    assert.deepEqual([get.status, get.headers['allow']], [405, 'POST, OPTIONS']);
    assert.equal((await send('PUT', '/v1/traces', jsonType, jsonBody)).status, 405);
    const text = await send('POST', '/v1/traces', { 'Content-Type': 'text/plain' }, jsonBody);
    assert.deepEqual([text.status, text.headers['content-type']], [415, 'application/json']);
    assert.equal((await send('POST', '/v1/traces', {}, jsonBody)).status, 415);
    const zstd = await send('POST', '/v1/traces', { ...jsonType, 'Content-Encoding': 'zstd' }, jsonBody);
    assert.deepEqual([zstd.status, zstd.headers['accept-encoding']], [415, 'gzip, deflate']);
    assert.deepEqual(names(), []);
  });

  test('too large by its Content-Length, by its chunks, and once inflated: 413', async () => {
    const big = Buffer.alloc(maxBytes + 1);
    for (const [headers, parts] of [
      [{ ...protobufType }, [big]],
      [{ ...protobufType, 'Content-Encoding': 'gzip' }, [zlib.gzipSync(Buffer.alloc(50_000_000))]],
      [{ ...protobufType, 'Content-Encoding': 'deflate' }, [zlib.deflateSync(big)]],
    ] as const) {
      const answer = await send('POST', '/v1/traces', headers, parts[0]);
      assert.equal(answer.status, 413);
      assert.equal(decode('RpcStatus', answer.body)['code'], 8);
    }
    const announced = await rawHttp(receiver.port, request('POST', '/v1/traces', { ...protobufType, 'Content-Length': '99999999999' }), 'a start');
    assert.equal(announced.status, 413);
    const head = request('POST', '/v1/traces', { ...jsonType, 'Content-Length': '', 'Transfer-Encoding': 'chunked' });
    const endless = await rawHttp(receiver.port, head, ...Array.from({ length: 20 }, () => `2710\r\n${' '.repeat(0x2710)}\r\n`));
    assert.equal(endless.status, 413);
    assert.match((JSON.parse(endless.body.toString()) as { message: string }).message, /larger than 100000 bytes/);
    const atTheLimit = await send('POST', '/v1/traces', jsonType, jsonBody.padEnd(maxBytes));
    assert.equal(atTheLimit.status, 200);
  });

  test('a client that writes all of a large body first still reads the refusal', async () => {
    const body = Buffer.alloc(20_000_000, 0x20);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = http.request({ port: receiver.port, host: '127.0.0.1', method: 'POST', path: '/v1/traces', headers: jsonType }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
    assert.equal(status, 413);
  });

  test('one connection serves on after a refusal', async () => {
    const refused = request('POST', '/v1/nowhere', protobufType, Buffer.alloc(50_000));
    const good = request('POST', '/v1/traces', protobufType, protobufBody);
    const socket = net.connect(receiver.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => { text += chunk; });
    socket.write(refused);
    socket.write(good);
    while (!text.includes('HTTP/1.1 200')) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    assert.match(text, /^HTTP\/1\.1 404/);
    assert.deepEqual(names(), ['good']);
  });

  test('what is not HTTP is answered and hurts nothing', async () => {
    assert.equal((await rawHttp(receiver.port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).status, 400);
    assert.equal((await rawHttp(receiver.port, Buffer.alloc(100, 0xff))).status, 400);
    const cut = net.connect(receiver.port, '127.0.0.1');
    await new Promise((resolve) => cut.write(request('POST', '/v1/traces', { ...protobufType, 'Content-Length': '5000' }), resolve));
    cut.destroy();
    assert.equal((await send('POST', '/v1/traces', protobufType, protobufBody)).status, 200);
    assert.deepEqual(log.errors, []);
  });

  test('only loopback names as Host, only loopback pages as Origin', async () => {
    for (const [headers, status] of [
      [{ Host: 'localhost:4318' }, 200],
      [{ Host: '127.0.0.1' }, 200],
      [{ Host: '[::1]:1' }, 200],
      [{ Host: 'evil.example:4318' }, 403],
      [{ Host: 'localhost.evil.example' }, 403],
      [{ Host: '127.0.0.1.evil.example' }, 403],
      [{ Host: 'host.docker.internal:4318' }, 200],
      [{ Host: 'host.containers.internal' }, 200],
      [{ Host: 'host.docker.internal.evil.example' }, 403],
      [{ Origin: 'http://host.docker.internal' }, 403],
      [{ Origin: 'http://localhost:3000' }, 200],
      [{ Origin: 'https://127.0.0.1:8443' }, 200],
      [{ Origin: 'http://[::1]:3000' }, 200],
      [{ Origin: 'https://evil.example' }, 403],
      [{ Origin: 'http://localhost.evil.example' }, 403],
      [{ Origin: 'http://localhost:3000@evil.example' }, 403],
      [{ Origin: 'null' }, 403],
      [{ Origin: 'file://' }, 403],
    ] as const) {
      const answer = await send('POST', '/v1/traces', { ...jsonType, ...headers }, jsonBody);
      const origin = (headers as { Origin?: string }).Origin;
      assert.equal(answer.status, status, JSON.stringify(headers));
      assert.equal(answer.headers['access-control-allow-origin'], status === 200 ? origin : undefined);
    }
    assert.equal(names().length, 8);
  });

  test('preflight', async () => {
    const ask = { Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'POST', 'Content-Length': '' };
    const answer = await send('OPTIONS', '/v1/traces', {
      ...ask, 'Access-Control-Request-Headers': 'content-type,x-mine', 'Access-Control-Request-Private-Network': 'true',
    });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], 'http://localhost:3000');
    assert.equal(answer.headers['access-control-allow-methods'], 'POST');
    assert.equal(answer.headers['access-control-allow-headers'], 'content-type,x-mine');
    assert.equal(answer.headers['access-control-allow-private-network'], 'true');
    assert.equal(answer.headers['access-control-max-age'], '7200');
    assert.equal(answer.headers['vary'], 'Origin');
    const plain = await send('OPTIONS', '/v1/logs', ask);
    assert.match(plain.headers['access-control-allow-headers'] ?? '', /content-type/);
    assert.equal(plain.headers['access-control-allow-private-network'], undefined);
    assert.equal((await send('OPTIONS', '/v1/traces', { ...ask, Origin: 'https://evil.example' })).status, 403);
    assert.equal((await send('OPTIONS', '/elsewhere', ask)).status, 404);
  });

  test('a sink that cannot keep them: 503 or 429 with Retry-After; a bug: 500 and a line in the log', async () => {
    sink.fail = new SinkError('unavailable', 'the disk is full', 5);
    const unavailable = await send('POST', '/v1/traces', protobufType, protobufBody);
    assert.deepEqual([unavailable.status, unavailable.headers['retry-after']], [503, '5']);
    const status = decode('RpcStatus', unavailable.body) as { code: number; message: string; details: { typeUrl: string; value: number[] }[] };
    assert.deepEqual([status.code, status.message, status.details[0]?.typeUrl], [14, 'the disk is full', 'type.googleapis.com/google.rpc.RetryInfo']);
    assert.deepEqual(decode('RetryInfo', Uint8Array.from(status.details[0]?.value ?? [])), { retryDelay: { seconds: '5' } });
    sink.fail = new SinkError('overloaded', 'too much at once', 0.2);
    const overloaded = await send('POST', '/v1/traces', jsonType, jsonBody);
    assert.deepEqual([overloaded.status, overloaded.headers['retry-after']], [429, '1']);
    assert.deepEqual(log.errors, []);
    sink.fail = new Error('a bug with /secret/paths in it');
    const broken = await send('POST', '/v1/traces', jsonType, jsonBody);
    assert.equal(broken.status, 500);
    assert.doesNotMatch(broken.body.toString(), /secret/);
    assert.deepEqual(log.errors, [sink.fail]);
  });
});

test('a request under way when the receiver closes is still answered; nothing is accepted after', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  let entered = () => {};
  const began = new Promise<void>((resolve) => { entered = resolve; });
  const sink = new RecordingSink();
  const slow = { traces: async () => { entered(); await held; }, logs: sink.logs.bind(sink), metrics: () => {} };
  const receiver = await startOtlpHttp(slow, { port: 0, intake: new Intake(), log: new RecordingLog() });
  const answer = rawHttp(receiver.port, request('POST', '/v1/traces', protobufType, protobufBody));
  await began;
  const closed = receiver.close();
  release();
  assert.equal((await answer).status, 200);
  await closed;
  await assert.rejects(rawHttp(receiver.port, request('POST', '/v1/traces', protobufType, protobufBody)), { code: 'ECONNREFUSED' });
});

test('a taken port is replaced by a free one, and said', async () => {
  const options = { port: 0, intake: new Intake(), log: new RecordingLog() };
  const first = await startOtlpHttp(new RecordingSink(), options);
  const second = await startOtlpHttp(new RecordingSink(), { ...options, port: first.port });
  assert.equal(first.wasTaken, false);
  assert.equal(second.wasTaken, true);
  assert.notEqual(second.port, first.port);
  assert.equal((await rawHttp(second.port, request('POST', '/v1/traces', protobufType))).status, 200);
  await Promise.all([first.close(), second.close()]);
});
