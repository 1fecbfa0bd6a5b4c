import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { type HubPort, LiveRows, type LocatorPort } from '../../../src/client/liveRows.ts';
import type { PlaceNow, SeenSite } from '../../../src/locate/placeNow.ts';
import type { CaptureRecord, Feed, SiteRecord, SummaryRecord } from '../../../src/protocol/hub.ts';

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function summary(over: Partial<SummaryRecord> = {}): SummaryRecord {
  return { summaryId: 1, siteId: 0, captureId: 'one', service: 'shop', operation: 'reserve', kind: 'internal', count: 1, errorCount: 0, lastEndUnixMs: 1, ...over };
}

function at(file: string, line: number, over: Partial<PlaceNow> = {}): PlaceNow {
  return { file, line, column: 1, function: undefined, via: ['exact'], inferred: false, ...over };
}

/** A hub and a locator in memory, that count what they are asked. */
class Scene {
  sites: SiteRecord[] = [{ siteId: 0, filePath: '/w/a.js', line: 3 }];
  summaries: SummaryRecord[] = [summary()];
  captures: CaptureRecord[] = [];
  places: (site: SeenSite) => PlaceNow | undefined = (site) => at('/w/a.js', site.line ?? 1);
  readonly located: SeenSite[] = [];
  readonly sitesAsked: number[] = [];
  readonly latenciesAsked: (readonly (readonly number[])[])[] = [];
  #feed: ((feed: Feed) => void) | undefined;

  readonly hub = {
    onFeed: (listener: (feed: Feed) => void) => {
      this.#feed = listener;
      return () => (this.#feed = undefined);
    },
    call: async (method: string, params: unknown) => {
      switch (method) {
        case 'summaries':
          return { version: 1, summaries: this.summaries };
        case 'sites': {
          const { afterSiteId } = params as { afterSiteId: number };
          this.sitesAsked.push(afterSiteId);
          return this.sites.filter(({ siteId }) => siteId > afterSiteId);
        }
        case 'latencies': {
          const { groups } = params as { groups: readonly (readonly number[])[] };
          this.latenciesAsked.push(groups);
          return groups.map((group) => ({ count: group.length, errorCount: 0, p50Ns: 1, p95Ns: 1, maxNs: 1 }));
        }
        default:
          throw new Error(`not asked for: ${method}`);
      }
    },
  } as unknown as HubPort;

  readonly locator = {
    call: async (method: string, params: unknown) => {
      if (method !== 'locate') return undefined;
      const sites = params as readonly SeenSite[];
      this.located.push(...sites);
      return sites.map(this.places);
    },
  } as unknown as LocatorPort;

  feed(pid = 1): void {
    this.#feed?.({ version: 1, spansPerSecond: 1, status: { pid, sinceUnixMs: 1, dataDir: '/d', captures: this.captures } as Partial<Feed['status']> as Feed['status'] });
  }
}

/** Runs the body against live rows that are always disposed of. */
async function withRows(body: (scene: Scene, rows: LiveRows) => Promise<void>): Promise<void> {
  const scene = new Scene();
  const rows = new LiveRows(scene.hub, scene.locator, silent, 1);
  try {
    await body(scene, rows);
  } finally {
    rows.dispose();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1);
}

test('a summary whose site has a place becomes a row of its file', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  let told = 0;
  rows.onChange(() => told++);
  scene.feed();
  await until(() => rows.rows().length === 1);
  assert.deepEqual(rows.rowsOf('/w/a.js').map(({ line, operation, count }) => [line, operation, count]), [[3, 'reserve', 1]]);
  assert.deepEqual(rows.rowsOf('/w/b.js'), []);
  assert.ok(told > 0);
}));

test('a site is located once, and sites are read from the last one on', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  scene.feed();
  await until(() => rows.rows().length === 1);
  scene.sites.push({ siteId: 1, filePath: '/w/a.js', line: 9 });
  scene.summaries = [summary({ count: 2 }), summary({ summaryId: 2, siteId: 1, operation: 'publish' })];
  scene.feed();
  await until(() => rows.rows().length === 2);
  assert.equal(scene.located.length, 2);
  assert.deepEqual(scene.sitesAsked, [-1, 0]);
}));

test('a new hub gives its numbers anew', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  scene.feed(1);
  await until(() => rows.rows().length === 1);
  scene.sites = [{ siteId: 0, filePath: '/w/a.js', line: 50 }];
  scene.feed(2);
  await until(() => rows.rows()[0]?.line === 50);
  assert.deepEqual(scene.sitesAsked, [-1, -1]);
}));

