import assert from 'node:assert/strict';
import { composeRules } from '../../src/client/composeRules.ts';
import { launchRules } from '../../src/client/launchRules.ts';
import { scopeOf } from '../../src/client/ruleScope.ts';
import { parseEnvFile } from '../../src/debug/envFile.ts';
import { DecodeError } from '../../src/decode/batch.ts';
import * as json from '../../src/decode/otlpJson.ts';
import { traceRequestJson } from '../../src/decode/otlpJsonWriter.ts';
import * as protobuf from '../../src/decode/otlpProtobuf.ts';
import { decodeProbeReport } from '../../src/decode/probeReport.ts';
import { decodeTraceFile } from '../../src/decode/traceFile.ts';
import { isSpanId, isTraceId } from '../../src/decode/validate.ts';
import { SourceMaps } from '../../src/locate/sourceMaps.ts';
import { readStack } from '../../src/locate/stack/stackFrames.ts';
import { maxStackFrames } from '../../src/locate/stack/stackFrame.ts';
import type { WorkspaceFile, WorkspaceFiles } from '../../src/locate/workspaceFiles.ts';
import type { Span } from '../../src/model/span.ts';
import { decodeFrame, encodeFrame, FrameError } from '../../src/protocol/frame.ts';
import { parseLease } from '../../src/protocol/lease.ts';
import { RpcPeer } from '../../src/protocol/rpc.ts';
import { encode } from '../unit/decode/otlpProto.ts';
import { checkSkim } from './checkSkim.ts';
import { mutatedBytes, mutatedJson } from './mutations.ts';
import { Random } from './random.ts';
import { randomOtlpJson } from './randomOtlpJson.ts';
import { randomOtlpProtobuf } from './randomOtlpProtobuf.ts';

/** One reader of what comes from outside. */
export interface Target {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  /** How often of ten an input is a JSON document with other values, rather than other bytes. */
  readonly jsonTenths: number;
  /** Makes an input instead of changing a seed. */
  readonly make?: (random: Random) => Buffer;
  /** @throws where the reader crashes, or takes what it must not */
  check(input: Buffer): void | Promise<void>;
}

