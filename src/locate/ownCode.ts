/** Folders that hold other people's code, wherever they stand in a path. */
const foreignFolders = new Set([
  'node_modules', 'bower_components', 'jspm_packages', '.pnpm', '.yarn', '.pnp.cjs', '.pnp.loader.mjs',
  'site-packages', 'dist-packages', '.cargo', '.rustup',
]);

/** Beginnings of names that are a runtime's own, as stack frames have them. */
const runtimePrefixes: readonly (readonly [prefix: string, what: string])[] = [
  ['node:', 'Node itself'],
  ['ext:', 'Deno itself'],
  ['bun:', 'Bun itself'],
  ['wasm:', 'WebAssembly'],
  ['evalmachine.', 'evaluated text'],
  ['electron/js2c/', 'Electron itself'],
  ['\0', "a bundler's virtual module"],
];

/** Beginnings of what follows `scheme://namespace/` where a bundler's own modules have no real path; the program's begin with `./` there. */
const bundlerPrefixes: readonly (readonly [prefix: string, what: string])[] = [
  ['webpack/', "webpack's own code"],
  ['(webpack)', "webpack's own code"],
  ['external ', 'an external module'],
];

/**
 * Why a path is not the program's own code, or undefined where it may be. Takes a raw path of a stack frame as well as a
 * source's name in a source map (`webpack://app/./node_modules/x.js`, `../node_modules/x.js`).
 */
export function foreignReason(path: string): string | undefined {
  const segments = path.split(/[\\/]/);
  const folder = segments.find((segment) => foreignFolders.has(segment));
  if (folder !== undefined) return `it lies in ${folder}`;
  if (path.startsWith('<') || path.startsWith('[native')) return 'it is no file';
  const runtime = runtimePrefixes.find(([prefix]) => path.startsWith(prefix));
  if (runtime !== undefined) return `it is ${runtime[1]}`;
  const inner = /^[a-z][a-z0-9+.-]+:\/\/[^/]*\/(.*)$/is.exec(path)?.[1] ?? path;
  const bundler = bundlerPrefixes.find(([prefix]) => inner.startsWith(prefix) && (inner !== path || prefix !== 'webpack/'));
  if (bundler !== undefined) return `it is ${bundler[1]}`;
  if (segments.slice(-3).join('/') === 'dist/probe/node.cjs') return "it is Traceline's probe";
  return undefined;
}
