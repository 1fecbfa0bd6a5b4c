import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSpanQuery } from '../../../src/model/spanQuery.ts';
import type { LogRecord, Resource } from '../../../src/model/span.ts';
import type { KeptSpan } from '../../../src/hub/spanFacts.ts';
import { HubCore } from '../../../src/hub/core.ts';
import { linksTo } from '../../../src/hub/linksTo.ts';
import { MemoryStore } from '../../../src/hub/store/memoryStore.ts';
import { traceLogs } from '../../../src/hub/traceLogs.ts';
import { TraceSearch } from '../../../src/hub/traceSearch.ts';
import type { TraceSource } from '../../../src/hub/traceSource.ts';
import type { TraceColumns } from '../../../src/protocol/hub.ts';
import { baseUnixNano, makeSpan, request, type SpanShape, spanIdOf, traceIdOf } from './spans.ts';

/** Chunks of spans as a store would have them; `reads` counts how often one was decoded. */
function sourceOf(chunks: readonly (readonly SpanShape[])[], logs: readonly LogRecord[] = []): TraceSource & { reads: number; version: number } {
  const spans = chunks.map((shapes) => shapes.map((shape): KeptSpan => ({ span: makeSpan(shape), captureId: 'external' })));
  const ids = [...new Set(chunks.flat().filter(({ trace = 1 }) => trace === 1).map(({ id }) => id))].sort((a, b) => a - b);
  const source = {
    reads: 0,
    version: 1,
    columns: (traceId: string) => Promise.resolve(traceId === traceIdOf(1)
      ? ({ version: source.version, spanCount: ids.length, startUnixNano: baseUnixNano.toString(), spanId: Buffer.from(ids.map((id) => spanIdOf(id)).join(''), 'hex') } as unknown as TraceColumns)
      : undefined),
    chunks: (_: string, signal: 'traces' | 'logs') => (signal === 'logs' ? [99] : [...chunks.keys()]),
    spans: (chunkId: number) => {
      source.reads++;
      return spans[chunkId] ?? [];
    },
    logs: () => logs,
  };
  return source;
}

