import path from 'node:path';
import { otherRuntime } from '../runner/otherRuntime.mjs';

const programs = path.join(import.meta.dirname, 'programs');

const table = [
  { name: 'bun-sdk', folder: 'sdk', run: ['main.ts', 'one two'] },
  { name: 'bun-bare', folder: 'bare', run: ['main.ts'] },
  ...['SIGINT', 'SIGTERM'].flatMap((signal) => ['default', 'handled'].map((how) => ({ name: `bun-${signal}-${how}`, folder: 'signals', run: ['main.ts', how], signal }))),
];

/** @param {{ root: string }} where */
export async function cases({ root }) {
  const node = path.join(root, 'node_modules', 'node', 'bin', 'node');
  try {
    const { file, version } = await otherRuntime(import.meta.dirname, ['bun/bin/bun.exe', '@oven/*/bin/bun']);
    const env = { DO_NOT_TRACK: '1', OTEL_EXPORTER_OTLP_TIMEOUT: '1000' };
    return { cases: table.map((one) => ({ ...one, env, run: [file, ...one.run], folder: path.join(programs, one.folder), node, version })), skipped: [] };
  } catch (error) {
    return { cases: [], skipped: [{ name: 'every case on Bun', reason: error instanceof Error ? error.message.split('\n')[0] : String(error) }] };
  }
}
