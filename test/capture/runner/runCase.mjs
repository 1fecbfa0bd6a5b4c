import { spawn } from 'node:child_process';
import { cp, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { judge } from './judge.mjs';
import { readMarks } from './marks.mjs';

const timeoutMs = 60_000;
/** The hub keeps a server span that says no capture back for two seconds, until spans beneath it have come. */
const rowsWithinMs = 10_000;
/** For a program that is to have no rows: all of its capture is counted when it has ended. */
const nothingWithinMs = 500;

/**
 * @typedef {object} CaptureCase
 * @property {string} name
 * @property {string} folder of its sources
 * @property {readonly string[]} run the command; `${node}` is the Node it is for, `${bin}` the tools of test/capture
 * @property {Record<string, string>} [env]
 * @property {string} [signal] sent to the program when it has printed `ready`
 * @property {string} [cwd] within the folder
 * @property {(text: string) => string} [plain] takes out of the output what differs by itself
 */

/**
 * Runs a program without us and with us (`traceline run -- …`), side by side, and compares its output, its exit code, and the rows of what it traced.
 * @param {CaptureCase} one
 * @param {{ base: string, node: string, modules: string, cli: string, data: string, signal: AbortSignal }} world
 */
export async function runCase(one, { base, node, modules, cli, data, signal }) {
  // A path as people have them.
  const workspace = path.join(base, `pro"g räm`);
  await cp(one.folder, workspace, { recursive: true });
  await symlink(modules, path.join(workspace, 'node_modules'));
  const clean = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(?:OTEL_|NODE_|npm_|TRACELINE|FORCE_COLOR|DD_)/.test(key)));
  const env = {
    ...clean,
    PATH: [path.dirname(node), path.join(modules, '.bin'), clean.PATH ?? ''].join(path.delimiter),
    NO_COLOR: '1',
    NO_UPDATE_NOTIFIER: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    TRACELINE_DATA: data,
    ...one.env,
  };
  const command = one.run.map((word) => word.replaceAll('${node}', node).replaceAll('${bin}', path.join(modules, '.bin')));
  const options = { cwd: path.join(workspace, one.cwd ?? '.'), env, signal };
  const [bare, traced] = await Promise.all([command, [process.execPath, cli, 'run', '--', ...command]].map((each) => runToEnd(each, { ...options, send: one.signal })));
  const plain = one.plain ?? ((text) => text);
  const problems = [];
  const compare = (what, expected, got) => {
    if (expected !== got) problems.push(`${what} differs: without us ${JSON.stringify(expected.toString().slice(-1500))}, with us ${JSON.stringify(got.toString().slice(-1500))}`);
  };
  compare('the exit code', bare.code, traced.code);
  compare('standard output', plain(bare.stdout), plain(traced.stdout));
  compare('standard error', plain(bare.stderr), plain(withoutSummary(traced.stderr)));
  if (bare.timedOut) problems.push('it does not end without us');

  const marks = await readMarks(workspace);
  let verdict;
  for (const started = performance.now(); ; await sleep(200)) {
    const { stdout, stderr, code } = await runToEnd([process.execPath, cli, 'functions', '--workspace', workspace, '--json'], { cwd: base, env, signal });
    if (code !== 0) throw new Error(`functions ended with ${code}: ${stderr}`);
    verdict = judge(marks, JSON.parse(stdout));
    const waitedMs = performance.now() - started;
    if ((verdict.missing.length === 0 && marks.length > 0) || waitedMs > rowsWithinMs || signal.aborted) break;
    // Nothing is to come: what comes late would be wrong.
    if (marks.length === 0 && waitedMs > nothingWithinMs) break;
  }
  return { right: verdict.right, missing: verdict.missing, extra: verdict.extra, problems, summary: summaryOf(traced.stderr) };
}

/** What `traceline run` says at the end, which is not the program's. */
function withoutSummary(stderr) {
  const at = stderr.search(/^traceline: /m);
  return at < 0 ? stderr : stderr.slice(0, at);
}

function summaryOf(stderr) {
  return stderr.slice(withoutSummary(stderr).length).split('\n')[0] ?? '';
}

/** A signal that ended it reads as a shell reads it. */
function runToEnd([file, ...args], { cwd, env, signal, send }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const texts = { stdout: '', stderr: '' };
    let sent = false;
    let timedOut = false;
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        texts[name] += text;
        if (send === undefined || sent || !/^ready$/m.test(texts.stdout)) return;
        sent = true;
        setTimeout(() => child.kill(send), 300);
      });
    }
    const kill = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It is gone.
      }
    };
    const timer = setTimeout(() => ((timedOut = true), kill()), timeoutMs);
    signal.addEventListener('abort', kill);
    child.on('error', reject);
    child.on('close', (code, how) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      kill();
      resolve({ code: code ?? 128 + os.constants.signals[how], timedOut, ...texts });
    });
  });
}