const resource: Resource = { attributes: [], droppedAttributesCount: 0, schemaUrl: '' };
const log = (spanId: number | undefined, atMs: number, body: LogRecord['body'], more: Partial<LogRecord> = {}): LogRecord => ({
  timeUnixNano: baseUnixNano + BigInt(atMs) * 1_000_000n, observedTimeUnixNano: 0n, severityNumber: 9, severityText: 'INFO', eventName: '', body, attributes: [],
  droppedAttributesCount: 0, flags: 0, traceId: traceIdOf(1), spanId: spanId === undefined ? undefined : spanIdOf(spanId), resource, scope: { name: '', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' }, ...more,
});
const shapes: readonly (readonly SpanShape[])[] = [
  [{ id: 2, attributes: [{ key: 'http.response.status_code', value: 503n }] }, { id: 9, trace: 2, attributes: [{ key: 'http.response.status_code', value: 503n }] }],
  [{ id: 1, attributes: [{ key: 'db.query.text', value: 'SELECT 1' }] }, { id: 3 }],
];
const found = async (search: TraceSearch, query: string): Promise<number[][] | undefined> => (await search.answer(traceIdOf(1), parseSpanQuery(query).terms))?.rows.map((rows) => [...rows]);

test('rows by term, of this trace alone; the texts are read once', async () => {
  const source = sourceOf(shapes, [log(3, 5, 'pool wait')]);
  const search = new TraceSearch(source);
  const warm = await search.answer(traceIdOf(1), []);
  assert.deepEqual([warm?.rows, warm?.version], [[], 1]);
  assert.ok(warm?.keys.includes('http.response.status_code') && warm.keys.includes('db.query.text') && warm.keys.includes('service.name'));
  assert.deepEqual(await found(search, 'http.response.status_code>=500 select "pool wait" nowhere'), [[1], [0], [2], []]);
  assert.deepEqual(await found(search, '-select'), [[0]], 'turning round is left to who asks');
  assert.equal(source.reads, 2);
});

test('two questions at once share the reading; a new version is read anew', async () => {
  const source = sourceOf(shapes);
  const search = new TraceSearch(source);
  assert.deepEqual(await Promise.all([found(search, 'select'), found(search, '503')]), [[[0]], [[1]]]);
  assert.equal(source.reads, 2);
  source.version = 2;
  assert.equal((await search.answer(traceIdOf(1), []))?.version, 2);
  assert.equal(source.reads, 4);
});

test('a trace whose texts are too many is read for every question, with the same answers', async () => {
  const source = sourceOf(shapes);
  const search = new TraceSearch(source, 10);
  assert.deepEqual(await found(search, 'select 503'), [[0], [1]]);
  assert.deepEqual(await found(search, '503 select'), [[1], [0]]);
  assert.equal(source.reads, 6, 'once to see that it is too much, then for each question');
});

test('a reading that failed is tried again; a trace that is not kept has no answer', async () => {
  const source = sourceOf(shapes);
  const search = new TraceSearch(source);
  const { spans } = source;
  source.spans = () => {
    throw new Error('the disk is gone');
  };
  await assert.rejects(found(search, 'select'), /the disk is gone/);
  source.spans = spans;
  assert.deepEqual(await found(search, 'select'), [[0]]);
  assert.equal(await search.answer(traceIdOf(7), []), undefined);
  assert.equal(await traceLogs(source, traceIdOf(7)), undefined);
});

test('logs stand in the order of time with the rows of their spans, texts cut, foreign ones left out', async () => {
  const logs = [
    log(3, 9, 'later', { severityNumber: 17, severityText: 'ERROR' }), log(1, 4, 'x'.repeat(2000)), log(undefined, 2, [1n, 'two'], { eventName: 'started' }),
    log(2, 0, 'by when it was seen', { timeUnixNano: 0n, observedTimeUnixNano: baseUnixNano + 6_000_000n }), log(1, 1, 'of another trace', { traceId: traceIdOf(2) }), log(77, 12, 'of a span that is not here'),
  ];
  const read = await traceLogs(sourceOf(shapes, logs), traceIdOf(1));
  assert.deepEqual([[...(read?.timeNs ?? [])].map((ns) => ns / 1e6), [...(read?.row ?? [])], [...(read?.severity ?? [])]], [[2, 4, 6, 9, 12], [-1, 0, 1, 2, -1], [9, 9, 9, 17, 9]]);
  assert.match(read?.text[0] ?? '', /^started .*two/);
  assert.equal(read?.text[1]?.length, 501);
  assert.deepEqual([read?.level[3], read?.text[3], read?.leftOut], ['ERROR', 'later', 0]);
});

test('links to a span are found in any trace, newest first, and only those to it', async () => {
  const link = (traceId: string, spanId: string) => ({ traceId, spanId, traceState: '', attributes: [], droppedAttributesCount: 0, flags: 0 });
  const linking = (trace: number, id: number, ...links: ReturnType<typeof link>[]): KeptSpan => ({ span: { ...makeSpan({ trace, id, name: `job ${id}`, service: 'jobs' }), links }, captureId: 'external' });
  const chunks = [
    [linking(2, 21, link(traceIdOf(1), spanIdOf(3)))],
    [linking(3, 31, link(traceIdOf(9), spanIdOf(3))), linking(3, 32)],
    [linking(4, 41, link(traceIdOf(1), spanIdOf(1)), link(traceIdOf(1), spanIdOf(3)))],
  ];
  const found = await linksTo({ previous: (chunkId) => (Math.min(chunkId, chunks.length) > 0 ? Math.min(chunkId, chunks.length) - 1 : undefined), spans: (chunkId) => chunks[chunkId] ?? [] }, traceIdOf(1), spanIdOf(3));
  assert.deepEqual(found, {
    links: [{ traceId: traceIdOf(4), spanId: spanIdOf(41), name: 'job 41', service: 'jobs' }, { traceId: traceIdOf(2), spanId: spanIdOf(21), name: 'job 21', service: 'jobs' }],
    isWhole: true,
  });
});

test('the hub itself answers: spans that came are found in the rows it gives', async () => {
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const core = new HubCore({ dataDir: '', version: '1', limitBytes: 1e9, store: new MemoryStore(), readOnly: false, troubles: [], log: silent, onChange: () => {} });
  try {
    const { bytes, encoding, batch } = request([{ id: 2, parent: 1, startMs: 1, attributes: [{ key: 'peer', value: 'Élan' }] }, { id: 1 }]);
    await core.traces(bytes, encoding, batch);
    const handlers = core.handlers();
    const answer = await handlers.searchTrace({ traceId: traceIdOf(1).toUpperCase(), terms: parseSpanQuery('peer=élan').terms });
    assert.deepEqual([answer?.rows.map((rows) => [...rows]), answer?.version], [[[1]], (await core.answers.trace(traceIdOf(1)))?.version]);
    assert.equal(await handlers.searchTrace({ traceId: 'no id', terms: [] }), undefined);
    assert.deepEqual((await handlers.traceLogs({ traceId: traceIdOf(1) }))?.text, []);
    assert.deepEqual(await handlers.linksTo({ traceId: traceIdOf(1), spanId: spanIdOf(1) }), { links: [], isWhole: true });
  } finally {
    await core.close();
  }
});
