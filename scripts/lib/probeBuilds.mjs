// How the probe is bundled: what is preloaded, the bundled SDK beside it, and each instrumentation in a file of its own, which is loaded when the
// program loads what it instruments.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { licences } from './licences.mjs';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Packages of which there is one copy for all: those that must be one are in the SDK's file, under the name it exports them by. */
const shared = new Map([
  ['@opentelemetry/api', "require('./sdk.cjs').shared.api"],
  ['@opentelemetry/core', "require('./sdk.cjs').shared.core"],
  ['@opentelemetry/instrumentation', "require('./sdk.cjs').shared.instrumentation"],
  ['@opentelemetry/semantic-conventions', "require('./conventions.cjs')"],
]);

/** Our copy of the API keeps what is registered to itself, and sees modules through the probe. */
const ours = {
  name: 'ours',
  setup(build) {
    build.onLoad({ filter: /[\\/]@opentelemetry[\\/]api[\\/]build[\\/].*[\\/]internal[\\/]global-utils\.js$/ }, () => ({
      contents: `export * from ${JSON.stringify(path.join(root, 'src/probe/bundled/privateGlobals.ts'))};`,
      resolveDir: root,
    }));
    build.onResolve({ filter: /^(?:require|import)-in-the-middle$/ }, () => ({ path: path.join(root, 'src/probe/bundled/moduleHookStubs.ts') }));
  },
};

const fromSdk = {
  name: 'from-sdk',
  setup(build) {
    build.onResolve({ filter: /^@opentelemetry\// }, ({ path: name }) => (shared.has(name) ? { path: name, namespace: 'from-sdk' } : undefined));
    build.onLoad({ filter: /.*/, namespace: 'from-sdk' }, ({ path: name }) => ({ contents: `module.exports = ${shared.get(name)};` }));
  },
};

/**
 * @param {import('esbuild').BuildOptions} node what all bundles for Node have in common
 * @returns {import('esbuild').BuildOptions[]}
 */
export function probeBuilds(node) {
  const instrumentations = JSON.parse(readFileSync(path.join(root, 'src/probe/instrumentations.json'), 'utf8'));
  // Whatever Node the person's program runs on; they are not ours to debug in there.
  const common = { ...node, target: 'node18', sourcemap: false };
  const packages = new Set();
  const listed = licences(path.join(node.outdir, 'probe', 'bundled', 'LICENSES.txt'), packages);
  const bundled = (name) => path.join(node.outdir, 'probe', 'bundled', `${name}.cjs`);
  return [
    { ...common, entryPoints: { 'probe/node': 'src/probe/node.ts' } },
    { ...common, entryPoints: { 'probe/bundled/sdk': 'src/probe/bundled/sdk.ts' }, plugins: [ours, listed], minify: true, keepNames: true },
    { ...common, stdin: { contents: "export * from '@opentelemetry/semantic-conventions';", resolveDir: root }, outfile: bundled('conventions'), outdir: undefined, plugins: [listed], minify: true },
    ...instrumentations.map(({ chunk, package: name, class: type }) => ({
      ...common,
      stdin: { contents: `export { ${type} } from ${JSON.stringify(name)};`, resolveDir: root },
      outfile: bundled(chunk),
      outdir: undefined,
      external: ['./sdk.cjs', './conventions.cjs'],
      plugins: [fromSdk, listed],
      minify: true,
      keepNames: true,
    })),
  ];
}
