import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pythonEnvironment } from './environment.mjs';

const programs = path.join(import.meta.dirname, 'programs');

/** Times, ports and processes differ from one run to the next by themselves; and without us an exporter may find no receiver, and says so. */
const plain = (text) => text
  .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
  .replaceAll(/\bpid=\d+/g, 'pid=PID')
  .replaceAll(/\[\d+\/\w+\/\d+ [\d:]+\]/g, '[TIME]')
  .replaceAll(/^(?:Transient error|Failed to export) .*\n/gm, '');

const table = [
  { name: 'python-sdk', folder: 'sdk', run: ['main.py', 'one two', '$HOME'] },
  { name: 'python-sdk-grpc', folder: 'sdk-grpc', run: ['main.py'] },
  { name: 'python-flask', folder: 'flask', run: ['main.py'] },
  { name: 'python-fastapi-reload', folder: 'fastapi', run: ['main.py'] },
  { name: 'python-django-runserver', folder: 'django', run: ['main.py'] },
  { name: 'python-distro-flask', folder: 'distro-flask', run: ['main.py'] },
  { name: 'python-distro-django', folder: 'distro-django', run: ['main.py'] },
  { name: 'python-hang-killed', folder: 'hang-flask', run: ['main.py'], signal: 'SIGTERM', hangs: true },
  { name: 'python-hang-released', folder: 'hang-http', run: ['main.py'], signal: 'SIGTERM', hangs: true },
  { name: 'python-gevent', folder: 'gevent', run: ['main.py'], signal: 'SIGTERM', hangs: true },
  { name: 'python-bare', folder: 'bare', run: ['main.py'] },
  ...['SIGINT', 'SIGTERM'].flatMap((signal) => ['default', 'handled'].map((how) => ({ name: `python-${signal}-${how}`, folder: 'signals', run: ['main.py', how], signal }))),
];

/** @param {{ root: string }} where */
export function cases({ root }) {
  const node = path.join(root, 'node_modules', 'node', 'bin', 'node');
  try {
    const python = pythonEnvironment({ mayInstall: true });
    const version = `python${execFileSync(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8' }).trim()}`;
    const env = { PYTHONUNBUFFERED: '1', OTEL_EXPORTER_OTLP_TIMEOUT: '1' };
    return { cases: table.map(({ run, folder, ...one }) => ({ plain, env, ...one, run: [python, ...run], folder: path.join(programs, folder), node, version })), skipped: [] };
  } catch (error) {
    return { cases: [], skipped: [{ name: 'every case in Python', reason: error instanceof Error ? error.message.split('\n')[0] : String(error) }] };
  }
}
