// `npm run bench -- NAME`: measures on this machine what the issues set goals for. Each file of test/bench is one bench; without a name all run.
// `--json` prints one document, `--keep` leaves the temporary folder. A goal that is missed is said and fails nothing: figures are a machine's.
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runWithTypeScript } from './lib/typeScriptNode.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
runWithTypeScript(import.meta.url);

const folder = path.join(root, 'test', 'bench');
const there = (await readdir(folder)).filter((name) => name.endsWith('.mjs')).map((name) => path.basename(name, '.mjs')).sort();
const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = [...options.filter((option) => !['--json', '--keep'].includes(option)), ...named.filter((name) => !there.includes(name))];
if (unknown.length > 0) {
  console.error(`no ${unknown.join(', ')}; there are the benches ${there.join(', ')}, and --json and --keep (the temporary folder stays)`);
  process.exit(2);
}

const base = await realpath(await mkdtemp(path.join(os.tmpdir(), 'traceline-bench-')));
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => ended.abort());
try {
  const machine = {
    processor: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Number((os.totalmem() / 1024 ** 3).toFixed(1)),
    system: `${os.platform()} ${os.arch()}`,
    nodeVersion: process.versions.node,
    /** Of the last minute. As high as the cores before we began, other work was there and is in the figures. */
    loadBefore: load(),
  };
  const benches = [];
  for (const name of named.length > 0 ? named : there) {
    const { bench } = await import(pathToFileURL(path.join(folder, `${name}.mjs`)).href);
    const dir = path.join(base, name);
    await mkdir(dir);
    benches.push({ bench: name, ...(await bench({ root, dir, signal: ended.signal, log: (line) => console.error(line) })) });
  }
  machine.loadAfter = load();
  if (options.includes('--json')) console.log(JSON.stringify({ machine, benches }, undefined, 2));
  else print(machine, benches);
} catch (error) {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
} finally {
  if (!options.includes('--keep')) await rm(base, { recursive: true, force: true, maxRetries: 5 });
  else console.error(`kept ${base}`);
}

function print(machine, benches) {
  console.log(`${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.nodeVersion}, load ${machine.loadBefore} before and ${machine.loadAfter} after`);
  for (const { bench, figures } of benches) {
    const width = Math.max(...figures.map(({ title }) => title.length));
    console.log(`\n${bench}`);
    for (const { title, value, unit, goal, isMet } of figures) {
      console.log(`  ${title.padEnd(width)}  ${`${shown(value)} ${unit}`.padStart(14)}  goal ${goal.kind === 'atMost' ? '≤' : '≥'} ${shown(goal.value)}  ${isMet ? 'met' : 'NOT MET'}`);
    }
  }
}

function load() {
  return Number((os.loadavg()[0] ?? 0).toFixed(2));
}

function shown(value) {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });
}
