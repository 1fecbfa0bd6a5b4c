import type { CaptureKeys } from './captureKeys.ts';
import type { Database } from './database.ts';
import type { SqliteTraces } from './sqliteTraces.ts';
import { type Dropped, type DropReason, type OldTrace, type Rank, ranks, type StoreCounts, type StoredChunk, type Usage } from './store.ts';
import { packTraces, type TraceShare, unpackTraces } from './tracePacking.ts';

const logsSignal = 1;
/** How many of the traces that came first are looked at for their age. */
const oldestLookedAt = 300;

/** What lets stored things go. Each method is one transaction. */
export class SqliteRetention {
  readonly #db: Database;
  readonly #keys: CaptureKeys;
  readonly #traces: SqliteTraces;
  readonly #chunk: (chunkId: number) => StoredChunk | undefined;

  constructor(db: Database, keys: CaptureKeys, traces: SqliteTraces, chunk: (chunkId: number) => StoredChunk | undefined) {
    this.#db = db;
    this.#keys = keys;
    this.#traces = traces;
    this.#chunk = chunk;
  }

  usage(): Usage[] {
    const rows = this.#db.all('SELECT u.operation AS operation, o.service AS service, u.rank AS rank, u.bytes AS bytes, u.spans AS spans FROM usage u JOIN operations o ON o.operation = u.operation WHERE u.bytes > 0');
    return rows.map((row) => ({
      operation: Number(row['operation']), service: row['service'] as string, rank: ranks[Number(row['rank'])] ?? 'ordinary', bytes: Number(row['bytes']), spans: Number(row['spans']),
    }));
  }

