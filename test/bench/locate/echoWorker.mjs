// Answers as the locating worker does, the same answers for every question: what the wire alone costs.
import { parentPort, workerData } from 'node:worker_threads';
import { RpcPeer } from '../../../src/protocol/rpc.ts';

new RpcPeer(
  { send: (message) => parentPort.postMessage(message), onMessage: (listener) => parentPort.on('message', listener), onClose: (listener) => parentPort.on('close', listener) },
  { locate: () => workerData },
);
