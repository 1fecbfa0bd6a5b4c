/**
 * The worker that locates (dist/locateWorker.cjs), so that no map and no grammar is read on a window's loop. `mappings.wasm`
 * lies beside it, the grammars in `grammars/`.
 */
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { LocatorEvents, LocatorRequests } from '../locate/locatorContract.ts';
import { RpcPeer } from '../protocol/rpc.ts';
import { defaultDataDir } from './dataDir.ts';
import type { LocateWorkerData } from './locateWorkerData.ts';
import { brokenExitCode } from './locateWorkerData.ts';
import { locatorHandlers } from './locatorHandlers.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker');
const { endsWhenBroken } = workerData as LocateWorkerData;
/** Whoever asks at once is not held up. */
const quietMs = 100;
let heard = 0;
let isWarm = false;
let isBroken = false;
const { handlers, warmUp } = locatorHandlers(
  path.join(__dirname, 'grammars'),
  () => peer.emit('placesChanged', undefined),
  () => {
    isBroken = true;
  },
  defaultDataDir(),
);
const peer = new RpcPeer<Record<never, never>, Record<never, never>, LocatorRequests, LocatorEvents>(
  {
    send: (message) => {
      port.postMessage(message);
      if (isBroken && endsWhenBroken) process.exit(brokenExitCode);
    },
    onMessage: (listener) =>
      port.on('message', (message) => {
        heard++;
        listener(message);
      }),
    onClose: (listener) => port.on('close', listener),
  },
  { ...handlers, configure },
);

/** Settings are told before there is anything to ask. A question that comes ends the warming up: it loads what it needs itself. */
async function configure(settings: LocatorRequests['configure'][0]): Promise<undefined> {
  const until = heard;
  const goesOn = () => heard === until;
  await handlers.configure(settings);
  if (isWarm) return;
  setTimeout(() => {
    if (goesOn()) void warmUp(goesOn).then(() => (isWarm ||= goesOn()));
  }, quietMs);
}
