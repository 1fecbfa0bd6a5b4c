import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeTraces as decodeJson } from '../../../src/decode/otlpJson.ts';
import { decodeTraces as decodeProtobuf } from '../../../src/decode/otlpProtobuf.ts';
import { readExpectations } from './expectations.mjs';
import { linkPackages } from './linkPackages.mjs';
import { startReceiver } from './receiver.mjs';

const stepTimeoutMs = 180_000;

/**
 * Lays a case out in a workspace of its own, builds it, runs it, and takes its spans.
 * @param {{ name: string, folder: string, definition: any }} one
 * @param {{ corpus: string, base: string, probe: string, signal: AbortSignal }} place `base/node_modules` has the tools
 * @returns {Promise<{ workspace: string, rules: any[], expected: import('./expectations.mjs').Expectations, silent: Record<string, string>, knownWrong: Record<string, string>, spans: import('../../../src/model/span.ts').Span[] }>}
 * @throws Error with the end of what was printed, where a step fails
 */
export async function runCase({ name, folder, definition }, { corpus, base, probe, signal }) {
  const home = path.join(base, 'work', name);
  const workspace = path.join(home, 'app');
  const elsewhere = path.join(base, 'elsewhere', name);
  if (definition.program !== undefined) await cp(path.join(corpus, 'programs', definition.program), workspace, { recursive: true });
  await cp(folder, workspace, { recursive: true, filter: (file) => path.basename(file) !== 'case.json' });
  if (definition.imports !== undefined) await extendImports(workspace, definition.imports);
  for (const [link, target] of Object.entries(definition.links ?? {})) {
    await mkdir(path.dirname(path.join(workspace, link)), { recursive: true });
    await symlink(target.replace('${modules}', path.join(base, 'node_modules')), path.join(workspace, link));
  }
  if (definition.packages !== undefined) await linkPackages(definition.packages, path.join(corpus, 'node_modules'), path.join(workspace, 'node_modules'));
  const expected = await readExpectations(workspace);

  const port = definition.requests === undefined ? 0 : await freePort();
  const values = { probe, workspace, elsewhere, port: String(port) };
  const fill = (text) => text.replace(/\$\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  const clean = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(?:OTEL_|NODE_|npm_|TRACELINE|FORCE_COLOR)/.test(key)));
  const tools = { ...clean, PATH: `${path.dirname(process.execPath)}${path.delimiter}${clean.PATH ?? ''}`, CI: '1', NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };

  for (const step of definition.build ?? []) {
    await runToEnd(commandOf(step.map(fill), base), { cwd: workspace, env: tools, signal });
  }
  let at = workspace;
  if (definition.elsewhere !== undefined) {
    for (const part of definition.elsewhere) await cp(path.join(workspace, part), path.join(elsewhere, part), { recursive: true });
    at = elsewhere;
  }
  const receiver = await startReceiver();
  try {
    const env = {
      ...tools,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_SERVICE_NAME: name,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      // The receiver is in this process, which is busy with other cases.
      OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
      PORT: String(port),
      NODE_OPTIONS: `--require ${JSON.stringify(probe)}`,
      ...Object.fromEntries(Object.entries(definition.env ?? {}).map(([key, value]) => [key, fill(value)])),
    };
    const command = commandOf(definition.run.map(fill), base);
    if (definition.requests === undefined) await runToEnd(command, { cwd: at, env, signal });
    else await serve(command, { cwd: at, env, signal }, port, definition.requests, () => receiver.bodies.length, expected);
    const spans = receiver.bodies.flatMap(({ type, bytes }) => (type.includes('json') ? decodeJson(bytes) : decodeProtobuf(bytes)).spans);
    return { workspace, rules: (definition.rules ?? []).map(({ remote, local }) => ({ remote: fill(remote), local: fill(local), from: 'setting' })), expected, silent: definition.silent ?? {}, knownWrong: definition.knownWrong ?? {}, spans };
  } finally {
    await receiver.close();
  }
}

/** `node …`, a program of its own (`bun`), or the script of a package (`vite/bin/vite.js`). */
function commandOf([first, ...rest], base) {
  if (first === 'node') return [process.execPath, ...rest];
  const modules = path.join(base, 'node_modules');
  return first.includes('/') ? [process.execPath, path.join(modules, first), ...rest] : [path.join(modules, '.bin', first), ...rest];
}

/** Gives the relative imports of the program the extension that its module system wants. */
async function extendImports(workspace, extension) {
  for (const entry of await readdir(path.join(workspace, 'src'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const file = path.join(entry.parentPath, entry.name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/((?:from|import\()\s*)(['"])(\.{1,2}\/[^'"]+)\2/g, (_, before, quote, name) => `${before}${quote}${name}${extension}${quote}`));
  }
}

function start(command, { cwd, env, signal }) {
  // A group of its own, so that nothing it starts is left behind.
  const child = spawn(command[0], command.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  const end = (how) => {
    try {
      process.kill(-child.pid, how);
    } catch {
      // It is gone.
    }
  };
  const abort = () => end('SIGKILL');
  signal.addEventListener('abort', abort);
  const closed = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, how) => {
      signal.removeEventListener('abort', abort);
      resolve(code ?? how);
    });
  });
  return { closed, end, output: () => Buffer.concat(chunks).toString() };
}

async function runToEnd(command, options) {
  const { closed, end, output } = start(command, options);
  const timer = setTimeout(() => end('SIGKILL'), stepTimeoutMs);
  const code = await closed.finally(() => clearTimeout(timer));
  if (options.signal.aborted) throw new Error('interrupted');
  if (code !== 0) throw new Error(`${path.basename(command[1] ?? command[0])} ended with ${code}:\n${output().split('\n').slice(-25).join('\n')}`);
}

/** Starts a server, asks it what is to be asked, waits for the spans, and ends it. */
async function serve(command, options, port, requests, bodies) {
  const { closed, end, output } = start(command, options);
  let gone = false;
  closed.then(() => (gone = true), () => (gone = true));
  try {
    for (const request of requests) {
      const deadline = Date.now() + stepTimeoutMs;
      for (;;) {
        if (gone || options.signal.aborted || Date.now() > deadline) throw new Error(`it does not answer ${request}:\n${output().split('\n').slice(-25).join('\n')}`);
        try {
          const response = await fetch(`http://127.0.0.1:${port}${request}`, { signal: AbortSignal.timeout(stepTimeoutMs) });
          const text = await response.text();
          if (response.status !== 200) throw new Error(`${request} answers ${response.status}: ${text.slice(0, 300)}`);
          break;
        } catch (error) {
          if (error?.cause?.code !== 'ECONNREFUSED') throw new Error(`${error.message}\n${output().split('\n').slice(-25).join('\n')}`);
          await sleep(100);
        }
      }
    }
    // The exporter sends at intervals; when nothing has come for a while all is there.
    for (let before = -1, quiet = 0; quiet < 5; quiet = before === bodies() && before > 0 ? quiet + 1 : 0, before = bodies()) await sleep(150);
  } finally {
    end('SIGTERM');
    const timer = setTimeout(() => end('SIGKILL'), 5000);
    await closed.catch(() => undefined);
    clearTimeout(timer);
    end('SIGKILL');
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
