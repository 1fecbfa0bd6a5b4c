/** Runs a share of inputs in a thread of its own, which the one that watches can end (scripts/fuzz.mjs). */
import { parentPort, workerData } from 'node:worker_threads';
import { inputOf, targets } from './targets.ts';

interface Share {
  readonly target: string;
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  /** [0]: the input that runs now. */
  readonly progress: SharedArrayBuffer;
}

/** Of processor time: another program on the machine is no hang. */
const maxInputMs = 1000;

/** Of this thread. The types are those of the oldest Node that VS Code has, which has it not yet. */
const cpuUsage = (process as unknown as { readonly threadCpuUsage: NodeJS.Process['cpuUsage'] }).threadCpuUsage.bind(process);

const { target: name, seed, from, to, progress } = workerData as Share;
const target = targets.find((each) => each.name === name);
if (target === undefined) throw new Error(`no target ${name}`);
const now = new Int32Array(progress);
process.on('unhandledRejection', (error) => failed(now[0] ?? 0, error));

let slowestMs = 0;
for (let index = from; index < to; index++) {
  Atomics.store(now, 0, index);
  const before = cpuUsage();
  try {
    const checked = target.check(inputOf(target, seed, index));
    if (checked !== undefined) {
      await checked;
      // What was rejected and not awaited is told in between, of this input.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } catch (error) {
    failed(index, error);
  }
  const { user, system } = cpuUsage(before);
  const ms = (user + system) / 1000;
  slowestMs = Math.max(slowestMs, ms);
  if (ms > maxInputMs) failed(index, new Error(`took ${Math.round(ms)} ms of processor time`));
}
parentPort?.postMessage({ kind: 'done', slowestMs });

function failed(index: number, error: unknown): void {
  parentPort?.postMessage({ kind: 'failed', index, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
