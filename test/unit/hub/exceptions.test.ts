/** The stacks of exceptions, as the official JavaScript SDK sends them in span events and in logs, before and after their spans. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { JsonLogsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { decodeLogs, decodeTraces } from '../../../src/decode/otlpJson.ts';
import { HubCore } from '../../../src/hub/core.ts';
import { LoggedExceptions } from '../../../src/hub/loggedExceptions.ts';
import { SiteTable } from '../../../src/hub/siteTable.ts';
import { resourceFacts } from '../../../src/hub/spanFacts.ts';
import { openStore } from '../../../src/hub/store/openStore.ts';
import { pendingMs, Summaries } from '../../../src/hub/summaries.ts';
import type { LogRecord } from '../../../src/model/span.ts';
import { atEnd, makeSpan, spanIdOf, temporaryFolder, traceIdOf } from './spans.ts';

interface Sent {
  readonly spanId: string;
  readonly traceId: string;
  readonly spans: Uint8Array<ArrayBuffer>;
  readonly logs: Uint8Array<ArrayBuffer>;
}

interface Shape {
  readonly kind?: SpanKind;
  readonly recordException?: boolean;
  readonly logs?: readonly { readonly eventName?: string; readonly attributes: Record<string, string | readonly string[]> }[];
  readonly attributes?: Record<string, string>;
  readonly failed?: boolean;
}

/** One span of the SDK, and the logs that were emitted in it. */
async function send({ kind = SpanKind.INTERNAL, recordException = false, logs = [], attributes = {}, failed = true }: Shape): Promise<Sent> {
  const resource = resourceFromAttributes({ 'service.name': 'shop', 'telemetry.sdk.language': 'nodejs' });
  const spanExporter = new InMemorySpanExporter();
  const logExporter = new InMemoryLogRecordExporter();
  const tracers = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(spanExporter)] });
  const loggers = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: logExporter })] });
  const span = tracers.getTracer('shop').startSpan('work', { kind, attributes }, ROOT_CONTEXT);
  if (recordException) span.recordException(thrown());
  for (const log of logs) loggers.getLogger('shop').emit({ ...log, context: trace.setSpan(ROOT_CONTEXT, span) } as never);
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
  await tracers.forceFlush();
  await loggers.forceFlush();
  const sent = { spans: JsonTraceSerializer.serializeRequest(spanExporter.getFinishedSpans())!, logs: JsonLogsSerializer.serializeRequest(logExporter.getFinishedLogRecords())! };
  const { spanId, traceId } = span.spanContext();
  return { spanId, traceId, spans: Uint8Array.from(sent.spans), logs: Uint8Array.from(sent.logs) };
}

function thrown(): Error {
  const error = new Error('no order 17');
  error.stack = 'Error: no order 17\n    at reserve (/app/stock.js:3:9)';
  return error;
}

const log = { attributes: { 'exception.type': 'Error', 'exception.message': 'no order 17', 'exception.stacktrace': thrown().stack! } };
const kept = 'Error: \n    at reserve (/app/stock.js:3:9)';

async function startCore(test: TestContext, dataDir: string): Promise<HubCore> {
  const { store, troubles } = await openStore(dataDir, { readOnly: false });
  const core = new HubCore({ dataDir, version: '1.0.0', limitBytes: 1e9, store, readOnly: false, troubles, log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }, onChange: () => {} });
  let closing: Promise<void> | undefined;
  const close = core.close.bind(core);
  core.close = () => (closing ??= close());
  atEnd(test, () => core.close());
  await core.catchUp();
  return core;
}

const sendSpans = (core: HubCore, { spans }: Sent) => core.traces(spans, 'json', decodeTraces(spans));
const sendLogs = (core: HubCore, { logs }: Sent) => core.logs(logs, 'json', decodeLogs(logs));

/** The exceptions of the sites of what was counted. */
async function counted(core: HubCore): Promise<readonly (string | undefined)[]> {
  const sites = await core.handlers().sites({ afterSiteId: -1 });
  return (await core.handlers().summaries(undefined)).summaries.map(({ siteId }) => sites.find((site) => site.siteId === siteId)?.exception);
}