test('what a file that changed may have had a part in is asked again, and what has no place; the rest stays', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  scene.sites = ['/w/a.js', '/w/dist/b.js', '/w/c.js', '/w/d.js'].map((filePath, siteId) => ({ siteId, filePath, line: siteId + 1 }));
  scene.summaries = scene.sites.map(({ siteId }) => summary({ summaryId: siteId, siteId }));
  scene.places = (site) => (site.filePath === '/w/c.js' ? undefined : at(site.filePath === '/w/dist/b.js' ? '/w/b.ts' : site.filePath!, 3));
  scene.feed();
  await until(() => scene.located.length === 4 && rows.rows().length === 3);
  scene.places = (site) => at(site.filePath!, 90);
  await rows.invalidate(['/w/a.js', '/w/dist/b.js.map']);
  assert.deepEqual(rows.rows().map(({ line }) => line), [3, 3, 3], 'places stay until the answer is there');
  await until(() => rows.rows().length === 4 && rows.rows().filter(({ line }) => line === 90).length === 3);
  assert.deepEqual(scene.located.slice(4).map(({ filePath }) => filePath), ['/w/a.js', '/w/dist/b.js', '/w/c.js']);
}));

test('a site is asked for in each capture, with what tells which text it ran', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  const capture = { name: '', endedUnixMs: undefined, pinned: false, spanCount: 1, errorCount: 0 };
  scene.captures = [{ ...capture, captureId: 'one', kind: 'external', startedUnixMs: 5 }, { ...capture, captureId: 'two', kind: 'debug', startedUnixMs: 50 }];
  scene.summaries = [summary({ lastEndUnixMs: 10 }), summary({ summaryId: 2, operation: 'other', lastEndUnixMs: 12 }), summary({ summaryId: 3, captureId: 'two', lastEndUnixMs: 60 })];
  scene.places = ({ seen }) => at('/w/a.js', seen!.lastEndUnixMs, seen!.lastEndUnixMs === 12 ? { textId: 'now', edited: 'function' } : { textId: 'now' });
  scene.feed();
  await until(() => rows.rows().length === 3);
  assert.deepEqual(scene.located.map(({ seen }) => seen), [{ startedUnixMs: undefined, lastEndUnixMs: 12 }, { startedUnixMs: 50, lastEndUnixMs: 60 }]);
  assert.deepEqual(rows.rows().map(({ captureId, operation, line, textId, edited }) => [captureId, operation, line, textId, edited]), [
    ['one', 'reserve', 12, 'now', 'function'], ['one', 'other', 12, 'now', 'function'], ['two', 'reserve', 60, 'now', undefined],
  ]);
  assert.deepEqual(rows.sites().map(({ site, spanCount }) => [site?.captureId, spanCount]), [['one', 2], ['two', 1]]);
}));

test('what is older than its file is asked again once its spans are newer, and no more often', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  const place = ({ seen }: SeenSite) => at('/w/a.js', 3, seen!.lastEndUnixMs < 20 ? { edited: 'file', changedUnixMs: 20 } : {});
  scene.places = place;
  const spansUntil = async (lastEndUnixMs: number) => {
    scene.summaries = [summary({ count: lastEndUnixMs, lastEndUnixMs })];
    scene.feed();
    await until(() => rows.rows()[0]?.count === lastEndUnixMs);
  };
  await spansUntil(10);
  await spansUntil(15);
  assert.deepEqual([scene.located.length, rows.rows()[0]?.edited], [1, 'file']);
  await spansUntil(30);
  await until(() => rows.rows()[0]?.edited === undefined);
  await spansUntil(40);
  assert.equal(scene.located.length, 2);
}));

test('where programs are told apart, it is asked again once another one runs', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  scene.places = ({ seen }) => at('/w/a.js', 3, seen!.runningUnixMs! < 20 ? { edited: 'function', changedUnixMs: 20 } : {});
  const spansUntil = async (lastEndUnixMs: number, runningUnixMs: number) => {
    scene.summaries = [summary({ count: lastEndUnixMs, lastEndUnixMs, runningUnixMs })];
    scene.feed();
    await until(() => rows.rows()[0]?.count === lastEndUnixMs);
  };
  await spansUntil(10, 5);
  await spansUntil(30, 5);
  assert.deepEqual([scene.located.length, rows.rows()[0]?.edited], [1, 'function']);
  await spansUntil(40, 35);
  await until(() => rows.rows()[0]?.edited === undefined);
}));

test('what lost its place is asked again when newer spans come', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  scene.feed();
  await until(() => rows.rows().length === 1);
  scene.places = () => undefined;
  await rows.invalidate(['/w/a.js']);
  await until(() => rows.rows().length === 0);
  scene.places = () => at('/w/a.js', 8);
  scene.summaries = [summary({ lastEndUnixMs: Date.now() + 1000 })];
  scene.feed();
  await until(() => rows.rows()[0]?.line === 8);
}));

