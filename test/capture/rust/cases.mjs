import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDir } from '../../../scripts/lib/vscodeServer.mjs';

const program = path.join(import.meta.dirname, 'programs', 'tracing');

/** What the SDK itself says goes nowhere here; without us its HTTP client may. */
const env = { OTEL_EXPORTER_OTLP_TIMEOUT: '1000' };

/** @param {{ root: string }} where */
export function cases({ root }) {
  const node = path.join(root, 'node_modules', 'node', 'bin', 'node');
  try {
    const version = `rust${/\d+\.\d+/.exec(execFileSync('rustc', ['--version'], { encoding: 'utf8' }))?.[0] ?? ''}`;
    const file = built();
    const table = [
      { name: 'rust-tracing', run: [file, 'one two'] },
      ...['SIGINT', 'SIGTERM'].map((signal) => ({ name: `rust-${signal}-default`, run: [file, 'waits'], signal })),
    ];
    return { cases: table.map((one) => ({ ...one, env, folder: program, node, version })), skipped: [] };
  } catch (error) {
    return { cases: [], skipped: [{ name: 'every case in Rust', reason: error instanceof Error ? error.message.split('\n')[0] : String(error) }] };
  }
}

/** Its packages are compiled once for each lock, outside the tree: that takes a minute or two. */
function built() {
  const target = path.join(cacheDir(), `rust-${createHash('sha256').update(readFileSync(path.join(program, 'Cargo.lock'))).digest('hex').slice(0, 12)}`);
  execFileSync('cargo', ['build', '--locked', '--quiet', '--target-dir', target], { cwd: program, stdio: 'pipe', timeout: 300_000, killSignal: 'SIGKILL' });
  return path.join(target, 'debug', process.platform === 'win32' ? 'capture-tracing.exe' : 'capture-tracing');
}
