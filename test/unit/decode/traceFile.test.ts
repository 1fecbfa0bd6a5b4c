import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../../src/decode/batch.ts';
import { readJaegerJson } from '../../../src/decode/jaegerJson.ts';
import { jaegerJson } from '../../../src/decode/jaegerJsonWriter.ts';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import { decodeTraceFile } from '../../../src/decode/traceFile.ts';
import { readZipkinJson } from '../../../src/decode/zipkinJson.ts';
import { attribute } from '../../../src/model/attributes.ts';
import type { Span } from '../../../src/model/span.ts';
import { spans as anySpans } from './arbitraries.ts';
import { traceRequest } from './modelToProto.ts';
import { encode } from './otlpProto.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const otlp = (name: string): object => ({ resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] }, scopeSpans: [{ spans: [{ traceId: trace, spanId: '00f067aa0ba902b7', name, startTimeUnixNano: '1784037751564218943', endTimeUnixNano: '1784037751564218999' }] }] }] });
const names = (bytes: Uint8Array): string => {
  const { format, spans } = decodeTraceFile(bytes);
  return `${format} ${spans.map(({ name }) => name).join()}`;
};

/** More than is parsed at once. */
const large = (spans: readonly object[], key: 'resourceSpans' | 'data'): string => JSON.stringify(key === 'data'
  ? { data: [{ traceID: trace, spans, processes: { p1: { serviceName: 'orders', tags: [] } } }] }
  : { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans, scope: { name: 'after its spans' } }] }] });
const padding = 'x'.repeat(500);

const jaeger = {
  data: [{
    traceID: trace,
    spans: [
      { traceID: trace, spanID: '1', operationName: 'root', references: [], startTime: 1784037751564218, duration: 1500, processID: 'p1', flags: 1, warnings: null,
        tags: [{ key: 'span.kind', type: 'string', value: 'server' }, { key: 'error', type: 'bool', value: true }, { key: 'otel.status_description', type: 'string', value: 'no stock' }, { key: 'http.status_code', type: 'int64', value: 500 }, { key: 'ratio', type: 'float64', value: 0.5 }, { key: 'raw', type: 'binary', value: 'AQI=' }, { key: 'otel.scope.name', type: 'string', value: 'http' }],
        logs: [{ timestamp: 1784037751564300, fields: [{ key: 'event', type: 'string', value: 'error' }, { key: 'error.kind', type: 'string', value: 'TypeError' }, { key: 'stack', type: 'string', value: 'at f (a.js:1:2)' }] }, { timestamp: 1784037751564301, fields: [{ key: 'message', type: 'string', value: 'plain' }] }] },
      { traceID: trace, spanID: '00000000000000a2', operationName: 'child', references: [{ refType: 'FOLLOWS_FROM', traceID: 'f'.repeat(32), spanID: 'b' }, { refType: 'CHILD_OF', traceID: trace, spanID: '1' }], startTime: 1784037751564219.5, duration: 2, processID: 'p2', tags: [], logs: [] },
      { traceID: trace, spanID: '', operationName: 'no id', startTime: 1, duration: 1, processID: 'p9' },
    ],
    processes: { p1: { serviceName: 'orders', tags: [{ key: 'hostname', type: 'string', value: 'h' }] }, p2: { serviceName: 'stock', tags: [] } },
  }],
};

