// `npm test`: sets up what it needs, runs every stage, and closes with one line of counts. Node's own modules only at the top:
// on a fresh clone nothing is installed yet. `npm test -- unit contract` runs those stages alone; `--oldest` takes the oldest VS Code.
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installCapture } from './lib/captureModules.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { endMarkedProcesses, markVariable, runToEnd } from './lib/run.mjs';
import { installShop } from './lib/shop.mjs';
import { ensureVsCodeServer } from './lib/vscodeServer.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const version = process.argv.includes('--oldest') ? 'oldest' : 'newest';
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

// Temporary files of every stage go in here too, so whatever is left behind is found by this path, and goes with it.
const scratch = await mkdtemp(path.join(os.tmpdir(), 'traceline-test-'));
// A test has processes of other users, whose folders are in it.
await chmod(scratch, 0o711);
const total = { passed: 0, failed: 0, skipped: 0 };

/** A program's exit code is its one test. */
function program(file, ...args) {
  return async (env) => {
    const { code } = await runToEnd('node', [path.join(root, file), ...args], { cwd: root, env, show: true });
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  };
}

/** A program that writes its counts to the file TRACELINE_TEST_RESULTS names. */
function counting(...args) {
  return async (env) => {
    const results = path.join(scratch, 'results.json');
    await rm(results, { force: true });
    const { code } = await runToEnd('node', args, { cwd: root, env: { ...env, TRACELINE_TEST_RESULTS: results }, show: true });
    const counts = await readFile(results, 'utf8').then(JSON.parse, () => ({ passed: 0, failed: 0, skipped: 0 }));
    if (counts.passed + counts.failed === 0) console.log('  no test ran');
    // An exit code that the counts do not explain is a failure too: a crash, or nothing run.
    if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) counts.failed = 1;
    return counts;
  };
}

/** `atOnce`: files at once; Node's own choice on two cores is one, and much of what unit tests do is waiting. */
function nodeTests(glob, atOnce = 1) {
  const reporter = path.join(root, 'scripts', 'lib', 'countingReporter.mjs');
  return counting('--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', `--test-reporter=${reporter}`, '--test-timeout=300000', `--test-concurrency=${atOnce}`, '--test', glob);
}

const stages = [
  { name: 'lint', run: program('node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0') },
  { name: 'types', run: program('node_modules/typescript/bin/tsc', '--noEmit', '-p', '.') },
  { name: 'build', run: program('scripts/build.mjs', '--tests') },
  { name: 'unit', run: nodeTests('test/unit/**/*.test.ts', 2) },
  { name: 'corpus', needs: ['build'], run: counting('scripts/corpus.mjs') },
  { name: 'contract', needs: ['build'], run: nodeTests('test/contract/**/*.test.ts') },
  { name: 'ui', needs: ['build'], run: nodeTests('test/ui/**/*.test.ts') },
  { name: 'capture', needs: ['build'], run: counting('scripts/capture.mjs') },
  { name: 'integration', needs: ['build'], run: counting('scripts/integration.mjs', '--version', version) },
  { name: 'start', run: program('scripts/start.mjs', '--once') },
];

const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`no stage ${unknown.join(', ')}; there are ${stages.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const asked = stages.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const chosen = stages.filter((stage) => asked.includes(stage) || asked.some(({ needs = [] }) => needs.includes(stage.name)));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void finish(130));

try {
  await timed('install', async () => {
    if (await ensureInstalled(root)) console.log('  installed the dependencies');
    return { passed: 0, failed: 0, skipped: 0 };
  });
  // The package `node` puts the Node that everything is tested with first on the PATH.
  const env = {
    ...process.env,
    [markVariable]: scratch,
    TMPDIR: scratch,
    PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH ?? ''}`,
  };
  // The downloads go on beside the first stages.
  const tools = prepareTools(chosen.map(({ name }) => name));
  const firstWithTools = chosen.find(({ name }) => ['ui', 'integration', 'capture'].includes(name));
  for (const stage of chosen) {
    if (stage === firstWithTools) await timed('what the tests drive', () => tools);
    await timed(stage.name, () => stage.run(env));
  }
  await timed('nothing left running', async () => {
    const left = await endMarkedProcesses(scratch);
    for (const { pid, command } of left) console.log(`  left running: ${pid} ${command}`);
    return { passed: left.length === 0 ? 1 : 0, failed: left.length === 0 ? 0 : 1, skipped: 0 };
  });
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  total.failed++;
}
await finish(total.failed === 0 ? 0 : 1);

/** Downloads what the chosen stages drive. Never rejects: the stage that needs it reports what went wrong. */
async function prepareTools(names) {
  try {
    if (names.includes('ui') || names.includes('integration')) await ensureChromium();
    if (names.includes('capture')) await installCapture((line) => console.log(`  ${line}`));
    if (names.includes('integration')) {
      await ensureVsCodeServer({ version, log: (line) => console.log(`  ${line}`) });
      await installShop();
    }
    return { passed: 0, failed: 0, skipped: 0 };
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Runs a stage between two lines, adding its counts to the total. */
async function timed(name, work) {
  console.log(`--- ${name}`);
  const started = Date.now();
  const { passed, failed, skipped } = await work();
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  const counts = passed + failed + skipped === 0 ? 'ready' : `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  console.log(`--- ${name}: ${counts} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
}

async function finish(code) {
  if (code === 130) await endMarkedProcesses(scratch, 3000);
  await rm(scratch, { recursive: true, force: true });
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
  process.exit(code);
}
