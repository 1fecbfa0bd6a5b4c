/**
 * The worker that locates (dist/locateWorker.cjs), so that no map and no grammar is read on a window's loop. `mappings.wasm`
 * lies beside it, the grammars in `grammars/`.
 */
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import type { LocatorEvents, LocatorRequests } from '../locate/locatorContract.ts';
import { RpcPeer } from '../protocol/rpc.ts';
import { locatorHandlers } from './locatorHandlers.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker');
const { handlers } = locatorHandlers(path.join(__dirname, 'grammars'), () => peer.emit('placesChanged', undefined));
const peer = new RpcPeer<Record<never, never>, Record<never, never>, LocatorRequests, LocatorEvents>(
  {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', listener),
    onClose: (listener) => port.on('close', listener),
  },
  handlers,
);