const traceId = '5b8efff798038103d269b633813fc60c';
const spanId = 'eee19b7ec3c1b174';
const request = {
  resourceSpans: [{
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
    scopeSpans: [{
      scope: { name: 'lib', version: '1' },
      spans: [{
        traceId, spanId, parentSpanId: 'aaaaaaaaaaaaaaaa', name: 'GET /', kind: 2, startTimeUnixNano: '1790000379031774587', endTimeUnixNano: '1790000379031774999', flags: 257, traceState: 'a=b',
        attributes: [
          { key: 'int', value: { intValue: '-9223372036854775808' } }, { key: 'double', value: { doubleValue: 1.5 } }, { key: 'bool', value: { boolValue: true } },
          { key: 'bytes', value: { bytesValue: 'AQID' } }, { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: 1 }] } } },
          { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { stringValue: 'v' } }] } } },
        ],
        events: [{ timeUnixNano: '1790000379031774600', name: 'exception', attributes: [{ key: 'exception.stacktrace', value: { stringValue: 'Error: x\n    at f (/a.js:1:2)' } }] }],
        links: [{ traceId, spanId, flags: 1 }],
        status: { code: 2, message: 'broken' },
      }],
    }],
  }],
};
const bytesRequest = (() => {
  const copy = structuredClone(request) as { resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[] };
  const span = copy.resourceSpans[0]!.scopeSpans[0]!.spans[0]!;
  for (const each of [span, ...(span['links'] as Record<string, unknown>[])]) {
    for (const key of ['traceId', 'spanId', 'parentSpanId']) if (typeof each[key] === 'string') each[key] = Buffer.from(each[key], 'hex');
  }
  return Buffer.from(encode('ExportTraceServiceRequest', copy));
})();
const jaeger = { data: [{ traceID: traceId, spans: [{ traceID: traceId, spanID: spanId, operationName: 'op', references: [{ refType: 'CHILD_OF', traceID: traceId, spanID: 'aaaaaaaaaaaaaaaa' }], startTime: 1790000379031774, duration: 12.5, tags: [{ key: 'span.kind', type: 'string', value: 'server' }, { key: 'n', type: 'int64', value: 5 }], logs: [{ timestamp: 1790000379031775, fields: [{ key: 'event', value: 'e' }] }], processID: 'p1' }], processes: { p1: { serviceName: 'shop', tags: [] } } }] };
const zipkin = [{ traceId, id: spanId, parentId: 'aaaaaaaaaaaaaaaa', kind: 'SERVER', name: 'get', timestamp: 1790000379031774, duration: 12, localEndpoint: { serviceName: 'shop', ipv4: '127.0.0.1', port: 80 }, annotations: [{ timestamp: 1790000379031775, value: 'x' }], tags: { error: 'true' } }];
const report = { ...request, process: { id: 'a', pid: 5, host: 'h' }, ended: [{ traceId, spanId }], program: { capture: 'c', runtime: 'node', version: '24', sdk: 'own', reason: 'r' } };
const map = { version: 3, file: 'a.js', sourceRoot: 'src', sources: ['a.ts', '../b.ts'], sourcesContent: ['let a;\n', null], names: ['a'], mappings: 'AAAA,CAAC;AACD,IAAIA,IAAI;;EACF' };
const indexMap = { version: 3, sections: [{ offset: { line: 0, column: 0 }, map }, { offset: { line: 5, column: 0 }, map }] };
const launch = { type: 'node', remoteRoot: '/app', localRoot: '${workspaceFolder}', pathMappings: [{ remoteRoot: '/a', localRoot: '${env:HOME}/b' }], sourceFileMap: { '/x': { editorPath: 'y' } }, substitutePath: [{ from: 'a', to: 'b' }], outFiles: ['${workspaceFolder}/dist/**/*.js', '!**/node_modules/**'] };
const compose = 'services:\n  web: &web\n    build: .\n    volumes:\n      - .:/app:ro\n      - type: bind\n        source: ./src\n        target: /src\n    develop:\n      watch:\n        - { action: sync, path: ./a, target: /b }\n  other:\n    <<: *web\n';
const lease = { pid: 1, control: 'ws://127.0.0.1:5', token: 't', version: '1.0.0', otlpHttp: 'http://127.0.0.1:1', otlpGrpc: 'http://127.0.0.1:2', startedUnixMs: 1 };

