import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import * as grpc from '@grpc/grpc-js';
import fc from 'fast-check';
import { decodeTraces } from '../../../src/decode/otlpJson.ts';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import { startHub } from '../../../src/hub/runningHub.ts';
import type { Span } from '../../../src/model/span.ts';
import { connect } from '../client/hubProcesses.ts';
import { spans } from '../decode/arbitraries.ts';
import { traceRequest } from '../decode/modelToProto.ts';
import { encode } from '../decode/otlpProto.ts';
import { rawHttp, request } from '../receivers/rawHttp.ts';
import { atEnd, spanIdOf, temporaryFolder, traceIdOf } from './spans.ts';

const exportPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

test('any trace request comes out of the hub as it went in, by every way in: to the nanosecond, every attribute with its kind', async (t) => {
  const dataDir = await temporaryFolder(t);
  const hub = await startHub({ dataDir, version: '1.0.0', otlpHttpPort: 0, otlpGrpcPort: 0, limitBytes: 1e9, idleExitMs: undefined });
  atEnd(t, () => hub.stop('the test is over'));
  const connection = connect(t, dataDir, { startIfMissing: false });
  const client = new grpc.Client(new URL(hub.info.otlpGrpc).host, grpc.credentials.createInsecure());
  atEnd(t, async () => client.close());

  const post = async (type: string, body: Uint8Array | string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await rawHttp(Number(new URL(hub.info.otlpHttp).port), request('POST', '/v1/traces', { 'Content-Type': type, ...headers }, body));
    assert.equal(answer.status, 200, answer.body.toString());
    assert.match(answer.body.toString(), /^(\{\})?$/);
  };
  const asIs = (bytes: Buffer) => bytes;
  const protobuf = (sent: readonly Span[]) => Buffer.from(encode('ExportTraceServiceRequest', traceRequest(sent)));
  const ways: readonly (readonly [string, (sent: readonly Span[]) => Promise<unknown>])[] = [
    ['HTTP, protobuf', (sent) => post('application/x-protobuf', protobuf(sent))],
    ['HTTP, protobuf, gzip', (sent) => post('application/x-protobuf', zlib.gzipSync(protobuf(sent)), { 'Content-Encoding': 'gzip' })],
    ['HTTP, JSON', (sent) => post('application/json', JSON.stringify(traceRequestJson(sent)))],
    ['gRPC', (sent) => new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(exportPath, asIs, asIs, protobuf(sent), (error, answer) => (error === null && answer?.length === 0 ? resolve() : reject(error ?? new Error('partial'))));
    })],
  ];

  let traces = 0;
  await fc.assert(fc.asyncProperty(spans, async (generated) => {
    for (const [way, send] of ways) {
      // A span is known by its ids: what is sent by another way must not be the same one.
      const traceId = traceIdOf(++traces);
      const sent = generated.map((span, index): Span => ({ ...span, traceId, spanId: spanIdOf(index + 1) }));
      await send(sent);
      const { json } = await connection.call('exportOtlpJson', { traceIds: [traceId] });
      assert.deepStrictEqual(decodeTraces(json).spans, sent, way);
      for (const { spanId, startUnixNano, endUnixNano, name } of sent.slice(0, 1)) {
        const details = await connection.call('spanDetails', { traceId, spanId });
        assert.deepEqual([details?.startUnixNano, details?.endUnixNano, details?.name], [String(startUnixNano), String(endUnixNano), name]);
      }
    }
  }), { numRuns: 40 });
});
