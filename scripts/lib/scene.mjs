// What one integration run happens in: a VS Code server, a copy of a workspace, and a data folder of its own for the hub.
import { cp, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endMarkedProcesses } from './run.mjs';
import { buildShop, installShop, shopDir } from './shop.mjs';
import { freePort, installExtension, startVsCodeServer } from './vscodeServer.mjs';
import { developmentPayload } from './workbench.mjs';

/** @typedef {'orders' | 'hanging' | 'shop'} WorkspaceName  test/fixtures/orders, test/fixtures/hanging or examples/shop */

export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Free ports, so that a run disturbs no hub of the person's own; and nothing that covers the editor. */
const sceneSettings = {
  'traceline.hub.otlpHttpPort': 0,
  'traceline.hub.otlpGrpcPort': 0,
  'debug.internalConsoleOptions': 'neverOpen',
  'debug.openDebug': 'neverOpen',
  'editor.minimap.enabled': false,
};

/**
 * Starts a server with the workspace's copy. With `packedExtension`, a .vsix, the extension is installed from it; else the checkout's own
 * dist/ runs, as under F5 of an extension's author.
 * @param {{ version?: import('./vscodeServer.mjs').VsCodeVersion, workspace?: WorkspaceName, packedExtension?: string,
 *   workspaceTrust?: boolean, env?: NodeJS.ProcessEnv, settings?: Record<string, unknown> }} options
 */
export async function openScene({ version = 'newest', workspace, packedExtension, workspaceTrust, env = {}, settings = {} }) {
  const dir = await realpath(await mkdtemp(path.join(os.tmpdir(), 'traceline-scene-')));
  const dataDir = path.join(dir, 'data');
  const serverDir = path.join(dir, 'server');
  const extensionsDir = path.join(dir, 'extensions');
  let server;
  const close = async () => {
    await server?.stop();
    // An extension host, the hub it starts and a program under the debugger all outlive for a while a server that is ended under them.
    while ((await endMarkedProcesses(dataDir, 0, 'TRACELINE_DATA')).length > 0) await sleep(200);
    await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  try {
    const folder = workspace === undefined ? undefined : await copyWorkspace(workspace, path.join(dir, workspace));
    const ports = workspace === 'shop' ? await shopPorts() : {};
    if (packedExtension !== undefined) await installExtension({ version, file: packedExtension, dataDir: serverDir, extensionsDir });
    server = await startVsCodeServer({
      version,
      dataDir: serverDir,
      extensionsDir,
      workspaceTrust,
      env: { ...ports, ...env, TRACELINE_DATA: dataDir },
      settings: { ...sceneSettings, ...settings },
    });
    const payload = packedExtension === undefined ? developmentPayload(root) : [];
    return { server, folder, dataDir, ports, payload, url: server.url(folder, payload), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Copies a workspace, built where it has a build, and links its dependencies. */
async function copyWorkspace(workspace, target) {
  if (workspace === 'shop') {
    await installShop();
    await buildShop();
  }
  const source = workspace === 'shop' ? shopDir : path.join(root, 'test', 'fixtures', workspace);
  // Times are kept: the shop builds what is older than its sources.
  await cp(source, target, { recursive: true, preserveTimestamps: true, filter: (file) => path.basename(file) !== 'node_modules' });
  await symlink(path.join(workspace === 'shop' ? source : root, 'node_modules'), path.join(target, 'node_modules'));
  return target;
}

/** Ports of their own for what the shop's launch configurations start. */
async function shopPorts() {
  const names = ['ORDERS_PORT', 'INVENTORY_PORT', 'PAYMENTS_PORT', 'DATABASE_PORT'];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, String(await freePort())])));
}
