// The processes of the bench, and what the system says of them.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stopChild } from '../../../scripts/lib/run.mjs';
import { hubNodeOptions } from '../../../src/client/findHub.ts';

const here = import.meta.dirname;
const quiet = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--disable-warning=ExperimentalWarning'];

/** A process that says in one line of JSON where it listens. */
export async function startServer(script, args, nodeOptions = quiet) {
  const startMs = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const part of child.stdout) {
    text += String(part);
    if (!text.includes('\n')) continue;
    child.stdout.resume();
    return { child, info: JSON.parse(text), readyMs: performance.now() - startMs, stop: () => stopChild(child, 20_000) };
  }
  throw new Error(`${script} ended before it was ready`);
}

/** As windows start it. */
export function startHub(hubScript, dataDir, limitBytes = 16e9) {
  return startServer(hubScript, ['--data', dataDir, '--otlp-http', '0', '--otlp-grpc', '0', '--limit', String(limitBytes), '--hub-version', '0.0.0'], hubNodeOptions);
}

/** Runs one of the scripts beside this to its end; what it printed, or undefined where it failed and may. */
export async function runScript(name, args, signal, { mayFail = false } = {}) {
  const child = spawn(process.execPath, [...quiet, path.join(here, name), ...args], { stdio: ['ignore', 'pipe', mayFail ? 'ignore' : 'inherit'], signal });
  let text = '';
  child.stdout.on('data', (part) => (text += String(part)));
  const [code] = await once(child, 'close');
  if (code !== 0 && mayFail) return undefined;
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(text);
}

export function send(options, signal, how) {
  return runScript('sender.mjs', [JSON.stringify(options)], signal, how);
}

export async function startWindow(options) {
  const child = fork(path.join(here, 'window.mjs'), [JSON.stringify(options)], { execArgv: quiet });
  await once(child, 'message');
  return {
    tell: (what) => child.send(what),
    end: async () => {
      child.send('end');
      const [result] = await once(child, 'message');
      await once(child, 'close');
      return result;
    },
    stop: () => stopChild(child),
  };
}

/** Resident memory in MB, now and at most. */
export async function memoryOf(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN);
  return { nowMegabytes: kilobytes('VmRSS') / 1024, mostMegabytes: kilobytes('VmHWM') / 1024 };
}

/** Seconds of the processor, of all threads. */
export async function processorSeconds(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** How often its threads were woken in so many milliseconds. */
export async function wakeUps(pid, ms) {
  const { readdir } = await import('node:fs/promises');
  const count = async () => {
    let sum = 0;
    for (const thread of await readdir(`/proc/${pid}/task`)) {
      const status = await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8').catch(() => '');
      sum += Number(/voluntary_ctxt_switches:\s+(\d+)/.exec(status)?.[1] ?? 0);
    }
    return sum;
  };
  const before = await count();
  await delay(ms);
  return (await count()) - before;
}
