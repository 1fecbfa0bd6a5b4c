import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type HubLease, leaseFileName, parseLease } from '../protocol/lease.ts';

/** Puts the lease where clients look, whole or not at all, readable by its owner only. */
export function writeLease(dataDir: string, lease: HubLease): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(dataDir, leaseFileName);
  const unfinished = `${file}.${process.pid}.tmp`;
  writeFileSync(unfinished, `${JSON.stringify(lease)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
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
  if (readLease(dataDir)?.token === token) rmSync(path.join(dataDir, leaseFileName), { force: true });
}
