import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { externalCaptureId } from '../../model/span.ts';
import type { CaptureRecord } from '../../protocol/hub.ts';
import {
  type CaptureChange, type Dropped, type Hold, type NewChunk, type NewPart, type Signal, type Store, type StoreCounts, type StoredChunk, StoreError,
  type TraceRow,
} from './store.ts';
import { mergeTrace } from './traceRow.ts';

/** Grows with every change of the tables. A database of a later version is left alone. */
export const schemaVersion = 1;

const schema = `
  CREATE TABLE captures (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,
    pinned INTEGER NOT NULL DEFAULT 0, spans INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE chunks (
    chunk INTEGER PRIMARY KEY AUTOINCREMENT, signal INTEGER NOT NULL, encoding INTEGER NOT NULL, received INTEGER NOT NULL,
    override TEXT, skipped BLOB, bytes BLOB NOT NULL
  );
  CREATE TABLE parts (
    chunk INTEGER NOT NULL, capture INTEGER NOT NULL, items INTEGER NOT NULL, errors INTEGER NOT NULL, traces BLOB NOT NULL,
    PRIMARY KEY (chunk, capture)
  );
  CREATE INDEX parts_of_capture ON parts (capture, chunk);
  CREATE TABLE trace_chunks (
    trace BLOB NOT NULL, chunk INTEGER NOT NULL, capture INTEGER NOT NULL, PRIMARY KEY (trace, chunk, capture)
  ) WITHOUT ROWID;
  CREATE TABLE traces (
    trace BLOB PRIMARY KEY, capture TEXT NOT NULL, service TEXT NOT NULL, root TEXT NOT NULL, root_true INTEGER NOT NULL,
    root_start INTEGER NOT NULL, services TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, spans INTEGER NOT NULL,
    errors INTEGER NOT NULL, version INTEGER NOT NULL
  );
  CREATE INDEX traces_by_start ON traces (start);
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO counters VALUES ('logs', 0), ('droppedSpans', 0);
`;

/**
 * Beside the schema, since a hub that knows nothing of it does no harm: a hold names its capture by the id, which is never
 * given twice, so what such a hub leaves behind belongs to nobody.
 */
const holdsTable = 'CREATE TABLE IF NOT EXISTS holds (capture TEXT NOT NULL, id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, PRIMARY KEY (capture, id)) WITHOUT ROWID';

const signals: readonly Signal[] = ['traces', 'logs'];
const encodings = ['protobuf', 'json'] as const;
const traceEntryBytes = 24;
const maxInteger = 2n ** 63n - 1n;
const shrinkPages = 500;
const lockWaitMs = 100;

/**
 * The store in a SQLite file. WAL with synchronous=NORMAL: a committed transaction is in the write-ahead file before `append`
 * returns, held by the operating system, so killing this process loses nothing; only a crash of the machine may lose the last
 * transactions (never the consistency of the file).
 *
 * One blob a batch instead of one row a span: measured at 600k spans a second against 50k.
 */
