/** The hub as it is bundled: what its bundle leaves out, or loads from a file beside it, is not missed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { OTLPTraceExporter as GrpcTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, SimpleSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { connectHub } from '../../src/client/hubConnection.ts';
import { decodeTraces } from '../../src/decode/otlpJson.ts';
import type { HubInfo } from '../../src/hub/runningHub.ts';

const hubScript = path.join(import.meta.dirname, '..', '..', 'dist', 'hub.cjs');
const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
/** Needs more than 32 bits, and is told from its neighbours by a double still. */
const large = 2 ** 52 + 12_345;

test('spans over HTTP, over gRPC and over gRPC on the port of HTTP, with large integers, are kept by the bundled hub', async () => {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'bundled-hub-'));
  const child = spawn(process.execPath, [hubScript, '--data', dataDir, '--otlp-http', '0', '--otlp-grpc', '0', '--hub-version', '1.0.0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { otlpHttp, otlpGrpc } = JSON.parse(line.toString()) as HubInfo;
    const exporters: readonly (readonly [string, SpanExporter])[] = [
      ['http', new ProtoTraceExporter({ url: `${otlpHttp}/v1/traces` })], ['grpc', new GrpcTraceExporter({ url: otlpGrpc })], ['grpc over http', new GrpcTraceExporter({ url: otlpHttp })],
    ];
    for (const [name, exporter] of exporters) {
      const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
      provider.getTracer('test').startSpan(name, { attributes: { large, negative: -large } }).end();
      await provider.forceFlush();
      await provider.shutdown();
    }
    const hub = connectHub({ dataDir, hubScript: '', version: '1.0.0', clientName: 'test', startIfMissing: false, log });
    await hub.ready();
    const { json } = await hub.call('exportOtlpJson', { traceIds: undefined });
    hub.close();
    const kept = decodeTraces(Buffer.from(json)).spans.map(({ name, attributes }) => [name, ...attributes.map(({ value }) => value)]);
    assert.deepEqual(kept, exporters.map(([name]) => [name, BigInt(large), BigInt(-large)]));
    assert.equal(said, '');
  } finally {
    child.kill('SIGTERM');
    await closed;
    await rm(dataDir, { recursive: true, force: true });
  }
});
