import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { runCase } from './runCase.mjs';

/** The hub gives senders two seconds when it is told to leave. */
const leaveMs = 10_000;

/**
 * Runs the cases, two at a time. A case that cannot be run is an error in its row, not the end of the rest.
 * @param {{ cases: readonly (import('./runCase.mjs').CaptureCase & { node: string, version: string })[], base: string, modules: string, cli: string, signal: AbortSignal, done(row: object): void }} options
 */
export async function runMatrix({ cases, modules, base, cli, signal, done }) {
  const rows = [];
  const queue = [...cases];
  const work = async () => {
    for (let one = queue.shift(); one !== undefined && !signal.aborted; one = queue.shift()) {
      const started = performance.now();
      let row;
      try {
        const outcome = await withHub(cli, path.join(base, `${one.name}-${one.version}`), (place) => runCase(one, { ...place, node: one.node, modules, cli, signal }));
        row = { case: one.name, version: one.version, ok: outcome.missing.length + outcome.extra.length + outcome.problems.length === 0, ...outcome };
      } catch (error) {
        row = { case: one.name, version: one.version, ok: false, right: 0, missing: [], extra: [], problems: [error instanceof Error ? error.message : String(error)], summary: '' };
      }
      row.seconds = Number(((performance.now() - started) / 1000).toFixed(1));
      rows.push(row);
      done(row);
    }
  };
  await Promise.all([work(), work()]);
  return rows;
}

/** A hub of its own for each case: a place found by a span's name or route may be in any workspace. */
async function withHub(cli, base, use) {
  const data = path.join(base, 'data');
  await mkdir(data, { recursive: true });
  const hub = spawn(process.execPath, [cli, 'hub', '--data', data, '--otlp-http', '0', '--otlp-grpc', '0', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => hub.once('exit', resolve));
  let outcome;
  try {
    await Promise.race([
      new Promise((resolve) => hub.stdout.once('data', resolve)),
      ended.then((code) => Promise.reject(new Error(`the hub ended with ${code}`))),
    ]);
    outcome = await use({ base, data });
  } finally {
    hub.kill('SIGTERM');
    const timer = setTimeout(() => {
      outcome?.problems.push('the hub does not leave');
      hub.kill('SIGKILL');
    }, leaveMs);
    await ended;
    clearTimeout(timer);
  }
  return outcome;
}