/** What the trace, the span and the summary each say of it. */
async function everywhere(core: HubCore, { traceId, spanId }: Sent): Promise<readonly (string | undefined)[]> {
  const columns = await core.answers.trace(traceId);
  const sites = await core.handlers().sites({ afterSiteId: -1 });
  return [sites.find(({ siteId }) => siteId === columns?.site[0])?.exception, (await core.answers.spanDetails(traceId, spanId))?.site?.exception, ...(await counted(core))];
}

test('recordException of the SDK: the summary, the trace and the span say the same', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  const sent = await send({ recordException: true });
  await sendSpans(core, sent);
  assert.deepEqual(await everywhere(core, sent), [kept, kept, kept]);
});

test('a log before its span, whatever it is called, in a text or a list; also of a span that did not fail', async (t) => {
  for (const [i, shape] of ([
    { logs: [log] },
    { logs: [{ ...log, eventName: 'exception' }] },
    { logs: [{ ...log, eventName: 'http.server.request.exception' }], failed: false },
    { logs: [{ attributes: { ...log.attributes, 'exception.stacktrace': thrown().stack!.split('\n') } }] },
    { logs: [{ attributes: { 'exception.message': 'no stack' } }, log] },
    { logs: [log], kind: SpanKind.CLIENT },
  ] as const).entries()) {
    const core = await startCore(t, await temporaryFolder(t));
    const sent = await send(shape);
    await sendLogs(core, sent);
    await sendSpans(core, sent);
    assert.deepEqual(await everywhere(core, sent), [kept, kept, kept], String(i));
  }
});

test('a log after its span: the span is held until then', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  const sent = await send({ logs: [log] });
  await sendSpans(core, sent);
  assert.deepEqual(await counted(core), []);
  await sendLogs(core, sent);
  assert.deepEqual(await everywhere(core, sent), [kept, kept, kept]);
});

test('a hub that starts again knows the logs of its store, in whatever order they came', async (t) => {
  const folder = await temporaryFolder(t);
  const before = await startCore(t, folder);
  const [first, second] = [await send({ logs: [log] }), await send({ logs: [log] })];
  await sendLogs(before, first);
  await sendSpans(before, first);
  await sendSpans(before, second);
  await sendLogs(before, second);
  await before.close();
  const core = await startCore(t, folder);
  const { summaries } = await core.handlers().summaries(undefined);
  assert.deepEqual(summaries.map(({ count }) => count), [2]);
  assert.deepEqual(await counted(core), [kept]);
});

test('a span that says its place needs no exception, and is not held for one', async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  const sent = await send({ recordException: true, logs: [log], attributes: { 'code.function.name': 'reserve' } });
  await sendSpans(core, sent);
  await sendLogs(core, sent);
  assert.deepEqual(await everywhere(core, sent), [undefined, undefined, undefined]);
});

test("a server span's exception counts where nothing beneath it has a stack", async (t) => {
  const core = await startCore(t, await temporaryFolder(t));
  const sent = await send({ kind: SpanKind.SERVER, logs: [log] });
  await sendSpans(core, sent);
  await sendLogs(core, sent);
  assert.deepEqual(await counted(core), [], 'it waits for what is beneath it');
  const columns = await core.answers.trace(sent.traceId);
  assert.equal((await core.handlers().sites({ afterSiteId: -1 })).find(({ siteId }) => siteId === columns?.site[0])?.exception, kept);
  const sites = new SiteTable();
  const child = sites.idOf({ filePath: '/a.js', stacktrace: '    at f (/a.js:1:1)' })!;
  const both = sites.get(sites.entryId({ exception: kept }, [child])!);
  assert.deepEqual([both?.exception, both?.beneath], [undefined, ['    at f (/a.js:1:1)']]);
});

function failedSpan(id: number) {
  const span = makeSpan({ id, name: 'work', error: true });
  return { span, captureId: resourceFacts(span.resource).captureId };
}

function record(id: number, stack: string): LogRecord {
  const { resource, scope } = makeSpan({ id });
  return {
    timeUnixNano: 1n, observedTimeUnixNano: 1n, severityNumber: 17, severityText: '', eventName: '', body: undefined, attributes: [{ key: 'exception.stacktrace', value: stack }],
    droppedAttributesCount: 0, flags: 0, traceId: traceIdOf(1), spanId: spanIdOf(id), resource, scope,
  };
}

