// A process of its own, the host: its worker reads a workspace in the background, while this thread's loop is measured, and spans that say
// their place are asked for.
import { readFile, writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocator } from '../../../src/client/locator.ts';
import { throwingLog } from '../locate/throwingLog.mjs';

const idleMs = 3000;
const askEveryMs = 50;

const { workerScript, workspace, sites, named, namedFile } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
let placesChanged = () => {};
const locator = startLocator({ workerScript, log: throwingLog, onPlacesChanged: () => placesChanged() });
const untilChanged = () => new Promise((resolve) => (placesChanged = resolve));
await locator.call('configure', { workspaceFolders: [workspace], pathRules: [] });
const [warm] = await locator.call('locate', sites.slice(-1));
if (warm?.inferred !== false) throw new Error('a span that says its place has none');
await sleep(500);
const idle = await loopDelay(() => sleep(idleMs));

const latencies = [];
let next = 0;
const residentBefore = process.memoryUsage.rss();
let ms = 0;
let cpuMs = 0;
const busy = await loopDelay(async () => {
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const read = untilChanged();
  const [early] = await locator.call('locate', [named]);
  if (early !== undefined) throw new Error('an answer of a workspace that is not read');
  let isRead = false;
  void read.then(() => (isRead = true));
  while (!isRead) {
    const asked = performance.now();
    const [place] = await locator.call('locate', [sites[next++ % sites.length]]);
    if (place?.function === undefined) throw new Error('no place');
    latencies.push(performance.now() - asked);
    await Promise.race([read, sleep(askEveryMs)]);
  }
  ms = performance.now() - started;
  cpuMs = cpuSince(cpuBefore);
});
const residentMegabytes = (process.memoryUsage.rss() - residentBefore) / 1_048_576;
const [place] = await locator.call('locate', [named]);
if (place?.file !== namedFile || !place.inferred) throw new Error(`found by name at ${place?.file}`);

const text = await readFile(namedFile, 'utf8');
await writeFile(namedFile, `\n\n${text}`);
const changedMs = await timed(async () => {
  const changed = untilChanged();
  await locator.call('invalidate', { files: [namedFile] });
  await changed;
});
const [moved] = await locator.call('locate', [named]);
if (moved?.line !== place.line + 2) throw new Error('the change was not read');
await writeFile(namedFile, text);
const cpuBefore = process.cpuUsage();
const branchMs = await timed(async () => {
  const changed = untilChanged();
  await locator.call('invalidate', { files: undefined });
  await changed;
});
const branchCpuMs = cpuSince(cpuBefore);
await locator.close();

const sorted = latencies.toSorted((a, b) => a - b);
const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
console.log(JSON.stringify({
  ms, cpuMs, residentMegabytes, idle, busy, changedMs, branchMs, branchCpuMs,
  answers: { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: sorted.at(-1), count: sorted.length },
}));

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function cpuSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The delay of this thread's loop while `work` runs. A sample a millisecond: the millisecond itself is in each of them. */
async function loopDelay(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6, count: delay.count };
}
