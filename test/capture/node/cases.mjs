import { execFileSync } from 'node:child_process';
import path from 'node:path';

const programs = path.join(import.meta.dirname, 'programs');

/** Takes out what differs from one run to the next, or from one Node to the other, by itself. */
const withoutPid = (text) => text.replaceAll(/\(node:\d+\)/g, '(node:PID)').replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT');

/** The Node that all programs run on; the others only where `--all` is asked for, but for a few. */
const main = 24;
const alsoByDefault = { 18: ['http', 'express-esm', 'child', 'SIGTERM-default'], 20: ['express', 'own-sdk-2', 'ends-by-throw'], 22: ['hono-esm', 'tsx'] };

/** Without us their exporters may find no receiver, for which they wait ten seconds. */
const impatient = { OTEL_EXPORTER_OTLP_TIMEOUT: '1000' };

/** The programs, what starts them, and the Nodes they run on. */
const table = [
  { name: 'http', run: ['node', 'main.cjs'], on: [18, 20, 22, 24] },
  { name: 'express', run: ['node', 'main.cjs'], on: [18, 20, 22, 24] },
  { name: 'express4', run: ['node', 'main.cjs'], on: [24] },
  { name: 'express-esm', run: ['node', 'main.mjs'], on: [18, 20, 22, 24] },
  { name: 'koa', run: ['node', 'main.cjs'], on: [18, 24] },
  { name: 'fastify', run: ['node', 'main.cjs'], on: [20, 24] },
  { name: 'hono-esm', run: ['node', 'main.mjs'], on: [22, 24] },
  { name: 'hono-cjs', run: ['node', 'main.cjs'], on: [24] },
  { name: 'nest', run: ['tsx', 'main.ts'], on: [20, 24] },
  { name: 'fetch', run: ['node', 'main.mjs'], on: [20, 22, 24] },
  { name: 'pg', run: ['node', 'main.mjs'], on: [20, 24] },
  { name: 'redis', run: ['node', 'main.cjs'], on: [20, 24] },
  { name: 'mysql', run: ['node', 'main.cjs'], on: [20, 24] },
  { name: 'mongo', run: ['node', 'main.cjs'], on: [22, 24] },
  { name: 'memcached', run: ['node', 'main.cjs'], on: [24] },
  { name: 'handlers', run: ['node', 'main.cjs'], on: [20, 24] },
  { name: 'graphql', run: ['node', 'main.mjs'], on: [20, 22, 24] },
  { name: 'graphql-cjs', run: ['node', 'main.cjs'], on: [24] },
  { name: 'grpc', run: ['node', 'main.cjs'], on: [20, 24] },
  { name: 'worker', run: ['node', 'main.mjs'], on: [18, 22, 24] },
  { name: 'child', run: ['node', 'main.cjs'], on: [18, 24] },
  { name: 'cluster', run: ['node', 'main.cjs'], on: [18, 24] },
  { name: 'npm-script', run: ['npm', 'start', '--silent'], on: [20, 24] },
  { name: 'pnpm-script', folder: 'npm-script', run: ['pnpm', '--silent', 'start'], on: [20, 24] },
  { name: 'yarn-script', folder: 'npm-script', run: ['yarn', '--silent', 'start'], on: [20, 24] },
  { name: 'watch', run: ['node', '--watch', '--watch-preserve-output', 'main.cjs'], signal: 'SIGINT', plain: withoutPid, on: [20, 24] },
  { name: 'watch-ts', run: ['tsx', 'watch', '--clear-screen=false', 'main.ts'], signal: 'SIGTERM', on: [20, 24] },
  { name: 'tsx', run: ['tsx', 'main.ts'], on: [18, 20, 22, 24] },
  { name: 'tsx-esm', run: ['tsx', 'main.mts'], on: [20, 24] },
  { name: 'ts-node', run: ['ts-node', 'main.ts'], on: [18, 20, 24] },
  { name: 'strip', run: ['node', 'main.mts'], on: [24] },
  { name: 'api-only', run: ['node', 'main.cjs'], on: [18, 24] },
  { name: 'own-sdk-2', run: ['node', 'main.cjs'], env: impatient, on: [20, 24] },
  { name: 'own-sdk-express', run: ['node', 'main.cjs'], env: impatient, on: [20, 24] },
  { name: 'own-sdk-1', run: ['node', 'main.cjs'], on: [24] },
  { name: 'late-sdk', run: ['node', 'main.cjs'], on: [18, 24] },
  { name: 'dd-trace', run: ['node', 'main.cjs'], on: [24] },
  ...['SIGINT', 'SIGTERM'].flatMap((signal) => [
    { name: `${signal}-default`, folder: 'signals', run: ['node', 'main.cjs', 'default'], signal, on: [18, 24] },
    { name: `${signal}-handled`, folder: 'signals', run: ['node', 'main.cjs', 'handled'], signal, on: [18, 24] },
  ]),
  ...['throw', 'reject', 'exit', 'code', 'load', 'missing', 'beforeExit', 'warn'].map((how) => ({ name: `ends-by-${how}`, folder: 'errors', run: ['node', 'main.cjs', how], plain: withoutPid, on: [20, 24] })),
];

/** @param {{ root: string, modules: string, all: boolean }} options */
export function cases({ root, modules, all: isAll }) {
  const nodes = { 18: path.join(modules, 'node18', 'bin', 'node'), 20: path.join(modules, 'node20', 'bin', 'node'), 22: path.join(modules, 'node22', 'bin', 'node'), 24: path.join(root, 'node_modules', 'node', 'bin', 'node') };
  const works = Object.fromEntries(Object.entries(nodes).map(([version, file]) => [version, runs(file)]));
  const all = table.flatMap(({ on, folder, name, ...one }) => on.filter((version) => isAll || version === main || alsoByDefault[version].includes(name)).map((version) => ({ ...one, name, folder: path.join(programs, folder ?? name), node: nodes[version], version: `node${version}` })));
  return {
    cases: all.filter(({ version }) => works[version.slice(4)] === undefined),
    skipped: Object.entries(works).flatMap(([version, reason]) => (reason === undefined ? [] : [{ name: `every case on Node ${version}`, reason }])),
  };
}

/** Why a Node does not run here; undefined where it does. */
function runs(file) {
  try {
    execFileSync(file, ['--version'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
