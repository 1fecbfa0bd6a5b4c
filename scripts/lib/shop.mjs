// The example shop as processes: installed, built, started on ports of its own, ended. Node's own modules only.
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { startProcess } from './processGroup.mjs';
import { run } from './run.mjs';
import { freePort } from './vscodeServer.mjs';

/** @typedef {'orders' | 'inventory' | 'payments'} ServiceName */
/** @typedef {ServiceName | 'database'} ProcessName */
/** @typedef {import('./processGroup.mjs').GroupProcess} GroupProcess */
/** @typedef {(name: ServiceName, command: string, args: readonly string[]) => readonly [string, readonly string[]]} Wrap */

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** The folder a person opens. */
export const shopDir = path.join(root, 'examples', 'shop');

/** @type {readonly ServiceName[]} */
export const serviceNames = ['orders', 'inventory', 'payments'];

/** Installs the shop's packages where they are not there yet. Resolves with whether it did. */
export function installShop() {
  return ensureInstalled(shopDir);
}

/** Builds what is older than its sources. */
export async function buildShop() {
  await run(process.execPath, ['build.mjs'], { cwd: shopDir });
}

/**
 * Starts the database, then the three services, each with the command of its script in the shop's package.json, and resolves when
 * all of them listen. Rejects with the end of its output where one of them does not start; nothing is left running then.
 *
 * `ports` are free ones where not given. `wrap` may put another command around a service's own; the database is never wrapped.
 * Variables named OTEL_* are not handed on from this process, so that only `env` says where spans go. `onLine` gets every line printed.
 * @param {{ env?: NodeJS.ProcessEnv, ports?: Partial<Record<ProcessName, number>>, wrap?: Wrap, onLine?: (name: string, line: string) => void }} [options]
 * @returns {Promise<{ services: Record<ServiceName, GroupProcess>, urls: Record<ProcessName, string>, stop(): Promise<void> }>}
 */
export async function startShop({ env = {}, ports = {}, wrap = (_name, command, args) => [command, args], onLine } = {}) {
  const { scripts } = JSON.parse(await readFile(path.join(shopDir, 'package.json'), 'utf8'));
  const port = await choosePorts(ports);
  const environment = { ...withoutTelemetry(process.env), ...portVariables(port), ...env };
  /** @type {GroupProcess[]} */
  const started = [];
  // The database leaves last: the services still flush their pools.
  const stop = async () => {
    await Promise.all(started.slice(1).map((process) => process.stop()));
    await started[0]?.stop();
  };
  const start = (name, command, args) => {
    const process = startProcess(name, command, args, { cwd: shopDir, env: environment, onLine });
    started.push(process);
    return process;
  };
  try {
    const database = start('database', ...commandOf(scripts.database));
    const services = Object.fromEntries(serviceNames.map((name) => [name, start(name, ...wrap(name, ...commandOf(scripts[name])))]));
    await Promise.all([listening(database, port.database), ...serviceNames.map((name) => listening(services[name], port[name]))]);
    return { services, urls: urlsOf(port), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Sends the shop customers until `seconds` are over, or until it is stopped. Their requests are told to `onLine`, one a line.
 * @param {Record<ProcessName, string>} urls of `startShop`
 * @param {{ requestsPerSecond: number, seconds?: number, onLine?: (name: string, line: string) => void }} options
 * @returns {GroupProcess} whose `exited` resolves when the last answer has come
 */
export function startTraffic(urls, { requestsPerSecond, seconds, onLine }) {
  const port = Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, Number(new URL(url).port)]));
  const args = ['traffic.mjs', '--rate', String(requestsPerSecond), ...(seconds === undefined ? [] : ['--seconds', String(seconds)])];
  return startProcess('traffic', process.execPath, args, { cwd: shopDir, env: { ...withoutTelemetry(process.env), ...portVariables(port) }, onLine });
}

/** @returns {Promise<Record<ProcessName, number>>} */
async function choosePorts(given) {
  const names = ['database', ...serviceNames];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, given[name] ?? (await freePort())])));
}

function urlsOf(port) {
  const url = (name) => `${name === 'database' ? 'postgres' : 'http'}://127.0.0.1:${port[name]}`;
  return Object.fromEntries(Object.keys(port).map((name) => [name, url(name)]));
}

function portVariables(port) {
  return Object.fromEntries(Object.entries(port).map(([name, number]) => [`${name.toUpperCase()}_PORT`, String(number)]));
}

function withoutTelemetry(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(OTEL_|NODE_OPTIONS$)/.test(name)));
}

/** The command of an npm script, run by this very Node. The shop's scripts are words between spaces. */
function commandOf(script) {
  const [, ...args] = script.split(' ');
  return [process.execPath, args];
}

/** Resolves once something listens there. Looks without sending a request, so that no span comes of it. */
async function listening(child, port) {
  let code;
  void child.exited.then((value) => (code = value));
  const deadline = Date.now() + 60_000;
  while (!(await accepts(port))) {
    if (code !== undefined) throw new Error(`${child.name} ended with ${code}:\n${child.output()}`);
    if (Date.now() > deadline) throw new Error(`${child.name} does not listen on port ${port}:\n${child.output()}`);
    await sleep(100);
  }
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
