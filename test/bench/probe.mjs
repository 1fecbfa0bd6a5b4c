// What the probes cost the program they are in: each span over the bare SDK, and each start.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../scripts/lib/run.mjs';
import { pythonEnvironment } from '../capture/python/environment.mjs';
import { figure, median } from './lib/figure.mjs';
import { depths, writeNodeProgram } from './probe/nodeProgram.mjs';

const rounds = 40;
const batch = 1000;
const processes = 3;
const starts = 15;
const goalUs = 12;
const goalDepth = 30;
/** What differs by less is noise. */
const noCostUs = 0.5;

/** What the environment of a capture makes the probe do; nothing listens there. */
const captured = { OTEL_RESOURCE_ATTRIBUTES: 'traceline.capture=bench', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };

/** @param {{ root: string, dir: string, signal: AbortSignal, log(line: string): void }} options */
export async function bench({ root, dir, signal, log }) {
  log('building the probes, as they are packed');
  const dist = path.join(dir, 'dist');
  await run(process.execPath, [path.join(root, 'scripts', 'build.mjs'), '--production', `--out=${dist}`]);
  const preload = path.join(dist, 'probe', 'node.cjs');
  const program = path.join(dir, 'program');
  await writeNodeProgram(program);
  const clean = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(?:OTEL_|NODE_|PYTHON|TRACELINE)/.test(key)));

  const measured = async (command, args, cases, env) => {
    const all = [];
    for (let i = 0; i < processes; i++) {
      if (signal.aborted) throw new Error('interrupted');
      const { results, isStamped } = JSON.parse(await run(command, [...args, JSON.stringify({ rounds, batch, cases })], { cwd: program, env }));
      if (isStamped !== (env.TRACELINE_PROBE !== 'off')) throw new Error(`the probe is ${isStamped ? '' : 'not '}at work`);
      all.push(results);
    }
    return cases.map((each, i) => ({ ...each, ...cost(all.map((results) => results[i])) }));
  };
  const nodeCases = [...depths, 'package'].flatMap((stack) => ['root', 'server'].map((parent) => ({ stack, parent })));
  const figures = [];
  for (const [name, file] of [['CommonJS', 'main.cjs'], ['ES module', 'main.mjs']]) {
    log(`spans of a program in Node, ${name}`);
    const on = await measured(process.execPath, [`--require=${preload}`, file], nodeCases, { ...clean, ...captured });
    const off = await measured(process.execPath, [`--require=${preload}`, file], [{ stack: goalDepth, parent: 'root' }], { ...clean, ...captured, TRACELINE_PROBE: 'off' });
    figures.push(...spanFigures(name === 'CommonJS' ? 'nodeCjs' : 'nodeEsm', `Node, ${name}`, on), offFigure(name === 'CommonJS' ? 'nodeCjs' : 'nodeEsm', `Node, ${name}`, off[0]));
  }

  log('starts of Node');
  await writeFile(path.join(program, 'empty.cjs'), '');
  await writeFile(path.join(program, 'asks.cjs'), "const server = require('http').createServer((request, response) => response.end()).listen(0, '127.0.0.1', () => require('http').get({ port: server.address().port, host: '127.0.0.1' }, () => process.exit(0)));\n");
  const node = (...args) => ({ command: process.execPath, args });
  // Its package.json names an SDK of its own, for which ours would stay out.
  const alone = path.join(dir, 'alone');
  await mkdir(alone);
  for (const file of ['empty.cjs', 'asks.cjs']) await copyFile(path.join(program, file), path.join(alone, file));
  const timed = await startTimes({ cwd: alone, signal }, {
    bare: { ...node('empty.cjs'), env: clean },
    probed: { ...node(`--require=${preload}`, 'empty.cjs'), env: { ...clean, ...captured } },
    off: { ...node(`--require=${preload}`, 'empty.cjs'), env: { ...clean, ...captured, TRACELINE_PROBE: 'off' } },
    bareAsks: { ...node('asks.cjs'), env: clean },
    probedAsks: { ...node(`--require=${preload}`, 'asks.cjs'), env: { ...clean, ...captured } },
  });
  figures.push(
    startFigure('nodeStartMs', 'Start of a program in Node', timed.bare, timed.probed, 30, { withProbeOff: difference(timed.bare, timed.off) }),
    startFigure('nodeStartHttpMs', '… and of one that asks over HTTP, which loads the bundled SDK', timed.bareAsks, timed.probedAsks, 150),
  );

  const skipped = [];
  const python = pythonWithSdk(clean);
  if (typeof python === 'string') {
    log('spans of a program in Python');
    await copyFile(path.join(import.meta.dirname, 'probe', 'program.py'), path.join(program, 'main.py'));
    const probe = path.join(dist, 'probe', 'python');
    const cases = [...depths.map((stack) => ({ stack, parent: 'root' }))];
    const on = await measured(python, ['main.py'], cases, { ...clean, ...captured, PYTHONPATH: probe });
    const off = await measured(python, ['main.py'], [{ stack: goalDepth, parent: 'root' }], { ...clean, ...captured, PYTHONPATH: probe, TRACELINE_PROBE: 'off' });
    figures.push(...spanFigures('python', 'Python', on), offFigure('python', 'Python', off[0]));
    await writeFile(path.join(alone, 'empty.py'), '');
    const startsOfPython = await startTimes({ cwd: alone, signal }, {
      bare: { command: python, args: ['empty.py'], env: clean },
      probed: { command: python, args: ['empty.py'], env: { ...clean, ...captured, PYTHONPATH: probe, TRACELINE_PYTHON_AUTO: '1' } },
    });
    figures.push(startFigure('pythonStartMs', 'Start of a program in Python', startsOfPython.bare, startsOfPython.probed, 30));
  } else {
    log(`Python is not measured: ${python.reason}`);
    skipped.push({ name: 'python', reason: python.reason });
  }
  return {
    setup: {
      rounds, batch, processes, starts,
      spans: 'the cost is a difference within one process that holds the SDK twice, once registered and once out of the reach of the probe; batches take turns; processor time of all threads, wall time beside it',
    },
    skipped,
    figures,
  };
}