  oldestTraces(operation: number, rank: Rank, limit: number): OldTrace[] {
    const rows = this.#db.all(
      'SELECT trace, bytes, spans, CAST(end - start AS TEXT) AS duration FROM traces WHERE operation = ? AND rank = ? ORDER BY key LIMIT ?', operation, ranks.indexOf(rank), limit,
    );
    return rows.map((row) => ({ traceId: hex(row['trace']), durationNs: BigInt(row['duration'] as string), bytes: Number(row['bytes']), spans: Number(row['spans']) }));
  }

  tracesBefore(cutoffUnixMs: number): string[] {
    const rows = this.#db.all(
      `SELECT t.trace AS trace FROM (SELECT key, trace FROM traces WHERE rank < ${ranks.indexOf('pinned')} ORDER BY key LIMIT ${oldestLookedAt}) t
       WHERE (SELECT max(c.received) FROM trace_chunks x JOIN chunks c ON c.chunk = x.chunk WHERE x.trace = t.key) < ?`, cutoffUnixMs,
    );
    return rows.map((row) => hex(row['trace']));
  }

  markSlow(traceIds: readonly string[]): void {
    this.#db.transaction(() => {
      for (const traceId of traceIds) this.#traces.markSlow(traceId);
      this.#traces.writeUsage();
    });
  }

  dropTraces(traceIds: readonly string[], reason: DropReason): Dropped {
    const dropped = this.#db.transaction(() => {
      /** By chunk and capture: the traces to take out. */
      const places = new Map<string, { readonly chunkId: number; readonly capture: number; readonly traces: Set<string> }>();
      for (const traceId of traceIds) {
        const key = this.#traces.remove(traceId);
        if (key === undefined) continue;
        for (const row of this.#db.all('SELECT chunk, capture FROM trace_chunks WHERE trace = ?', key)) {
          const [chunkId, capture] = [Number(row['chunk']), Number(row['capture'])];
          const place = places.get(`${chunkId} ${capture}`);
          if (place === undefined) places.set(`${chunkId} ${capture}`, { chunkId, capture, traces: new Set([traceId]) });
          else place.traces.add(traceId);
        }
        this.#db.run('DELETE FROM trace_chunks WHERE trace = ?', key);
      }
      const sums = { spans: 0, logs: 0 };
      const captures = new Set<number>();
      for (const { chunkId, capture, traces } of places.values()) {
        captures.add(capture);
        this.#takeFromPart(chunkId, capture, (share) => traces.has(share.traceId), sums);
      }
      this.#traces.writeUsage();
      this.#count('droppedSpans', sums.spans);
      this.#count('droppedLogs', sums.logs);
      this.#count(`dropped for ${reason}`, sums.spans);
      this.#count('logs', -sums.logs);
      return { ...sums, traceIds, captureIds: [...captures].filter((key) => this.#removeCapture(key, true)).map((key) => this.#keys.idOf(key)) };
    });
    if (dropped.captureIds.length > 0) this.#keys.forget();
    return dropped;
  }

  deleteFromCapture(captureId: string, steps: number): Dropped | undefined {
    const key = this.#keys.known(captureId);
    if (key === undefined) return undefined;
    const sums = { spans: 0, logs: 0 };
    const touched = new Set<string>();
    const isGone = this.#db.transaction(() => {
      const rows = this.#db.all('SELECT chunk FROM parts WHERE capture = ? ORDER BY chunk LIMIT ?', key, steps);
      for (const row of rows) {
        const chunkId = Number(row['chunk']);
        const { isSpans, shares } = this.#takeFromPart(chunkId, key, () => true, sums);
        for (const { traceId, items, errors } of shares) {
          this.#db.run('DELETE FROM trace_chunks WHERE trace = (SELECT key FROM traces WHERE trace = ?) AND chunk = ? AND capture = ?', Buffer.from(traceId, 'hex'), chunkId, key);
          this.#traces.take(traceId, isSpans, items, errors);
          touched.add(traceId);
        }
      }
      this.#traces.writeUsage();
      this.#count('logs', -sums.logs);
      return this.#removeCapture(key, false);
    });
    if (isGone) this.#keys.forget();
    return { ...sums, traceIds: [...touched], captureIds: isGone ? [captureId] : [] };
  }

  deadBytes(): number {
    return this.#db.number('SELECT coalesce(sum(bytes * dead / (dead + live)), 0) FROM dead');
  }

  rewrite(limit: number, rewrite: (chunk: StoredChunk) => Uint8Array | undefined): boolean {
    const rows = this.#db.all('SELECT chunk FROM dead WHERE dead > 0 ORDER BY CAST(dead AS REAL) / (dead + live) DESC LIMIT ?', limit);
    if (rows.length === 0) return false;
    this.#db.transaction(() => {
      for (const row of rows) {
        const chunkId = Number(row['chunk']);
        const chunk = this.#chunk(chunkId);
        const bytes = chunk === undefined ? undefined : rewrite(chunk);
        if (bytes !== undefined) this.#db.run('UPDATE chunks SET bytes = ?, skipped = NULL WHERE chunk = ?', bytes, chunkId);
        if (bytes !== undefined) this.#db.run('DELETE FROM dead WHERE chunk = ?', chunkId);
        // Kept as it is, and still read without what was let go.
        else this.#db.run('UPDATE dead SET bytes = 0, dead = 0 WHERE chunk = ?', chunkId);
      }
    });
    return true;
  }

  dropped(): Pick<StoreCounts, 'droppedSpans' | 'droppedLogs' | 'droppedFor'> {
    const rows = new Map(this.#db.all('SELECT name, value FROM counters').map((row) => [row['name'] as string, Number(row['value'])]));
    const of = (name: string) => rows.get(name) ?? 0;
    return { droppedSpans: of('droppedSpans'), droppedLogs: of('droppedLogs'), droppedFor: { size: of('dropped for size'), count: of('dropped for count'), age: of('dropped for age') } };
  }

  /** Takes the wanted traces out of one capture's part of a chunk; the chunk goes when nothing is left of it. */
  #takeFromPart(chunkId: number, capture: number, isWanted: (share: TraceShare) => boolean, sums: { spans: number; logs: number }): { readonly isSpans: boolean; readonly shares: readonly TraceShare[] } {
    const db = this.#db;
    const part = db.get('SELECT p.items AS items, p.traces AS traces, c.signal AS signal FROM parts p JOIN chunks c ON c.chunk = p.chunk WHERE p.chunk = ? AND p.capture = ?', chunkId, capture);
    if (part === undefined) return { isSpans: true, shares: [] };
    const isSpans = Number(part['signal']) !== logsSignal;
    const all = unpackTraces(part['traces'] as Uint8Array);
    const shares = all.filter(isWanted);
    const isWhole = shares.length === all.length;
    const items = isWhole ? Number(part['items']) : shares.reduce((sum, share) => sum + share.items, 0);
    const errors = shares.reduce((sum, share) => sum + share.errors, 0);
    sums[isSpans ? 'spans' : 'logs'] += items;
    if (isWhole) db.run('DELETE FROM parts WHERE chunk = ? AND capture = ?', chunkId, capture);
    else db.run('UPDATE parts SET items = items - ?, errors = errors - ?, traces = ? WHERE chunk = ? AND capture = ?', items, errors, packTraces(all.filter((share) => !isWanted(share))), chunkId, capture);
    if (isSpans) db.run('UPDATE captures SET spans = spans - ?, errors = errors - ? WHERE key = ?', items, errors, capture);
    const live = db.number('SELECT coalesce(sum(items), 0) FROM parts WHERE chunk = ?', chunkId);
    if (live === 0) {
      db.run('DELETE FROM chunks WHERE chunk = ?', chunkId);
      db.run('DELETE FROM dead WHERE chunk = ?', chunkId);
    } else {
      db.run(
        `INSERT INTO dead SELECT chunk, length(bytes), ?, ? FROM chunks WHERE chunk = ?
         ON CONFLICT (chunk) DO UPDATE SET bytes = excluded.bytes, dead = dead + excluded.dead, live = excluded.live`, items, live, chunkId,
      );
    }
    return { isSpans, shares };
  }

  /** Where it holds nothing any more; `ifEnded`: not one whose spans may still come. */
  #removeCapture(key: number, ifEnded: boolean): boolean {
    const db = this.#db;
    if (db.get('SELECT 1 FROM parts WHERE capture = ? LIMIT 1', key) !== undefined) return false;
    if (ifEnded && db.get('SELECT 1 FROM captures WHERE key = ? AND ended IS NOT NULL AND pinned = 0', key) === undefined) return false;
    const captureId = this.#keys.idOf(key);
    db.run('DELETE FROM holds WHERE capture = ?', captureId);
    db.run('DELETE FROM summaries WHERE capture = ?', captureId);
    db.run('DELETE FROM captures WHERE key = ?', key);
    return true;
  }

  #count(name: string, change: number): void {
    if (change !== 0) this.#db.run('INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value', name, change);
  }
}

function hex(bytes: unknown): string {
  return Buffer.from(bytes as Uint8Array).toString('hex');
}
