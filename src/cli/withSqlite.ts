import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hubRuntime } from '../client/runtime.ts';

const child = 'TRACELINE_CHILD';

/**
 * The store needs node:sqlite, which Node has from 22.13 on. Under an older Node, and where a newer one lies at hand
 * (the `node` package of a checkout), this command runs again under that one, with the same arguments and streams.
 * Resolves to true where it did: nothing is left to do here but to hand on its exit code.
 */
export async function withSqlite(): Promise<boolean> {
  // Node 22 calls node:sqlite experimental on standard error; the person can do nothing about that.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`);
  });
  if (process.env[child] !== undefined) {
    delete process.env[child];
    // Without the one that was started by hand, this process would be nobody's.
    process.once('disconnect', () => process.exit(1));
    process.channel?.unref();
    return false;
  }
  const runtime = hubRuntime();
  const script = process.argv[1];
  if (runtime.execPath === process.execPath || script === undefined) return false;
  const again = spawn(runtime.execPath, [script, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...runtime.env, [child]: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => again.kill(signal));
  const [code, signal] = (await once(again, 'exit')) as [number | null, NodeJS.Signals | null];
  if (signal !== null) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exitCode = code ?? 1;
  return true;
}
