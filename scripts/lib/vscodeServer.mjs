// A real VS Code for tests and for `npm start` where there is no desktop one: the VS Code server inside the npm package
// code-server, which serves the same workbench to a browser and runs the same Node extension host. Node's own modules only.
import { spawn } from 'node:child_process';
import { access, copyFile, mkdir, mkdtemp, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOnPath, installDebianPackages } from './debian.mjs';
import { run, stopChild } from './run.mjs';

/** @typedef {'newest' | 'oldest'} VsCodeVersion */
/** @typedef {{ vscodeDir: string, nodePath: string, label: string }} InstalledVsCode */

/**
 * `oldest` stands for the oldest VS Code that package.json's engine allows, 1.101: code-server never published a 1.101 or 1.102 to npm, so it
 * is 1.103 run on the very Node that VS Code 1.101 carries, which is what decides whether the hub's `node:sqlite` is there.
 */
const pinned = {
  newest: {
    codeServer: '4.139.1',
    integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
    node: '24.21.0',
  },
  oldest: {
    codeServer: '4.103.2',
    integrity: 'sha512-dbYFASiePozmAfA2e3BYE7r83CdZ7LMDEAzKhLVRJwFbnd4zAaFlsxvBNrLAkunDJUaEqbtawsBfbtDZu6SXnQ==',
    node: '22.15.1',
  },
};

/** Where downloads are kept, outside any checkout: TRACELINE_CACHE, else the user's cache folder. */
export function cacheDir() {
  return process.env.TRACELINE_CACHE || path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'traceline');
}

/**
 * The installed server of that version, installing it where it is not there yet. An install is made aside and renamed
 * into its place when it is complete, under a lock, so neither an interruption nor a second run leaves half of one.
 * @param {{ version: VsCodeVersion, log?: (line: string) => void }} options
 * @returns {Promise<InstalledVsCode>}
 */
export async function ensureVsCodeServer({ version, log = () => {} }) {
  const pin = pinned[version];
  const dir = path.join(cacheDir(), `code-server-${pin.codeServer}-node-${pin.node}-${process.platform}-${process.arch}`);
  const installed = {
    vscodeDir: path.join(dir, 'vscode'),
    nodePath: path.join(dir, 'node_modules', nodePackage(), 'bin', 'node'),
    label: `VS Code ${pin.codeServer.replace(/^\d/, '1')} on Node ${pin.node}`,
  };
  if (await exists(dir)) return installed;
  await mkdir(cacheDir(), { recursive: true });
  await withLock(`${dir}.lock`, async () => {
    if (await exists(dir)) return;
    log(`installing ${installed.label} (once, about a minute)`);
    const half = `${dir}.half`;
    await rm(half, { recursive: true, force: true });
    await mkdir(half);
    await install(half, pin);
    await rename(half, dir);
  });
  return installed;
}

function nodePackage() {
  return `node-${process.platform}-${process.arch}`;
}

/**
 * @param {string} dir
 * @param {{ codeServer: string, integrity: string, node: string }} pin
 */
