import { randomBytes } from 'node:crypto';
import type { Trouble } from '../protocol/hub.ts';
import { type Control, startControl } from './control.ts';
import { HubCore } from './core.ts';
import { FeedPusher } from './feedPusher.ts';
import { hubLog } from './hubLog.ts';
import { IdleExit } from './idleExit.ts';
import { Intake } from './intake.ts';
import { readLease, removeLease, writeLease } from './lease.ts';
import { takeLock } from './lock.ts';
import { QuietMemory } from './quietMemory.ts';
import { startOtlpGrpc } from './receivers/otlpGrpc.ts';
import { startOtlpHttp } from './receivers/otlpHttp.ts';
import type { Receiver } from './receivers/receiver.ts';
import { openStore } from './store/openStore.ts';

export interface HubOptions {
  readonly dataDir: string;
  readonly version: string;
  /** 0 = any free one; a taken one is replaced by a free one. */
  readonly otlpHttpPort: number;
  readonly otlpGrpcPort: number;
  readonly limitBytes: number;
  /** How long the hub stays when no client is connected and nothing comes; undefined = for ever. */
  readonly idleExitMs: number | undefined;
}

/** Where a hub that runs can be reached. */
export interface HubInfo {
  readonly otlpHttp: string;
  readonly otlpGrpc: string;
  readonly control: string;
  readonly pid: number;
}

export interface RunningHub {
  readonly info: HubInfo;
  /** Resolves once everything is committed, closed and given free. */
  readonly ended: Promise<void>;
  stop(reason: string): Promise<void>;
}

/** Another hub has the data folder. */
export class FolderHeldError extends Error {
  static is(error: unknown): error is FolderHeldError {
    return error instanceof FolderHeldError;
  }
}

const folderCheckMs = 5000;

/**
 * Starts a hub in this process; resolves once it receives and its lease is written.
 * @throws FolderHeldError; the system's error where it cannot listen or write at all
 */
export async function startHub(options: HubOptions): Promise<RunningHub> {
  const { dataDir, version } = options;
  const lock = await takeLock(dataDir);
  if (lock === undefined) throw new FolderHeldError(heldBy(dataDir));
  const log = hubLog(dataDir);
  const token = randomBytes(32).toString('base64url');
  // Last to first. The lease goes when the folder is about to be free: whoever waits for that watches it.
  const closing: (() => void | Promise<void>)[] = [() => lock.release(), () => removeLease(dataDir, token)];
  const closeAll = async () => {
    for (const close of closing.reverse()) {
      try {
        await close();
      } catch (error) {
        log.error(error instanceof Error ? error : String(error));
      }
    }
  };
  try {
    const { store, troubles } = await openStore(dataDir, { readOnly: false });
    const pushTo: { control?: Control } = {};
    const pusher = new FeedPusher(() => {
      try {
        pushTo.control?.push(core.feed());
      } catch (error) {
        log.error(error instanceof Error ? error : String(error));
      }
    });
    const memory = new QuietMemory();
    const intake = new Intake({ onOverload: () => core.overloadChanged() });
    const core = new HubCore({
      dataDir, version, limitBytes: options.limitBytes, store, readOnly: false, troubles, log, intake,
      onChange: (flowed) => {
        if (!flowed) {
          pusher.changed();
          return;
        }
        pusher.flowed();
        memory.flowed();
      },
    });
    closing.push(() => core.close(), () => pusher.stop(), () => intake.close(), () => memory.stop());
    for (const { message } of troubles) log.warn(message);

    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    let stopping = false;
    const stop = async (reason: string, replacedBy?: string) => {
      if (stopping) return ended;
      stopping = true;
      log.info(`leaving: ${reason}`);
      // First the listeners, so that nothing is accepted that would not be committed.
      closing.push(() => pushTo.control?.close(replacedBy));
      await closeAll();
      end();
    };

    const idle = options.idleExitMs === undefined ? undefined : new IdleExit(options.idleExitMs, () => core.lastReceivedMs, () => void stop('idle'));
    closing.push(() => idle?.stop());
    const control = await startControl({
      token,
      log,
      feed: () => core.feed(),
      status: () => core.status(),
      onClients: (count) => {
        idle?.onClients(count);
        core.clientsChanged(count);
      },
      handlers: {
        ...core.handlers(),
        shutdown: ({ reason }) => {
          // The answer goes out first.
          setTimeout(() => void stop(`asked to (${reason})`, reason), 20);
          return undefined;
        },
      },
    });
    pushTo.control = control;
    const grpc = await startOtlpGrpc(core, { port: options.otlpGrpcPort, log, intake });
    closing.push(() => grpc.close());
    const http = await startOtlpHttp(core, { port: options.otlpHttpPort, log, intake, onHttp2: (socket) => grpc.take(socket), onProbe: (report) => core.probeReport(report) });
    closing.push(() => http.close());
    reportTaken(core, 'OTLP/HTTP', options.otlpHttpPort, http);
    reportTaken(core, 'OTLP/gRPC', options.otlpGrpcPort, grpc);

    const info: HubInfo = {
      otlpHttp: `http://127.0.0.1:${http.port}`,
      otlpGrpc: `http://127.0.0.1:${grpc.port}`,
      control: `ws://127.0.0.1:${control.port}`,
      pid: process.pid,
    };
    if (!lock.isHeld()) throw new Error(`${dataDir} was deleted while the hub started`);
    core.setEndpoints({ otlpHttp: info.otlpHttp, otlpGrpc: info.otlpGrpc, control: info.control });
    writeLease(dataDir, { ...info, token, version, startedUnixMs: Date.now() });
    const folderCheck = setInterval(() => {
      // A folder that was deleted took the lock and the lease along: nobody can find this hub, and another may have started.
      if (!lock.isHeld()) void stop('its data folder is gone');
    }, folderCheckMs);
    closing.push(() => clearInterval(folderCheck));
    log.info(`version ${version} receives on ${info.otlpHttp} and ${info.otlpGrpc}`);
    // Starting leaves much behind, too.
    memory.flowed();
    core.catchUp().catch((error: unknown) => log.error(error instanceof Error ? error : String(error)));
    return { info, ended, stop: (reason) => stop(reason) };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function reportTaken(core: HubCore, what: string, port: number, receiver: Receiver): void {
  if (!receiver.wasTaken) return;
  const trouble: Trouble = {
    code: 'port-taken',
    message: `Port ${port} (${what}) is taken by another program, so Traceline receives on ${receiver.port}. What Traceline starts is told so; point programs you start yourself at http://127.0.0.1:${receiver.port}, or free port ${port} and restart the hub.`,
  };
  core.addTrouble(trouble);
}

function heldBy(dataDir: string): string {
  const lease = readLease(dataDir);
  const who = lease === undefined ? 'another hub that is just starting' : `the hub with process id ${lease.pid} (${lease.control}, receiving on ${lease.otlpHttp})`;
  return `${dataDir} is held by ${who}`;
}