export class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #pageSize: number;
  /** False in a file that an older hub wrote and that is only read. */
  readonly #hasHolds: boolean;
  readonly #captureKeys = new Map<string, number>();
  readonly #captureIds = new Map<number, string>();
  readonly #counts: { spans: number; logs: number; droppedSpans: number };
  /** A transaction failed that may have given out keys. */
  #keysAreStale = false;

  /**
   * Takes over an open database of this schema; a new one (user_version 0) gets its tables here.
   * @throws StoreError
   */
  constructor(db: DatabaseSync, options: { readonly readOnly: boolean }) {
    this.#db = db;
    this.#guard(() => db.exec('PRAGMA busy_timeout = 2000; PRAGMA cache_size = -16384'));
    const isNew = this.#number('PRAGMA user_version') === 0;
    // auto_vacuum has to be chosen before the first table; it lets freed pages go back to the disk in small steps.
    if (isNew) this.#guard(() => db.exec('PRAGMA auto_vacuum = INCREMENTAL'));
    if (!options.readOnly) this.#guard(() => db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864'));
    if (isNew) this.#guard(() => db.exec(`BEGIN; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`));
    // SQLite opens what it may not write to for reading, without a word; who holds it locked is found out here as well.
    if (!options.readOnly) this.#guard(() => db.exec('BEGIN IMMEDIATE; ROLLBACK'));
    if (!options.readOnly) this.#guard(() => db.exec(holdsTable));
    this.#hasHolds = this.#number(`SELECT count(*) FROM sqlite_schema WHERE name = 'holds'`) > 0;
    this.#pageSize = this.#number('PRAGMA page_size');
    this.#counts = {
      spans: this.#number('SELECT coalesce(sum(spans), 0) FROM captures'),
      logs: this.#number(`SELECT value FROM counters WHERE name = 'logs'`),
      droppedSpans: this.#number(`SELECT value FROM counters WHERE name = 'droppedSpans'`),
    };
    this.#loadCaptureKeys();
    // Touches every tree once, so that a torn file is found now and not in the middle of a batch.
    for (const table of ['chunks', 'parts', 'trace_chunks', 'traces']) this.#guard(() => this.#prepare(`SELECT * FROM ${table} LIMIT 1`, true).get());
    // From here on every wait is the whole hub's: a sender that is told to come again waits better.
    this.#guard(() => db.exec(`PRAGMA busy_timeout = ${lockWaitMs}`));
  }

  append(chunk: NewChunk): void {
    const items = chunk.parts.reduce((sum, part) => sum + part.items, 0);
    this.#transaction(() => {
      const inserted = this.#run(
        'INSERT INTO chunks (signal, encoding, received, override, skipped, bytes) VALUES (?, ?, ?, ?, ?, ?)',
        signals.indexOf(chunk.signal), encodings.indexOf(chunk.encoding), chunk.receivedUnixMs, chunk.captureOverride ?? null,
        chunk.skipped === undefined ? null : new Uint8Array(chunk.skipped.buffer, chunk.skipped.byteOffset, chunk.skipped.byteLength), chunk.bytes,
      );
      const chunkId = Number(inserted);
      for (const part of chunk.parts) {
        const key = this.#captureKey(part.captureId, chunk.receivedUnixMs);
        this.#run('INSERT INTO parts (chunk, capture, items, errors, traces) VALUES (?, ?, ?, ?, ?)', chunkId, key, part.items, part.errors, packTraces(part.traces));
        for (const { traceId } of part.traces) this.#run('INSERT INTO trace_chunks VALUES (?, ?, ?)', idBytes(traceId), chunkId, key);
        if (chunk.signal === 'traces') {
          this.#run('UPDATE captures SET spans = spans + ?, errors = errors + ? WHERE key = ?', part.items, part.errors, key);
        } else {
          for (const { traceId } of part.traces) this.#run('UPDATE traces SET version = version + 1 WHERE trace = ?', idBytes(traceId));
        }
      }
      if (chunk.signal === 'logs') this.#run(`UPDATE counters SET value = value + ? WHERE name = 'logs'`, items);
      for (const delta of chunk.deltas) this.#putTrace(mergeTrace(this.trace(delta.traceId), delta));
    });
    if (chunk.signal === 'traces') this.#counts.spans += items;
    else this.#counts.logs += items;
  }

  trace(traceId: string): TraceRow | undefined {
    const row = this.#guard(() => this.#prepare('SELECT * FROM traces WHERE trace = ?', true).get(idBytes(traceId)));
    return row === undefined ? undefined : traceRow(row);
  }

  *traces(): Iterable<TraceRow> {
    try {
      for (const row of this.#prepare('SELECT * FROM traces ORDER BY start DESC', true).iterate()) yield traceRow(row as Row);
    } catch (error) {
      throw storeError(error);
    }
  }

  chunksOfTrace(traceId: string, signal: Signal): readonly number[] {
    const rows = this.#all(
      'SELECT DISTINCT t.chunk AS chunk FROM trace_chunks t JOIN chunks c ON c.chunk = t.chunk WHERE t.trace = ? AND c.signal = ? ORDER BY t.chunk',
      idBytes(traceId), signals.indexOf(signal),
    );
    return rows.map((row) => Number(row['chunk']));
  }

  isInCapture(traceId: string, captureId: string): boolean {
    const key = this.#captureKeys.get(captureId);
    if (key === undefined) return false;
    return this.#optionalNumber('SELECT chunk FROM trace_chunks WHERE trace = ? AND capture = ? LIMIT 1', idBytes(traceId), key) !== undefined;
  }

  chunk(chunkId: number): StoredChunk | undefined {
    const row = this.#get('SELECT * FROM chunks WHERE chunk = ?', chunkId);
    if (row === undefined) return undefined;
    const skipped = row['skipped'] as Uint8Array | null;
    const captures = this.#all('SELECT capture FROM parts WHERE chunk = ?', chunkId).map((part) => this.#captureId(Number(part['capture'])));
    return {
      chunkId,
      signal: signals[Number(row['signal'])] ?? 'traces',
      encoding: encodings[Number(row['encoding'])] ?? 'protobuf',
      bytes: row['bytes'] as Uint8Array,
      captureOverride: (row['override'] as string | null) ?? undefined,
      skipped: skipped === null ? undefined : new Uint32Array(new Uint8Array(skipped).buffer),
      captures: new Set(captures),
    };
  }

  nextChunk(chunkId: number, signal: Signal): number | undefined {
    return this.#optionalNumber('SELECT chunk FROM chunks WHERE chunk > ? AND signal = ? ORDER BY chunk LIMIT 1', chunkId, signals.indexOf(signal));
  }

  previousChunk(chunkId: number, signal: Signal): number | undefined {
    return this.#optionalNumber('SELECT chunk FROM chunks WHERE chunk < ? AND signal = ? ORDER BY chunk DESC LIMIT 1', chunkId, signals.indexOf(signal));
  }

  captures(): readonly CaptureRecord[] {
    return this.#all('SELECT * FROM captures ORDER BY started, key').map((row) => ({
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
    this.#transaction(() => {
      const key = this.#captureKey(captureId, nowUnixMs);
      if (change.name !== undefined) this.#run('UPDATE captures SET name = ? WHERE key = ?', change.name, key);
      if (change.kind !== undefined) this.#run('UPDATE captures SET kind = ? WHERE key = ?', change.kind, key);
      if (change.startedUnixMs !== undefined) this.#run('UPDATE captures SET started = ? WHERE key = ?', change.startedUnixMs, key);
      if ('endedUnixMs' in change) this.#run('UPDATE captures SET ended = ? WHERE key = ?', change.endedUnixMs ?? null, key);
      if (change.pinned !== undefined) this.#run('UPDATE captures SET pinned = ? WHERE key = ?', change.pinned ? 1 : 0, key);
    });
  }

  putHold(captureId: string, { holdId, fromUnixNano, toUnixNano }: Hold): void {
    if (!this.#captureKeys.has(captureId)) return;
    this.#transaction(() => {
      this.#run('INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?)', captureId, holdId, clamped(fromUnixNano), clamped(toUnixNano));
    });
  }

  holds(): readonly (Hold & { readonly captureId: string })[] {
    if (!this.#hasHolds) return [];
    return this.#all('SELECT capture, id, CAST(start AS TEXT) AS start, CAST(end AS TEXT) AS end FROM holds').map((row) => ({
      captureId: row['capture'] as string,
      holdId: row['id'] as string,
      fromUnixNano: BigInt(row['start'] as string),
      toUnixNano: BigInt(row['end'] as string),
    }));
  }

  deleteFromCapture(captureId: string, steps: number): Dropped | undefined {
    const key = this.#captureKeys.get(captureId);
    return key === undefined ? undefined : this.#deleteParts(key, steps, { asDropped: false, withCapture: true });
  }

  dropOldest(steps: number): Dropped | undefined {
    // "external" never ends, so each of its chunks is as old as itself; a capture is as old as its start.
    const victim = this.#get(
      `SELECT c.key AS key, c.ended AS ended FROM captures c
       JOIN (SELECT capture, min(chunk) AS oldest FROM parts GROUP BY capture) p ON p.capture = c.key
       WHERE c.pinned = 0
       ORDER BY CASE WHEN c.id = '${externalCaptureId}' THEN (SELECT received FROM chunks WHERE chunk = p.oldest) ELSE c.started END, c.key LIMIT 1`,
    );
    if (victim === undefined) return undefined;
    return this.#deleteParts(Number(victim['key']), steps, { asDropped: true, withCapture: victim['ended'] !== null });
  }

  bytes(): number {
    return (this.#number('PRAGMA page_count') - this.#number('PRAGMA freelist_count')) * this.#pageSize;
  }

  shrink(): boolean {
    const free = this.#number('PRAGMA freelist_count');
    // New chunks will want some of the room again soon; only what is far too much goes back.
    if (free < 4000 || free < this.#number('PRAGMA page_count') / 10) return false;
    this.#guard(() => this.#db.exec(`PRAGMA incremental_vacuum(${shrinkPages})`));
    return true;
  }

  counts(): StoreCounts {
    return this.#counts;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #deleteParts(key: number, steps: number, how: { readonly asDropped: boolean; readonly withCapture: boolean }): Dropped {
    const touched = new Set<string>();
    const gone: string[] = [];
    let spans = 0;
    let logs = 0;
    let parts = 0;
    this.#transaction(() => {
      const rows = this.#all(
        `SELECT p.chunk AS chunk, p.items AS items, p.errors AS errors, p.traces AS traces, c.signal AS signal
         FROM parts p JOIN chunks c ON c.chunk = p.chunk WHERE p.capture = ? ORDER BY p.chunk LIMIT ?`, key, steps,
      );
      for (const row of rows) {
        const chunkId = Number(row['chunk']);
        const isSpans = signals[Number(row['signal'])] === 'traces';
        for (const entry of unpackTraces(row['traces'] as Uint8Array)) {
          this.#run('DELETE FROM trace_chunks WHERE trace = ? AND chunk = ? AND capture = ?', entry.trace, chunkId, key);
          if (!isSpans) continue;
          touched.add(Buffer.from(entry.trace).toString('hex'));
          this.#takeFromTrace(entry.trace, entry.items, entry.errors);
        }
        this.#run('DELETE FROM parts WHERE chunk = ? AND capture = ?', chunkId, key);
        if (this.#optionalNumber('SELECT capture FROM parts WHERE chunk = ? LIMIT 1', chunkId) === undefined) this.#run('DELETE FROM chunks WHERE chunk = ?', chunkId);
        if (isSpans) {
          spans += Number(row['items']);
          this.#run('UPDATE captures SET spans = spans - ?, errors = errors - ? WHERE key = ?', Number(row['items']), Number(row['errors']), key);
        } else {
          logs += Number(row['items']);
        }
        parts++;
      }
      if (how.asDropped) this.#run(`UPDATE counters SET value = value + ? WHERE name = 'droppedSpans'`, spans);
      this.#run(`UPDATE counters SET value = value - ? WHERE name = 'logs'`, logs);
      if (how.withCapture && this.#optionalNumber('SELECT chunk FROM parts WHERE capture = ? LIMIT 1', key) === undefined) {
        this.#run('DELETE FROM captures WHERE key = ?', key);
        this.#run('DELETE FROM holds WHERE capture = ?', this.#captureId(key));
        gone.push(this.#captureId(key));
      }
    });
    for (const captureId of gone) {
      this.#captureKeys.delete(captureId);
      this.#captureIds.delete(key);
    }
    this.#counts.spans -= spans;
    this.#counts.logs -= logs;
    if (how.asDropped) this.#counts.droppedSpans += spans;
    return { parts, spans, traceIds: [...touched], captureIds: gone };
  }

  /** A trace that loses only some of its spans keeps its root and times: it still is the trace that took that long. */
  #takeFromTrace(trace: Uint8Array, spans: number, errors: number): void {
    this.#run('UPDATE traces SET spans = spans - ?, errors = errors - ?, version = version + 1 WHERE trace = ?', spans, errors, trace);
    this.#run('DELETE FROM traces WHERE trace = ? AND spans <= 0', trace);
    this.#run(
      `UPDATE traces SET capture = (SELECT c.id FROM trace_chunks t JOIN captures c ON c.key = t.capture WHERE t.trace = traces.trace LIMIT 1)
       WHERE trace = ? AND EXISTS (SELECT 1 FROM trace_chunks t WHERE t.trace = traces.trace)
       AND NOT EXISTS (SELECT 1 FROM trace_chunks t JOIN captures c ON c.key = t.capture WHERE t.trace = traces.trace AND c.id = traces.capture)`, trace,
    );
  }

  #putTrace(row: TraceRow): void {
    this.#run(
      'INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      idBytes(row.traceId), row.captureId, row.service, row.rootName, row.rootIsTrue ? 1 : 0, clamped(row.rootStartUnixNano), JSON.stringify(row.services),
      clamped(row.startUnixNano), clamped(row.endUnixNano), row.spanCount, row.errorCount, row.version,
    );
  }

  #captureKey(captureId: string, nowUnixMs: number): number {
    const known = this.#captureKeys.get(captureId);
    if (known !== undefined) return known;
    const key = Number(this.#run(`INSERT INTO captures (id, name, kind, started) VALUES (?, ?, 'external', ?)`, captureId, captureId, nowUnixMs));
    this.#captureKeys.set(captureId, key);
    this.#captureIds.set(key, captureId);
    return key;
  }

  #captureId(key: number): string {
    return this.#captureIds.get(key) ?? externalCaptureId;
  }

  #loadCaptureKeys(): void {
    const rows = this.#all('SELECT key, id FROM captures');
    this.#captureKeys.clear();
    this.#captureIds.clear();
    this.#keysAreStale = false;
    for (const row of rows) {
      this.#captureKeys.set(row['id'] as string, Number(row['key']));
      this.#captureIds.set(Number(row['key']), row['id'] as string);
    }
  }

  #transaction(body: () => void): void {
    this.#guard(() => this.#db.exec('BEGIN IMMEDIATE'));
    try {
      if (this.#keysAreStale) this.#loadCaptureKeys();
      body();
      this.#guard(() => this.#db.exec('COMMIT'));
    } catch (error) {
      try {
        this.#db.exec('ROLLBACK');
      } catch {
        // SQLite has rolled back by itself where the failure was a full disk or a broken file.
      }
      // Keys given out within the transaction are gone with it.
      this.#keysAreStale = true;
      throw error;
    }
  }

  #prepare(sql: string, bigIntegers = false): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReadBigInts(bigIntegers);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** The row id of an insertion. */
  #run(sql: string, ...values: SQLInputValue[]): number | bigint {
    return this.#guard(() => this.#prepare(sql).run(...values).lastInsertRowid);
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#guard(() => this.#prepare(sql).get(...values)) as Row | undefined;
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guard(() => this.#prepare(sql).all(...values)) as Row[];
  }

  #number(sql: string): number {
    return Number(Object.values(this.#get(sql) ?? {})[0] ?? 0);
  }

  #optionalNumber(sql: string, ...values: SQLInputValue[]): number | undefined {
    const row = this.#get(sql, ...values);
    return row === undefined ? undefined : Number(Object.values(row)[0]);
  }

  #guard<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw storeError(error);
    }
  }
}

