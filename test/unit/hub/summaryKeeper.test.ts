import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLogs } from '../../../src/decode/otlpJson.ts';
import { logParts, spanParts } from '../../../src/hub/batchParts.ts';
import { Chunks } from '../../../src/hub/chunks.ts';
import { MemoryStore } from '../../../src/hub/store/memoryStore.ts';
import { openStore, storeFileName } from '../../../src/hub/store/openStore.ts';
import { type Store, StoreError } from '../../../src/hub/store/store.ts';
import { pendingMs, Summaries } from '../../../src/hub/summaries.ts';
import { SummaryKeeper } from '../../../src/hub/summaryKeeper.ts';
import { resourceFacts } from '../../../src/hub/spanFacts.ts';
import { captureAttribute } from '../../../src/model/span.ts';
import { request, type SpanShape, spanIdOf, traceIdOf } from './spans.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: (message: unknown) => { throw new Error(String(message)); } };

/** What a hub does with what comes, one process after the other. */
class World {
  readonly #root: string | undefined;
  #folders = 0;
  #folder = '';
  #store!: Store;
  #summaries!: Summaries;
  #keeper!: SummaryKeeper;
  #remembered = new Set<string>();
  #failing = false;

  /** Without a folder it cannot be restarted. */
  constructor(root?: string) {
    this.#root = root;
  }

