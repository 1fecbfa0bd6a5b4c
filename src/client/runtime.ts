import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface HubRuntime {
  readonly execPath: string;
  /** On top of the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What runs the hub: this very runtime where it has node:sqlite (Node 22.13 or newer), else a newer Node that a checkout carries
 * (node_modules/node), else this one all the same: its hub keeps spans in memory and says so.
 */
export function hubRuntime(): HubRuntime {
  const own: HubRuntime = { execPath: process.execPath, env: process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' } };
  if (hasSqlite(process.versions.node)) return own;
  const carried = nodeAbove(typeof __dirname === 'string' ? __dirname : path.dirname(fileURLToPath(import.meta.url)));
  return carried === undefined ? own : { execPath: carried, env: {} };
}

export function hasSqlite(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 13);
}

function nodeAbove(start: string): string | undefined {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = start; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', 'node', 'bin', name);
    if (existsSync(candidate)) return candidate;
    if (path.dirname(folder) === folder) return undefined;
  }
}