describe('Jaeger JSON', () => {
  it('is read as the collector reads Jaeger', () => {
    const { spans, rejections } = readJaegerJson(jaeger);
    assert.deepEqual(rejections, [{ reason: 'span id must be 8 bytes, not all zero', count: 1 }]);
    const [root, child] = spans as [Span, Span];
    assert.deepEqual([root.spanId, root.parentSpanId, root.kind, root.status, root.scope.name], ['0000000000000001', undefined, 2, { code: 2, message: 'no stock' }, 'http']);
    assert.deepEqual([root.startUnixNano, root.endUnixNano], [1784037751564218000n, 1784037751565718000n]);
    assert.deepEqual(root.attributes, [{ key: 'http.status_code', value: 500n }, { key: 'ratio', value: 0.5 }, { key: 'raw', value: Uint8Array.of(1, 2) }]);
    assert.deepEqual(root.resource.attributes, [{ key: 'service.name', value: 'orders' }, { key: 'hostname', value: 'h' }]);
    assert.deepEqual(root.events.map(({ name, attributes }) => [name, ...attributes.map(({ key }) => key)]), [['exception', 'exception.type', 'exception.stacktrace'], ['', 'message']]);
    assert.deepEqual([child.parentSpanId, child.startUnixNano, child.links.map(({ spanId }) => spanId)], ['0000000000000001', 1784037751564219500n, ['000000000000000b']]);
    assert.equal(attribute(child.resource.attributes, 'service.name'), 'stock');
  });

  it('reads one trace, a list of traces, and processes within spans', () => {
    assert.equal(names(bytesOf(jaeger.data[0])), 'jaeger-json root,child');
    assert.equal(names(bytesOf(jaeger.data)), 'jaeger-json root,child');
    const inSpan = readJaegerJson({ traceID: 'a1', spans: [{ traceID: 'a1', spanID: 'b', operationName: 'x', process: { serviceName: 'p', tags: [] } }] });
    assert.deepEqual(inSpan.spans[0]?.resource.attributes, [{ key: 'service.name', value: 'p' }]);
  });

  it('names the place of a wrong shape', () => {
    assert.throws(() => readJaegerJson({ data: [{ spans: [{ traceID: trace, spanID: '1', startTime: 'soon' }] }] }), { name: 'Error', message: '$.data[0].spans[0].startTime must be a number, not "soon"' });
    assert.throws(() => readJaegerJson({ data: [{ spans: [{ traceID: trace, spanID: '1', startTime: 1e300 }] }] }), DecodeError);
    assert.throws(() => readJaegerJson({ data: [7] }), DecodeError);
  });

  it('written and read back, a span is the same but for what Jaeger cannot say', () => {
    // Past 2^53 microseconds (the year 2255) a time is refused on reading.
    const early = (unixNano: bigint): bigint => unixNano % 2n ** 61n;
    const inRange = anySpans.map((drawn) => drawn.map((one) => ({ ...one, startUnixNano: early(one.startUnixNano), endUnixNano: early(one.endUnixNano), events: one.events.map((event) => ({ ...event, timeUnixNano: early(event.timeUnixNano) })) })));
    fc.assert(fc.property(inRange, (drawn) => {
      const back = readJaegerJson(JSON.parse(JSON.stringify(jaegerJson(drawn))));
      const known = (one: Span): unknown => [one.traceId, one.spanId, one.parentSpanId, one.name, one.startUnixNano / 1000n, one.endUnixNano / 1000n, one.status.code === 2, one.events.map((event) => event.timeUnixNano / 1000n)];
      const byTrace = [...new Set(drawn.map(({ traceId }) => traceId))].flatMap((id) => drawn.filter(({ traceId }) => traceId === id));
      assert.deepEqual(back.spans.map(known), byTrace.map(known));
    }));
    assert.deepEqual(readJaegerJson(JSON.parse(JSON.stringify(jaegerJson(readJaegerJson(jaeger).spans)))).spans.map(({ name, status, kind, parentSpanId, resource, attributes }) => ({ name, status, kind, parentSpanId, resource, attributes })), readJaegerJson(jaeger).spans.map(({ name, status, kind, parentSpanId, resource, attributes }) => ({ name, status, kind, parentSpanId, resource, attributes })));
  });

  it('a time that is below zero or far off is refused, not wrapped', () => {
    fc.assert(fc.property(fc.double(), (time) => {
      try {
        const [span] = readJaegerJson({ spans: [{ traceID: trace, spanID: '1', startTime: time }] , traceID: trace }).spans;
        assert.ok(Number.isFinite(time) && span !== undefined && Math.abs(Number(span.startUnixNano) / 1000 - time) <= 1 + Math.abs(time) * 1e-9);
      } catch (error) {
        assert.ok(DecodeError.is(error) && !(time >= 0 && time <= Number.MAX_SAFE_INTEGER));
      }
    }));
  });
});

