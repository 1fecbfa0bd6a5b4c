import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import esbuild from 'esbuild';
import { moduleSource, siteWithAnswer, spanCalls } from './sources.mjs';

/** Builds a service of `fileCount` sources, each to a file and a map of its own, and gives `siteCount` distinct sites spread over them. */
export async function buildService(workspace, { fileCount, siteCount }) {
  await mkdir(path.join(workspace, 'src'), { recursive: true });
  const methods = Math.ceil(siteCount / fileCount);
  const names = Array.from({ length: fileCount }, (_, i) => `module${i}`);
  for (const [i, name] of names.entries()) await writeFile(path.join(workspace, 'src', `${name}.ts`), moduleSource(i, methods));
  await esbuild.build({ absWorkingDir: workspace, entryPoints: names.map((name) => `src/${name}.ts`), outdir: 'dist', platform: 'node', format: 'cjs', sourcemap: true, logLevel: 'error' });
  const perFile = [];
  let sourceBytes = 0;
  for (const name of names) {
    const file = path.join(workspace, 'src', `${name}.ts`);
    const outFile = path.join(workspace, 'dist', `${name}.js`);
    const text = await readFile(file, 'utf8');
    sourceBytes += text.length;
    const sources = spanCalls(text);
    const calls = [...spanCalls(await readFile(outFile, 'utf8'))];
    perFile.push(calls.map(([operation, call]) => siteWithAnswer({ file, outFile, operation, call, source: sources.get(operation) })));
  }
  // A service's spans come from its files by turns, and not file by file.
  const mixed = Array.from({ length: methods }, (_, i) => perFile.map((questions) => questions[i])).flat().slice(0, siteCount);
  return { workspace, sourceBytes, sites: mixed.map(({ site }) => site), answers: mixed.map(({ answer }) => answer) };
}
