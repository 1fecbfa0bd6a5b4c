import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import esbuild from 'esbuild';
import { moduleSource, siteWithAnswer, spanCalls } from './sources.mjs';

const methods = 12;

/** Bundles generated sources until the bundle's map has `leastBytes`, and gives a site from the middle of it. */
export async function buildBigMap(workspace, leastBytes) {
  const src = path.join(workspace, 'src');
  const outFile = path.join(workspace, 'dist', 'server.js');
  await mkdir(src, { recursive: true });
  let mapBytes = 0;
  let modules = 0;
  for (let target = 200; mapBytes < leastBytes; target = Math.ceil((modules * 1.01 * leastBytes) / mapBytes)) {
    while (modules < target) {
      await writeFile(path.join(src, `module${modules}.ts`), moduleSource(modules, methods));
      modules++;
    }
    await writeFile(path.join(src, 'main.ts'), Array.from({ length: modules }, (_, i) => `export * from './module${i}';\n`).join(''));
    await esbuild.build({ absWorkingDir: workspace, entryPoints: ['src/main.ts'], outfile: outFile, bundle: true, platform: 'node', format: 'cjs', sourcemap: true, logLevel: 'error' });
    mapBytes = (await stat(`${outFile}.map`)).size;
  }
  const middle = modules >> 1;
  const operation = `module${middle}.change${methods >> 1}`;
  const file = path.join(src, `module${middle}.ts`);
  const call = spanCalls(await readFile(outFile, 'utf8')).get(operation);
  const source = spanCalls(await readFile(file, 'utf8')).get(operation);
  const { mappings } = JSON.parse(await readFile(`${outFile}.map`, 'utf8'));
  return {
    workspace, mapFile: `${outFile}.map`, mapBytes, mappingsBytes: mappings.length, segments: mappings.split(/[,;]+/).length, modules,
    ...siteWithAnswer({ file, outFile, operation, call, source }),
  };
}