describe('Zipkin JSON', () => {
  const zipkin = [
    { traceId: '0e0e4736', id: 'a', name: 'get /', kind: 'CLIENT', timestamp: 1784037751564218, duration: 100, localEndpoint: { serviceName: 'web' }, remoteEndpoint: { serviceName: 'orders', ipv4: '10.0.0.1', port: 80 }, tags: { error: 'no stock', 'http.path': '/' } },
    { traceId: '0e0e4736', id: 'a', name: 'get /', kind: 'SERVER', shared: true, timestamp: 1784037751564228, duration: 50, localEndpoint: { serviceName: 'orders' }, annotations: [{ timestamp: 1784037751564230, value: 'cache miss' }] },
    { traceId: '0e0e4736', id: 'b', parentId: 'a', name: 'query', localEndpoint: { serviceName: 'orders' }, tags: { 'otel.status_code': 'OK', 'span.kind': 'internal' } },
    { traceId: '0e0e4736', id: 'c', parentId: 'a', name: 'own', localEndpoint: { serviceName: 'web' } },
    { traceId: '0e0e4736', id: 'd', parentId: 'd', name: 'itself' },
  ];

  it('is read as the collector reads Zipkin, a shared span as two', () => {
    const { spans } = readZipkinJson(zipkin);
    const [client, server, query, own, itself] = spans as [Span, Span, Span, Span, Span];
    assert.deepEqual([client.traceId, client.spanId, client.kind, client.status], ['000000000000000000000000' + '0e0e4736', '000000000000000a', 3, { code: 2, message: 'no stock' }]);
    assert.deepEqual(client.attributes.map(({ key }) => key), ['error', 'http.path', 'peer.service', 'network.peer.address', 'network.peer.port']);
    assert.notEqual(server.spanId, client.spanId);
    assert.deepEqual([server.parentSpanId, server.events[0]?.name], [client.spanId, 'cache miss']);
    assert.deepEqual([query.parentSpanId, query.kind, query.status.code], [server.spanId, 1, 1]);
    assert.equal(own.parentSpanId, client.spanId);
    assert.equal(itself.parentSpanId, undefined);
  });

  it('reads a list of traces as well', () => {
    assert.equal(names(bytesOf([zipkin])), 'zipkin-json get /,get /,query,own,itself');
    assert.equal(names(bytesOf(zipkin)), 'zipkin-json get /,get /,query,own,itself');
  });

  it('names the place of a wrong shape, and counts wrong ids', () => {
    assert.throws(() => readZipkinJson([{ traceId: '1', id: '2', duration: {} }]), /spans\[0\]\.duration must be a number/);
    assert.deepEqual(readZipkinJson([{ traceId: 'x', id: '2' }]).rejections, [{ reason: 'trace id must be 16 bytes, not all zero', count: 1 }]);
  });
});

describe('decodeTraceFile', () => {
  it('tells the formats apart by what they hold', () => {
    assert.equal(names(bytesOf(otlp('one'))), 'otlp-json one');
    assert.equal(names(bytesOf(`\uFEFF\n  ${JSON.stringify(otlp('one'), null, 2)}\n`)), 'otlp-json one');
    assert.equal(names(bytesOf(`${JSON.stringify(otlp('one'))}\r\n\n${JSON.stringify(otlp('two'))}\n`)), 'otlp-jsonl one,two');
    assert.equal(names(bytesOf(jaeger)), 'jaeger-json root,child');
    assert.equal(names(bytesOf({ result: otlp('jaeger v3') })), 'otlp-json jaeger v3');
    assert.equal(names(bytesOf({ trace: otlp('tempo v2') })), 'otlp-json tempo v2');
    assert.equal(names(bytesOf({ batches: (otlp('tempo v1') as { resourceSpans: unknown }).resourceSpans })), 'otlp-json tempo v1');
  });

  it('reads any OTLP protobuf, also one that looks like text at first', () => {
    fc.assert(fc.property(anySpans.filter((spans) => spans.length > 0), (drawn) => {
      const file = decodeTraceFile(encode('ExportTraceServiceRequest', traceRequest(drawn)));
      assert.deepEqual([file.format, file.spans.length], ['otlp-protobuf', drawn.length]);
    }));
    // A resource group of 123 bytes: 0x0a 0x7b, which is a line's end and a brace.
    for (let length = 0; length < 200; length++) {
      const bytes = encode('ExportTraceServiceRequest', traceRequest([span('x'.repeat(length))]));
      assert.equal(decodeTraceFile(bytes).format, 'otlp-protobuf');
    }
  });

  it('reads any OTLP/JSON that we write', () => {
    fc.assert(fc.property(anySpans.filter((spans) => spans.length > 0), (drawn) => {
      assert.equal(decodeTraceFile(bytesOf(traceRequestJson(drawn))).spans.length, drawn.length);
    }));
  });

  it('keeps logs, and passes metrics over', () => {
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' }, traceId: trace }] }] }] };
    const file = decodeTraceFile(bytesOf(`${JSON.stringify(otlp('a'))}\n${JSON.stringify(logs)}\n{"resourceMetrics":[]}`));
    assert.deepEqual([file.spans.length, file.logs.length], [1, 1]);
  });

  it('a file cut off in its last line keeps what came before, and says so', () => {
    const file = decodeTraceFile(bytesOf(`${JSON.stringify(otlp('one'))}\n${JSON.stringify(otlp('two')).slice(0, 80)}`));
    assert.deepEqual([file.spans.length, file.rejections], [1, [{ reason: 'the last line is not whole', count: 1 }]]);
    assert.throws(() => decodeTraceFile(bytesOf(`${JSON.stringify(otlp('one'))}\n{"resource\n${JSON.stringify(otlp('two'))}`)), /^Error: line 2: /);
  });

  it('says what a file is not', () => {
    const refused = (value: unknown): string => {
      try {
        decodeTraceFile(value instanceof Uint8Array ? value : bytesOf(value));
        return 'read';
      } catch (error) {
        return DecodeError.is(error) ? error.message : String(error);
      }
    };
    assert.equal(refused(new Uint8Array(0)), 'the file is empty');
    assert.equal(refused('  \n'), 'the file is empty');
    assert.match(refused('{"a": 1, "b"'), /^the file is not whole JSON: /);
    assert.match(refused({ name: 'package' }), /holds no spans/);
    assert.match(refused('[]'), /empty list/);
    assert.match(refused('[1,2]'), /neither/);
    assert.match(refused('hello world'), /no OTLP .*Jaeger JSON or Zipkin JSON/);
    assert.match(refused(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a])), /no OTLP/);
    assert.match(refused(Uint8Array.from([0x7b, 0xff, 0xfe])), /no UTF-8/);
  });

  it('any bytes: read or refused, never a crash', () => {
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map(bytesOf), fc.string().map((text) => bytesOf(`{${text}`)), fc.jsonValue().map((value) => bytesOf({ data: [value] })), fc.jsonValue().map((value) => bytesOf([{ traceId: trace, id: '1', tags: value }]))), (bytes) => {
      try {
        decodeTraceFile(bytes);
      } catch (error) {
        assert.ok(DecodeError.is(error), String(error));
      }
    }), { numRuns: 3000 });
  });
});