async function install(dir, pin) {
  if (process.platform === 'win32') throw new Error('The VS Code server of the tests runs on Linux and macOS; on Windows use --desktop.');
  await ensureCompiler();
  const quiet = ['--no-audit', '--no-fund', '--loglevel', 'error'];
  await writeFile(path.join(dir, 'package.json'), '{"private":true}\n');
  // The binary itself is in the package of its platform: no install script has to be allowed.
  await run('npm', ['install', '--save-exact', ...quiet, `${nodePackage()}@${pin.node}`], { cwd: dir });
  const nodeDir = path.join(dir, 'node_modules', nodePackage());

  const packed = await run('npm', ['pack', '--json', '--loglevel', 'error', `code-server@${pin.codeServer}`], { cwd: dir });
  const [tarball] = JSON.parse(packed.slice(packed.indexOf('[')));
  if (tarball.integrity !== pin.integrity) throw new Error(`code-server ${pin.codeServer} is not the pinned one: ${tarball.integrity}`);
  await run('tar', ['-xzf', tarball.filename, 'package/lib/vscode'], { cwd: dir });
  await rename(path.join(dir, 'package', 'lib', 'vscode'), path.join(dir, 'vscode'));
  await rm(path.join(dir, 'package'), { recursive: true });
  await rm(path.join(dir, tarball.filename));

  const vscode = path.join(dir, 'vscode');
  // The terminal's own install script asks npx for node-gyp.
  const env = { ...process.env, npm_config_yes: 'true', PATH: `${path.join(nodeDir, 'bin')}${path.delimiter}${process.env.PATH ?? ''}` };
  // Headers of that very Node, where its package has them: node-gyp then downloads none.
  if (await exists(path.join(nodeDir, 'include', 'node', 'node.h'))) env.npm_config_nodedir = nodeDir;
  await run('npm', ['install', '--omit=dev', '--ignore-scripts', ...quiet], { cwd: vscode, env });
  await run('npm', ['install', '--omit=dev', '--ignore-scripts', ...quiet], { cwd: path.join(vscode, 'extensions'), env });
  // Asked for by name, so npm's approval of install scripts does not stand in the way; nothing else there needs its script.
  for (const [module, built] of nativeModules) {
    const moduleDir = path.join(vscode, 'node_modules', module);
    const prebuilt = path.join(moduleDir, 'prebuilds', `${process.platform}-${process.arch}`);
    if (!(await exists(moduleDir)) || (await exists(prebuilt))) continue;
    await run('npm', ['rebuild', ...quiet, module], { cwd: vscode, env });
    if (!(await exists(path.join(moduleDir, 'build', 'Release', built)))) throw new Error(`npm rebuild made no ${built}`);
  }
  await provideRipgrep(dir, quiet);
}

/** Built on install. Older servers have the watchdog under its former name, and a terminal that is not prebuilt. */
const nativeModules = [
  ['@vscode/spdlog', 'spdlog.node'],
  ['@vscode/native-watchdog', 'watchdog.node'],
  ['native-watchdog', 'watchdog.node'],
  ['node-pty', 'pty.node'],
];

/** File search needs ripgrep. Older servers would download it from a release page; a package carries the same binary. */
async function provideRipgrep(dir, quiet) {
  const old = path.join(dir, 'vscode', 'node_modules', '@vscode', 'ripgrep');
  if (!(await exists(old)) || (await exists(path.join(old, 'bin', 'rg')))) return;
  await run('npm', ['install', '--save-exact', '--ignore-scripts', ...quiet, '@vscode/ripgrep-universal@1.18.0'], { cwd: dir });
  const universal = path.join(dir, 'node_modules', '@vscode', 'ripgrep-universal');
  await mkdir(path.join(old, 'bin'));
  await copyFile(path.join(universal, 'bin', `${process.platform}-${process.arch}`, 'rg'), path.join(old, 'bin', 'rg'));
  await rm(universal, { recursive: true });
}

/** The two native modules of the server need a C++ compiler, make and Python. */
async function ensureCompiler() {
  for (const names of [['g++', 'clang++', 'c++'], ['make'], ['python3', 'python']]) {
    if ((await findOnPath(names)) !== undefined) continue;
    if (await installDebianPackages(['g++', 'make', 'python3'])) return;
    throw new Error(`The VS Code server of the tests needs ${names[0]} to be installed.`);
  }
}

/**
 * Runs `work` while holding the lock folder; waits for another holder, and takes over from one that died.
 * @param {string} lock
 * @param {() => Promise<void>} work
 */
async function withLock(lock, work) {
  const owner = path.join(lock, 'pid');
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (await isAbandoned(lock, owner)) await rm(lock, { recursive: true, force: true });
    else await sleep(500);
  }
  try {
    await writeFile(owner, String(process.pid));
    await work();
  } finally {
    await rm(owner, { force: true });
    await rmdir(lock);
  }
}

async function isAbandoned(lock, owner) {
  const pid = Number(await readFile(owner, 'utf8').catch(() => ''));
  if (pid > 0) {
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return error.code === 'ESRCH';
    }
  }
  // A holder writes its id at once; a lock without one for ten seconds has lost it.
  const made = await stat(lock).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > 10_000;
}

