// `npm start`: the example shop under Traceline, in a window of VS Code. `npm start -- --once` opens none: it prints the functions that
// were located (`--json` as one document) and exits 0 when each service has one. Node's own modules only: on a fresh clone nothing is
// installed yet.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findOnPath } from './lib/debian.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { startProcess, stopAllProcesses } from './lib/processGroup.mjs';
import { endMarkedProcesses, markVariable, run } from './lib/run.mjs';
import { buildShop, installShop, serviceNames, shopDir, startShop, startTraffic } from './lib/shop.mjs';
import { startVsCodeServer } from './lib/vscodeServer.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const cli = path.join(root, 'dist', 'cli.cjs');
const firstFile = path.join(shopDir, 'orders', 'src', 'orderService.ts');
const { once, json, browser } = readOptions();

/** What is undone at the end, last first. */
const cleanups = [];
/** Every process we start carries this, so that none is left however deep it is; under a test run, which has its own, that one sees to it. */
const mark = process.env[markVariable] === undefined ? `start-${process.pid}` : undefined;
if (mark !== undefined) process.env[markVariable] = mark;

let ending = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void finish(130));

try {
  await finish(await main());
} catch (error) {
  // What we end ourselves fails too, and is not news.
  if (!ending) console.error(error instanceof Error ? error.message : error);
  await finish(1);
}

async function main() {
  await prepare();
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'traceline-start-'));
  cleanups.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  const hub = await startHub(dataDir, once ? ['--otlp-http', '0', '--otlp-grpc', '0'] : []);
  say(`hub: ${hub.otlpHttp}`);
  return once ? await listFunctions(dataDir) : await openWindow(dataDir);
}

async function prepare() {
  if (await ensureInstalled(root)) say('installed the packages');
  await run(process.execPath, ['scripts/build.mjs'], { cwd: root });
  if (await installShop()) say('installed the packages of the example');
  await buildShop();
  say('built');
}

/** Starts a hub of our own and resolves with its ready line. */
async function startHub(dataDir, ports) {
  let onReady;
  const ready = new Promise((resolve) => (onReady = resolve));
  const hub = startProcess('hub', process.execPath, [cli, 'hub', '--data', dataDir, ...ports, '--json'], {
    cwd: root,
    env: process.env,
    onLine: (_name, line) => line.startsWith('{') && onReady(JSON.parse(line)),
  });
  // Whoever still talks to the hub would start another one when it goes.
  cleanups.push(() => stopAllProcesses(hub));
  const failed = hub.exited.then((code) => {
    throw new Error(`the hub ended with ${code}:\n${hub.output()}`);
  });
  failed.catch(() => undefined);
  return await Promise.race([ready, failed]);
}

/** The services each as a person runs them in a terminal: `traceline run -- node …`. */
async function startServices(dataDir, requestsPerSecond, onLine) {
  const wrap = (_name, command, args) => [process.execPath, [cli, 'run', '--data', dataDir, '--', command, ...args]];
  const shop = await startShop({ wrap, onLine });
  const traffic = startTraffic(shop.urls, { requestsPerSecond });
  say(`services: ${serviceNames.map((name) => `${name} ${shop.urls[name]}`).join(', ')}; ${requestsPerSecond} requests a second`);
  return { shop, traffic };
}

/** Resolves with the exit code: 0 when each service has a located function, within 40 seconds. */
async function listFunctions(dataDir) {
  const { shop, traffic } = await startServices(dataDir, 6);
  // Long enough for each kind of request to have come by.
  await sleep(6000);
  const deadline = Date.now() + 34_000;
  let missing = missingServices(await locatedFunctions(dataDir));
  while (missing.length > 0 && Date.now() < deadline) {
    await sleep(1000);
    missing = missingServices(await locatedFunctions(dataDir));
  }
  await traffic.stop();
  await shop.stop();
  process.stdout.write(await traceline('functions', '--workspace', shopDir, '--data', dataDir, ...(json ? ['--json'] : [])));
  if (missing.length === 0) return 0;
  const { spans } = JSON.parse(await traceline('status', '--data', dataDir, '--json'));
  console.error(`no function was located for ${missing.join(', ')}; the hub received ${spans.received} spans and rejected ${spans.rejected}`);
  for (const name of missing) console.error(`--- ${name} printed:\n${shop.services[name].output()}`);
  return 1;
}

