import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import esbuild from 'esbuild';
import { judge } from './judge.mjs';
import { readRecorded } from './recorded.mjs';
import { runCase } from './runCase.mjs';

const leastRightShare = 0.99;

/**
 * Runs the cases and adds them up. A case that fails to build or run is an error in its total, not the end of the rest.
 * @param {{ root: string, corpus: string, base: string, names: readonly string[], all: boolean, signal: AbortSignal, log(line: string): void }} options
 */
export async function runCorpus({ root, corpus, base, names, all, signal, log }) {
  await symlink(path.join(corpus, 'node_modules'), path.join(base, 'node_modules'));
  const probe = path.join(base, 'probe', 'node.cjs');
  await esbuild.build({ absWorkingDir: root, entryPoints: ['src/probe/node.ts'], outfile: probe, bundle: true, platform: 'node', format: 'cjs', target: 'node18', logLevel: 'error' });
  const grammarDir = path.join(root, 'node_modules', '@vscode', 'tree-sitter-wasm', 'wasm');

  const cases = [...(await readCases(corpus)), ...(await readRecorded(corpus))];
  const unknown = names.filter((name) => !cases.some((each) => each.name === name));
  if (unknown.length > 0) throw new Error(`no case ${unknown.join(', ')}; there are ${cases.map(({ name }) => name).join(', ')}`);
  const chosen = cases.filter(({ name, definition }) => (names.length > 0 ? names.includes(name) : all || definition.slow !== true));
  const skipped = names.length > 0 ? [] : cases.filter((each) => !chosen.includes(each)).map(({ name }) => name);
  if (skipped.length > 0) log(`left out, since they are slow (--all takes them): ${skipped.join(', ')}`);

  const results = new Map();
  const queue = [...chosen];
  const work = async () => {
    for (let one = queue.shift(); one !== undefined && !signal.aborted; one = queue.shift()) {
      const started = performance.now();
      let rows = [];
      let error;
      try {
        const made = one.load === undefined ? await runCase(one, { corpus, base, probe, signal }) : await one.load(path.join(base, 'work', one.name));
        rows = await judge({ name: one.name, silent: {}, knownWrong: {}, isWhole: false, withoutLines: false, ...made, grammarDir });
      } catch (caught) {
        error = caught instanceof Error ? caught.message : String(caught);
      }
      results.set(one.name, { rows, error, seconds: (performance.now() - started) / 1000 });
    }
  };
  await mkdir(path.join(base, 'work'));
  await Promise.all(Array.from({ length: Math.min(2, os.availableParallelism()) }, work));
  if (signal.aborted) throw new Error('interrupted');

  const perCase = chosen.map(({ name, definition }) => {
    const { rows, error, seconds } = results.get(name);
    return { case: name, title: definition.title, language: definition.language ?? 'javascript', recordedFrom: definition.recordedFrom ?? 'run', ...totalsOf(rows), seconds: Number(seconds.toFixed(1)), error };
  });
  const rows = chosen.flatMap(({ name }) => results.get(name).rows);
  const totals = totalsOf(rows);
  const languages = [...new Set(perCase.map(({ language }) => language))].map((language) => {
    const names = new Set(perCase.filter((each) => each.language === language).map((each) => each.case));
    return { language, ...totalsOf(rows.filter((row) => names.has(row.case))) };
  });
  const failed = perCase.filter((each) => each.error !== undefined || each.missing > 0 || each.right + each.inferredRight + each.silent + each.knownWrong === 0);
  const rightWithSite = rows.filter((row) => isOfSite(row) && (row.verdict === 'right' || row.verdict === 'inferredRight')).length;
  const rightShare = totals.withSite === 0 ? 0 : rightWithSite / totals.withSite;
  const isOk = failed.length === 0 && totals.wrong === 0 && totals.unexpectedlySilent === 0 && rightShare >= leastRightShare;
  return { ok: isOk, totals: { ...totals, rightShare }, languages, cases: perCase, skipped, rows };
}

/** Whether the span says a place, and there is one in the workspace. */
function isOfSite({ hasSite, expected }) {
  return hasSite && expected !== undefined;
}

function totalsOf(rows) {
  const count = (verdict) => rows.filter((row) => row.verdict === verdict).length;
  return {
    spans: rows.length,
    exceptions: rows.filter(({ kind }) => kind === 'exception').length,
    withSite: rows.filter(isOfSite).length,
    right: count('right'), inferredRight: count('inferredRight'), silent: count('silent'), wrong: count('wrong'), knownWrong: count('knownWrong'), missing: count('missing'),
    unexpectedlySilent: rows.filter(({ verdict, isExpected }) => verdict === 'silent' && isExpected !== true).length,
  };
}

async function readCases(corpus) {
  const folder = path.join(corpus, 'cases');
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => ({
    name,
    folder: path.join(folder, name),
    definition: JSON.parse(await readFile(path.join(folder, name, 'case.json'), 'utf8')),
  })));
}
