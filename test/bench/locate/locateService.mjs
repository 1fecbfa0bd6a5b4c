// A process of its own, the host: a worker is started and locates a service, while the delay of this thread's loop is measured and
// compared with what it was before there was anything to do.
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocator } from '../../../src/client/locator.ts';
import { locateInBatches } from './locateInBatches.mjs';
import { checkAnswers } from './sources.mjs';
import { throwingLog } from './throwingLog.mjs';

const idleMs = 1500;

const { workerScript, workspace, sites, answers } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
await sleep(200);
const idle = await loopDelay(() => sleep(idleMs));
const locator = startLocator({ workerScript, log: throwingLog, onPlacesChanged: () => {} });
let locations = [];
let ms = 0;
let cpuMs = 0;
// The worker starts with the first call.
const busy = await loopDelay(async () => {
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  await locator.call('configure', { workspaceFolders: [workspace], pathRules: [] });
  locations = await locateInBatches(locator, sites);
  ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  cpuMs = (user + system) / 1000;
});
const started = performance.now();
await locateInBatches(locator, sites);
const againMs = performance.now() - started;
await locator.close();
checkAnswers(locations, answers);
console.log(JSON.stringify({ ms, cpuMs, againMs, idle, busy }));

/** The delay of this thread's loop while `work` runs. A sample a millisecond: the millisecond itself is in each of them. */
async function loopDelay(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6, count: delay.count };
}
