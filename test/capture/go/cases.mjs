import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheDir } from '../../../scripts/lib/vscodeServer.mjs';

const programs = path.join(import.meta.dirname, 'programs');

/** Without us the exporter may find no receiver, and says so. */
const plain = (text) => text.replaceAll(/^\d+\/\d+\/\d+ [\d:]+ (?:traces export|Post ).*\n/gm, '');

/** @param {{ root: string }} where */
export function cases({ root }) {
  // A Go that is too old says so, and does not download another.
  const env = { ...process.env, GOTOOLCHAIN: 'local' };
  const node = path.join(root, 'node_modules', 'node', 'bin', 'node');
  try {
    const version = /go(\d+\.\d+)/.exec(execFileSync('go', ['version'], { encoding: 'utf8' }))?.[0] ?? 'go';
    const built = path.join(cacheDir(), 'capture-go');
    rmSync(built, { recursive: true, force: true });
    mkdirSync(built, { recursive: true });
    const all = readdirSync(programs).map((folder) => {
      const file = path.join(built, folder);
      execFileSync('go', ['build', '-o', file, '.'], { cwd: path.join(programs, folder), stdio: 'pipe', timeout: 90_000, killSignal: 'SIGKILL', env });
      return { name: `go-${folder}`, run: [file, 'one two'], env: { OTEL_EXPORTER_OTLP_TIMEOUT: '1000' }, folder: path.join(programs, folder), plain, node, version };
    });
    return { cases: all, skipped: [] };
  } catch (error) {
    return { cases: [], skipped: [{ name: 'every case in Go', reason: error instanceof Error ? error.message.split('\n')[0] : String(error) }] };
  }
}
