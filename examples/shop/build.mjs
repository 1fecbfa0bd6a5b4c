// Makes the shop ready to run, doing only what is missing: packages, orders (tsc), inventory (esbuild). payments runs as it is.
import { execSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));

if (isOlder('node_modules/.package-lock.json', ['package-lock.json'])) run('npm ci --no-audit --no-fund');

if (isOlder('orders/dist/server.js', ['orders/src', 'orders/tsconfig.json', 'package-lock.json'])) run('npx tsc -p orders');

if (isOlder('inventory/dist/server.js', ['inventory/src', 'inventory/tsconfig.json', 'package-lock.json'])) {
  run('npx tsc -p inventory');
  run('npx esbuild inventory/src/server.ts --bundle --minify --sourcemap --platform=node --target=node20 --outfile=inventory/dist/server.js --log-level=warning');
}

function run(command) {
  console.log(`> ${command}`);
  execSync(command, { stdio: 'inherit' });
}

function isOlder(output, sources) {
  if (!existsSync(output)) return true;
  const builtAt = statSync(output).mtimeMs;
  return sources.some((source) => newestIn(source) > builtAt);
}

function newestIn(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(...readdirSync(path).map((name) => newestIn(`${path}/${name}`)));
}