test('a failed span whose log never comes is counted after two seconds, without it', () => {
  const summaries = new Summaries();
  summaries.add([failedSpan(1), failedSpan(2)], 1000);
  assert.deepEqual([summaries.records().length, summaries.hasPending], [0, true]);
  summaries.addLogs([record(1, 'at f')], 1500);
  assert.deepEqual(summaries.records().map(({ count }) => count), [1]);
  summaries.expirePending(1000 + pendingMs - 1);
  assert.equal(summaries.hasPending, true);
  summaries.expirePending(1000 + pendingMs);
  assert.deepEqual(summaries.records().map(({ siteId }) => siteId === undefined ? undefined : summaries.sites.get(siteId)?.exception), ['at f', undefined]);
  summaries.addLogs([record(2, 'at g')], 4000);
  assert.deepEqual(summaries.records().map(({ count }) => count), [1, 1], 'what is counted stays');
});

test('of several logs of a span the first counts; those of no span, and those without a stack, are nothing', () => {
  const logged = new LoggedExceptions();
  assert.deepEqual([...logged.add([record(1, 'at f'), record(1, 'at g'), { ...record(2, 'at f'), spanId: undefined }, { ...record(3, 'at f'), attributes: [] }])], [traceIdOf(1)]);
  assert.equal(logged.of({ traceId: traceIdOf(1), spanId: spanIdOf(1) }), 'at f');
  assert.deepEqual([...logged.add([record(1, 'at h')])], []);
  assert.equal(logged.of({ traceId: traceIdOf(1), spanId: spanIdOf(3) }), undefined);
});

test('a flood of logs with megabytes of stacks is forgotten, the last of it last', () => {
  const logged = new LoggedExceptions();
  for (let id = 1; id <= 2000; id++) logged.add([record(id, `at f${id} ${'x'.repeat(1_000_000)}`)]);
  assert.equal(logged.of({ traceId: traceIdOf(1), spanId: spanIdOf(1) }), undefined);
  assert.equal(logged.of({ traceId: traceIdOf(1), spanId: spanIdOf(2000) })?.length, 65_536);
});

test('texts of a megabyte are cut, and told apart by what is left', () => {
  const sites = new SiteTable();
  const flood = (end: string) => `${'x'.repeat(1_000_000)}${end}`;
  const naming = { name: flood('a'), kind: 'internal', scopeName: flood('b'), httpRoute: flood('c') } as const;
  const id = sites.idOf({ filePath: flood('a'), functionName: flood('b'), namespace: flood('c'), stacktrace: flood('d'), exception: flood('e'), naming, language: flood('f') })!;
  const { filePath, functionName, namespace, stacktrace, exception, naming: named, language } = sites.get(id)!;
  assert.deepEqual([filePath, functionName, namespace, language, named?.name, named?.scopeName, named?.httpRoute].map((text) => text?.length), Array.from({ length: 7 }, () => 8192));
  assert.deepEqual([stacktrace?.length, exception?.length, named?.kind], [65_536, 65_536, 'internal']);
  assert.equal(sites.idOf({ filePath: flood('a') }), sites.idOf({ filePath: flood('b') }));
  assert.equal(sites.get(sites.idOf({ filePath: '\ud800/x' })!)?.filePath, '\ud800/x');
});

test('ever new exceptions fill neither the table of sites nor the room of others', () => {
  const sites = new SiteTable(20_000);
  const ids = new Set(Array.from({ length: 10_000 }, (_, i) => sites.idOf({ exception: `at f${i}`, language: 'nodejs' })));
  assert.ok(ids.size < 3000, `${ids.size} sites`);
  assert.ok(!ids.has(undefined));
  assert.notEqual(sites.idOf({ filePath: '/a.js', stacktrace: 'at f' }), undefined);
  const large = new SiteTable();
  const kinds = new Set(Array.from({ length: 1000 }, (_, i) => large.idOf({ exception: `${i} ${'x'.repeat(100_000)}` })));
  assert.ok(kinds.size < 300, `${kinds.size} sites`);
});
