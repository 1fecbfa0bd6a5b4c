// Child processes: one that runs to its end, and the finding of any that were left behind. Node's own modules only.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a command to its end and resolves with its standard output. Rejects on any other exit code than 0, with the end of its output.
 * `show` passes the output through as it comes.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options]
 * @returns {Promise<string>}
 */
export async function run(command, args, options = {}) {
  const { output, stdout, code } = await runToEnd(command, args, options);
  if (code === 0) return stdout;
  const shown = options.show === true ? '' : `\n${output.split('\n').slice(-40).join('\n')}`;
  throw new Error(`${command} ${args.join(' ')} ended with ${code}${shown}`);
}

/**
 * As `run`, but any exit code resolves; a signal reads as 128 and a command that is not there rejects.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options]
 * @returns {Promise<{ output: string, stdout: string, code: number }>} `output`: both streams, as they came
 */
export function runToEnd(command, args, { cwd, env, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    const ofStdout = [];
    child.stdout.on('data', (chunk) => ofStdout.push(chunk));
    for (const [stream, target] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
      stream.on('data', (chunk) => {
        chunks.push(chunk);
        if (show) target.write(chunk);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ output: Buffer.concat(chunks).toString(), stdout: Buffer.concat(ofStdout).toString(), code: code ?? 128 }));
  });
}

/**
 * Ends a child: SIGTERM, then SIGKILL where it is still there after `graceMs`. Resolves when it is gone.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} [graceMs]
 */
export async function stopChild(child, graceMs = 5000) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}

/** The variable that marks every process of a run, however deep or detached, so that one left behind is found by its id. */
export const markVariable = 'TRACELINE_TEST_RUN';

/**
 * The live processes, other than this one, that carry `mark` in their environment, or in an argument: a hub gets an environment of its own.
 * Linux only: elsewhere none are found.
 * @param {string} mark
 * @param {string} [variable]
 * @returns {Promise<{ pid: number, command: string }[]>}
 */
export async function markedProcesses(mark, variable = markVariable) {
  const found = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const [environ = '', args = ''] = await Promise.all(['environ', 'cmdline'].map((file) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')));
    if (args === '' || !(environ.split('\0').includes(`${variable}=${mark}`) || args.includes(mark))) continue;
    found.push({ pid, command: args.replaceAll('\0', ' ').trim() });
  }
  return found;
}

/**
 * Waits up to `graceMs` for the marked processes to leave, ends those that have not, and resolves with them.
 * @param {string} mark
 * @param {number} [graceMs]
 * @param {string} [variable]
 */
export async function endMarkedProcesses(mark, graceMs = 10_000, variable = markVariable) {
  const deadline = Date.now() + graceMs;
  let left = await markedProcesses(mark, variable);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(200);
    left = await markedProcesses(mark, variable);
  }
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It left between the look and the signal.
    }
  }
  return left;
}
