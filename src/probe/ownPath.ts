import { isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What lies beside this file of ours. */
const bundled = join(__dirname, 'bundled') + sep;

/** Whether a script is ours. */
export function isOfProbe(script: string): boolean {
  return script === __filename || script.startsWith(bundled);
}

/** Empty for a script that is not the program's. */
const known = new Map<string, string>();

/**
 * The absolute path of a script of the program's own code; undefined for Node's internals, packages, this probe and code
 * that is in no file. Asked for every frame of every span, so each script's name is judged once.
 */
export function ownPath(script: string): string | undefined {
  let path = known.get(script);
  if (path === undefined) {
    // A program that evaluates code under ever new names must not fill the memory.
    if (known.size >= 10_000) known.clear();
    known.set(script, (path = judge(script) ?? ''));
  }
  return path === '' ? undefined : path;
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