type Row = Record<string, null | number | bigint | string | Uint8Array>;

/**
 * SQLITE_CORRUPT is 11 and SQLITE_NOTADB 26, SQLITE_BUSY is 5 and SQLITE_LOCKED 6 (sqlite.org/rescode.html); extended codes carry them in
 * the low byte.
 */
export function storeError(error: unknown): StoreError {
  if (StoreError.is(error)) return error;
  const { errcode, message } = error as { errcode?: number; message?: string };
  const primary = (errcode ?? 0) & 0xff;
  const kind = primary === 11 || primary === 26 ? 'corrupt' : primary === 5 || primary === 6 ? 'locked' : 'failed';
  return new StoreError(kind, message ?? String(error));
}

function traceRow(row: Record<string, unknown>): TraceRow {
  return {
    traceId: Buffer.from(row['trace'] as Uint8Array).toString('hex'),
    captureId: row['capture'] as string,
    service: row['service'] as string,
    rootName: row['root'] as string,
    rootIsTrue: Number(row['root_true']) !== 0,
    rootStartUnixNano: row['root_start'] as bigint,
    services: JSON.parse(row['services'] as string) as string[],
    startUnixNano: row['start'] as bigint,
    endUnixNano: row['end'] as bigint,
    spanCount: Number(row['spans']),
    errorCount: Number(row['errors']),
    version: Number(row['version']),
  };
}

/** | trace id, 16 bytes | items, u32 | errors, u32 | for each trace. */
function packTraces(traces: NewPart['traces']): Uint8Array {
  const packed = Buffer.alloc(traces.length * traceEntryBytes);
  traces.forEach(({ traceId, items, errors }, index) => {
    const at = index * traceEntryBytes;
    packed.write(traceId, at, 16, 'hex');
    packed.writeUInt32LE(items, at + 16);
    packed.writeUInt32LE(errors, at + 20);
  });
  return packed;
}

function* unpackTraces(packed: Uint8Array): Iterable<{ trace: Uint8Array; items: number; errors: number }> {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  for (let at = 0; at + traceEntryBytes <= packed.length; at += traceEntryBytes) {
    yield { trace: packed.slice(at, at + 16), items: view.getUint32(at + 16, true), errors: view.getUint32(at + 20, true) };
  }
}

function idBytes(traceId: string): Uint8Array {
  return Buffer.from(traceId, 'hex');
}

/** SQLite's integers are signed; a time past the year 2262 is nobody's. */
function clamped(unixNano: bigint): bigint {
  return unixNano > maxInteger ? maxInteger : unixNano;
}
