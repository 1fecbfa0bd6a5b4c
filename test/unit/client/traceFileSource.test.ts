import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { openTraceFile } from '../../../src/client/traceFileSource.ts';
import { maxTraceFileBytes } from '../../../src/protocol/traceFile.ts';
import { temporaryFolder } from '../locate/support.ts';

const workerScript = path.resolve(import.meta.dirname, '../../../src/hub/traceFileWorker.ts');
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] };
const span = (trace: string, spanId: string, name: string, more: object = {}): object => ({
  traceId: trace, spanId, name, kind: 1, startTimeUnixNano: '1784037751564218943', endTimeUnixNano: '1784037751564219943', ...more,
});
const request = (...spans: object[]): object => ({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
const stack = [{ key: 'exception.stacktrace', value: { stringValue: 'TypeError: x is not a function\n    at charge (/srv/orders/charge.js:41:11)' } }];

async function opened(text: string, name = 'trace.otlp.json') {
  const folder = await temporaryFolder();
  const file = path.join(folder.path, name);
  await writeFile(file, text);
  const source = await openTraceFile({ workerScript, source: { file } });
  return { file, source, async [Symbol.asyncDispose]() {
    await source.close();
    await folder[Symbol.asyncDispose]();
  } };
}

async function refusal(text: string | undefined, bytes?: number): Promise<string> {
  const folder = await temporaryFolder();
  const file = path.join(folder.path, 'trace.json');
  if (text !== undefined) await writeFile(file, text);
  if (bytes !== undefined) await truncate(file, bytes);
  return openTraceFile({ workerScript, source: { file } }).then(async (source) => {
    await source.close();
    return 'opened';
  }, (error: Error) => error.message).finally(() => folder[Symbol.asyncDispose]());
}

test('a file answers what a waterfall asks a hub', async () => {
  await using file = await opened(JSON.stringify({
    ...request(
      span(traceId, '00f067aa0ba902b7', 'POST /checkout', { kind: 2, endTimeUnixNano: '1784037753564218943' }),
      span(traceId, '00f067aa0ba902b8', 'charge', { parentSpanId: '00f067aa0ba902b7', status: { code: 2 }, attributes: [{ key: 'code.file.path', value: { stringValue: '/srv/orders/charge.js' } }, { key: 'code.line.number', value: { intValue: '40' } }] }),
      span('a'.repeat(32), '00f067aa0ba902b9', 'earlier', { startTimeUnixNano: '1784037750000000000' }),
    ),
    resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ timeUnixNano: '1784037751564219000', severityText: 'WARN', body: { stringValue: 'card declined' }, traceId, spanId: '00f067aa0ba902b8' }, { body: { stringValue: 'of no trace' } }] }] }],
  }));
  const { source } = file;
  assert.deepEqual(source.summary, { format: 'otlp-json', traceCount: 2, spanCount: 3, logCount: 2, rejections: [] });
  const traces = await source.call('traces', {});
  assert.deepEqual(traces.map(({ rootName, spanCount, errorCount }) => [rootName, spanCount, errorCount]), [['POST /checkout', 2, 1], ['earlier', 1, 0]]);
  assert.deepEqual((await source.call('traces', { name: 'EARL' })).map(({ rootName }) => rootName), ['earlier']);

  const columns = await source.call('trace', { traceId });
  assert.equal(columns?.spanCount, 2);
  assert.deepEqual([...(columns?.parentRow ?? [])], [-1, 0]);
  assert.deepEqual([...(columns?.logCount ?? [])], [0, 1]);
  assert.equal(columns?.durationNs, 2e9);
  const sites = await source.call('sites', { afterSiteId: -1 });
  const charge = sites.find(({ siteId }) => siteId === columns?.site[1]);
  assert.deepEqual([charge?.filePath, charge?.line], ['/srv/orders/charge.js', 40]);

  const details = await source.call('spanDetails', { traceId: traceId.toUpperCase(), spanId: '00F067AA0BA902B8' });
  assert.deepEqual([details?.name, details?.parentSpanId, details?.site?.siteId, details?.logs.map(({ body }) => body)], ['charge', '00f067aa0ba902b7', charge?.siteId, [{ stringValue: 'card declined' }]]);
  const found = await source.call('searchTrace', { traceId, terms: [{ kind: 'text', text: 'declined', negated: false }] });
  assert.deepEqual([found?.version, found?.rows.map((rows) => [...rows]), found?.keys.includes('code.file.path')], [columns?.version, [[1]], true]);
  const logs = await source.call('traceLogs', { traceId });
  assert.deepEqual([logs?.text, [...(logs?.row ?? [])]], [['card declined'], [1]]);
  assert.equal((await source.call('findSpan', { spanId: '00f067aa0ba902b9' }))?.traceId, 'a'.repeat(32));
  assert.equal(await source.call('trace', { traceId: 'f'.repeat(32) }), undefined);
  assert.equal(await source.call('spanDetails', { traceId, spanId: '00f067aa0ba902b9' }), undefined);
  await assert.rejects(source.call('summaries', undefined), /no answer to summaries/);
});