/** Of the rounds of several processes: the cost of one span in microseconds. */
function cost(results) {
  const pairs = results.flatMap(({ bare, probed }) => probed.map((each, i) => ({ bare: bare[i], probed: each })));
  const of = (key) => ({
    median: median(pairs.map(({ bare, probed }) => probed[key] - bare[key])),
    minimum: Math.min(...pairs.map(({ probed }) => probed[key])) - Math.min(...pairs.map(({ bare }) => bare[key])),
  });
  return { cpuUs: of('cpuUs'), wallUs: of('wallUs'), bareCpuUs: median(pairs.map(({ bare }) => bare.cpuUs)) };
}

function spanFigures(name, title, cases) {
  return cases.map(({ stack, parent, cpuUs, wallUs, bareCpuUs }) => {
    const what = stack === 'package' ? 'asked for by 5 frames above 25 of a package' : `at ${stack} frames`;
    return figure(`${name}${stack === 'package' ? 'Package' : stack}${parent === 'server' ? 'BeneathServer' : ''}Us`,
      `${title}: a span ${what}${parent === 'server' ? ', right beneath a server span without a place' : ''}`, cpuUs.median, 'µs', { kind: 'atMost', value: goalUs }, { cpuUs, wallUs, bareSpanCpuUs: bareCpuUs });
  });
}

function offFigure(name, title, { cpuUs, wallUs }) {
  return figure(`${name}OffUs`, `${title}: a span where the probe is off`, cpuUs.median, 'µs', { kind: 'atMost', value: noCostUs }, { cpuUs, wallUs });
}

/** Milliseconds of each command, which take turns. */
async function startTimes({ cwd, signal }, commands) {
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let i = -1; i < starts; i++) {
    for (const [name, { command, args, env }] of Object.entries(commands)) {
      if (signal.aborted) throw new Error('interrupted');
      const started = performance.now();
      await run(command, args, { cwd, env });
      if (i >= 0) times[name].push(performance.now() - started);
    }
  }
  return times;
}

function difference(bare, probed) {
  return { median: median(probed.map((each, i) => each - bare[i])), minimum: Math.min(...probed) - Math.min(...bare), bareMedian: median(bare) };
}

function startFigure(name, title, bare, probed, goalMs, details = {}) {
  const ms = difference(bare, probed);
  return figure(name, title, ms.median, 'ms', { kind: 'atMost', value: goalMs }, { ms, ...details });
}

/** A Python that has the SDK: the person's, else that of the capture matrix. Or why there is none. */
function pythonWithSdk(env) {
  try {
    execFileSync('python3', ['-c', 'import opentelemetry.sdk.trace'], { env, stdio: 'pipe' });
    return 'python3';
  } catch {
    try {
      return pythonEnvironment({ mayInstall: false });
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
