import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Trouble } from '../../protocol/hub.ts';
import { storeError } from './database.ts';
import { MemoryStore } from './memoryStore.ts';
import { schemaVersion } from './schema.ts';
import { loadSqlite } from './sqliteModule.ts';
import { SqliteStore } from './sqliteStore.ts';
import { type Store, StoreError } from './store.ts';
import { lostTransactions } from './walDamage.ts';

export const storeFileName = 'spans.db';

export interface OpenedStore {
  readonly store: Store;
  /** What a person should know of how it was opened. */
  readonly troubles: readonly Trouble[];
}

/**
 * Opens the spans of a data folder.
 *
 * For writing it always comes up: a file that is broken is moved aside and a fresh one made; a file that cannot be used for
 * another reason is left alone and spans are kept in memory. Both are told in `troubles`.
 * A file that was found damaged while it was in use (`isDamaged`) is not tried: it may open well, and fail again at the same page.
 * Damage in the write-ahead file, which SQLite says nothing of, is told in `troubles` as well.
 * Read-only it never touches the file; a folder without spans reads as an empty store.
 * @throws StoreError where a store cannot be read (read-only only)
 */
export async function openStore(dataDir: string, options: { readonly readOnly: boolean; readonly isDamaged?: boolean }): Promise<OpenedStore> {
  const file = path.join(dataDir, storeFileName);
  const sqlite = await loadSqlite();
  if (options.readOnly) {
    if (!existsSync(file)) return { store: new MemoryStore(), troubles: [] };
    if (sqlite === undefined) throw new StoreError('failed', `this Node (${process.version}) cannot read ${file}: that needs Node 22.13 or newer`);
    return { store: openFile(sqlite, file, true), troubles: [] };
  }
  if (sqlite === undefined) {
    return inMemory('memory-store', `this Node (${process.version}) has no node:sqlite. Run the hub with Node 22.13 or newer to keep them`);
  }
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (options.isDamaged !== true) {
      const lost = lostOf(file);
      return { store: openFile(sqlite, file, false, lost > 0), troubles: lost > 0 ? [damage(lost)] : [] };
    }
  } catch (error) {
    const cause = storeError(error);
    if (cause.kind !== 'corrupt') return inMemory('store-failed', `${file} cannot be opened (${cause.message})`);
  }
  try {
    const aside = moveAside(file);
    const message = `The stored spans were damaged and could not be read. They were moved to ${aside} and a new store was started; delete that file when you do not need it.`;
    return { store: openFile(sqlite, file, false), troubles: [{ code: 'store-recovered', message }] };
  } catch (error) {
    return inMemory('store-failed', `${file} is damaged and could not be replaced (${storeError(error).message})`);
  }
}

function inMemory(code: Trouble['code'], why: string): OpenedStore {
  return { store: new MemoryStore(), troubles: [{ code, message: `Spans are kept in memory only and are lost when the hub ends: ${why}.` }] };
}

/** Has to be asked before the file is opened: SQLite ends the write-ahead file at the damage, and writes over what is behind it. */
function lostOf(file: string): number {
  try {
    return lostTransactions(`${file}-wal`);
  } catch {
    // There is none, as after each hub that ended by itself; or opening says what is wrong.
    return 0;
  }
}

function damage(lost: number): Trouble {
  return {
    code: 'store-damaged',
    message: `The store was damaged (its write-ahead file is broken in the middle, as a failing disk or a power cut leaves it). What the last ${lost} ${lost === 1 ? 'commit' : 'commits'} behind that place wrote may be missing.`,
  };
}

/** @param isChecked looks through all of it: what was written before it from a write-ahead file that is broken now does not fit what is left of that */
function openFile(sqlite: typeof import('node:sqlite'), file: string, readOnly: boolean, isChecked = false): SqliteStore {
  const db = new sqlite.DatabaseSync(file, { readOnly });
  try {
    if (isChecked && db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok') throw new StoreError('corrupt', 'its pages do not fit each other');
    const version = Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0]);
    if (version > schemaVersion) throw new StoreError('failed', 'a newer Traceline wrote it');
    if (readOnly && version === 0) throw new StoreError('failed', 'it was never finished');
    if (readOnly && version < schemaVersion) throw new StoreError('failed', 'an older Traceline wrote it; start a hub in its folder once');
    return new SqliteStore(db, { readOnly, file });
  } catch (error) {
    db.close();
    throw storeError(error);
  }
}

function moveAside(file: string): string {
  let aside = '';
  for (let n = 1; aside === '' || existsSync(aside); n++) aside = `${file}.damaged-${n}`;
  renameSync(file, aside);
  // The write-ahead file belongs to the file that was moved; SQLite would replay it into the new one.
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
  rmSync(`${file}-shm`, { force: true });
  return aside;
}