test('what could not be asked is asked again', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  scene.feed();
  await until(() => rows.rows().length === 1);
  scene.places = () => {
    throw new Error('the worker ended');
  };
  await rows.invalidate(['/w/a.js']);
  await until(() => scene.located.length === 2);
  scene.places = () => at('/w/a.js', 30);
  scene.feed();
  await until(() => rows.rows()[0]?.line === 30);
}));

for (const [what, changed] of [
  ['the folder of its files', ['/w']], ['more files than are compared', Array.from({ length: 100 }, (_, i) => `/x/${i}`)], ['everything', undefined],
] as const) test(`where ${what} changed its places are asked again`, { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  scene.feed();
  await until(() => rows.rows().length === 1);
  scene.places = () => at('/w/a.js', 30);
  await rows.invalidate(changed);
  await until(() => rows.rows()[0]?.line === 30);
}));

test('a folder beside its own makes no place be asked again', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  scene.feed();
  await until(() => rows.rows().length === 1);
  await rows.invalidate(['/w/c', '/w/b', '/v']);
  await rows.invalidate(['/w/x']);
  scene.summaries = [summary(), summary({ summaryId: 2, captureId: 'two' })];
  scene.feed();
  await until(() => rows.rows().length === 2);
  assert.deepEqual(scene.located.map(({ seen }) => seen?.lastEndUnixMs), [1, 1], 'once for each capture');
}));

test('what was inferred stays where it is until it is answered again, also where that fails at first', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  const inferred = (line: number): PlaceNow => ({ ...at('/w/a.js', line), inferred: true });
  scene.sites.push({ siteId: 1, filePath: '/w/b.js', line: 9 });
  scene.summaries = [summary(), summary({ summaryId: 2, siteId: 1 })];
  scene.places = (site) => (site.line === 9 ? at('/w/b.js', 9) : inferred(3));
  scene.feed();
  await until(() => rows.rows().length === 2);
  const seen = new Set<string>();
  rows.onChange(() => seen.add(rows.rows().map(({ line }) => line).join()));
  scene.places = () => {
    throw new Error('the worker died');
  };
  rows.reconsider();
  await until(() => scene.located.length === 3);
  scene.places = () => inferred(4);
  rows.refresh();
  await until(() => rows.rows()[0]?.line === 4);
  assert.deepEqual([...seen], ['3,9', '4,9']);
  // What is said of the workspace while it is asked counts too.
  let asked = 0;
  scene.places = () => {
    if (++asked === 1) rows.reconsider();
    return inferred(asked === 1 ? 5 : 6);
  };
  rows.reconsider();
  await until(() => rows.rows()[0]?.line === 6);
  assert.equal(rows.rows()[1]?.line, 9);
}));

test('after a change of path rules every place is asked again', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  scene.feed();
  await until(() => rows.rows().length === 1);
  scene.places = () => at('/w/moved.js', 3);
  rows.relocate();
  await until(() => rows.rowsOf('/w/moved.js').length === 1);
  assert.equal(rows.rowsOf('/w/a.js').length, 0);
}));

test('figures are given as last heard, and asked for when the count is another', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  let told = 0;
  rows.onChange(() => told++);
  assert.equal(rows.figures({ summaryIds: [1, 2], count: 5 }), undefined);
  await until(() => told === 1);
  assert.equal(rows.figures({ summaryIds: [1, 2], count: 5 })?.count, 2);
  assert.equal(rows.figures({ summaryIds: [1, 2], count: 6 })?.count, 2);
  await until(() => scene.latenciesAsked.length === 2);
  assert.deepEqual(scene.latenciesAsked, [[[1, 2]], [[1, 2]]]);
}));

test('figures are asked for when the debugger has held their program, without a new span', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  let told = 0;
  rows.onChange(() => told++);
  rows.figures({ summaryIds: [1], count: 5 });
  await until(() => told === 1);
  rows.figures({ summaryIds: [1], count: 5, holds: 0 });
  rows.figures({ summaryIds: [1], count: 5, holds: 1 });
  await until(() => told === 2);
  rows.figures({ summaryIds: [1], count: 5, holds: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(scene.latenciesAsked, [[[1]], [[1]]]);
}));

test('figures wanted together are one question', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  rows.figures({ summaryIds: [1], count: 1 });
  rows.figures({ summaryIds: [2], count: 1 });
  await until(() => scene.latenciesAsked.length === 1);
  assert.deepEqual(scene.latenciesAsked, [[[1], [2]]]);
}));

test('a drive letter is one letter', { timeout: 10_000 }, () => withRows(async (scene, rows) => {
  scene.places = () => at('C:\\w\\a.js', 3);
  scene.feed();
  await until(() => rows.rows().length === 1);
  assert.equal(rows.rowsOf('c:\\w\\a.js').length, 1);
}));
