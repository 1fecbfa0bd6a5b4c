import { spawn } from 'node:child_process';
import { cp, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { judge } from './judge.mjs';
import { readMarks } from './marks.mjs';
import { openCounts, openRows } from './openRows.mjs';

const timeoutMs = 120_000;
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
 * @property {boolean} [hangs] it is looked at before that: the spans marked `@open` must be shown as running, and later as what became of them
 * @property {string} [cwd] within the folder
 * @property {string} [workspace] what the copy of the folder is called, where the usual name is more than the runtime can do
 * @property {(text: string) => string} [plain] takes out of the output what differs by itself
 */

/**
 * Runs a program without us and with us (`traceline run -- …`), side by side, and compares its output, its exit code, and the rows of what it traced.
 * @param {CaptureCase} one
 * @param {{ base: string, node: string, modules: string, cli: string, data: string, signal: AbortSignal }} world
 */
export async function runCase(one, { base, node, modules, cli, data, signal }) {
  // A path as people have them.
  const workspace = path.join(base, one.workspace ?? 'pro"g räm');
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
  const marks = await readMarks(workspace);
  const opened = marks.filter(({ word }) => word === 'open');
  const expected = marks.filter(({ word }) => word !== 'open');
  const problems = [];
  const ask = (...args) => askCli([cli, ...args], { cwd: base, env, signal });
  const whileItHangs = async () => {
    const { missing, extra } = await soon(async () => judge(opened, await openRows(ask, workspace)), (found) => found.missing.length === 0 || signal.aborted);
    problems.push(...missing.map((text) => `not shown as running: ${text}`), ...extra.map((text) => `shown as running: ${text}`));
  };
  const [bare, traced] = await Promise.all([
    runToEnd(command, { ...options, send: one.signal }),
    runToEnd([process.execPath, cli, 'run', '--', ...command], { ...options, send: one.signal, beforeSend: one.hangs === true ? whileItHangs : undefined }),
  ]);
  const plain = one.plain ?? ((text) => text);
  const compare = (what, expected, got) => {
    if (expected !== got) problems.push(`${what} differs: without us ${JSON.stringify(expected.toString().slice(-1500))}, with us ${JSON.stringify(got.toString().slice(-1500))}`);
  };
  compare('the exit code', bare.code, traced.code);
  compare('standard output', plain(bare.stdout), plain(traced.stdout));
  compare('standard error', plain(bare.stderr), plain(withoutSummary(traced.stderr)));
  if (bare.timedOut) problems.push('it does not end without us');

  // Where nothing is to come, what comes late would be wrong.
  const verdict = await soon(
    async () => judge(expected, JSON.parse(await ask('functions', '--workspace', workspace, '--json'))),
    ({ missing }) => (missing.length === 0 && expected.length > 0) || signal.aborted,
    expected.length === 0 ? nothingWithinMs : rowsWithinMs,
  );
  if (one.hangs === true) {
    const dead = opened.filter((mark) => !expected.some(({ file, line, operation }) => file === mark.file && line === mark.line && operation === mark.operation)).length;
    const counts = await soon(() => openCounts(ask), ({ running, neverEnded }) => running === 0 && neverEnded === dead);
    if (counts.running > 0 || counts.neverEnded !== dead) problems.push(`${counts.running} spans run and ${counts.neverEnded} never ended, where ${dead} never did`);
  }
  return { right: verdict.right, missing: verdict.missing, extra: verdict.extra, problems, summary: summaryOf(traced.stderr) };
}

/** Asks again until it is as it should be, or time is up. */
async function soon(look, isRight, withinMs = rowsWithinMs) {
  for (const started = performance.now(); ; await sleep(200)) {
    const found = await look();
    if (isRight(found) || performance.now() - started > withinMs) return found;
  }
}

/** What a command of ours prints. */
async function askCli(args, options) {
  const { stdout, stderr, code } = await runToEnd([process.execPath, ...args], options);
  if (code !== 0) throw new Error(`${args[1]} ended with ${code}: ${stderr}`);
  return stdout;
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
function runToEnd([file, ...args], { cwd, env, signal, send, beforeSend = () => sleep(300) }) {
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
        beforeSend().then(() => child.kill(send), (error) => {
          kill();
          reject(error);
        });
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
