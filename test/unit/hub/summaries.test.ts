import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SiteTable } from '../../../src/hub/siteTable.ts';
import { resourceFacts } from '../../../src/hub/spanFacts.ts';
import { pendingMs, Summaries } from '../../../src/hub/summaries.ts';
import { captureAttribute } from '../../../src/model/span.ts';
import { baseUnixNano, makeSpan, type SpanShape, spanIdOf } from './spans.ts';

const server = 2;
const client = 3;
const consumer = 5;

function add(summaries: Summaries, shapes: readonly SpanShape[], nowMs = 0): void {
  summaries.add(shapes.map((shape) => {
    const span = makeSpan(shape);
    return { span, captureId: resourceFacts(span.resource).captureId };
  }), nowMs);
}

/** `operation count errors file`, with `~` before the first file beneath an entry span. */
function lines(summaries: Summaries): string[] {
  return summaries.records().map((record) => {
    const site = record.siteId === undefined ? undefined : summaries.sites.get(record.siteId);
    const [beneath] = site?.beneath ?? [];
    return `${record.operation} ${record.count} ${record.errorCount} ${site?.filePath ?? (beneath === undefined ? '-' : `~${/\((.*?):\d/.exec(beneath)?.[1]}`)}`;
  }).sort();
}

test('spans are counted by site, operation, kind, service and capture', () => {
  const summaries = new Summaries();
  add(summaries, [
    { id: 1, name: 'a', file: '/x.js' }, { id: 2, name: 'a', file: '/x.js', error: true }, { id: 3, name: 'a', file: '/y.js' },
    { id: 4, name: 'b', file: '/x.js' }, { id: 5, name: 'a', file: '/x.js', capture: 'c1' }, { id: 6, name: 'a', file: '/x.js', kind: client },
    { id: 7, name: 'a', file: '/x.js', service: 'other' }, { id: 8, name: 'a' },
  ]);
  assert.deepEqual(summaries.records().map(({ count }) => count), [2, 1, 1, 1, 1, 1, 1]);
  assert.deepEqual(lines(summaries)[1], 'a 1 0 /x.js');
  assert.equal(summaries.sitesAfter(-1).length, 3);
  assert.deepEqual(summaries.sitesAfter(0).map(({ filePath, naming }) => filePath ?? naming?.name), ['/y.js', 'a']);
});

test('percentiles are exact over the last thousand of every summary in the group; negative durations are none', () => {
  const summaries = new Summaries();
  for (let i = 1; i <= 1500; i++) add(summaries, [{ id: i, name: 'a', file: '/x.js', durationMs: i }]);
  add(summaries, [{ id: 9001, name: 'b', file: '/x.js', durationMs: -5, error: true }]);
  const [a, b] = summaries.records();
  assert.deepEqual(summaries.latencies([a!.summaryId]), { count: 1500, errorCount: 0, p50Ns: 1000e6, p95Ns: 1450e6, maxNs: 1500e6 });
  assert.deepEqual(summaries.latencies([b!.summaryId]), { count: 1, errorCount: 1, p50Ns: 0, p95Ns: 0, maxNs: 0 });
  assert.deepEqual(summaries.latencies([a!.summaryId, b!.summaryId, 777]), { count: 1501, errorCount: 1, p50Ns: 1000e6, p95Ns: 1450e6, maxNs: 1500e6 });
});

test('the fifty spans that ended last are kept, newest first, in whatever order they came', () => {
  const summaries = new Summaries();
  const ids = Array.from({ length: 120 }, (_, i) => (i * 37) % 120);
  for (const id of ids) add(summaries, [{ id: id + 1, name: 'a', file: '/x.js', startMs: id }]);
  const recent = summaries.recentSpans([1]);
  assert.deepEqual(recent.map(({ spanId }) => spanId), Array.from({ length: 50 }, (_, i) => spanIdOf(120 - i)));
});

test('an entry span takes the site of the earliest descendant with a stack', () => {
  const summaries = new Summaries();
  add(summaries, [
    { id: 4, parent: 3, name: 'late', file: '/late.js', startMs: 9 },
    { id: 5, parent: 3, name: 'early', file: '/early.js', startMs: 2 },
    { id: 3, parent: 1, name: 'plain', startMs: 1 },
    { id: 1, name: 'GET', kind: server },
  ]);
  assert.deepEqual(lines(summaries), ['GET 1 0 ~/early.js', 'early 1 0 /early.js', 'late 1 0 /late.js', 'plain 1 0 -']);
});

test('it looks neither past another entry span nor into another service, and a span of its own site needs none', () => {
  const summaries = new Summaries();
  add(summaries, [
    { id: 1, name: 'GET', kind: server },
    { id: 2, parent: 1, name: 'call', kind: client, startMs: 1 },
    { id: 3, parent: 2, name: 'inner', kind: server, startMs: 2 },
    { id: 4, parent: 3, name: 'work', file: '/inner.js', startMs: 3 },
    { id: 5, parent: 1, name: 'foreign', file: '/foreign.js', service: 'other', startMs: 1 },
    { trace: 2, id: 6, name: 'handled', kind: server, file: '/own.js' },
    { trace: 2, id: 7, parent: 6, name: 'below', file: '/below.js' },
  ], 0);
  assert.ok(lines(summaries).includes('inner 1 0 ~/inner.js'));
  assert.ok(lines(summaries).includes('handled 1 0 /own.js'));
  assert.ok(summaries.hasPending, 'GET waits');
  summaries.expirePending(pendingMs);
  assert.ok(lines(summaries).includes('GET 1 0 -'));
});

test('a descendant that comes within two seconds still places its entry span; later it does not', () => {
  const summaries = new Summaries();
  add(summaries, [{ id: 1, name: 'take', kind: consumer }, { trace: 2, id: 1, name: 'take', kind: consumer }], 1000);
  assert.deepEqual(lines(summaries), []);
  summaries.expirePending(1000 + pendingMs - 1);
  assert.deepEqual(lines(summaries), []);
  add(summaries, [{ id: 2, parent: 1, name: 'child', file: '/child.js' }], 2000);
  assert.deepEqual(lines(summaries), ['child 1 0 /child.js', 'take 1 0 ~/child.js']);
  summaries.expirePending(1000 + pendingMs);
  assert.equal(summaries.hasPending, false);
  add(summaries, [{ trace: 2, id: 2, parent: 1, name: 'child', file: '/child.js' }], 4000);
  assert.deepEqual(lines(summaries), ['child 2 0 /child.js', 'take 1 0 -', 'take 1 0 ~/child.js']);
});

test('where a capture has ended nothing in it waits any longer', () => {
  const summaries = new Summaries();
  add(summaries, [{ id: 1, name: 'GET', kind: server, capture: 'ended' }, { trace: 2, id: 2, name: 'GET', kind: server, capture: 'running' }]);
  summaries.expireCapture('ended');
  assert.deepEqual(summaries.records().map(({ captureId, count }) => [captureId, count]), [['ended', 1]]);
  assert.ok(summaries.hasPending);
});

test('parents that lead round in a circle end the search', () => {
  const summaries = new Summaries();
  add(summaries, [{ id: 1, parent: 3, name: 'GET', kind: server }, { id: 2, parent: 1 }, { id: 3, parent: 2 }, { id: 2, parent: 3 }]);
  summaries.expirePending(Infinity);
  assert.ok(lines(summaries).includes('GET 1 0 -'));
});

test('a deleted capture takes its figures along, also those that wait', () => {
  const summaries = new Summaries();
  add(summaries, [{ id: 1, name: 'a', file: '/x.js', capture: 'gone' }, { id: 2, name: 'a', file: '/x.js' }, { trace: 2, id: 3, kind: server, capture: 'gone' }]);
  summaries.removeCapture('gone');
  summaries.expirePending(Infinity);
  assert.deepEqual(summaries.records().map(({ captureId, count }) => [captureId, count]), [['external', 1]]);
});

test('sites keep their numbers; too many are told apart without their stacks, then not at all', () => {
  const sites = new SiteTable(3);
  const ids = [0, 1, 2, 3, 4, 0].map((n) => sites.idOf({ filePath: '/a.js', stacktrace: `at f${n}` }));
  assert.deepEqual(ids, [0, 1, 2, 3, 3, 0]);
  assert.equal(sites.get(3)?.stacktrace, undefined);
  assert.deepEqual([1, 2, 3, 4].map((line) => sites.idOf({ filePath: '/a.js', line })), [4, 5, undefined, undefined]);
  assert.notEqual(sites.idOf({ filePath: '/a.js', line: 1 }), sites.idOf({ filePath: '/a.js', column: 1 }));
});

test('a summary tells since when the newest of its processes is known to run', () => {
  const summaries = new Summaries();
  const ran = (pid: bigint | string, startsMs: readonly number[], capture?: string) => {
    const attributes = [
      { key: 'service.name', value: 'shop' }, { key: typeof pid === 'string' ? 'service.instance.id' : 'process.pid', value: pid },
      ...(capture === undefined ? [] : [{ key: captureAttribute, value: capture }]),
    ];
    const resource = { attributes, droppedAttributesCount: 0, schemaUrl: '' };
    summaries.add(startsMs.map((startMs) => ({ span: { ...makeSpan({ id: startMs, name: capture ?? 'none', file: '/x.js', startMs }), resource }, captureId: capture ?? 'external' })), 0);
  };
  const since = () => Object.fromEntries(summaries.records().map(({ operation, runningUnixMs }) => [operation, runningUnixMs === undefined ? undefined : runningUnixMs - Number(baseUnixNano / 1_000_000n)]));
  ran(7n, [20, 10, 30], 'run');
  assert.deepEqual(since(), { run: 10 });
  ran(8n, [50], 'run');
  ran(7n, [60], 'run');
  assert.deepEqual(since(), { run: 50 }, 'the one before it goes on for a while');
  ran(9n, [70]);
  assert.deepEqual(since(), { run: 50, none: undefined }, 'in a container each start may have the same number');
  ran('627cc493-f310-47de-96bd-71410b7dec09', [80]);
  ran('shop-1', [90]);
  assert.deepEqual(since(), { run: 50, none: 80 });
});
