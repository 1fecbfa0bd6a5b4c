/** The official JavaScript exporters, as programs use them, against our receivers. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPLogExporter as GrpcLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as GrpcMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as GrpcTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { Intake } from '../../src/hub/intake.ts';
import { startOtlpGrpc } from '../../src/hub/receivers/otlpGrpc.ts';
import { startOtlpHttp } from '../../src/hub/receivers/otlpHttp.ts';
import type { Receiver } from '../../src/hub/receivers/receiver.ts';
import { SinkError } from '../../src/hub/sink.ts';
import type { Attributes, AttributeValue } from '../../src/model/attributes.ts';
import { KeyValueList } from '../../src/model/attributes.ts';
import { RecordingLog, RecordingSink } from './recordingSink.ts';

interface Wire {
  readonly name: string;
  readonly encoding: 'protobuf' | 'json';
  traces(gzip: boolean): SpanExporter;
  logs(gzip: boolean): LogRecordExporter;
  metrics(gzip: boolean): PushMetricExporter;
}

const log = new RecordingLog();
let sink: RecordingSink;
let http: Receiver;
let grpc: Receiver;

before(async () => {
  const forward = {
    traces: (...args: Parameters<RecordingSink['traces']>) => sink.traces(...args),
    logs: (...args: Parameters<RecordingSink['logs']>) => sink.logs(...args),
    metrics: (dataPoints: number) => sink.metrics(dataPoints),
  };
  const grpcReceiver = await startOtlpGrpc(forward, { port: 0, intake: new Intake(), log });
  grpc = grpcReceiver;
  http = await startOtlpHttp(forward, { port: 0, intake: new Intake(), log, onHttp2: (socket) => grpcReceiver.take(socket) });
});

after(async () => {
  await Promise.all([http.close(), grpc.close()]);
  assert.deepEqual(log.errors, []);
});

beforeEach(() => {
  sink = new RecordingSink();
});

// The exporters' own enum of compressions, whose packages we do not name: 'gzip' and 'none' are its values.
const overHttp = (signal: string, gzip: boolean) => ({ url: `http://127.0.0.1:${http.port}/v1/${signal}`, compression: (gzip ? 'gzip' : 'none') as never });
const overGrpc = (gzip: boolean, port = grpc.port) => ({ url: `http://127.0.0.1:${port}`, compression: (gzip ? 'gzip' : 'none') as never });

const wires: readonly Wire[] = [
  {
    name: 'http/protobuf',
    encoding: 'protobuf',
    traces: (gzip) => new ProtoTraceExporter(overHttp('traces', gzip)),
    logs: (gzip) => new ProtoLogExporter(overHttp('logs', gzip)),
    metrics: (gzip) => new ProtoMetricExporter(overHttp('metrics', gzip)),
  },
  {
    name: 'http/json',
    encoding: 'json',
    traces: (gzip) => new JsonTraceExporter(overHttp('traces', gzip)),
    logs: (gzip) => new JsonLogExporter(overHttp('logs', gzip)),
    metrics: (gzip) => new JsonMetricExporter(overHttp('metrics', gzip)),
  },
  {
    name: 'grpc',
    encoding: 'protobuf',
    traces: (gzip) => new GrpcTraceExporter(overGrpc(gzip)),
    logs: (gzip) => new GrpcLogExporter(overGrpc(gzip)),
    metrics: (gzip) => new GrpcMetricExporter(overGrpc(gzip)),
  },
  {
    name: 'grpc on the HTTP port',
    encoding: 'protobuf',
    traces: (gzip) => new GrpcTraceExporter(overGrpc(gzip, http.port)),
    logs: (gzip) => new GrpcLogExporter(overGrpc(gzip, http.port)),
    metrics: (gzip) => new GrpcMetricExporter(overGrpc(gzip, http.port)),
  },
];

const attributes = {
  text: 'grüße, 世界 🙂',
  empty: '',
  yes: true,
  integer: -42,
  large: Number.MAX_SAFE_INTEGER,
  double: 0.1,
  texts: ['a', 'b'],
  numbers: [1, 2],
  flags: [true, false],
  'code.line.number': 17,
};
const asReceived: Readonly<Record<string, AttributeValue>> = {
  text: 'grüße, 世界 🙂',
  empty: '',
  yes: true,
  integer: -42n,
  large: BigInt(Number.MAX_SAFE_INTEGER),
  double: 0.1,
  texts: ['a', 'b'],
  numbers: [1n, 2n],
  flags: [true, false],
  'code.line.number': 17n,
};

function toRecord(attributes: Attributes): Record<string, AttributeValue> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
}

const resource = resourceFromAttributes({ 'service.name': 'shop', 'process.pid': 4711 });

for (const wire of wires) {
  for (const gzip of [false, true]) {
    describe(`${wire.name}${gzip ? ', gzip' : ''}`, () => {
      test('spans arrive nanosecond for nanosecond and attribute for attribute', async () => {
        const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(wire.traces(gzip))] });
        const tracer = provider.getTracer('contract', '1.2.3');
        const root = tracer.startSpan('GET /items/:id', { kind: SpanKind.SERVER, startTime: [1790000379, 31774587] }, ROOT_CONTEXT);
        const child = tracer.startSpan('SELECT', {
          kind: SpanKind.CLIENT,
          startTime: [1790000379, 31774588],
          attributes,
          links: [{ context: root.spanContext(), attributes: { why: 'test' } }],
        }, trace.setSpan(ROOT_CONTEXT, root));
        child.addEvent('exception', { 'exception.type': 'TypeError' }, [1790000379, 31774589]);
        child.setStatus({ code: SpanStatusCode.ERROR, message: 'no such table' });
        child.end([1790000379, 999999999]);
        root.end([1790000380, 1]);
        await provider.forceFlush();
        await provider.shutdown();

        assert.deepEqual(sink.encodings, [wire.encoding]);
        const [gotChild, gotRoot] = sink.spans;
        assert.ok(gotChild !== undefined && gotRoot !== undefined && sink.spans.length === 2);
        assert.deepEqual(
          [gotRoot.traceId, gotRoot.spanId, gotRoot.parentSpanId, gotRoot.name, gotRoot.kind, gotRoot.status.code],
          [root.spanContext().traceId, root.spanContext().spanId, undefined, 'GET /items/:id', 2, 0],
        );
        assert.deepEqual([gotRoot.startUnixNano, gotRoot.endUnixNano], [1790000379031774587n, 1790000380000000001n]);
        assert.deepEqual([gotChild.startUnixNano, gotChild.endUnixNano], [1790000379031774588n, 1790000379999999999n]);
        assert.deepEqual([gotChild.parentSpanId, gotChild.kind, gotChild.status], [gotRoot.spanId, 3, { code: 2, message: 'no such table' }]);
        assert.deepStrictEqual(toRecord(gotChild.attributes), asReceived);
        assert.deepStrictEqual(gotChild.events, [{
          timeUnixNano: 1790000379031774589n, name: 'exception', attributes: [{ key: 'exception.type', value: 'TypeError' }], droppedAttributesCount: 0,
        }]);
        assert.deepEqual(gotChild.links.map(({ traceId, spanId, attributes }) => [traceId, spanId, attributes]), [
          [gotRoot.traceId, gotRoot.spanId, [{ key: 'why', value: 'test' }]],
        ]);
        assert.equal(gotChild.resource, gotRoot.resource);
        assert.deepStrictEqual(toRecord(gotChild.resource.attributes), { 'service.name': 'shop', 'process.pid': 4711n });
        assert.deepEqual([gotChild.scope.name, gotChild.scope.version], ['contract', '1.2.3']);
      });

      test('logs arrive tied to their span, with bodies of every kind', async () => {
        const provider = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: wire.logs(gzip) })] });
        const spanContext = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', traceFlags: 1 };
        const logger = provider.getLogger('contract');
        logger.emit({
          eventName: 'exception',
          severityNumber: 17,
          severityText: 'ERROR',
          body: { message: 'broke', bytes: Uint8Array.of(1, 255), list: [1, 'two', 0.5] },
          attributes,
          timestamp: [1790000379, 31774587],
          observedTimestamp: [1790000379, 31774599],
          context: trace.setSpanContext(ROOT_CONTEXT, spanContext),
        });
        logger.emit({ body: 'plain', context: ROOT_CONTEXT });
        await provider.forceFlush();
        await provider.shutdown();

        const [event, plain] = sink.records;
        assert.ok(event !== undefined && plain !== undefined);
        assert.deepEqual([event.traceId, event.spanId, event.flags], [spanContext.traceId, spanContext.spanId, 1]);
        assert.deepEqual([event.timeUnixNano, event.observedTimeUnixNano], [1790000379031774587n, 1790000379031774599n]);
        assert.deepEqual([event.severityNumber, event.severityText, event.eventName], [17, 'ERROR', 'exception']);
        assert.deepStrictEqual(event.body, new KeyValueList([
          { key: 'message', value: 'broke' },
          { key: 'bytes', value: Uint8Array.of(1, 255) },
          { key: 'list', value: [1n, 'two', 0.5] },
        ]));
        assert.deepStrictEqual(toRecord(event.attributes), asReceived);
        assert.deepEqual([plain.body, plain.traceId, plain.spanId], ['plain', undefined, undefined]);
      });

      test('metrics are accepted and counted', async () => {
        const reader = new PeriodicExportingMetricReader({ exporter: wire.metrics(gzip), exportIntervalMillis: 3_600_000 });
        const provider = new MeterProvider({ resource, readers: [reader] });
        const meter = provider.getMeter('contract');
        const counter = meter.createCounter('requests');
        counter.add(1, { route: '/a' });
        counter.add(1, { route: '/b' });
        meter.createHistogram('duration').record(5);
        await provider.forceFlush();
        assert.equal(sink.dataPoints, 3);
        await provider.shutdown();
      });
    });
  }

  // The gRPC exporter for JavaScript does not try again of its own accord (0.223).
  if (!wire.name.startsWith('grpc')) test(`${wire.name}: a sender is told to come back, and its spans arrive when it does`, async () => {
    sink.fail = new SinkError('unavailable', 'the disk is busy', 1);
    const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(wire.traces(false))] });
    provider.getTracer('contract').startSpan('retried').end();
    const flushed = provider.forceFlush();
    while (!log.lines.some((line) => line.includes('the disk is busy'))) await new Promise((resolve) => setTimeout(resolve, 5));
    log.lines.length = 0;
    sink.fail = undefined;
    await flushed;
    await provider.shutdown();
    assert.deepEqual(sink.spans.map(({ name }) => name), ['retried']);
  });
}
