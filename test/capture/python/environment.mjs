import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheDir } from '../../../scripts/lib/vscodeServer.mjs';

/**
 * The Python of an environment with what the programs need, outside the tree and made once.
 * @param {{ mayInstall: boolean, timeoutMs?: number }} options
 * @returns {string}
 * @throws Error where there is no Python, or its packages are not there and may or can not be had in time
 */
export function pythonEnvironment({ mayInstall, timeoutMs = 90_000 }) {
  const requirements = path.join(import.meta.dirname, 'requirements.txt');
  const key = createHash('sha256').update(readFileSync(requirements)).update(execFileSync('python3', ['--version'], { stdio: ['ignore', 'pipe', 'pipe'] })).digest('hex').slice(0, 12);
  const folder = path.join(cacheDir(), `python-${key}`);
  const python = path.join(folder, 'bin', 'python');
  if (existsSync(path.join(folder, 'complete'))) return python;
  if (!mayInstall) throw new Error('its packages are not installed; `npm run test:capture` does that');
  mkdirSync(cacheDir(), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  const deadline = performance.now() + timeoutMs;
  const run = (file, args) => execFileSync(file, args, { stdio: 'pipe', timeout: Math.max(1, Math.ceil(deadline - performance.now())), killSignal: 'SIGKILL' });
  run('python3', ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '15', '-r', requirements]);
  mkdirSync(path.join(folder, 'making'));
  renameSync(path.join(folder, 'making'), path.join(folder, 'complete'));
  return python;
}