/**
 * Starts a server on a free port of 127.0.0.1 and resolves when it answers.
 *
 * `dataDir` holds the user's settings, state and logs (default: a temporary folder, removed by `stop`); `extensionsDir` the installed
 * extensions (default: an empty folder in it). `settings` are added to the quiet ones. `workspaceTrust` leaves the question of
 * trust on, for tests about it. `env` is added to the environment, which the extension host and all it starts inherit.
 * @param {{ version: VsCodeVersion, dataDir?: string, extensionsDir?: string, workspaceTrust?: boolean,
 *   env?: NodeJS.ProcessEnv, settings?: Record<string, unknown>, port?: number, log?: (line: string) => void }} options
 * @returns {Promise<{ port: number, dataDir: string, label: string, url(folder?: string, payload?: readonly (readonly [string, string])[]): string,
 *   log(): string, stop(): Promise<void> }>}
 */
export async function startVsCodeServer({ version, dataDir, extensionsDir, workspaceTrust = false, env = {}, settings = {}, port = 0, log }) {
  const { vscodeDir, nodePath, label } = await ensureVsCodeServer({ version, log });
  const dir = dataDir ?? (await mkdtemp(path.join(os.tmpdir(), 'traceline-vscode-')));
  const extensions = extensionsDir ?? path.join(dir, 'extensions');
  await mkdir(extensions, { recursive: true });
  for (const scope of ['User', 'Machine']) {
    await mkdir(path.join(dir, 'data', scope), { recursive: true });
    await writeFile(path.join(dir, 'data', scope, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, undefined, 2));
  }
  const chosenPort = port === 0 ? await freePort() : port;
  const args = [
    path.join(vscodeDir, 'out', 'server-main.js'),
    ...['--host', '127.0.0.1', '--port', String(chosenPort), '--without-connection-token', '--accept-server-license-terms'],
    ...['--server-data-dir', dir, '--extensions-dir', extensions, '--telemetry-level', 'off', '--enable-smoke-test-driver'],
    ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
  ];
  const child = spawn(nodePath, args, { env: { ...environment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const stop = async () => {
    await stopChild(child);
    if (dataDir === undefined) await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await answers(chosenPort, child, () => output);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port: chosenPort,
    dataDir: dir,
    label,
    log: () => output,
    stop,
    url(folder, payload = []) {
      const url = new URL(`http://127.0.0.1:${chosenPort}/`);
      if (folder === undefined) url.searchParams.set('ew', 'true');
      else url.searchParams.set('folder', folder);
      url.searchParams.set('payload', JSON.stringify([['skipWelcome', 'true'], ...payload]));
      return url.href;
    },
  };
}

/**
 * Installs a .vsix into `extensionsDir`, as a person would from the Extensions view.
 * @param {{ version: VsCodeVersion, file: string, dataDir: string, extensionsDir: string }} options
 */
export async function installExtension({ version, file, dataDir, extensionsDir }) {
  const { vscodeDir, nodePath } = await ensureVsCodeServer({ version });
  const args = [path.join(vscodeDir, 'out', 'server-main.js'), '--accept-server-license-terms', '--server-data-dir', dataDir, '--extensions-dir', extensionsDir];
  await run(nodePath, [...args, '--install-extension', file], { env: environment() });
}

/** Settings under which nothing but what is looked at moves or asks. */
const quietSettings = {
  'files.autoSave': 'off',
  'workbench.startupEditor': 'none',
  // What a terminal says can be read then.
  'terminal.integrated.gpuAcceleration': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.enableExperiments': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'npm.autoDetect': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'debug.onTaskErrors': 'abort',
  'debug.toolBarLocation': 'docked',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'files.simpleDialog.enable': true,
  'security.workspace.trust.untrustedFiles': 'open',
};

/** Our environment without what belongs to the Node or the editor that started us, and with no extension gallery to ask. */
function environment() {
  const env = { ...process.env, EXTENSIONS_GALLERY: '{}' };
  for (const name of Object.keys(env)) {
    if (/^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|NODE_CHANNEL_|OTEL_)/.test(name)) delete env[name];
  }
  return env;
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

async function answers(port, child, output) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The VS Code server did not start:\n${output()}`);
    if (Date.now() > deadline) throw new Error(`The VS Code server does not answer on port ${port}:\n${output()}`);
    const ready = await fetch(`http://127.0.0.1:${port}/version`, { signal: AbortSignal.timeout(2000) }).then((response) => response.ok, () => false);
    if (ready) return;
    await sleep(100);
  }
}

function exists(file) {
  return access(file).then(() => true, () => false);
}
