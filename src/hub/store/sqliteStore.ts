import type { DatabaseSync } from 'node:sqlite';
import type { CaptureRecord } from '../../protocol/hub.ts';
import { CaptureKeys } from './captureKeys.ts';
import { Checkpoints } from './checkpoints.ts';
import { clamped, Database } from './database.ts';
import { bringUp, countUsage, pageBytes } from './schema.ts';
import { SqliteRetention } from './sqliteRetention.ts';
import { SqliteSummaries } from './sqliteSummaries.ts';
import { SqliteTraces } from './sqliteTraces.ts';
import {
  type CaptureChange, type Dropped, type DropReason, type Hold, type NewChunk, type OldTrace, type Rank, type Signal, type Store, type StoreCounts, type StoredChunk, type StoredSummaries,
  type SummaryChange, type SummaryPart, type SummaryState, type TraceRow, type Usage,
} from './store.ts';
import { isLooseTraceId, looseTraceId, packTraces, unpackTraces } from './tracePacking.ts';

const signals: readonly Signal[] = ['traces', 'logs'];
const encodings = ['protobuf', 'json'] as const;
const shrinkPages = 250;
const lockWaitMs = 100;
/** What a transaction writes beside its blobs, about. */
const transactionBytes = 20 * pageBytes;
/** Of the write-ahead file, should nobody else write it into the database. */
const backstopPages = 8000;

/**
 * The store in a SQLite file. WAL with synchronous=NORMAL: a committed transaction is in the write-ahead file before `append`
 * returns, held by the operating system, so killing this process loses nothing; only a crash of the machine may lose the last
 * transactions (never the consistency of the file).
 *
 * One blob a batch instead of one row a span: measured at 600k spans a second against 50k.
 */
