// `npm run corpus`: builds and runs the programs of test/corpus with their real tools and compares where their spans are located with where
// the sources say they were made. `--json` prints one document, `--all` takes the slow cases too, names choose cases. Exits 1 where a place is
// wrong, a case failed, or fewer than 99 % of the spans that say a place are right.
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './lib/install.mjs';
import { runWithTypeScript } from './lib/typeScriptNode.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
runWithTypeScript(import.meta.url);

const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = options.filter((option) => !['--json', '--all', '--keep', '--steps'].includes(option));
if (unknown.length > 0) {
  console.error(`no option ${unknown.join(', ')}; there are --json, --all, --keep (the temporary folder stays) and --steps (how each place that is not right was looked for)`);
  process.exit(2);
}
const json = options.includes('--json');
const corpus = path.join(root, 'test', 'corpus');

if (await ensureInstalled(corpus)) console.error('installed the tools of test/corpus');
const { runCorpus } = await import('../test/corpus/runner/runCorpus.mjs');
const { printTable } = await import('../test/corpus/runner/printTable.mjs');

const base = await realpath(await mkdtemp(path.join(os.tmpdir(), 'traceline-corpus-')));
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => ended.abort());
try {
  const outcome = await runCorpus({
    root, corpus, base, names,
    all: options.includes('--all'),
    signal: ended.signal,
    log: (line) => console.error(line),
  });
  if (json) console.log(JSON.stringify(outcome));
  else printTable(outcome, { steps: options.includes('--steps') });
  process.exitCode = outcome.ok ? 0 : 1;
  // `npm test` counts each place; what was left out, is silent for a reason, or known to be wrong, is skipped and not passed.
  const results = process.env.TRACELINE_TEST_RESULTS;
  const { right, inferredRight, silent, wrong, knownWrong, missing } = outcome.totals;
  const broken = outcome.cases.filter((each) => each.error !== undefined).length;
  if (results !== undefined) {
    await writeFile(results, JSON.stringify({ passed: right + inferredRight, failed: wrong + missing + broken, skipped: silent + knownWrong + outcome.skipped.length }));
  }
} catch (error) {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
} finally {
  if (!options.includes('--keep')) await rm(base, { recursive: true, force: true, maxRetries: 5 });
  else console.error(`kept ${base}`);
}
