// Bundles every entry point into dist/. `--watch` rebuilds on change; `--tests` also bundles the suites that run inside VS Code,
// `--out=DIR` builds elsewhere than dist/.
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { licences } from './lib/licences.mjs';
import { probeBuilds } from './lib/probeBuilds.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const watch = process.argv.includes('--watch');
const withTests = process.argv.includes('--tests');
const production = process.argv.includes('--production');
const out = process.argv.find((argument) => argument.startsWith('--out='))?.slice('--out='.length);
const dist = out === undefined ? path.join(root, 'dist') : path.resolve(out);

/** @type {esbuild.BuildOptions} */
const shared = { absWorkingDir: root, bundle: true, sourcemap: !production, minify: production, legalComments: 'none', logLevel: 'warning', logOverride: { 'empty-import-meta': 'silent' } };
/** @type {esbuild.BuildOptions} */
const node = { ...shared, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'], mainFields: ['module', 'main'], outExtension: { '.js': '.cjs' }, outdir: dist };

/** These are copied, not bundled. */
const copied = ['source-map', '@vscode/tree-sitter-wasm'].map((name) => path.join(root, 'node_modules', name));
const listed = licences(path.join(dist, 'LICENSES.txt'), new Set(copied));

/**
 * A hub is there all day. What it loads late is a file of its own (the source of a bundle stays in memory), and what it never uses is left out: it opens no connection,
 * which `ws` and `protobufjs` load half of Node for, and reads 64-bit numbers itself (src/decode/fieldReader.ts).
 * @type {esbuild.Plugin}
 */
const small = {
  name: 'small',
  setup(build) {
    build.onResolve({ filter: /^@grpc\/grpc-js$/ }, () => ({ path: './grpc.cjs', external: true }));
    build.onResolve({ filter: /^(https|tls|long)$/ }, ({ path: name }) => ({ path: name, namespace: 'unused' }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const builds = [
  { ...node, entryPoints: { hub: 'src/hub/main.ts' }, plugins: [small, listed] },
  { ...node, entryPoints: { grpc: '@grpc/grpc-js' }, plugins: [listed] },
  { ...node, entryPoints: { extension: 'src/extension.ts', locateWorker: 'src/client/locateWorker.ts', traceFile: 'src/hub/traceFileWorker.ts' }, plugins: [listed] },
  { ...node, entryPoints: { cli: 'src/cli/main.ts' }, banner: { js: '#!/usr/bin/env node' }, plugins: [listed] },
  ...probeBuilds(node),
  { ...shared, platform: 'browser', format: 'iife', target: 'es2022', entryPoints: { 'webview/main': 'webview/main.ts' }, outdir: dist, loader: { '.ttf': 'file' }, plugins: [listed] },
  ...(withTests ? [{ ...node, entryPoints: { 'test/integration/index': 'test/integration/index.ts' }, external: ['vscode', 'mocha'] }] : []),
];

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await copyWasm();
await cp(path.join(root, 'src/probe/python'), path.join(dist, 'probe/python'), { recursive: true, filter: (file) => path.basename(file) !== '__pycache__' });
if (watch) {
  const contexts = await Promise.all(builds.map((options) => esbuild.context(options)));
  await Promise.all(contexts.map((context) => context.watch()));
  console.log('watching');
} else {
  await Promise.all(builds.map((options) => esbuild.build(options)));
}

// source-map reads mappings.wasm from the folder of the running file, so it must lie beside each bundle that holds it.
async function copyWasm() {
  const mappings = path.join(path.dirname(require.resolve('source-map')), 'lib', 'mappings.wasm');
  await cp(mappings, path.join(dist, 'mappings.wasm'));
  const grammars = path.join(path.dirname(require.resolve('@vscode/tree-sitter-wasm')));
  const wanted = ['javascript', 'typescript', 'tsx', 'python', 'java', 'go', 'c-sharp', 'php', 'ruby', 'rust'].map((name) => `tree-sitter-${name}.wasm`);
  await mkdir(path.join(dist, 'grammars'));
  for (const name of await readdir(grammars)) {
    if (name === 'tree-sitter.wasm' || wanted.includes(name)) await cp(path.join(grammars, name), path.join(dist, 'grammars', name));
  }
}
