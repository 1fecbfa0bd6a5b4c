import path from 'node:path';
import { findHub } from '../client/findHub.ts';
import { connectHub } from '../client/hubConnection.ts';
import type { Logger } from '../client/logger.ts';
import { openReader } from '../hub/reader.ts';
import type { HubCaller } from '../protocol/hub.ts';
import { CommandError } from './usage.ts';
import { version } from './version.ts';

/** The spans of a data folder, whoever answers for them. */
export interface Spans extends HubCaller, AsyncDisposable {
  /** False where no hub runs and the store itself is read. */
  readonly live: boolean;
}

/** A command says what it has to say itself; what the connection logs is in the hub's own log too. */
const quiet: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** The running hub, or the store itself where none runs. @throws CommandError where neither can be read */
export async function openSpans(dataDir: string): Promise<Spans> {
  if ((await findHub(dataDir)) !== undefined) return connect(dataDir, false);
  try {
    const reader = await openReader(dataDir, version);
    return { live: false, call: reader.call, [Symbol.asyncDispose]: () => reader.close() };
  } catch (error) {
    throw new CommandError(`the store in ${dataDir} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The running hub, started where none runs: it leaves by itself some time after its last client. @throws CommandError */
export function startHub(dataDir: string): Promise<Spans> {
  return connect(dataDir, true);
}

async function connect(dataDir: string, startIfMissing: boolean): Promise<Spans> {
  const hub = connectHub({ dataDir, hubScript: path.join(__dirname, 'hub.cjs'), version, clientName: 'traceline', startIfMissing, log: quiet });
  try {
    await hub.ready();
  } catch (error) {
    hub.close();
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
  return {
    live: true,
    call: (method, params) => hub.call(method, params),
    [Symbol.asyncDispose]: () => Promise.resolve(hub.close()),
  };
}
