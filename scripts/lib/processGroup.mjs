// A long-running child that leads a process group of its own: a Ctrl-C in the terminal reaches only us, and what a wrapper started
// can be ended with it. Node's own modules only.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `exited` resolves with the exit code (128 for a signal, 127 where it could not be started), `output` gives the last lines printed,
 * `stop` ends the whole group, SIGTERM first, and resolves when it is gone.
 * @typedef {{ name: string, pid: number, exited: Promise<number>, output(): string, stop(graceMs?: number): Promise<void> }} GroupProcess
 */

const keptLines = 200;

/** Those that have not exited. */
const alive = new Set();

/**
 * Ends every process that `startProcess` started and that is still there, `last` only after the others are gone.
 * @param {GroupProcess} [last]
 */
export async function stopAllProcesses(last) {
  await Promise.all([...alive].filter((process) => process !== last).map((process) => process.stop()));
  await last?.stop();
}

/**
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, onLine?: (name: string, line: string) => void }} options
 * @returns {GroupProcess}
 */
export function startProcess(name, command, args, { cwd, env, onLine }) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    readLines(stream, (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      onLine?.(name, line);
    });
  }
  const exited = new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 128));
    child.once('error', (error) => {
      lines.push(error.message);
      resolve(127);
    });
  });
  const stop = async (graceMs = 5000) => {
    if (child.pid === undefined) return;
    child.kill('SIGTERM');
    await Promise.race([exited, sleep(graceMs, undefined, { ref: false })]);
    endGroup(child.pid);
    await exited;
  };
  const group = { name, pid: child.pid ?? 0, exited, output: () => lines.join('\n'), stop };
  alive.add(group);
  void exited.then(() => alive.delete(group));
  return group;
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of that group is left.
  }
}

function readLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  stream.on('end', () => rest !== '' && onLine(rest));
}
