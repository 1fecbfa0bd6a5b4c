import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { loadSqlite } from './store/sqliteModule.ts';

export interface Lock {
  /** False once the file was deleted, with its folder perhaps: another process may take a new one. */
  isHeld(): boolean;
  release(): void;
}

/**
 * Takes the data folder for this process; undefined where another has it. The lock is an exclusive transaction on a tiny database:
 * the system frees it when the process ends, however it ends, so there are no stale locks and no process ids to mistrust.
 * Where node:sqlite is missing a file that names the process stands in.
 * @throws Error where the folder cannot be written to
 */
export async function takeLock(dataDir: string): Promise<Lock | undefined> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const sqlite = await loadSqlite();
  if (sqlite === undefined) return takePidFile(path.join(dataDir, 'hub.pid'));
  const file = path.join(dataDir, 'hub.lock');
  let db: DatabaseSync;
  try {
    db = new sqlite.DatabaseSync(file);
  } catch (error) {
    throw new Error(`the data folder ${dataDir} cannot be written to (${error instanceof Error ? error.message : String(error)}); set TRACELINE_DATA to one that can`, { cause: error });
  }
  try {
    // No write-ahead file: with one an exclusive transaction keeps out writers only. No journal on the disk either, for nothing is written,
    // and the disk may be full. A short wait bridges another's mere look.
    db.exec('PRAGMA busy_timeout = 100; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  const inode = inodeOf(file);
  return { isHeld: () => inodeOf(file) === inode, release: () => db.close() };
}

/** SQLITE_BUSY and SQLITE_LOCKED (sqlite.org/rescode.html). */
function isBusy(error: unknown): boolean {
  const primary = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
  return primary === 5 || primary === 6;
}

function takePidFile(file: string): Lock | undefined {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const descriptor = openSync(file, 'wx', 0o600);
      writeSync(descriptor, `${process.pid} ${startOf(process.pid)}`);
      closeSync(descriptor);
      const inode = inodeOf(file);
      return { isHeld: () => inodeOf(file) === inode, release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (isHolder(readIfThere(file))) return undefined;
    rmSync(file, { force: true });
  }
  return undefined;
}

/** Opening the file to look would, when it is closed again, free the lock that this process holds on it (POSIX). */
function inodeOf(file: string): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Whether the process that wrote `text` still runs: the number alone may be another program's by now. */
function isHolder(text: string): boolean {
  const [pid = '', start = ''] = text.split(' ');
  return isAlive(Number(pid)) && start === startOf(Number(pid));
}

/** When the process started, in ticks since the machine did (proc(5), field 22); '' where the system does not say. */
function startOf(pid: number): string {
  // The program's name, in brackets, may hold anything.
  return readIfThere(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? '';
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
