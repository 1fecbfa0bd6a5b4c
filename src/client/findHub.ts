import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import path from 'node:path';
import { type HubLease, leaseFileName, parseLease } from '../protocol/lease.ts';
import { hubRuntime } from './runtime.ts';

const idleExitMs = 30_000;
const healthTimeoutMs = 2000;

/** The lease in a data folder, whether or not its hub still runs. */
export async function readLease(dataDir: string): Promise<HubLease | undefined> {
  try {
    return parseLease(await readFile(path.join(dataDir, leaseFileName), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The lease of the hub that runs in a data folder; undefined where none answers. */
export async function findHub(dataDir: string): Promise<HubLease | undefined> {
  const lease = await readLease(dataDir);
  return lease !== undefined && (await answers(lease)) ? lease : undefined;
}

/** Another program may have the port of a hub that is gone: only the process the lease names counts. */
function answers(lease: HubLease): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${lease.control.replace(/^ws/, 'http')}/healthz`, { timeout: healthTimeoutMs, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > 1000) request.destroy();
      });
      response.on('end', () => resolve(text.includes(`"pid":${lease.pid}}`)));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.on('close', () => resolve(false));
  });
}

export interface HubStart {
  readonly dataDir: string;
  /** hub.cjs, or src/hub/main.ts in a checkout. */
  readonly hubScript: string;
  readonly version: string;
  readonly otlpHttpPort?: number;
  readonly otlpGrpcPort?: number;
  readonly limitBytes?: number;
}

/** Options of the Node that runs a hub: a young generation that fits what a request makes takes some 80 MB less under load. */
export const hubNodeOptions: readonly string[] = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8'];

/**
 * Starts a hub that outlives this process and ends by itself when it is alone. Of several started at once one stays; the others exit
 * with code 1. Its standard error goes to the end of hub.log: nobody else would hear of a script that does not even load.
 */
export function spawnHub(options: HubStart): ChildProcess {
  const runtime = hubRuntime();
  const args = [...hubNodeOptions, options.hubScript, '--data', options.dataDir, '--hub-version', options.version];
  args.push('--idle-exit-ms', String(idleExitMs));
  if (options.otlpHttpPort !== undefined) args.push('--otlp-http', String(options.otlpHttpPort));
  if (options.otlpGrpcPort !== undefined) args.push('--otlp-grpc', String(options.otlpGrpcPort));
  if (options.limitBytes !== undefined) args.push('--limit', String(options.limitBytes));
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const log = openSync(path.join(options.dataDir, 'hub.log'), 'a', 0o600);
  try {
    const child = spawn(runtime.execPath, args, {
      cwd: options.dataDir, detached: true, stdio: ['ignore', 'ignore', log], windowsHide: true, env: { ...cleanEnvironment(), ...runtime.env },
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Without what would preload a debugger, a probe or an exporter into the hub. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const unwanted = /^(NODE_OPTIONS|NODE_INSPECT.*|VSCODE_INSPECTOR_OPTIONS|VSCODE_IPC_HOOK.*|ELECTRON_.*|OTEL_.*|TRACELINE_.*)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !unwanted.test(name) || name === 'TRACELINE_DEBUG'));
}
