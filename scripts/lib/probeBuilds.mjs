// How the probe is bundled: what is preloaded, the bundled SDK beside it, and each instrumentation in a file of its own, which is loaded when the
// program loads what it instruments.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

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
 * Writes what the licences of bundled packages ask for beside them: who they are of, and the text, with a NOTICE where a package has one.
 * @param {string} file
 * @param {Set<string>} packages their folders, added to by each bundle
 */
function licences(file, packages) {
  return {
    name: 'licences',
    setup(build) {
      build.initialOptions.metafile = true;
      build.onEnd(({ metafile }) => {
        for (const input of Object.keys(metafile?.inputs ?? {})) {
          const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
          if (folder !== undefined) packages.add(path.resolve(root, folder));
        }
        const byText = new Map();
        for (const folder of [...packages].sort()) {
          const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
          const files = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isFile() && /^(?:licen[cs]e|notice|copying)/i.test(each.name));
          const texts = files.map((each) => readFileSync(path.join(folder, each.name), 'utf8').trim());
          if (texts.length === 0) throw new Error(`${name} comes without its licence`);
          const text = texts.join('\n\n');
          byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
        }
        const parts = [...byText].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
        if (existsSync(path.dirname(file))) writeFileSync(file, `The files of this folder hold the following packages, bundled and minified.\n\n${parts.join(`\n${'='.repeat(80)}\n\n`)}`);
      });
    },
  };
}

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