test('search reaches the last of many spans', async () => {
  const spans = Array.from({ length: 2500 }, (_, index) => span(traceId, (index + 1).toString(16).padStart(16, '0'), 'step', { attributes: [{ key: 'n', value: { stringValue: `number-${index}-` } }] }));
  await using file = await opened(JSON.stringify(request(span('a'.repeat(32), '00f067aa0ba902b9', 'other'), ...spans)));
  const rows = async (text: string): Promise<number> => (await file.source.call('searchTrace', { traceId, terms: [{ kind: 'text', text, negated: false }] }))?.rows[0]?.length ?? -1;
  assert.deepEqual([await rows('number-2499-'), await rows('number-0-'), await rows('number-'), await rows('other')], [1, 1, 2500, 0]);
});

test('what a log or an event tells of an exception places the span, also in a file', async () => {
  await using file = await opened(JSON.stringify({
    ...request(span(traceId, '00f067aa0ba902b7', 'charge')),
    resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ timeUnixNano: '1', traceId, spanId: '00f067aa0ba902b7', attributes: stack }] }] }],
  }));
  const details = await file.source.call('spanDetails', { traceId, spanId: '00f067aa0ba902b7' });
  assert.match(details?.site?.exception ?? '', /charge\.js:41/);
});

test('of spans that say the same id the first counts, in the rows and in the details', async () => {
  await using file = await opened(JSON.stringify(request(span(traceId, '00f067aa0ba902b7', 'first'), span(traceId, '00f067aa0ba902b7', 'second'))));
  const columns = await file.source.call('trace', { traceId });
  assert.deepEqual([columns?.spanCount, columns?.strings[columns.name[0] ?? -1]], [1, 'first']);
  assert.equal((await file.source.call('spanDetails', { traceId, spanId: '00f067aa0ba902b7' }))?.name, 'first');
});

test('a cycle and a span that is its own parent show every span', async () => {
  await using file = await opened(JSON.stringify(request(
    span(traceId, '00000000000000a1', 'a', { parentSpanId: '00000000000000a2' }), span(traceId, '00000000000000a2', 'b', { parentSpanId: '00000000000000a1' }),
    span(traceId, '00000000000000a3', 'self', { parentSpanId: '00000000000000a3' }), span(traceId, '00000000000000a4', 'backwards', { endTimeUnixNano: '1' }),
  )));
  const columns = await file.source.call('trace', { traceId });
  assert.deepEqual([...(columns?.name ?? [])].map((name) => columns?.strings[name]).sort(), ['a', 'b', 'backwards', 'self']);
});