export class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly #db: Database;
  readonly #pageSize: number;
  readonly #isCurrent: boolean;
  readonly #keys: CaptureKeys;
  readonly #traces: SqliteTraces;
  readonly #retention: SqliteRetention;
  readonly #summaries: SqliteSummaries;
  readonly #counts: { spans: number; logs: number };
  readonly #checkpoints: Checkpoints | undefined;
  #size: { readonly transactions: number; readonly bytes: number } | undefined;

  /**
   * Takes over an open database, with its `file` where much is written to it; a new one (user_version 0) gets its tables here, one of an older version is brought up.
   * @throws StoreError
   */
  constructor(database: DatabaseSync, options: { readonly readOnly: boolean; readonly file?: string }) {
    const db = new Database(database, () => {
      this.#keys.forget();
      this.#traces.forget();
    });
    this.#db = db;
    db.exec('PRAGMA busy_timeout = 2000; PRAGMA cache_size = -16384');
    // Both have to be chosen before the first table; the second lets freed pages go back to the disk in small steps.
    if (db.number('PRAGMA user_version') === 0) db.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA auto_vacuum = INCREMENTAL`);
    if (!options.readOnly) {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 33554432');
      if (options.file !== undefined) {
        this.#checkpoints = new Checkpoints(options.file);
        db.exec(`PRAGMA wal_autocheckpoint = ${backstopPages}`);
      }
      // SQLite opens what it may not write to for reading, without a word; who holds it locked is found out here as well.
      db.exec('BEGIN IMMEDIATE; ROLLBACK');
      bringUp(db);
    }
    this.#pageSize = db.number('PRAGMA page_size');
    this.#isCurrent = db.number(`SELECT count(*) FROM sqlite_schema WHERE name IN ('holds', 'summary_state')`) === 2;
    this.#keys = new CaptureKeys(db);
    this.#traces = new SqliteTraces(db);
    this.#retention = new SqliteRetention(db, this.#keys, this.#traces, (chunkId) => this.chunk(chunkId));
    this.#summaries = new SqliteSummaries(db);
    if (!options.readOnly) this.#summaries.removeUnfinished();
    this.#counts = { spans: db.number('SELECT coalesce(sum(spans), 0) FROM captures'), logs: db.number(`SELECT value FROM counters WHERE name = 'logs'`) };
    // Touches every tree once, so that a torn file is found now and not in the middle of a batch.
    for (const table of ['chunks', 'parts', 'trace_chunks', 'traces', 'usage']) db.getBig(`SELECT * FROM ${table} LIMIT 1`);
    // From here on every wait is the whole hub's: a sender that is told to come again waits better.
    db.exec(`PRAGMA busy_timeout = ${lockWaitMs}`);
  }

  append(chunks: readonly NewChunk[]): readonly number[] {
    const counted = { spans: 0, logs: 0 };
    const ids = this.#db.transaction(() => {
      const appended = chunks.map((chunk) => {
        counted[chunk.signal === 'traces' ? 'spans' : 'logs'] += chunk.parts.reduce((sum, part) => sum + part.items, 0);
        return this.#append(chunk);
      });
      this.#traces.writeUsage();
      if (counted.logs > 0) this.#db.run(`UPDATE counters SET value = value + ? WHERE name = 'logs'`, counted.logs);
      return appended;
    });
    this.#checkpoints?.wrote(chunks.reduce((sum, chunk) => sum + chunk.bytes.length, transactionBytes));
    this.#counts.spans += counted.spans;
    this.#counts.logs += counted.logs;
    return ids;
  }

  #append(chunk: NewChunk): number {
    const db = this.#db;
    const isSpans = chunk.signal === 'traces';
    const chunkId = db.run(
      'INSERT INTO chunks (signal, encoding, received, override, skipped, bytes) VALUES (?, ?, ?, ?, ?, ?)',
      signals.indexOf(chunk.signal), encodings.indexOf(chunk.encoding), chunk.receivedUnixMs, chunk.captureOverride ?? null,
      chunk.skipped === undefined ? null : new Uint8Array(chunk.skipped.buffer, chunk.skipped.byteOffset, chunk.skipped.byteLength), chunk.bytes,
    );
    const keys = new Map<string, number>();
    for (const delta of chunk.deltas) keys.set(delta.traceId, this.#traces.add(delta, this.#keys.isPinned(delta.captureId)));
    const items = chunk.parts.reduce((sum, part) => sum + part.items, 0);
    for (const part of chunk.parts) {
      const capture = this.#keys.keyOf(part.captureId, chunk.receivedUnixMs);
      let { traces } = part;
      if (!isSpans) {
        const loose = part.items - traces.reduce((sum, trace) => sum + trace.items, 0);
        if (loose > 0) traces = [...traces, { traceId: looseTraceId(chunkId), items: loose, errors: 0 }];
        for (const trace of traces) {
          keys.set(trace.traceId, this.#traces.addLogs(trace.traceId, Math.ceil((chunk.bytes.length * trace.items) / items), this.#keys.isPinned(part.captureId)));
        }
      }
      db.run('INSERT INTO parts (chunk, capture, items, errors, traces) VALUES (?, ?, ?, ?, ?)', chunkId, capture, part.items, part.errors, packTraces(traces));
      for (const { traceId } of traces) db.run('INSERT INTO trace_chunks VALUES (?, ?, ?)', keys.get(traceId)!, chunkId, capture);
      if (isSpans) db.run('UPDATE captures SET spans = spans + ?, errors = errors + ? WHERE key = ?', part.items, part.errors, capture);
    }
    return chunkId;
  }

  reading<T>(body: () => T): T {
    return this.#db.reading(body);
  }

  trace(traceId: string): TraceRow | undefined {
    return this.#traces.row(traceId);
  }

  holdsTrace(traceId: string): boolean {
    return this.#traces.key(traceId) !== undefined;
  }

  traces(): Iterable<TraceRow> {
    return this.#traces.newestFirst();
  }

  chunksOfTrace(traceId: string, signal: Signal): readonly number[] {
    const rows = this.#db.all(
      'SELECT DISTINCT x.chunk AS chunk FROM traces t JOIN trace_chunks x ON x.trace = t.key JOIN chunks c ON c.chunk = x.chunk WHERE t.trace = ? AND c.signal = ? ORDER BY x.chunk',
      Buffer.from(traceId, 'hex'), signals.indexOf(signal),
    );
    return rows.map((row) => Number(row['chunk']));
  }

  isInCapture(traceId: string, captureId: string): boolean {
    const capture = this.#keys.known(captureId);
    if (capture === undefined) return false;
    return this.#db.get('SELECT 1 FROM traces t JOIN trace_chunks x ON x.trace = t.key WHERE t.trace = ? AND x.capture = ? LIMIT 1', Buffer.from(traceId, 'hex'), capture) !== undefined;
  }

  chunk(chunkId: number): StoredChunk | undefined {
    const row = this.#db.get('SELECT signal, encoding, received, override, skipped, bytes FROM chunks WHERE chunk = ?', chunkId);
    if (row === undefined) return undefined;
    const skipped = row['skipped'] as Uint8Array | null;
    const captures = this.#db.all('SELECT capture FROM parts WHERE chunk = ?', chunkId).map((part) => this.#keys.idOf(Number(part['capture'])));
    return {
      chunkId,
      signal: signals[Number(row['signal'])] ?? 'traces',
      encoding: encodings[Number(row['encoding'])] ?? 'protobuf',
      receivedUnixMs: Number(row['received']),
      bytes: row['bytes'] as Uint8Array,
      captureOverride: (row['override'] as string | null) ?? undefined,
      skipped: skipped === null ? undefined : new Uint32Array(new Uint8Array(skipped).buffer),
      captures: new Set(captures),
      traces: this.#liveTraces(chunkId),
    };
  }

  #liveTraces(chunkId: number): ReadonlySet<string> | undefined {
    if (this.#db.get('SELECT 1 FROM dead WHERE chunk = ?', chunkId) === undefined) return undefined;
    const parts = this.#db.all('SELECT traces FROM parts WHERE chunk = ?', chunkId);
    return new Set(parts.flatMap((part) => unpackTraces(part['traces'] as Uint8Array).map(({ traceId }) => (isLooseTraceId(traceId) ? '' : traceId))));
  }

  nextChunk(chunkId: number, signal?: Signal): number | undefined {
    if (signal === undefined) return this.#db.optionalNumber('SELECT chunk FROM chunks WHERE chunk > ? ORDER BY chunk LIMIT 1', chunkId);
    return this.#db.optionalNumber('SELECT chunk FROM chunks WHERE chunk > ? AND signal = ? ORDER BY chunk LIMIT 1', chunkId, signals.indexOf(signal));
  }

  previousChunk(chunkId: number, signal: Signal): number | undefined {
    return this.#db.optionalNumber('SELECT chunk FROM chunks WHERE chunk < ? AND signal = ? ORDER BY chunk DESC LIMIT 1', chunkId, signals.indexOf(signal));
  }

  captures(): readonly CaptureRecord[] {
    return this.#db.all('SELECT * FROM captures ORDER BY started, key').map((row) => ({
      captureId: row['id'] as string,
      name: row['name'] as string,
      kind: row['kind'] as CaptureRecord['kind'],
      startedUnixMs: Number(row['started']),
      endedUnixMs: row['ended'] === null ? undefined : Number(row['ended']),
      pinned: Number(row['pinned']) !== 0,
      spanCount: Number(row['spans']),
      errorCount: Number(row['errors']),
    }));
  }

  putCapture(captureId: string, change: CaptureChange, nowUnixMs: number): void {
    const db = this.#db;
    db.transaction(() => {
      const key = this.#keys.keyOf(captureId, nowUnixMs);
      if (change.name !== undefined) db.run('UPDATE captures SET name = ? WHERE key = ?', change.name, key);
      if (change.kind !== undefined) db.run('UPDATE captures SET kind = ? WHERE key = ?', change.kind, key);
      if (change.startedUnixMs !== undefined) db.run('UPDATE captures SET started = ? WHERE key = ?', change.startedUnixMs, key);
      if ('endedUnixMs' in change) db.run('UPDATE captures SET ended = ? WHERE key = ?', change.endedUnixMs ?? null, key);
      if (change.pinned === undefined || change.pinned === this.#keys.isPinned(captureId)) return;
      db.run('UPDATE captures SET pinned = ? WHERE key = ?', change.pinned ? 1 : 0, key);
      this.#traces.rankAnew('IN (SELECT trace FROM trace_chunks WHERE capture = ?)', key);
      db.exec(countUsage);
    });
    if (change.pinned !== undefined) this.#keys.forget();
  }

  putHold(captureId: string, { holdId, fromUnixNano, toUnixNano }: Hold): void {
    if (this.#keys.known(captureId) === undefined) return;
    this.#db.transaction(() => {
      this.#db.run('INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?)', captureId, holdId, clamped(fromUnixNano), clamped(toUnixNano));
    });
  }

  holds(): readonly (Hold & { readonly captureId: string })[] {
    if (!this.#isCurrent) return [];
    return this.#db.all('SELECT capture, id, CAST(start AS TEXT) AS start, CAST(end AS TEXT) AS end FROM holds').map((row) => ({
      captureId: row['capture'] as string,
      holdId: row['id'] as string,
      fromUnixNano: BigInt(row['start'] as string),
      toUnixNano: BigInt(row['end'] as string),
    }));
  }

  deleteFromCapture(captureId: string, steps: number): Dropped | undefined {
    return this.#changed(this.#retention.deleteFromCapture(captureId, steps));
  }

  usage(): readonly Usage[] {
    return this.#retention.usage();
  }

  oldestTraces(operation: number, rank: Rank, limit: number): readonly OldTrace[] {
    return this.#retention.oldestTraces(operation, rank, limit);
  }

  tracesBefore(cutoffUnixMs: number): readonly string[] {
    return this.#retention.tracesBefore(cutoffUnixMs);
  }

  markSlow(traceIds: readonly string[]): void {
    this.#retention.markSlow(traceIds);
    this.#checkpoints?.wrote(transactionBytes);
  }

  dropTraces(traceIds: readonly string[], reason: DropReason): Dropped {
    return this.#changed(this.#retention.dropTraces(traceIds, reason));
  }

  deadBytes(): number {
    return this.#retention.deadBytes();
  }

  rewrite(limit: number, rewrite: (chunk: StoredChunk) => Uint8Array | undefined): boolean {
    let written = transactionBytes;
    const isAny = this.#retention.rewrite(limit, (chunk) => {
      const bytes = rewrite(chunk);
      written += bytes?.length ?? 0;
      return bytes;
    });
    this.#checkpoints?.wrote(written);
    return isAny;
  }

  putSummaries(generation: number, parts: readonly SummaryPart[]): void {
    this.#summaries.put(generation, parts);
    this.#checkpoints?.wrote(parts.reduce((sum, { state }) => sum + state.length, transactionBytes));
  }

  commitSummaries(state: SummaryState, change: SummaryChange): void {
    this.#summaries.commit(state, change);
  }

  summaries(): StoredSummaries | undefined {
    return this.#isCurrent ? this.#summaries.read() : undefined;
  }

  pause(): Promise<void> | undefined {
    return this.#checkpoints?.pause();
  }

  bytes(): number {
    const { transactions } = this.#db;
    // Asked for with each request; both lock the file to find out.
    if (this.#size?.transactions !== transactions) {
      this.#size = { transactions, bytes: (this.#db.number('PRAGMA page_count') - this.#db.number('PRAGMA freelist_count')) * this.#pageSize };
    }
    return this.#size.bytes;
  }

  shrink(): boolean {
    const free = this.#db.number('PRAGMA freelist_count');
    // New chunks will want some of the room again soon; only what is far too much goes back.
    if (free * this.#pageSize < 16_000_000 || free < this.#db.number('PRAGMA page_count') / 10) return false;
    this.#db.exec(`PRAGMA incremental_vacuum(${shrinkPages})`);
    this.#checkpoints?.wrote(shrinkPages * this.#pageSize);
    return true;
  }

  counts(): StoreCounts {
    return { ...this.#counts, ...this.#retention.dropped() };
  }

  close(): void {
    this.#checkpoints?.close();
    this.#db.close();
  }

  #changed<T extends Dropped | undefined>(dropped: T): T {
    this.#checkpoints?.wrote(transactionBytes);
    this.#counts.spans -= dropped?.spans ?? 0;
    this.#counts.logs -= dropped?.logs ?? 0;
    return dropped;
  }
}
