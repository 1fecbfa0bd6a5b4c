import { clamped, type Database, type Row, storeError } from './database.ts';
import { ranks, type TraceDelta, type TraceRow } from './store.ts';
import { mergeTrace } from './traceRow.ts';

/** Further ones count together: a program that puts ids into span names must not make a table of them. */
const maxOperations = 2000;
const pinned = ranks.indexOf('pinned');
const failed = ranks.indexOf('error');

/** The rows of traces, and what they take by operation and rank. What changes them is within a transaction that ends with `writeUsage`. */
export class SqliteTraces {
  readonly #db: Database;
  readonly #operations = new Map<string, number>();
  readonly #changes = new Map<number, { bytes: number; spans: number }>();

  constructor(db: Database) {
    this.#db = db;
  }

  key(traceId: string): number | undefined {
    return this.#db.optionalNumber('SELECT key FROM traces WHERE trace = ?', Buffer.from(traceId, 'hex'));
  }

  row(traceId: string): TraceRow | undefined {
    const row = this.#rowOf(traceId);
    return row === undefined || row['spans'] === 0n ? undefined : traceRow(row);
  }

  *newestFirst(): Iterable<TraceRow> {
    for (const row of this.#db.iterateBig('SELECT * FROM traces WHERE spans > 0 ORDER BY start DESC')) yield traceRow(row);
  }

  /** @returns the trace's key */
  add(delta: TraceDelta, isPinned: boolean): number {
    return this.#insert(delta, isPinned) ?? this.#merge(delta, isPinned);
  }

  /** As most traces come: with all their spans in one batch, or the first of them. undefined where it is known. */
  #insert(delta: TraceDelta, isPinned: boolean): number | undefined {
    const operation = this.#operation(delta.service, delta.rootName);
    const rank = isPinned ? pinned : delta.errorCount > 0 ? failed : 0;
    const key = this.#db.insert(
      'INSERT OR IGNORE INTO traces VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)', Buffer.from(delta.traceId, 'hex'),
      delta.captureId, delta.service, delta.rootName, delta.rootIsTrue ? 1 : 0, clamped(delta.rootStartUnixNano), JSON.stringify(delta.services),
      clamped(delta.startUnixNano), clamped(delta.endUnixNano), delta.spanCount, delta.errorCount, delta.bytes, operation, rank,
    );
    if (key !== undefined) this.#took(operation, rank, delta.bytes, delta.spanCount);
    return key;
  }

  #merge(delta: TraceDelta, isPinned: boolean): number {
    const before = this.#rowOf(delta.traceId)!;
    const hadSpans = before['spans'] !== 0n;
    // Of logs alone nothing is known but that they are there.
    const merged = mergeTrace(hadSpans ? traceRow(before) : undefined, delta);
    const bytes = merged.bytes + (hadSpans ? 0 : Number(before['bytes']));
    const version = hadSpans ? merged.version : Number(before['version']) + 1;
    const operation = this.#operation(merged.service, merged.rootName);
    const rankBefore = Number(before['rank']);
    const rank = isPinned || rankBefore === pinned ? pinned : merged.errorCount > 0 ? failed : rankBefore;
    const values = [
      merged.captureId, merged.service, merged.rootName, merged.rootIsTrue ? 1 : 0, clamped(merged.rootStartUnixNano), JSON.stringify(merged.services),
      clamped(merged.startUnixNano), clamped(merged.endUnixNano), merged.spanCount, merged.errorCount, version, bytes, operation, rank,
    ] as const;
    this.#took(operation, rank, bytes, merged.spanCount);
    this.#gave(before);
    const key = Number(before['key']);
    this.#db.run(
      `UPDATE traces SET capture = ?, service = ?, root = ?, root_true = ?, root_start = ?, services = ?, start = ?, end = ?, spans = ?, errors = ?, version = ?, bytes = ?,
       operation = ?, rank = ? WHERE key = ?`, ...values, key,
    );
    return key;
  }

  /** @returns the trace's key; one without spans is made where it is not known */
  addLogs(traceId: string, bytes: number, isPinned: boolean): number {
    const before = this.#rowOf(traceId);
    if (before === undefined) {
      const operation = this.#operation('', '');
      const rank = isPinned ? pinned : 0;
      this.#took(operation, rank, bytes, 0);
      return this.#db.run(`INSERT INTO traces VALUES (NULL, ?, '', '', '', 0, 0, '[]', 0, 0, 0, 0, 1, ?, ?, ?)`, Buffer.from(traceId, 'hex'), bytes, operation, rank);
    }
    const key = Number(before['key']);
    const rank = isPinned ? pinned : Number(before['rank']);
    this.#gave(before);
    this.#took(Number(before['operation']), rank, Number(before['bytes']) + bytes, Number(before['spans']));
    this.#db.run('UPDATE traces SET version = version + 1, bytes = bytes + ?, rank = ? WHERE key = ?', bytes, rank, key);
    return key;
  }

  /**
   * Takes back what a part of a chunk added, once its `trace_chunks` row is gone. A trace that loses only some of its spans keeps its root and times: it
   * still is the trace that took that long.
   */
  take(traceId: string, isSpans: boolean, items: number, errors: number): void {
    const before = this.#rowOf(traceId);
    if (before === undefined) return;
    const key = Number(before['key']);
    this.#gave(before);
    if (this.#db.get('SELECT 1 FROM trace_chunks WHERE trace = ? LIMIT 1', key) === undefined) {
      this.#db.run('DELETE FROM traces WHERE key = ?', key);
      return;
    }
    const spansBefore = Number(before['spans']);
    const spans = isSpans ? Math.max(0, spansBefore - items) : spansBefore;
    const bytes = !isSpans || spansBefore === 0 ? Number(before['bytes']) : Math.round((Number(before['bytes']) * spans) / spansBefore);
    this.#db.run('UPDATE traces SET spans = ?, errors = max(0, errors - ?), bytes = ?, version = version + 1 WHERE key = ?', spans, isSpans ? errors : 0, bytes, key);
    this.#db.run(
      `UPDATE traces SET capture = (SELECT c.id FROM trace_chunks x JOIN captures c ON c.key = x.capture WHERE x.trace = traces.key LIMIT 1)
       WHERE key = ? AND NOT EXISTS (SELECT 1 FROM trace_chunks x JOIN captures c ON c.key = x.capture WHERE x.trace = traces.key AND c.id = traces.capture)`, key,
    );
    this.rankAnew('= ?', key);
    const rank = this.#db.number('SELECT rank FROM traces WHERE key = ?', key);
    this.#took(Number(before['operation']), rank, bytes, spans);
  }

  /** Removes the row. @returns its key and how many of its spans failed */
  remove(traceId: string): number | undefined {
    const before = this.#rowOf(traceId);
    if (before === undefined) return undefined;
    this.#gave(before);
    const key = Number(before['key']);
    this.#db.run('DELETE FROM traces WHERE key = ?', key);
    return key;
  }

  markSlow(traceId: string): void {
    const before = this.#rowOf(traceId);
    if (before === undefined || before['rank'] !== 0n) return;
    this.#gave(before);
    this.#took(Number(before['operation']), ranks.indexOf('slow'), Number(before['bytes']), Number(before['spans']));
    this.#db.run('UPDATE traces SET rank = ? WHERE key = ?', ranks.indexOf('slow'), Number(before['key']));
  }

  /** After the pins of captures changed. The usage is counted by whoever calls. */
  rankAnew(which: string, key: number): void {
    this.#db.run(
      `UPDATE traces SET rank = CASE WHEN EXISTS (SELECT 1 FROM trace_chunks x JOIN captures c ON c.key = x.capture WHERE x.trace = traces.key AND c.pinned <> 0) THEN ${pinned}
       WHEN errors > 0 THEN ${failed} WHEN rank = ${ranks.indexOf('slow')} THEN rank ELSE 0 END WHERE key ${which}`, key,
    );
  }

  writeUsage(): void {
    for (const [at, { bytes, spans }] of this.#changes) {
      if (bytes === 0 && spans === 0) continue;
      this.#db.run(
        'INSERT INTO usage VALUES (?, ?, ?, ?) ON CONFLICT (operation, rank) DO UPDATE SET bytes = bytes + excluded.bytes, spans = spans + excluded.spans',
        Math.floor(at / ranks.length), at % ranks.length, bytes, spans,
      );
      if (bytes < 0) this.#forgetUnused(Math.floor(at / ranks.length), at % ranks.length);
    }
    this.#changes.clear();
  }

  #forgetUnused(operation: number, rank: number): void {
    this.#db.run('DELETE FROM usage WHERE operation = ? AND rank = ? AND bytes <= 0 AND spans <= 0', operation, rank);
    const name = this.#db.get('SELECT service, name FROM operations WHERE operation = ? AND NOT EXISTS (SELECT 1 FROM traces WHERE traces.operation = operations.operation)', operation);
    if (name === undefined) return;
    this.#db.run('DELETE FROM operations WHERE operation = ?', operation);
    this.#operations.delete(`${String(name['service'])}\0${String(name['name'])}`);
  }

  /** What a transaction that failed would have changed is gone with it. */
  forget(): void {
    this.#changes.clear();
    this.#operations.clear();
  }

  #rowOf(traceId: string): Row | undefined {
    return this.#db.getBig('SELECT * FROM traces WHERE trace = ?', Buffer.from(traceId, 'hex'));
  }

  #operation(service: string, name: string): number {
    const known = this.#operations.get(`${service}\0${name}`);
    if (known !== undefined) return known;
    const found = this.#db.optionalNumber('SELECT operation FROM operations WHERE service = ? AND name = ?', service, name);
    if (found === undefined && (name !== '' || service !== '')) {
      const count = this.#db.number('SELECT count(*) FROM operations');
      if (count >= 2 * maxOperations) return this.#operation('', '');
      if (count >= maxOperations && name !== '') return this.#operation(service, '');
    }
    const operation = found ?? this.#db.run('INSERT INTO operations (service, name) VALUES (?, ?)', service, name);
    this.#operations.set(`${service}\0${name}`, operation);
    return operation;
  }

  #gave(row: Row): void {
    this.#took(Number(row['operation']), Number(row['rank']), -Number(row['bytes']), -Number(row['spans']));
  }

  #took(operation: number, rank: number, bytes: number, spans: number): void {
    const at = operation * ranks.length + rank;
    const change = this.#changes.get(at);
    if (change === undefined) {
      this.#changes.set(at, { bytes, spans });
      return;
    }
    change.bytes += bytes;
    change.spans += spans;
  }
}

/** Of a row with its integers as BigInts. @throws StoreError where it is damaged */
function traceRow(row: Row): TraceRow {
  try {
    return {
      traceId: Buffer.from(row['trace'] as Uint8Array).toString('hex'),
      captureId: row['capture'] as string,
      service: row['service'] as string,
      rootName: row['root'] as string,
      rootIsTrue: row['root_true'] !== 0n,
      rootStartUnixNano: row['root_start'] as bigint,
      services: JSON.parse(row['services'] as string) as string[],
      startUnixNano: row['start'] as bigint,
      endUnixNano: row['end'] as bigint,
      spanCount: Number(row['spans']),
      errorCount: Number(row['errors']),
      bytes: Number(row['bytes']),
      version: Number(row['version']),
    };
  } catch (error) {
    throw storeError(error);
  }
}
