// What the issue that made locating asks of its index: a 50,000-file workspace is read in the background without a person noticing.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../scripts/lib/run.mjs';
import { figure, median } from './lib/figure.mjs';
import { buildWorkspace } from './workspace/buildWorkspace.mjs';

const fileCount = 50_000;
const runs = 3;

/** @param {{ root: string, dir: string, signal: AbortSignal, log(line: string): void }} options */
export async function bench({ root, dir, signal, log }) {
  log('building the extension, as it is packed');
  const dist = path.join(dir, 'dist');
  await run(process.execPath, [path.join(root, 'scripts', 'build.mjs'), '--production', `--out=${dist}`]);
  log(`writing a workspace of ${fileCount} files`);
  const workspace = await buildWorkspace(path.join(dir, 'workspace'), fileCount);
  const file = path.join(dir, 'arguments.json');
  await writeFile(file, JSON.stringify({ ...workspace, workerScript: path.join(dist, 'locateWorker.cjs') }));
  const results = [];
  for (let i = 0; i < runs; i++) {
    if (signal.aborted) throw new Error('interrupted');
    log(`reading it in the background, ${i + 1} of ${runs}`);
    results.push(JSON.parse(await run(process.execPath, ['--no-warnings', path.join(import.meta.dirname, 'workspace', 'readInBackground.mjs'), file])));
  }
  const of = (pick) => median(results.map(pick));
  return {
    setup: { files: workspace.fileCount, sourceBytes: workspace.sourceBytes, withSpansOrRoutes: workspace.mentioning, worker: 'the packed locateWorker.cjs in a worker thread; files in the cache of the disk' },
    figures: [
      figure('hostDelayP99Ms', "The host's event loop while the workspace is read, p99 over idle", of(({ busy, idle }) => busy.p99Ms - idle.p99Ms), 'ms', { kind: 'atMost', value: 5 }, {
        runsMs: results.map(({ busy, idle }) => busy.p99Ms - idle.p99Ms),
        busyP99Ms: of(({ busy }) => busy.p99Ms),
        idleP99Ms: of(({ idle }) => idle.p99Ms),
        busyMaxMs: of(({ busy }) => busy.maxMs),
        idleMaxMs: of(({ idle }) => idle.maxMs),
      }),
      figure('coreShare', 'Of one core, while the workspace is read', of(({ cpuMs, ms }) => cpuMs / ms), '', { kind: 'atMost', value: 1 }, {
        timed: 'from the first question that needs the workspace until places are found by name',
        ms: of(({ ms }) => ms),
        /** All threads of the process: parsing, compiling, collecting garbage, reading files. */
        cpuMs: of(({ cpuMs }) => cpuMs),
        runsMs: results.map(({ ms }) => ms),
        runsCpuMs: results.map(({ cpuMs }) => cpuMs),
        residentMegabytes: of(({ residentMegabytes }) => residentMegabytes),
      }),
      figure('answerP99Ms', 'A span that says its place, asked meanwhile, p99', of(({ answers }) => answers.p99Ms), 'ms', { kind: 'atMost', value: 100 }, {
        timed: 'a new site every 50 ms, from the question to the answer of the worker',
        p50Ms: of(({ answers }) => answers.p50Ms),
        maxMs: of(({ answers }) => answers.maxMs),
        asked: of(({ answers }) => answers.count),
      }),
      figure('changedMs', 'A saved file, until the index has it', of(({ changedMs }) => changedMs), 'ms', { kind: 'atMost', value: 100 }, {
        branchMs: of(({ branchMs }) => branchMs),
        /** All files are looked at again, as after a change of branch, and none was changed. */
        branchCpuMs: of(({ branchCpuMs }) => branchCpuMs),
      }),
    ],
  };
}
