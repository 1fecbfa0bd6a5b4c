/**
 * Preloaded into the person's program (`--require`, Node 18 or newer). Stamps on each span where it was started. Where the program has no SDK whose
 * spans these could be, and runs in a capture, ours makes them: `bundled/`, beside this file. Registers nothing, and stays out where anything goes wrong.
 */
const installed = Symbol.for('traceline.probe');

if (mayRun() && process.env.TRACELINE_PROBE !== 'off' && !Object.hasOwn(globalThis, installed)) {
  try {
    Object.defineProperty(globalThis, installed, { value: true });
    // Not before: a program that is not to be watched loads nothing.
    const { startProbe } = require('./startProbe.ts') as typeof import('./startProbe.ts');
    startProbe();
  } catch {
    // The program must not notice.
  }
}

/** Deno, which reads NODE_OPTIONS too, asks the person, or ends the program, for whatever was not allowed: so there only where all that we do was. */
function mayRun(): boolean {
  const { Deno } = globalThis as { readonly Deno?: { readonly permissions: { querySync(of: { readonly name: string }): { readonly state: string } } } };
  try {
    return Deno === undefined || ['env', 'read', 'net', 'sys'].every((name) => Deno.permissions.querySync({ name }).state === 'granted');
  } catch {
    return false;
  }
}