  async start(): Promise<void> {
    const { store, troubles } = this.#root === undefined ? { store: new MemoryStore(), troubles: [] } : await openStore(this.#folder, { readOnly: false });
    assert.deepEqual(troubles, []);
    this.#store = store;
    const failing: Pick<Store, 'commitSummaries'> = {
      commitSummaries: (...given) => {
        if (this.#failing) throw new StoreError('failed', 'the disk is full');
        store.commitSummaries(...given);
      },
    };
    const wrapped = new Proxy(store, { get: (target, key) => (key in failing ? failing[key as 'commitSummaries'] : bound(target, key)) });
    this.#summaries = new Summaries();
    const chunks = new Chunks(() => store, log);
    this.#keeper = new SummaryKeeper({ store: () => wrapped, summaries: this.#summaries, chunks, onError: (error) => { throw error; } });
    this.#remembered = new Set();
    await this.#keeper.catchUp();
  }

  async restart(how: 'asked' | 'killed', nowMs: number): Promise<void> {
    const before = this.#folder;
    if (how === 'asked') {
      await this.#keeper.close({ save: true });
    } else {
      // As the files are at this moment: neither closed nor checkpointed.
      this.#folder = path.join(this.#root!, String(++this.#folders));
      await mkdir(this.#folder);
      for (const suffix of ['', '-wal']) await copyFile(path.join(before, `${storeFileName}${suffix}`), path.join(this.#folder, `${storeFileName}${suffix}`));
      await this.#keeper.close({ save: false });
    }
    this.#store.close();
    await this.start();
    // Its time may have come while there was no hub (Counting).
    this.#summaries.expirePending(nowMs);
  }

  async begin(): Promise<void> {
    if (this.#root !== undefined) {
      this.#folder = path.join(this.#root, String(++this.#folders));
      await mkdir(this.#folder);
    }
    await this.start();
  }

  spans(shapes: readonly SpanShape[], nowMs: number): void {
    const { bytes, encoding, batch } = request(shapes);
    const kept = batch.spans.map((span) => ({ span, captureId: resourceFacts(span.resource).captureId }));
    for (const { span } of kept) this.#recall(span.traceId);
    const [chunkId] = this.#store.append([{ signal: 'traces', encoding, bytes, receivedUnixMs: nowMs, captureOverride: undefined, skipped: undefined, ...spanParts(kept, bytes.length) }]);
    this.#summaries.add(kept, nowMs);
    this.#keeper.counted(chunkId!, kept.length);
  }

  /** The exception of a span, told by a log. */
  logs(trace: number, span: number, capture: string | undefined, nowMs: number): void {
    const attributes = [{ key: 'exception.stacktrace', value: { stringValue: `Error\n    at thrown (/thrown${span}.js:1:1)` } }];
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }, ...(capture === undefined ? [] : [{ key: captureAttribute, value: { stringValue: capture } }])] };
    const bytes = Buffer.from(JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ timeUnixNano: '1', traceId: traceIdOf(trace), spanId: spanIdOf(span), attributes }] }] }] }));
    const { records } = decodeLogs(bytes);
    const [chunkId] = this.#store.append([{ signal: 'logs', encoding: 'json', bytes, receivedUnixMs: nowMs, captureOverride: undefined, skipped: undefined, parts: logParts(records), deltas: [] }]);
    this.#summaries.addLogs(records, nowMs);
    this.#keeper.counted(chunkId!, 0);
  }

  async save(during: () => void): Promise<void> {
    await this.#keeper.saveInSteps(async () => during());
  }

  async failToSave(): Promise<void> {
    this.#failing = true;
    await assert.rejects(this.#keeper.saveInSteps(async () => {}), StoreError);
    this.#failing = false;
  }

  wait(nowMs: number): void {
    this.#summaries.expirePending(nowMs);
  }

  deleteCapture(captureId: string): void {
    this.#keeper.save();
    for (let isGone = false; !isGone;) {
      const dropped = this.#store.deleteFromCapture(captureId, 1);
      for (const traceId of dropped?.traceIds ?? []) this.#remembered.delete(traceId);
      this.#keeper.forget(dropped?.traceIds ?? []);
      isGone = dropped === undefined || dropped.captureIds.length > 0;
    }
    this.#summaries.removeCapture(captureId);
  }

  /** All that clients are told, but for the numbers of sites and summaries. */
  told(nowMs: number): unknown {
    this.#summaries.expirePending(nowMs + 2 * pendingMs);
    const sites = new Map(this.#summaries.sitesAfter(-1).map(({ siteId, ...site }) => [siteId, JSON.stringify(site)]));
    return this.#summaries.records().map(({ summaryId, siteId, ...record }) => [
      JSON.stringify([record.captureId, record.service, record.operation, record.kind, siteId === undefined ? '' : sites.get(siteId)]),
      record, this.#summaries.latencies([summaryId]), this.#summaries.recentSpans([summaryId]),
    ] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  get siteCount(): number {
    return this.#summaries.sites.count;
  }

  async end(): Promise<void> {
    await this.#keeper.close({ save: false });
    this.#store.close();
  }

  /** As the hub does when a trace speaks that it does not remember. */
  #recall(traceId: string): void {
    if (this.#remembered.has(traceId)) return;
    this.#remembered.add(traceId);
    this.#keeper.recall(traceId);
  }
}

function bound(target: Store, key: string | symbol): unknown {
  const value = target[key as keyof Store] as unknown;
  return typeof value === 'function' ? value.bind(target) : value;
}

const shape = fc.record({
  trace: fc.integer({ min: 1, max: 5 }), parent: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }), name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'),
  kind: fc.constantFrom(1, 1, 2, 3, 5), service: fc.constantFrom('shop', 'pay'), capture: fc.constantFrom(undefined, undefined, 'one', 'two'), startMs: fc.integer({ min: 0, max: 50 }),
  durationMs: fc.integer({ min: 0, max: 90 }), error: fc.boolean(), file: fc.constantFrom(undefined, undefined, '/x.js', '/y.js', '/z.js'),
});
const batch = fc.array(shape, { minLength: 1, maxLength: 12 });
const command = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('spans' as const), shapes: batch }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('log' as const), trace: fc.integer({ min: 1, max: 5 }), span: fc.integer({ min: 1, max: 40 }), capture: fc.constantFrom(undefined, 'one') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('save' as const), during: fc.array(batch, { maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3000 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('restart' as const), how: fc.constantFrom('asked' as const, 'killed' as const, 'killed' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), capture: fc.constantFrom('one', 'two') }) },
);

test('a restart, whenever and however, is no restart: summaries, figures and recent spans are those of a hub that went on', { timeout: 120_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 16 }), async (commands) => {
    const root = await mkdtemp(path.join(os.tmpdir(), 'traceline-restart-'));
    const [steady, restarted] = [new World(), new World(root)];
    try {
      await steady.begin();
      await restarted.begin();
      let nowMs = 1_000_000;
      let nextId = 1;
      const spans = (shapes: readonly Omit<SpanShape, 'id'>[]) => {
        nowMs += 100;
        // Each id is new; parents may come before, after or never.
        const numbered = shapes.map((each) => ({ ...each, id: nextId++ }));
        return numbered;
      };
      for (const each of commands) {
        switch (each.kind) {
          case 'spans': {
            const numbered = spans(each.shapes);
            for (const world of [steady, restarted]) world.spans(numbered, nowMs);
            break;
          }
          case 'log':
            nowMs += 10;
            for (const world of [steady, restarted]) world.logs(each.trace, each.span, each.capture, nowMs);
            break;
          case 'save': {
            const during = [...each.during];
            await restarted.save(() => {
              const shapes = during.shift();
              if (shapes === undefined) return;
              const numbered = spans(shapes);
              for (const world of [steady, restarted]) world.spans(numbered, nowMs);
            });
            break;
          }
          case 'fail': await restarted.failToSave(); break;
          case 'wait':
            nowMs += each.ms;
            for (const world of [steady, restarted]) world.wait(nowMs);
            break;
          case 'restart': await restarted.restart(each.how, nowMs); break;
          case 'delete': for (const world of [steady, restarted]) world.deleteCapture(each.capture);
        }
      }
      assert.deepEqual(restarted.told(nowMs), steady.told(nowMs));
    } finally {
      await steady.end();
      await restarted.end();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    }
    // A failure is told before the test's own time is over, not made smaller for ever.
  }), { numRuns: 60, interruptAfterTimeLimit: 100_000 });
});

