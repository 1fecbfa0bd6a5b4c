// `npm run fuzz`: everything that reads what comes from outside (decoders, stack grammars, source maps, protocol messages, configuration files) on inputs that a
// seed decides. `--inputs N` in all (default 1,000,000), `--seed S`, `--target NAME` (again for more), `--only I` runs one input and prints it, `--json` prints
// one document. A reader must not crash, must not take more than a second, must not accept what is wrong. Exits 1 where one does.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

const fuzz = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'test', 'fuzz');
const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string', default: 'traceline' }, target: { type: 'string', multiple: true }, only: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const { inputOf, targets } = await import(pathToFileURL(path.join(fuzz, 'targets.ts')).href);
const chosen = targets.filter(({ name }) => values.target?.includes(name) ?? true);
const inputs = Number(values.inputs);
if (chosen.length === 0 || !Number.isSafeInteger(inputs) || inputs < 1) {
  console.error(`--inputs is a number; targets are ${targets.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

if (values.only !== undefined) {
  for (const target of chosen) {
    const input = inputOf(target, values.seed, Number(values.only));
    console.log(`${target.name} ${JSON.stringify(input.toString('latin1'))}`);
    await target.check(input);
  }
  process.exit();
}

/** Far more than any input may take of the processor, however busy the machine is. */
const stuckMs = 30_000;
const maxFailures = 20;

/** Runs the inputs of one target; a thread that is stuck is ended, and another goes on after the input it was stuck at. */
async function run(target, count) {
  const result = { target: target.name, inputs: count, slowestMs: 0, failures: [] };
  let from = 0;
  while (from < count && result.failures.length < maxFailures) {
    const progress = new SharedArrayBuffer(4);
    const now = new Int32Array(progress);
    now[0] = from;
    const worker = new Worker(path.join(fuzz, 'worker.ts'), { workerData: { target: target.name, seed: values.seed, from, to: count, progress } });
    let at = -1;
    let sinceMs = performance.now();
    from = await new Promise((resolve) => {
      const watchdog = setInterval(() => {
        const index = Atomics.load(now, 0);
        if (index !== at) [at, sinceMs] = [index, performance.now()];
        else if (performance.now() - sinceMs > stuckMs) stop(`stuck for ${stuckMs} ms`);
      }, 500);
      const stop = (message) => {
        clearInterval(watchdog);
        const index = Atomics.load(now, 0);
        result.failures.push({ index, message });
        void worker.terminate();
        resolve(index + 1);
      };
      worker.on('message', (message) => {
        if (message.kind === 'failed') result.failures.push({ index: message.index, message: message.message });
        else result.slowestMs = Math.max(result.slowestMs, message.slowestMs);
        if (result.failures.length >= maxFailures) void worker.terminate();
      });
      worker.on('error', (error) => stop(error.stack ?? String(error)));
      worker.on('exit', () => {
        clearInterval(watchdog);
        resolve(count);
      });
    });
  }
  return result;
}

const results = [];
for (const target of chosen) {
  const result = await run(target, Math.ceil(inputs / chosen.length));
  results.push(result);
  if (!values.json) console.log(`${result.target}: ${result.inputs} inputs, the slowest ${result.slowestMs.toFixed(1)} ms, ${result.failures.length} failures`);
  for (const { index, message } of result.failures) console.error(`  --seed ${values.seed} --target ${result.target} --only ${index}: ${message.split('\n').slice(0, 6).join('\n    ')}`);
}
const failed = results.some(({ failures }) => failures.length > 0);
if (values.json) console.log(JSON.stringify({ seed: values.seed, inputs: results.reduce((sum, each) => sum + each.inputs, 0), results }));
process.exitCode = failed ? 1 : 0;