async function locatedFunctions(dataDir) {
  const rows = JSON.parse(await traceline('functions', '--workspace', shopDir, '--data', dataDir, '--json'));
  return rows.filter((row) => typeof row.function === 'string' && row.function !== '');
}

function missingServices(rows) {
  return serviceNames.filter((name) => !rows.some((row) => row.service === name));
}

async function traceline(...args) {
  return await run(process.execPath, [cli, ...args], { cwd: root });
}

/** Opens the shop in a window with the extension, keeps the services busy, and resolves when the window is closed. */
async function openWindow(dataDir) {
  const code = browser ? undefined : await desktopVsCode();
  const window = code === undefined ? await openInBrowser(dataDir) : await openOnDesktop(code, dataDir);
  await startServices(dataDir, 1);
  say('Ctrl-C ends all of it');
  await window.closed;
  return 0;
}

/** The command of a desktop VS Code, where there is one and a screen to show it on. */
async function desktopVsCode() {
  const screen = process.platform !== 'linux' || process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined;
  return screen ? await findOnPath(['code', 'code-insiders', 'codium']) : undefined;
}

/** A window of its own profile: it leaves no trace in the person's own VS Code, and can be closed by its own process. */
async function openOnDesktop(code, dataDir) {
  const profile = await mkdtemp(path.join(os.tmpdir(), 'traceline-vscode-'));
  cleanups.push(() => rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  const args = ['--new-window', '--wait', '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'];
  args.push('--user-data-dir', path.join(profile, 'data'), '--extensions-dir', path.join(profile, 'extensions'));
  args.push(`--extensionDevelopmentPath=${root}`, shopDir, '--goto', firstFile);
  const window = startProcess('VS Code', code, args, { cwd: root, env: { ...process.env, TRACELINE_DATA: dataDir } });
  cleanups.push(async () => {
    const pid = Number(await readFile(path.join(profile, 'data', 'code.lock'), 'utf8').catch(() => ''));
    if (pid > 0) await endProcess(pid);
    await window.stop();
  });
  say(`VS Code: ${code}`);
  return { closed: window.exited };
}

async function endProcess(pid) {
  try {
    process.kill(pid, 'SIGTERM');
    for (let tries = 0; tries < 50; tries++) {
      await sleep(100);
      process.kill(pid, 0);
    }
  } catch {
    // It is gone.
  }
}

async function openInBrowser(dataDir) {
  const server = await startVsCodeServer({ version: 'newest', env: { TRACELINE_DATA: dataDir }, log: say });
  cleanups.push(() => server.stop());
  const remote = (file) => `vscode-remote://remote${file}`;
  const url = server.url(shopDir, [['extensionDevelopmentPath', remote(root)], ['openFile', remote(firstFile)]]);
  say(`${server.label}, in a browser: ${url}`);
  // A tab of a browser does not tell us when it is closed.
  return { closed: new Promise(() => undefined) };
}

function readOptions() {
  try {
    const { values } = parseArgs({ options: { once: { type: 'boolean', default: false }, json: { type: 'boolean', default: false }, browser: { type: 'boolean', default: false } } });
    return values;
  } catch (error) {
    console.error(`${error.message}\nusage: npm start [-- --once [--json] | --browser]`);
    process.exit(2);
  }
}

/** Progress goes to standard error, so that what was asked for stands alone on standard output. */
function say(line) {
  console.error(line);
}

/** Undoes everything, once, and exits. */
async function finish(code) {
  if (ending) return;
  ending = true;
  for (const undo of cleanups.reverse()) await undo().catch((error) => console.error(error.message));
  if (mark !== undefined) await endMarkedProcesses(mark, 2000);
  process.exit(code);
}
