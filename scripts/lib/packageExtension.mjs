// The packed extension: built for production, packed, and its contents compared with what must and must not be in them.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX, listFiles } from '@vscode/vsce';
import { run } from './run.mjs';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** What the extension does not run, or is not accepted, without. */
const needed = [
  ...['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'media/icon.png', 'media/icon.svg', 'media/traceline.svg'],
  ...['dist/extension.cjs', 'dist/hub.cjs', 'dist/grpc.cjs', 'dist/locateWorker.cjs', 'dist/traceFile.cjs', 'dist/cli.cjs', 'dist/probe/node.cjs', 'dist/webview/main.js', 'dist/LICENSES.txt'],
  ...['dist/probe/bundled/sdk.cjs', 'dist/probe/bundled/conventions.cjs', 'dist/probe/bundled/http.cjs', 'dist/probe/bundled/express.cjs', 'dist/probe/bundled/LICENSES.txt'],
  ...['dist/mappings.wasm', 'dist/grammars/tree-sitter.wasm', 'dist/grammars/tree-sitter-typescript.wasm', 'dist/grammars/tree-sitter-javascript.wasm'],
];
const unwanted = /\.map$|\.ts$|^dist\/test\/|^(src|test|scripts|webview|examples|docs|node_modules|\.ci|\.vscode)\//;

/**
 * Packs the extension into `file` and resolves with the paths inside. Works on a copy, so dist/ stays as it is;
 * the manifest in it holds nothing that only a checkout needs.
 * Rejects where a needed file is missing or an unwanted one is in.
 * @param {string} file
 * @returns {Promise<string[]>}
 */
export async function packageExtension(file) {
  const copy = await mkdtemp(path.join(os.tmpdir(), 'traceline-package-'));
  try {
    await run('node', [path.join(root, 'scripts', 'build.mjs'), '--production', `--out=${path.join(copy, 'dist')}`], { cwd: root });
    const { files: _npm, scripts: _scripts, devDependencies: _dev, allowScripts: _allow, ...manifest } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
    await writeFile(path.join(copy, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
    for (const name of ['.vscodeignore', 'README.md', 'CHANGELOG.md', 'LICENSE', 'media']) {
      await cp(path.join(root, name), path.join(copy, name), { recursive: true });
    }
    const files = await listFiles({ cwd: copy, dependencies: false });
    const missing = needed.filter((name) => !files.includes(name));
    if (missing.length > 0) throw new Error(`missing in the package: ${missing.join(', ')}`);
    const extra = files.filter((name) => unwanted.test(name));
    if (extra.length > 0) throw new Error(`not to be packed: ${extra.join(', ')}`);
    // The marketplace shows a README's pictures from the repository; where none is named yet, the links stay as they are written.
    const rewriteRelativeLinks = manifest.repository !== undefined;
    await createVSIX({ cwd: copy, dependencies: false, packagePath: file, allowMissingRepository: true, rewriteRelativeLinks });
    return files;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
