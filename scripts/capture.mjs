// `npm run test:capture`: programs of several languages, started as a person would, without us and with us (`traceline run -- …`). What they print and
// how they end must not differ, and `traceline functions` must hold the rows that their sources are marked with. `--json` prints one document, names
// choose cases, `--dist=DIR` takes another build than dist/, `--keep` leaves the temporary folder. Every case runs on one Node and a few on others too;
// `--all` runs each on all that it is for. Exits 1 where a case is not right.
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installCapture } from './lib/captureModules.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const capture = path.join(root, 'test', 'capture');
const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = options.filter((option) => !['--json', '--keep', '--all'].includes(option) && !option.startsWith('--dist='));
if (unknown.length > 0) {
  console.error(`no option ${unknown.join(', ')}; there are --json, --all (every Node), --keep (the temporary folder stays) and --dist=DIR`);
  process.exit(2);
}
const json = options.includes('--json');
const dist = path.resolve(options.find((option) => option.startsWith('--dist='))?.slice('--dist='.length) ?? path.join(root, 'dist'));

const modules = await installCapture((line) => console.error(line));
const { runMatrix } = await import('../test/capture/runner/runMatrix.mjs');

/** Each folder with a `cases.mjs` is a runtime: it says its cases, and which of them cannot be run here, and why. */
const cases = [];
const skipped = [];
for (const entry of await readdir(capture, { withFileTypes: true })) {
  // What is named begins with its runtime, but for Node; the others, which may have to be built first, are left alone then.
  if (names.length > 0 && entry.name !== 'node' && !names.some((name) => name.startsWith(`${entry.name}-`))) continue;
  const file = path.join(capture, entry.name, 'cases.mjs');
  const found = entry.isDirectory() ? await import(pathToFileURL(file).href).catch((error) => (error.code === 'ERR_MODULE_NOT_FOUND' ? undefined : Promise.reject(error))) : undefined;
  if (found === undefined) continue;
  const of = await found.cases({ root, modules, all: options.includes('--all') || names.some((name) => name.includes('@')) });
  cases.push(...of.cases);
  skipped.push(...of.skipped);
}
const chosen = cases.filter((each) => names.length === 0 || names.some((name) => name === each.name || name === `${each.name}@${each.version}`));
if (chosen.length === 0) {
  console.error(`no case ${names.join(', ')}; there are ${[...new Set(cases.map(({ name }) => name))].join(', ')}`);
  process.exit(2);
}

const started = performance.now();
const base = await realpath(await mkdtemp(path.join(os.tmpdir(), 'traceline-capture-')));
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => ended.abort());
try {
  const width = Math.max(...chosen.map((each) => `${each.name}@${each.version}`.length));
  const rows = await runMatrix({
    cases: chosen,
    base,
    modules,
    cli: path.join(dist, 'cli.cjs'),
    signal: ended.signal,
    done(row) {
      if (json) return;
      const counts = `${row.right} right, ${row.missing.length} missing, ${row.extra.length} extra`;
      console.log(`${row.ok ? 'ok    ' : 'FAILED'} ${`${row.case}@${row.version}`.padEnd(width)}  ${counts}${row.problems.length > 0 ? `, ${row.problems.length} other` : ''}  ${row.seconds} s`);
      for (const text of row.missing) console.log(`      missing: ${text}`);
      for (const text of row.extra) console.log(`      extra:   ${text}`);
      for (const text of row.problems) console.log(`      ${text}`);
    },
  });
  const failed = rows.filter((row) => !row.ok).length;
  const ok = failed === 0 && rows.length === chosen.length;
  if (json) console.log(JSON.stringify({ ok, rows, skipped }));
  else for (const { name, reason } of skipped) console.log(`skipped ${name}: ${reason}`);
  if (!json) console.log(`${rows.length - failed} of ${chosen.length} right, ${skipped.length} skipped, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  process.exitCode = ok ? 0 : 1;
  const results = process.env.TRACELINE_TEST_RESULTS;
  if (results !== undefined) await writeFile(results, JSON.stringify({ passed: rows.length - failed, failed: failed + chosen.length - rows.length, skipped: skipped.length }));
} catch (error) {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
} finally {
  if (options.includes('--keep')) console.error(`kept ${base}`);
  else await rm(base, { recursive: true, force: true, maxRetries: 5 });
}