test('a log that came too late is late after a kill as well, and what was deleted says nothing of what comes', async () => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'traceline-late-'));
  const [steady, restarted] = [new World(), new World(root)];
  const both = (body: (world: World) => void) => [steady, restarted].forEach(body);
  try {
    await steady.begin();
    await restarted.begin();
    both((world) => world.spans([{ id: 1, kind: 3, error: true }], 1000));
    both((world) => world.wait(1000 + pendingMs));
    both((world) => world.logs(1, 1, undefined, 1010 + pendingMs));
    await restarted.restart('killed', 1010 + pendingMs);
    both((world) => assert.doesNotMatch(JSON.stringify(world.told(5000)), /thrown1/));
    both((world) => world.spans([{ id: 3, trace: 2, parent: 2, file: '/beneath.js', capture: 'one' }], 6000));
    both((world) => world.logs(2, 2, 'one', 6010));
    both((world) => world.deleteCapture('one'));
    both((world) => world.spans([{ id: 2, trace: 2, kind: 2, error: true }], 6100));
    await restarted.restart('killed', 6100);
    both((world) => assert.doesNotMatch(JSON.stringify(world.told(9000)), /beneath|thrown/));
    assert.deepEqual(restarted.told(9000), steady.told(9000));
  } finally {
    await steady.end();
    await restarted.end();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
});

test('sites that no summary has any more are left behind at a start, and the others keep their figures', async () => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'traceline-sites-'));
  const world = new World(root);
  try {
    await world.begin();
    for (let n = 0; n < 60; n++) world.spans(Array.from({ length: 20 }, (_, k) => ({ id: n * 20 + k + 1, file: `/gone${n}-${k}.js`, capture: 'gone' })), 1000 + n);
    world.spans([{ id: 5000, file: '/stays.js', durationMs: 7 }, { id: 5001, file: '/stays too.js' }], 2000);
    const all = world.told(2000);
    await world.restart('asked', 2000);
    assert.deepEqual(world.told(2000), all);
    world.deleteCapture('gone');
    const left = world.told(2000);
    assert.ok(world.siteCount > 1200);
    await world.restart('asked', 2000);
    assert.equal(world.siteCount, 2);
    for (const how of ['asked', 'killed'] as const) {
      assert.deepEqual(world.told(2000), left);
      world.spans([], 2001);
      await world.restart(how, 2001);
    }
    assert.equal((left as readonly unknown[]).length, 2);
  } finally {
    await world.end();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
});

test('what is counted while a state is being written is not in it, and counts once after a kill; rings go on where they stood', async () => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'traceline-while-'));
  const [steady, restarted] = [new World(), new World(root)];
  try {
    await steady.begin();
    await restarted.begin();
    let nextId = 1;
    const spans = (count: number) => {
      const shapes = Array.from({ length: count }, (): SpanShape => ({ id: nextId, name: `operation ${nextId % 30}`, file: '/x.js', startMs: nextId, durationMs: nextId++ % 97 }));
      for (const world of [steady, restarted]) world.spans(shapes, 1000);
    };
    spans(35_000);
    for (let n = 0; n < 3; n++) {
      await restarted.save(() => spans(100));
      await restarted.restart('killed', 1000);
      assert.deepEqual(restarted.told(1000), steady.told(1000), `after kill ${n}`);
      spans(1000);
    }
    assert.deepEqual(restarted.told(1000), steady.told(1000));
  } finally {
    await steady.end();
    await restarted.end();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
});
