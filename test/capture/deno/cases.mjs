import path from 'node:path';
import { otherRuntime } from '../runner/otherRuntime.mjs';

const programs = path.join(import.meta.dirname, 'programs');

/**
 * The SDK within Deno (2.9.6) sends texts wrong that have letters of Latin-1 beside ASCII and no others, paths too; with one letter more they
 * are right.
 */
const workspace = 'pro"g rämž';
const run = ['run', '--allow-all', 'main.ts'];
const table = [
  { name: 'deno-sdk', folder: 'sdk', run: [...run, 'one two'] },
  { name: 'deno-builtin', folder: 'builtin', run, workspace },
  ...['SIGINT', 'SIGTERM'].flatMap((signal) => ['default', 'handled'].map((how) => ({ name: `deno-${signal}-${how}`, folder: 'signals', run: [...run, how], signal, workspace }))),
];

/** @param {{ root: string }} where */
export async function cases({ root }) {
  const node = path.join(root, 'node_modules', 'node', 'bin', 'node');
  try {
    const { file, version } = await otherRuntime(import.meta.dirname, ['@deno/*/deno']);
    // It asks its registry for nothing, and says nothing of newer ones.
    const env = { DENO_NO_UPDATE_CHECK: '1', OTEL_EXPORTER_OTLP_TIMEOUT: '1000' };
    return { cases: table.map((one) => ({ ...one, env, run: [file, ...one.run], folder: path.join(programs, one.folder), node, version })), skipped: [] };
  } catch (error) {
    return { cases: [], skipped: [{ name: 'every case on Deno', reason: error instanceof Error ? error.message.split('\n')[0] : String(error) }] };
  }
}
