import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { StoreError } from './store.ts';

const maxInteger = 2n ** 63n - 1n;

export type Row = Record<string, null | number | bigint | string | Uint8Array>;

/** A SQLite database with its statements prepared once, whose every failure is a StoreError. */
export class Database {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #onRollback: () => void;
  #transactions = 0;

  /** `onRollback` is called when a transaction failed, whose writes are all gone. */
  constructor(db: DatabaseSync, onRollback: () => void) {
    this.#db = db;
    this.#onRollback = onRollback;
  }

  exec(sql: string): void {
    this.#guard(() => this.#db.exec(sql));
  }

  /** How many ended on this connection so far; each may have written. */
  get transactions(): number {
    return this.#transactions;
  }

  /** The row id of an insertion. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#guard(() => Number(this.#prepare(sql).run(...values).lastInsertRowid));
  }

  /** The row id of an insertion; undefined where it was ignored. */
  insert(sql: string, ...values: SQLInputValue[]): number | undefined {
    const { changes, lastInsertRowid } = this.#guard(() => this.#prepare(sql).run(...values));
    return Number(changes) === 0 ? undefined : Number(lastInsertRowid);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#guard(() => this.#prepare(sql).get(...values)) as Row | undefined;
  }

  /** As `get`, with every integer as a BigInt. */
  getBig(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#guard(() => this.#prepare(sql, true).get(...values)) as Row | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guard(() => this.#prepare(sql).all(...values)) as Row[];
  }

  /** With every integer as a BigInt. One iteration of a statement at a time. */
  *iterateBig(sql: string, ...values: SQLInputValue[]): Iterable<Row> {
    // A statement of its own: another iteration of the same one would start it anew.
    const statement = this.#guard(() => this.#db.prepare(sql));
    statement.setReadBigInts(true);
    try {
      for (const row of statement.iterate(...values)) yield row as Row;
    } catch (error) {
      throw storeError(error);
    }
  }

  /** The first column of the first row; 0 where there is none. */
  number(sql: string, ...values: SQLInputValue[]): number {
    return this.optionalNumber(sql, ...values) ?? 0;
  }

  optionalNumber(sql: string, ...values: SQLInputValue[]): number | undefined {
    const row = this.get(sql, ...values);
    if (row === undefined) return undefined;
    const [value] = Object.values(row);
    return value === null || value === undefined ? undefined : Number(value);
  }

  /** All of it or nothing. */
  transaction<T>(body: () => T): T {
    try {
      return this.#within('BEGIN IMMEDIATE', body);
    } finally {
      this.#transactions++;
    }
  }

  /** For reading alone: the file is locked once, not with each statement, which takes small ones most of their time. */
  reading<T>(body: () => T): T {
    return this.#within('BEGIN', body);
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #within<T>(begin: string, body: () => T): T {
    this.exec(begin);
    try {
      const result = body();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      try {
        this.#db.exec('ROLLBACK');
      } catch {
        // SQLite has rolled back by itself where the failure was a full disk or a broken file.
      }
      this.#onRollback();
      throw error;
    }
  }

  #prepare(sql: string, bigIntegers = false): StatementSync {
    const key = bigIntegers ? `${sql} ` : sql;
    let statement = this.#statements.get(key);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReadBigInts(bigIntegers);
      this.#statements.set(key, statement);
    }
    return statement;
  }

  #guard<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw storeError(error);
    }
  }
}

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

/** SQLite's integers are signed; a time past the year 2262 is nobody's. */
export function clamped(unixNano: bigint): bigint {
  return unixNano > maxInteger ? maxInteger : unixNano;
}
