// Scripts that import our TypeScript as it is.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/**
 * Where this Node does not run TypeScript, the whole script is run by the package `node`, which does, and the process ends with its exit code.
 * @param {string} script its `import.meta.url`
 */
export function runWithTypeScript(script) {
  if (process.features.typescript === undefined || process.features.typescript === false) {
    const { status } = spawnSync(path.join(root, 'node_modules', '.bin', 'node'), [fileURLToPath(script), ...process.argv.slice(2)], { stdio: 'inherit' });
    process.exit(status ?? 1);
  }
  // That it is TypeScript, and without `"type": "module"`.
  process.removeAllListeners('warning');
}