function span(name: string): Span {
  const [read] = decodeTraceFile(bytesOf(otlp(name))).spans;
  if (read === undefined) throw new Error('no span');
  return read;
}

describe('a large file', () => {
  const otlpSpan = (index: number, more: object = {}): object => ({ traceId: trace, spanId: (index + 1).toString(16).padStart(16, '0'), name: `step ${index} ${padding}`, startTimeUnixNano: '1', endTimeUnixNano: '2', ...more });
  const otlpSpans = (last: object = {}): object[] => Array.from({ length: 8000 }, (_, index) => otlpSpan(index, index === 7999 ? last : {}));

  it('is read piece by piece into the same spans, which share what they come from', () => {
    const upto: number[] = [];
    const text = large(otlpSpans(), 'resourceSpans');
    const { spans, format } = decodeTraceFile(bytesOf(text), (byte) => upto.push(byte));
    assert.deepEqual([format, spans.length, spans[7999]?.spanId], ['otlp-json', 8000, '0000000000001f40']);
    assert.ok(spans.every(({ resource, scope }) => resource === spans[0]?.resource && scope === spans[0]?.scope && scope.name === 'after its spans'));
    assert.ok(upto.length > 10);
    const jaegerSpans = Array.from({ length: 8000 }, (_, index) => ({ traceID: trace, spanID: (index + 1).toString(16), operationName: padding, startTime: 1, duration: 1, processID: 'p1' }));
    assert.equal(decodeTraceFile(bytesOf(large(jaegerSpans, 'data'))).spans.filter(({ resource }) => attribute(resource.attributes, 'service.name') === 'orders').length, 8000);
  });

  it('says what is wrong with it as a small one does', () => {
    assert.throws(() => decodeTraceFile(bytesOf(large(otlpSpans({ name: 7 }), 'resourceSpans'))), { message: '$.resourceSpans[0].scopeSpans[0].spans[7999].name must be a string, not 7' });
    assert.throws(() => decodeTraceFile(bytesOf(large(otlpSpans(), 'resourceSpans').slice(0, -20))), { message: /^the file is not whole JSON: / });
    assert.throws(() => decodeTraceFile(bytesOf(JSON.stringify({ spans: otlpSpans() }))), { message: /holds no spans/ });
  });
});
