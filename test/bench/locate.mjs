// What the issue that made locating asks of its speed. Every cold figure is of a fresh process each time: compiled WebAssembly is shared within one.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../scripts/lib/run.mjs';
import { buildBigMap } from './locate/bigMap.mjs';
import { buildService } from './locate/service.mjs';
import { figure, median } from './lib/figure.mjs';

const leastMapBytes = 8_000_000;
const fileCount = 60;
const siteCount = 1000;
const coldRuns = 7;
const serviceRuns = 7;
/** What a window's worker has at least between the start of a program and its first spans. */
const pauseMs = 3000;

/** @param {{ root: string, dir: string, signal: AbortSignal, log(line: string): void }} options */
export async function bench({ root, dir, signal, log }) {
  const node = async (script, args) => {
    if (signal.aborted) throw new Error('interrupted');
    const file = path.join(dir, 'arguments.json');
    await writeFile(file, JSON.stringify(args));
    return JSON.parse(await run(process.execPath, ['--no-warnings', path.join(import.meta.dirname, 'locate', script), file]));
  };
  const repeat = async (count, script, args) => {
    const results = [];
    for (let i = 0; i < count; i++) results.push(await node(script, args));
    return results;
  };

  log('building the extension, as it is packed');
  const dist = path.join(dir, 'dist');
  await run(process.execPath, [path.join(root, 'scripts', 'build.mjs'), '--production', `--out=${dist}`]);
  const workerScript = path.join(dist, 'locateWorker.cjs');
  log('building the programs');
  const big = await buildBigMap(path.join(dir, 'big'), leastMapBytes);
  const service = await buildService(path.join(dir, 'service'), { fileCount, siteCount });

  log('first answer from a large map');
  const bare = await repeat(coldRuns, 'bareMap.mjs', big);
  const warmed = await repeat(coldRuns, 'firstAnswer.mjs', { ...big, workerScript, pauseMs });
  const cold = await repeat(coldRuns, 'firstAnswer.mjs', { ...big, workerScript, pauseMs: 0 });
  const bareMs = median(bare.map(({ ms }) => ms));
  const firstMs = median(warmed.map(({ answerMs }) => answerMs));

  log('a service located from cold');
  const located = await repeat(serviceRuns, 'locateService.mjs', { ...service, workerScript });
  const coldMs = median(located.map(({ ms }) => ms));
  const againMs = median(located.map(({ againMs: ms }) => ms));
  const busyP99Ms = median(located.map(({ busy }) => busy.p99Ms));
  const idleP99Ms = median(located.map(({ idle }) => idle.p99Ms));

  log('warm lookups');
  const warm = await node('warmLookups.mjs', { ...service, workerScript, grammarDir: path.join(dist, 'grammars') });

  return {
    setup: {
      bigMap: { bytes: big.mapBytes, mappingsBytes: big.mappingsBytes, segments: big.segments, modules: big.modules, builtBy: 'esbuild, one bundle, not minified, sourcesContent' },
      service: { files: fileCount, sites: service.sites.length, sourceBytes: service.sourceBytes, builtBy: 'esbuild, a file and a map for each source' },
      worker: 'the packed locateWorker.cjs in a worker thread; files in the cache of the disk',
    },
    figures: [
      figure('firstAnswerMs', 'First answer from an 8 MB map', firstMs, 'ms', { kind: 'atMost', value: 150 }, {
        timed: `from the question to the answer, of a worker that was told its settings ${pauseMs} ms before; it has seen neither the map nor the bundle, and three of the sources`,
        runsMs: warmed.map(({ answerMs }) => answerMs),
        /** The processor's time, of all threads: near the figure where the machine had nothing else to do. */
        cpuMs: median(warmed.map(({ answerCpuMs }) => answerCpuMs)),
        /** The same map read, parsed and asked through `source-map` alone, in a fresh process. */
        bareMapMs: bareMs,
        ratioToBareMap: firstMs / bareMs,
      }),
      figure('firstAnswerColdMs', '… and of a worker that starts for it', median(cold.map(({ startMs, answerMs }) => startMs + answerMs)), 'ms', { kind: 'atMost', value: 150 }, {
        timed: 'from the start of the worker to the answer',
        runsMs: cold.map(({ startMs, answerMs }) => startMs + answerMs),
        workerStartMs: median(cold.map(({ startMs }) => startMs)),
        answerMs: median(cold.map(({ answerMs }) => answerMs)),
        answerCpuMs: median(cold.map(({ answerCpuMs }) => answerCpuMs)),
      }),
      figure('warmDirectPerSecond', 'Warm lookups through Locator', warm.direct.stacks, '/s', { kind: 'atLeast', value: 500_000 }, {
        oneByOnePerSecond: warm.oneByOne.stacks,
        /** The same sites as other instrumentations put them, with attributes alone. */
        withoutStacksPerSecond: warm.direct.attributes,
        oneByOneWithoutStacksPerSecond: warm.oneByOne.attributes,
      }),
      figure('warmWindowPerSecond', 'Warm lookups as a window asks', warm.window.stacks, '/s', { kind: 'atLeast', value: 500_000 }, {
        timed: `through the client of the worker, ${warm.batch} sites a call; it remembers what the worker answered`,
        withoutStacksPerSecond: warm.window.attributes,
        /** Asked of the worker each time, as where the client does not remember. */
        workerPerSecond: warm.rpc.stacks,
        workerWithoutStacksPerSecond: warm.rpc.attributes,
        /** The worker asked for all sites in one call. */
        workerAtOncePerSecond: warm.rpcAtOnce.stacks,
        /** The same messages there and back, to a worker that looks nothing up. */
        bareRpcPerSecond: warm.echo.stacks,
        bareRpcWithoutStacksPerSecond: warm.echo.attributes,
        workerRatioToBareRpc: warm.rpc.stacks / warm.echo.stacks,
      }),
      figure('serviceMs', `${siteCount} sites of a ${fileCount}-file service from cold`, coldMs, 'ms', { kind: 'atMost', value: 1000 }, {
        timed: `from the start of the worker until all are answered, ${warm.batch} a call`,
        runsMs: located.map(({ ms }) => ms),
        cpuMs: median(located.map(({ cpuMs }) => cpuMs)),
        askedAgainMs: againMs,
        ratioToAskedAgain: coldMs / againMs,
      }),
      figure('hostDelayP99Ms', "The host's event loop meanwhile, p99 over idle", median(located.map(({ busy, idle }) => busy.p99Ms - idle.p99Ms)), 'ms', { kind: 'atMost', value: 5 }, {
        runsMs: located.map(({ busy, idle }) => busy.p99Ms - idle.p99Ms),
        busyP99Ms,
        idleP99Ms,
        ratioToIdle: busyP99Ms / idleP99Ms,
        busyMaxMs: median(located.map(({ busy }) => busy.maxMs)),
        idleMaxMs: median(located.map(({ idle }) => idle.maxMs)),
        samplesPerRun: median(located.map(({ busy }) => busy.count)),
      }),
    ],
  };
}
