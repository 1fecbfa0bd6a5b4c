import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';

const driver = fileURLToPath(new URL('driver.ts', import.meta.url));
const { NODE_TEST_CONTEXT: _test, NODE_OPTIONS: _options, ...environment } = process.env;
const driverArgs = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', driver];

type Mode = 'spans' | 'nothing' | 'open' | 'down';

interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
}

describe('runCommand', () => {
  let folder: string;
  let runs = 0;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'traceline-run-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = (mode: Mode, command: readonly string[], env: Readonly<Record<string, string>> = {}): { child: ChildProcess; log: string } => {
    const log = path.join(folder, `log${runs++}`);
    writeFileSync(log, '');
    // A session of its own: without the terminal that may run these tests.
    const child = spawn(process.execPath, [...driverArgs, log, mode, ...command], { env: { ...environment, ...env }, detached: true, stdio: 'pipe' });
    return { child, log };
  };

  const run = async (mode: Mode, command: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') => {
    const { child, log } = start(mode, command, env);
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (data) => (stdout += String(data)));
    child.stderr?.on('data', (data) => (stderr += String(data)));
    child.stdin?.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    const calls = readFileSync(log, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Call);
    return { code, stdout, stderr, calls };
  };

  const node = (program: string): string[] => [process.execPath, '-e', program];

  it('gives the program our streams, its arguments as they are, and its exit code back', async () => {
    const program = `process.stdin.on('data', (d) => process.stdout.write('read ' + d)).on('end', () => { console.error('err', process.argv.slice(1)); process.exit(7); })`;
    const { code, stdout, stderr } = await run('spans', [...node(program), 'a b', '$HOME', '"'], {}, 'line');
    assert.equal(code, 7);
    assert.equal(stdout, 'read line');
    assert.match(stderr, /^err \[ 'a b', '\$HOME', '"' \]\n/);
  });

  it('injects the environment beside the person\'s own, and makes one capture', async () => {
    const program = `console.log(JSON.stringify([process.env.MINE, process.env.OTEL_EXPORTER_OTLP_ENDPOINT, process.env.OTEL_RESOURCE_ATTRIBUTES, process.env.NODE_OPTIONS]))`;
    const { stdout, calls } = await run('spans', node(program), { MINE: '1', OTEL_RESOURCE_ATTRIBUTES: 'a=b' });
    const [mine, endpoint, attributes, options] = JSON.parse(stdout) as string[];
    const started = calls.find((call) => call.method === 'startCapture')?.params;
    assert.deepEqual([mine, endpoint], ['1', 'http://127.0.0.1:9']);
    assert.equal(attributes, `a=b,traceline.capture=${String(started?.captureId)}`);
    assert.equal(options, '--require "/dev/null"');
    assert.equal(started?.kind, 'run');
    assert.match(String(started?.name), /-e /);
    assert.deepEqual(calls.filter((call) => call.method === 'endCapture').map((call) => call.params), [{ captureId: started?.captureId }]);
  });

  it('tells on standard error what came: the slowest operation first, nothing in it obeyed by a terminal', async () => {
    const { stdout, stderr, calls } = await run('spans', node(''));
    assert.equal(stdout, '');
    const lines = stderr.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^traceline: 3 spans, 1 error · shop · /);
    assert.match(lines[1] ?? '', /^ {2}9 ms p50 +9 ms p95 +1 span +1 error +GET \/\\u001b\[31mslow \(server, shop\)$/);
    assert.match(lines[2] ?? '', /^ {2}1 ms p50 +2 ms p95 +2 spans +GET \/a \(server, shop\)$/);
    assert.equal(lines.length, 3);
    assert.deepEqual(calls.find((call) => call.method === 'latencies')?.params, { groups: [[1, 3], [2]] });
  });

  it('tells why nothing came, and what to do', async () => {
    const { code, stderr } = await run('nothing', node(''), { OTEL_SDK_DISABLED: 'true' });
    assert.equal(code, 0);
    assert.match(stderr, /^traceline: no spans came from /);
    assert.match(stderr, /OTEL_SDK_DISABLED is true.*Unset it/);
    assert.doesNotMatch(stderr, /no OpenTelemetry SDK/);
    assert.match((await run('nothing', node(''))).stderr, /It did nothing that is traced .*or ended too soon\.\n {2}Where it sets up an SDK/);
    assert.match((await run('nothing', ['sh', '-c', 'true'])).stderr, /It has no OpenTelemetry SDK.*\n {2}Let the SDK/);
    assert.match((await run('nothing', ['sh', '-c', 'true # python3 app.py'])).stderr, /opentelemetry-distro/);
  });

  it('tells of spans that never ended where nothing else came', async () => {
    assert.match((await run('open', node(''))).stderr, /^traceline: 2 spans of .* never ended, and nothing else came\.\n$/);
  });

  it('runs the program as it is where there is no hub', async () => {
    const { code, stdout, stderr, calls } = await run('down', node(`console.log(Object.keys(process.env).some((name) => name.startsWith('OTEL_')), process.env.NODE_OPTIONS); process.exit(4)`));
    assert.deepEqual([code, stdout, calls], [4, 'false undefined\n', []]);
    assert.match(stderr, /^traceline: the program runs without tracing, since there is no hub: the folder is held by another\n$/);
  });

  it('answers as a shell where the program does not run or dies of a signal', async () => {
    const missing = await run('nothing', ['no-such-program-anywhere']);
    assert.equal(missing.code, 127);
    assert.match(missing.stderr, /no-such-program-anywhere: there is no such program/);
    assert.equal(missing.calls.at(-1)?.method, 'deleteCapture');
    const plain = path.join(folder, 'plain.txt');
    writeFileSync(plain, 'text');
    chmodSync(plain, 0o644);
    const refused = await run('nothing', [plain]);
    assert.equal(refused.code, 126);
    assert.match(refused.stderr, /cannot be run/);
    assert.equal((await run('nothing', node(`process.kill(process.pid, 'SIGKILL')`))).code, 137);
    assert.equal((await run('nothing', node(`process.abort()`))).code, 134);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
    it(`hands ${signal} on, once, and waits for the program`, async () => {
      const program = `let n = 0; process.on('${signal}', () => { n++; console.log('got'); setTimeout(() => process.exit(40 + n), 300); }); setInterval(() => {}, 1000); console.log('ready')`;
      const { child } = start('nothing', node(program));
      let stdout = '';
      child.stdout?.on('data', (data) => {
        if (stdout === '') child.kill(signal);
        stdout += String(data);
      });
      const [code] = (await once(child, 'close')) as [number | null];
      assert.deepEqual([code, stdout], [41, 'ready\ngot\n']);
    });
  }

  it('reports a program that dies of the signal it was handed', async () => {
    const { child } = start('nothing', node(`setInterval(() => {}, 1000); console.log('ready')`));
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 143);
  });

  const noTerminal = process.platform !== 'linux' || spawnSync('script', ['--version']).status !== 0;
  it('does not hand on the Ctrl-C of a terminal, which the program has had already', { skip: noTerminal && 'there is no `script` here to make a terminal' }, async () => {
    const log = path.join(folder, 'terminal');
    writeFileSync(log, '');
    const program = path.join(folder, 'terminal.cjs');
    writeFileSync(program, `let n = 0; process.on('SIGINT', () => { n++; setTimeout(() => process.exit(40 + n), 300); }); setInterval(() => {}, 1000); console.log('ready')`);
    const words = [process.execPath, ...driverArgs, log, 'nothing', process.execPath, program].map((word) => `'${word}'`).join(' ');
    // exec: a shell that stays as parent (dash) gets the Ctrl-C too and dies of it once its child is through.
    const child = spawn('script', ['-qec', `exec ${words}`, '/dev/null'], { env: { ...environment, SHELL: '/bin/sh' }, stdio: ['pipe', 'pipe', 'inherit'] });
    let pressed = false;
    child.stdout.on('data', (data) => {
      if (pressed || !String(data).includes('ready')) return;
      pressed = true;
      child.stdin.write('\u0003');
    });
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 41);
  });
});