test('a file is written out as OTLP/JSON and as Jaeger JSON, and read again', async () => {
  await using file = await opened(JSON.stringify(request(span(traceId, '00f067aa0ba902b7', 'root'), span('b'.repeat(32), '00f067aa0ba902b8', 'other'))));
  const { json } = await file.source.call('exportOtlpJson', { traceIds: [traceId] });
  await using again = await opened(json);
  assert.deepEqual([again.source.summary.format, again.source.summary.spanCount], ['otlp-json', 1]);
  await using jaeger = await opened(await file.source.exportJaegerJson(), 'jaeger.json');
  assert.deepEqual([jaeger.source.summary.format, jaeger.source.summary.traceCount], ['jaeger-json', 2]);
});

test('bytes that are in no file of this machine are read too', async () => {
  const source = await openTraceFile({ workerScript, source: { bytes: new TextEncoder().encode(JSON.stringify([{ traceId: traceId.slice(16), id: '00f067aa0ba902b7', name: 'get', timestamp: 1784037751564218, duration: 10 }])) } });
  assert.deepEqual([source.summary.format, source.summary.spanCount], ['zipkin-json', 1]);
  await source.close();
});

test('a file that is none, is not whole or is too large is refused with the reason', async () => {
  assert.match(await refusal(''), /empty/);
  assert.match(await refusal('hello, world'), /no OTLP .*Jaeger JSON or Zipkin JSON/);
  assert.match(await refusal('{"resourceSpans": ['), /not whole JSON/);
  assert.match(await refusal('{"name": "traceline"}'), /holds no spans/);
  assert.match(await refusal(JSON.stringify(request())), /holds no span/);
  assert.match(await refusal('', maxTraceFileBytes + 1), /257 MiB.*256 MiB.*traceline import/);
  assert.match(await refusal(undefined), /ENOENT/);
});

test('half a line at the end of JSON lines is said, and the rest is shown', async () => {
  await using file = await opened(`${JSON.stringify(request(span(traceId, '00f067aa0ba902b7', 'root')))}\n{"resourceSpans": [{"res`, 'trace.otlp.jsonl');
  assert.deepEqual(file.source.summary, { format: 'otlp-jsonl', traceCount: 1, spanCount: 1, logCount: 0, rejections: [{ reason: 'the last line is not whole', count: 1 }] });
});

test('a large file says how much of it was read', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder.path, 'large.json');
  const spans = Array.from({ length: 6000 }, (_, index) => span(traceId, (index + 1).toString(16).padStart(16, '0'), `step ${'x'.repeat(1000)}`));
  const percents: number[] = [];
  await writeFile(file, JSON.stringify(request(...spans)));
  const source = await openTraceFile({ workerScript, source: { file }, onReading: (percent) => percents.push(percent) });
  assert.equal(source.summary.spanCount, 6000);
  assert.ok(percents.length > 20 && percents.every((percent, index) => percent > (percents[index - 1] ?? 0)), percents.join());
  assert.equal(percents.at(-1), 99);
  await source.close();
  await folder[Symbol.asyncDispose]();
});

test('reading ends when it is told to', async () => {
  const ended = new AbortController();
  const folder = await temporaryFolder();
  const file = path.join(folder.path, 'big.json');
  await writeFile(file, `{"resourceSpans": [${' '.repeat(40_000_000)}`);
  const opening = openTraceFile({ workerScript, source: { file }, signal: ended.signal });
  ended.abort(new Error('the person has seen enough'));
  await assert.rejects(opening, /seen enough/);
  await assert.rejects(openTraceFile({ workerScript, source: { file }, signal: ended.signal }), /seen enough/);
  await folder[Symbol.asyncDispose]();
});

test('what is asked of a source that was closed is rejected', async () => {
  const file = await opened(JSON.stringify(request(span(traceId, '00f067aa0ba902b7', 'root'))));
  await file.source.close();
  await assert.rejects(file.source.call('traces', {}), /closed/);
  await file[Symbol.asyncDispose]();
});
