import { isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What lies beside this file of ours. */
const bundled = join(__dirname, 'bundled') + sep;

/** Whether a script is ours. */
export function isOfProbe(script: string): boolean {
  return script === __filename || script.startsWith(bundled);
}

const known = new Map<string, string | undefined>();

/**
 * The absolute path of a script of the program's own code; undefined for Node's internals, packages, this probe and code
 * that is in no file. Asked for every frame of every span, so each script's name is judged once.
 */
export function ownPath(script: string): string | undefined {
  if (known.has(script)) return known.get(script);
  // A program that evaluates code under ever new names must not fill the memory.
  if (known.size >= 10_000) known.clear();
  const path = judge(script);
  known.set(script, path);
  return path;
}

function judge(script: string): string | undefined {
  if (script.startsWith('node:') || isOfProbe(script)) return undefined;
  let path = script;
  if (script.startsWith('file:')) {
    try {
      path = fileURLToPath(script);
    } catch {
      return undefined;
    }
  }
  // The second: Yarn's Plug'n'Play loader, which lies beside the program.
  if (!isAbsolute(path) || /[\\/]node_modules[\\/]|[\\/]\.pnp\.(?:loader\.)?[cm]?js$/.test(path)) return undefined;
  return path;
}
