// A process of its own: how many sites a second are looked up that were looked up before.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { startLocator } from '../../../src/client/locator.ts';
import { nodeSourceFiles } from '../../../src/client/nodeSourceFiles.ts';
import { FunctionFinder } from '../../../src/locate/functions/functionFinder.ts';
import { Locator } from '../../../src/locate/locate.ts';
import { RpcPeer } from '../../../src/protocol/rpc.ts';
import { median } from '../lib/figure.mjs';
import { batch, locateInBatches } from './locateInBatches.mjs';
import { checkAnswers } from './sources.mjs';
import { throwingLog } from './throwingLog.mjs';

const rounds = 5;
const roundMs = 500;

const { workerScript, grammarDir, workspace, sites, answers } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
/** What the probe's spans say, and what those of other instrumentations do. */
const kinds = { stacks: sites, attributes: sites.map(({ stacktrace: _, ...site }) => site) };
const settings = { workspaceFolders: [workspace], pathRules: [] };

const locator = new Locator(nodeSourceFiles, new FunctionFinder((name) => readFile(path.join(grammarDir, name))));
await locator.configure(settings);
const direct = await perKind(async (asked) => (await locator.locateAll(asked)).map(({ location }) => location));
const oneByOne = await perKind(async (asked) => {
  const locations = [];
  for (const site of asked) locations.push((await locator.locate(site)).location);
  return locations;
});
await locator.close();

const client = startLocator({ workerScript, log: throwingLog, onPlacesChanged: () => {} });
await client.call('configure', settings);
const window = await perKind((asked) => locateInBatches(client, asked));
await client.close();

const worker = startPeer(workerScript, { endsWhenBroken: true });
await worker.peer.call('configure', settings);
const rpc = await perKind((asked) => locateInBatches(worker.peer, asked));
const rpcAtOnce = await perKind((asked) => worker.peer.call('locate', asked));
const locations = await worker.peer.call('locate', sites.slice(0, batch));
await worker.end();

const echoing = startPeer(path.join(import.meta.dirname, 'echoWorker.mjs'), locations);
const echo = await perKind((asked) => locateInBatches(echoing.peer, asked), false);
await echoing.end();
console.log(JSON.stringify({ batch, direct, oneByOne, window, rpc, rpcAtOnce, echo }));

/** A worker without the client's memory of what it answered. */
function startPeer(script, workerData) {
  const thread = new Worker(script, { workerData });
  const peer = new RpcPeer({ send: (message) => thread.postMessage(message), onMessage: (listener) => thread.on('message', listener), onClose: (listener) => thread.on('exit', listener) }, {});
  return { peer, end: () => thread.terminate() };
}

async function perKind(locate, isChecked = true) {
  const perSecond = {};
  for (const [kind, asked] of Object.entries(kinds)) {
    const locations = await locate(asked);
    if (isChecked) checkAnswers(locations, answers);
    perSecond[kind] = await lookupsPerSecond(asked, locate);
  }
  return perSecond;
}

/** The median of some rounds, after one that warms up. */
async function lookupsPerSecond(asked, locate) {
  const results = [];
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    let count = 0;
    let ms = 0;
    do {
      count += (await locate(asked)).length;
      ms = performance.now() - started;
    } while (ms < roundMs);
    if (round > 0) results.push((count / ms) * 1000);
  }
  return median(results);
}