const text = (...values: readonly unknown[]): Buffer[] => values.map((value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
const stacks = [
  'Error: x\n    at f (/home/a b/c.js:1:2)\n    at async Object.<anonymous> (file:///C:/d.mjs:3:4)\n    at eval (eval at <anonymous> (/a.js:1:1), <anonymous>:1:2)\n    at new Promise (<anonymous>)',
  'Traceback (most recent call last):\n  File "/a.py", line 3, in f\n    g()\n    ~^^\n  File "<string>", line 1, in <module>\nValueError: x\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "/b.py", line 1, in h\nKeyError',
  'java.lang.X: m\n\tat app//com.a.B$C.lambda$d$0(B.java:12) ~[x.jar:1]\n\tat java.base/java.lang.Thread.run(Unknown Source)\nCaused by: java.lang.Y\n\t... 3 more',
  'goroutine 1 [running]:\nmain.(*T).f(0x1)\n\t/a/b.go:12 +0x1d\ncreated by main.main in goroutine 1\n\t/a/b.go:3 +0x2', 'System.X: m\n   at A.B.C(String d) in /a/b.cs:line 12\n --- End of inner exception stack trace ---\n   at A.<>c.<D>b__0()',
  "a.rb:1:in 'A#b': m (X)\n\tfrom b.rb:2:in `block in c'", '#0 /a.php(12): A->b(1)\n#1 {main}\n  thrown in /a.php on line 3', '   0: core::panicking::panic\n             at /rustc/x/library/core/src/lib.rs:1:2\n   1: a::b\n             at ./src/main.rs:4:5', 'f@http://a/b.js:1:2\ng@file:///c.js:3:4',
];
const languages = [undefined, 'nodejs', 'python', 'java', 'go', 'dotnet', 'ruby', 'php', 'rust', 'webjs', 'cpp'];

/** Runs a reader that may say no in one way; undefined where it does. */
function unlessRefused<T>(Refusal: abstract new (...args: never[]) => Error, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** What is taken has ids, and is the same after it was written and read again. */
function checkSpans(spans: readonly Span[] | undefined): void {
  if (spans === undefined || spans.length === 0) return;
  for (const span of spans) assert.ok(isTraceId(span.traceId) && isSpanId(span.spanId) && (span.parentSpanId === undefined || isSpanId(span.parentSpanId)), 'a span without its ids');
  const again = json.decodeTraces(JSON.stringify(traceRequestJson(spans)));
  assert.deepStrictEqual(again.spans, spans);
  assert.deepEqual(again.rejections, []);
}

const generated: WorkspaceFile = { path: '/w/a.js', nativePath: '/w/a.js', isOutput: false, mtimeMs: 1, size: 1 } as WorkspaceFile;

async function checkMap(input: Buffer): Promise<void> {
  const file = `let a;\nlet b;\n//# sourceMappingURL=data:application/json;base64,${input.toString('base64')}\n`;
  const files = { readText: async () => file, find: async () => ({ kind: 'missing', reason: 'none' }) } as unknown as WorkspaceFiles;
  const maps = new SourceMaps(files, []);
  try {
    for (const [line, column] of [[1, 1], [2, 5], [3, undefined], [6, 1]] as const) {
      const answer = await maps.original(generated, line, column);
      if (answer.kind === 'original') assert.ok(Number.isSafeInteger(answer.line) && answer.line >= 1, `line ${answer.line}`);
    }
  } finally {
    maps.close();
  }
}

async function checkRpc(input: Buffer): Promise<void> {
  const message = unlessRefused(FrameError, () => decodeFrame(input[0] === 0x7b || input[0] === 0x5b ? input.toString() : input));
  let hear = (_message: unknown): void => {};
  const sent: unknown[] = [];
  const wire = { send: (reply: unknown) => void sent.push(encodeFrame(reply)), onMessage: (listener: (message: unknown) => void) => void (hear = listener), onClose: () => {} };
  const peer = new RpcPeer<{ ask: [unknown, unknown] }, Record<never, never>, { echo: [unknown, unknown]; fail: [unknown, unknown] }, Record<never, never>>(wire, {
    echo: (params) => params, fail: () => { throw new Error('no'); },
  });
  void peer.call('ask', {}).catch(() => {});
  hear(message);
  await Promise.resolve();
  await Promise.resolve();
}

export const targets: readonly Target[] = [
  { name: 'otlp-protobuf', seeds: [bytesRequest], jsonTenths: 0, check: (input) => {
    checkSpans(unlessRefused(DecodeError, () => protobuf.decodeTraces(input))?.spans);
    unlessRefused(DecodeError, () => protobuf.decodeLogs(input));
    unlessRefused(DecodeError, () => protobuf.countMetricPoints(input));
  } },
  { name: 'otlp-json', seeds: text(request), jsonTenths: 7, check: (input) => {
    checkSpans(unlessRefused(DecodeError, () => json.decodeTraces(input))?.spans);
    unlessRefused(DecodeError, () => json.decodeLogs(input));
    unlessRefused(DecodeError, () => json.countMetricPoints(input));
  } },
  { name: 'skim-protobuf', seeds: [bytesRequest], jsonTenths: 0, make: randomOtlpProtobuf, check: (input) => void checkSkim(input, 'protobuf') },
  { name: 'skim-json', seeds: text(request), jsonTenths: 0, make: randomOtlpJson, check: (input) => void checkSkim(input, 'json') },
  { name: 'jaeger-json', seeds: text(jaeger), jsonTenths: 8, check: (input) => checkSpans(unlessRefused(DecodeError, () => decodeTraceFile(input))?.spans) },
  { name: 'zipkin-json', seeds: text(zipkin), jsonTenths: 8, check: (input) => checkSpans(unlessRefused(DecodeError, () => decodeTraceFile(input))?.spans) },
  { name: 'trace-file', seeds: [bytesRequest, ...text(request, `${JSON.stringify(request)}\n${JSON.stringify(request)}\n`, jaeger, zipkin, { result: request }, { batches: request.resourceSpans })], jsonTenths: 0, check: (input) => checkSpans(unlessRefused(DecodeError, () => decodeTraceFile(input))?.spans) },
  { name: 'probe-report', seeds: text(report), jsonTenths: 7, check: (input) => {
    const read = unlessRefused(DecodeError, () => decodeProbeReport(input));
    checkSpans(read?.open);
    if (read !== undefined) assert.ok(read.ended.every((each) => isTraceId(each.traceId) && isSpanId(each.spanId)) && read.process.id.length <= 200 && Number.isSafeInteger(read.process.pid));
  } },
  { name: 'stack', seeds: text(...stacks), jsonTenths: 0, check: (input) => {
    const stack = input.toString();
    for (const language of languages) {
      const { frames } = readStack(stack, language);
      assert.ok(frames.length <= maxStackFrames, `${frames.length} frames`);
      for (const { line, column } of frames) {
        assert.ok((line === undefined || (Number.isSafeInteger(line) && line >= 1)) && (column === undefined || (Number.isSafeInteger(column) && column >= 1)), `at ${line}:${column}`);
      }
    }
  } },
  { name: 'source-map', seeds: text(map, indexMap), jsonTenths: 6, check: checkMap },
  { name: 'frame', seeds: [...text({ id: 1, method: 'm', params: [1, { a: null }] }), Buffer.from(encodeFrame({ id: 1, result: { a: new Float64Array([1, 2]), b: [new Uint8Array([1, 2, 3])] } }) as Uint8Array)], jsonTenths: 0, check: (input) => {
    const message = unlessRefused(FrameError, () => ({ value: decodeFrame(input) }));
    if (message !== undefined) assert.deepStrictEqual(decodeFrame(encodeFrame(message.value)), message.value);
  } },
  { name: 'rpc', seeds: [...text({ id: 1, method: 'echo', params: [1] }, { id: 2, method: 'fail' }, { id: 1, result: { a: 1 } }, { id: 1, error: 'e' }, { event: 'feed', data: {} }), Buffer.from(encodeFrame({ id: 1, method: 'echo', params: new Uint8Array([1]) }) as Uint8Array)], jsonTenths: 0, check: checkRpc },
  { name: 'lease', seeds: text(lease), jsonTenths: 7, check: (input) => {
    const read = parseLease(input.toString());
    if (read !== undefined) assert.match(read.control, /^ws:\/\/127\.0\.0\.1:\d{1,5}$/);
  } },
  { name: 'env-file', seeds: text('A=1\nexport B="x y"\n# c\nC=\'z\'\nD.E-F = g # h\r\n'), jsonTenths: 0, check: (input) => {
    for (const [name, value] of Object.entries(parseEnvFile(input.toString()))) assert.ok(/^[\w.-]+$/.test(name) && typeof value === 'string');
  } },
  { name: 'compose', seeds: text(compose), jsonTenths: 0, check: async (input) => checkRules(await composeRules(input.toString(), '/w', '/w')) },
  { name: 'launch', seeds: text(launch), jsonTenths: 10, check: (input) => checkRules(launchRules(JSON.parse(input.toString()), scopeOf('/w'))) },
];

function checkRules(rules: readonly { readonly remote: string; readonly local: string }[]): void {
  for (const { remote, local } of rules) assert.ok(typeof remote === 'string' && typeof local === 'string' && local !== '');
}

/** The input of that number: what seed, target and number say, and nothing else. */
export function inputOf(target: Target, seed: string, index: number): Buffer {
  const random = new Random(`${seed}/${target.name}/${index}`);
  if (target.make !== undefined) return target.make(random);
  const [first, second] = [random.of(target.seeds), random.of(target.seeds)];
  if (random.below(10) < target.jsonTenths) return Buffer.from(mutatedJson(random, first.toString(), second.toString()));
  return random.below(50) === 0 ? random.bytes(random.below(300)) : mutatedBytes(random, first, second);
}
