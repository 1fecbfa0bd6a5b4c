/**
 * A window of one user of this machine: `userProcess.ts DATA PORT`. Says by a line of JSON where its hub is; for each line on its standard input, which names another
 * user's folder and channel, by a line what it could learn of them. Ends with its input, and its hub with it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { findHub, readLease } from '../../../src/client/findHub.ts';
import { connectHub } from '../../../src/client/hubConnection.ts';
import { leaseFileName } from '../../../src/protocol/lease.ts';
import { hubScript } from './hubProcesses.ts';

export interface UserReady {
  readonly uid: number;
  readonly lease: Awaited<ReturnType<typeof readLease>>;
  readonly troubles: readonly string[];
}

export interface Other {
  readonly dataDir: string;
  readonly control: string;
}

export interface Learned {
  /** What came of each try: an error's code, a status of HTTP, or what was to be kept from it. */
  readonly tries: Readonly<Record<string, unknown>>;
  /** Of its own hub, meanwhile. */
  readonly stored: number;
  readonly operations: readonly string[];
}

function codeOf(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

function answerOf(url: string, token: string | undefined): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode);
    });
    socket.on('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.on('error', (error) => resolve(error.message));
  });
}

/** A hub of one's own in the other's folder. */
async function hubIn(dataDir: string): Promise<unknown> {
  const child = spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', hubScript, '--data', dataDir, '--otlp-http', '0', '--otlp-grpc', '0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.once('data', () => child.kill('SIGKILL'));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

const [dataDir, port] = process.argv.slice(2) as [string, string];
const hub = connectHub({
  dataDir, hubScript, version: '1.0.0', clientName: 'user', startIfMissing: true, otlpHttpPort: Number(port), otlpGrpcPort: 0, log: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
});
await hub.ready();
const say = (what: UserReady | Learned) => process.stdout.write(`${JSON.stringify(what)}\n`);
const lease = await readLease(dataDir);
say({ uid: process.getuid?.() ?? -1, lease, troubles: (await hub.call('status', undefined)).troubles.map(({ code }) => code) });
for await (const line of createInterface({ input: process.stdin })) {
  const other = JSON.parse(line) as Other;
  const within = (name: string) => path.join(other.dataDir, name);
  const tries = {
    list: codeOf(() => readdirSync(other.dataDir).includes(leaseFileName)),
    lease: codeOf(() => readFileSync(within(leaseFileName), 'utf8')),
    store: codeOf(() => readFileSync(within('spans.db')).length),
    log: codeOf(() => readFileSync(within('hub.log'), 'utf8')),
    write: codeOf(() => writeFileSync(within(leaseFileName), 'x')),
    remove: codeOf(() => rmSync(within(leaseFileName))),
    find: (await findHub(other.dataDir)) ?? 'none',
    noToken: await answerOf(other.control, undefined),
    ownToken: await answerOf(other.control, lease?.token),
    ownHub: await hubIn(other.dataDir),
  };
  const { spans } = await hub.call('status', undefined);
  say({ tries, stored: spans.stored, operations: (await hub.call('summaries', undefined)).summaries.map(({ operation }) => operation) });
}
await hub.call('shutdown', { reason: 'the test is over' });
hub.close();
