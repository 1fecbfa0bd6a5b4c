import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type HubLease, leaseFileName, parseLease } from '../protocol/lease.ts';

/** Of the file that is kept for the lease of a hub that starts on a full disk: a block, as most file systems give them out. */
const spareBytes = 4096;

/**
 * Puts the lease where clients look, whole or not at all, readable by its owner only. On a full disk it takes the room that the first
 * lease in this folder set aside.
 * @throws Error where it cannot be written, naming the folder
 */
export function writeLease(dataDir: string, lease: HubLease): void {
  const file = path.join(dataDir, leaseFileName);
  const unfinished = `${file}.${process.pid}.tmp`;
  const text = `${JSON.stringify(lease)}\n`;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(unfinished, text, { mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC' || !existsSync(spareOf(dataDir))) throw error;
      renameSync(spareOf(dataDir), unfinished);
      overwrite(unfinished, text.padEnd(spareBytes));
    }
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new Error(`the hub cannot be found: its lease in ${dataDir} cannot be written (${error instanceof Error ? error.message : String(error)})`, { cause: error });
  }
  try {
    writeFileSync(spareOf(dataDir), ' '.repeat(spareBytes), { mode: 0o600 });
  } catch {
    // It is for another time; this lease is written. It becomes the spare file itself when it is over.
    rmSync(spareOf(dataDir), { force: true });
  }
}

export function readLease(dataDir: string): HubLease | undefined {
  try {
    return parseLease(readFileSync(path.join(dataDir, leaseFileName), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Only if it is still ours: a newer hub may have written its own. */
export function removeLease(dataDir: string, token: string): void {
  if (readLease(dataDir)?.token !== token) return;
  const file = path.join(dataDir, leaseFileName);
  if (existsSync(spareOf(dataDir))) {
    rmSync(file, { force: true });
  } else {
    renameSync(file, spareOf(dataDir));
    overwrite(spareOf(dataDir), ' '.repeat(statSync(spareOf(dataDir)).size));
  }
}

function spareOf(dataDir: string): string {
  return path.join(dataDir, 'hub.lease.spare');
}

/** In the blocks that the file has. */
function overwrite(file: string, text: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, text, 0);
  } finally {
    closeSync(descriptor);
  }
}
