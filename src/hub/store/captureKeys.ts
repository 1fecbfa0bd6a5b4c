import { externalCaptureId } from '../../model/span.ts';
import type { Database } from './database.ts';

/** The numbers that captures have in the tables, in memory. */
export class CaptureKeys {
  readonly #db: Database;
  readonly #keys = new Map<string, number>();
  readonly #ids = new Map<number, string>();
  readonly #pinned = new Set<string>();
  #isRead = false;

  constructor(db: Database) {
    this.#db = db;
  }

  known(captureId: string): number | undefined {
    this.#read();
    return this.#keys.get(captureId);
  }

  /** Of a capture that is made here where it is not known: within a transaction. */
  keyOf(captureId: string, nowUnixMs: number): number {
    const known = this.known(captureId);
    if (known !== undefined) return known;
    const key = this.#db.run(`INSERT INTO captures (id, name, kind, started) VALUES (?, ?, 'external', ?)`, captureId, captureId, nowUnixMs);
    this.#keys.set(captureId, key);
    this.#ids.set(key, captureId);
    return key;
  }

  idOf(key: number): string {
    this.#read();
    return this.#ids.get(key) ?? externalCaptureId;
  }

  isPinned(captureId: string): boolean {
    this.#read();
    return this.#pinned.has(captureId);
  }

  /** They are read again when they are needed: keys given out within a transaction that failed are gone with it. */
  forget(): void {
    this.#isRead = false;
  }

  #read(): void {
    if (this.#isRead) return;
    const rows = this.#db.all('SELECT key, id, pinned FROM captures');
    this.#keys.clear();
    this.#ids.clear();
    this.#pinned.clear();
    for (const row of rows) {
      this.#keys.set(row['id'] as string, Number(row['key']));
      this.#ids.set(Number(row['key']), row['id'] as string);
      if (Number(row['pinned']) !== 0) this.#pinned.add(row['id'] as string);
    }
    this.#isRead = true;
  }
}
