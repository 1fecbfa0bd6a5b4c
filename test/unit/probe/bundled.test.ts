import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import esbuild, { type BuildOptions } from 'esbuild';
import { probeBuilds } from '../../../scripts/lib/probeBuilds.mjs';
import { decodeTraces } from '../../../src/decode/otlpProtobuf.ts';
import { FakeHub } from '../../support/fakeHub.ts';
import { type Outcome, ProgramFolder } from './program.ts';

const root = path.dirname(path.dirname(path.dirname(import.meta.dirname)));
/** Asks itself once over HTTP, and then does what `ending` says. */
const asksItself = (ending: string): string => `const http = require('node:http');
const server = http.createServer((request, response) => response.end('answered'));
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1' }, (response) => {
    response.setEncoding('utf8').on('data', (text) => console.log(text)).on('end', () => { ${ending} });
  });
});
`;

describe('the bundled SDK', () => {
  let folder: ProgramFolder;
  let preload: string;
  before(async () => {
    folder = await ProgramFolder.create();
    const outdir = path.join(folder.path, 'out');
    const common: BuildOptions = { absWorkingDir: root, bundle: true, platform: 'node', format: 'cjs', mainFields: ['module', 'main'], outExtension: { '.js': '.cjs' }, outdir, logLevel: 'error' };
    await Promise.all(probeBuilds(common).map((options) => esbuild.build(options)));
    preload = path.join(outdir, 'probe', 'node.cjs');
    await folder.write('package.json', '{ "name": "the-program" }');
  });
  after(() => folder.remove());

  const run = (file: string, endpoint: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
    folder.run([file], {
      probe: false,
      env: {
        NODE_OPTIONS: `--require "${preload.replace(/["\\]/g, '\\$&')}"`,
        OTEL_RESOURCE_ATTRIBUTES: 'traceline.capture=test',
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        ...env,
      },
    });

  for (const [ending, code] of [['process.exit(3);', 3], ['server.close();', 0], [`throw new Error('at the end');`, 1]] as const) {
    it(`sends what is left when the program ends by ${ending}`, async () => {
      const receiver = await FakeHub.start();
      try {
        const file = await folder.write('ends.cjs', asksItself(ending));
        const outcome = await run(file, receiver.url, { OTEL_BSP_SCHEDULE_DELAY: '60000' });
        assert.equal(outcome.stdout, 'answered\n');
        assert.equal(outcome.code, code);
        assert.deepEqual(await receiver.spans(2), ['GET 2', 'GET 3']);
        assert.deepEqual([...receiver.services], ['the-program']);
      } finally {
        receiver.close();
      }
    });
  }

  it('is not noticed where the hub is down, closes what it accepts, or never answers', async () => {
    const file = await folder.write('asks.cjs', asksItself(`let times = 0;
const again = setInterval(() => http.get({ port: server.address().port, host: '127.0.0.1' }, (inner) => inner.resume()).on('error', () => {}), 20);
setTimeout(() => { clearInterval(again); server.close(); process.exitCode = 4; console.log(process.listenerCount('beforeExit'), times); }, 600);`));
    const bare = await folder.run([file], { probe: false });
    let accepted = 0;
    const held = new Set<Socket>();
    const closing = createTcpServer((socket) => {
      accepted++;
      socket.destroy();
    });
    const silent = createTcpServer((socket) => held.add(socket.on('error', () => undefined)));
    const listen = (server: typeof closing): Promise<string> =>
      new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)));
    const endpoints = ['http://127.0.0.1:1', await listen(closing), await listen(silent)];
    try {
      for (const endpoint of endpoints) assert.deepEqual(await run(file, endpoint), bare, endpoint);
      assert.equal(bare.code, 4);
      // Spans and the probe's reports have a connection each.
      assert.ok(accepted >= 1 && accepted <= 2, `one try a second, however many spans: ${accepted}`);
      assert.ok(held.size >= 1 && held.size <= 2, `${held.size}`);
    } finally {
      for (const socket of held) socket.destroy();
      closing.close();
      silent.close();
    }
  });

  it('connects again, and loses nothing, where the hub closes the idle connection', async () => {
    const names: string[] = [];
    const server = createTcpServer((socket) => {
      // Answers one request of a connection and closes it with the second, unseen.
      let answered = false;
      let came = Buffer.alloc(0);
      socket.on('error', () => undefined).on('data', (data) => {
        if (answered) return void socket.destroy();
        came = Buffer.concat([came, data]);
        const bodyAt = came.indexOf('\r\n\r\n') + 4;
        const length = Number(/content-length: (\d+)/i.exec(came.toString('latin1'))?.[1] ?? Infinity);
        if (bodyAt < 4 || came.length < bodyAt + length) return;
        answered = true;
        if (came.includes('POST /v1/traces ')) for (const span of decodeTraces(came.subarray(bodyAt)).spans) names.push(span.name);
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const file = await folder.write('idle.cjs', asksItself(`let left = 3;
const again = () => {
  if (left-- === 0) return server.close();
  http.get({ port: server.address().port, host: '127.0.0.1' }, (inner) => inner.resume().on('end', () => setTimeout(again, 300)));
};
setTimeout(again, 300);`));
      await run(file, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, { OTEL_BSP_SCHEDULE_DELAY: '20' });
      assert.equal(names.length, 8);
    } finally {
      server.close();
    }
  });

  it('stays out without a capture, where the person sends spans elsewhere, and where the program traces itself', async () => {
    const receiver = await FakeHub.start();
    try {
      const plain = asksItself('server.close(); console.log(Object.keys(require.cache).filter((name) => name.includes("bundled")).length);');
      const file = await folder.write('out.cjs', plain);
      const own = await folder.write('own/program.cjs', plain);
      await folder.write('own/package.json', '{ "name": "own", "dependencies": { "dd-trace": "5" } }');
      const npm = await folder.write('npm/bin/npm-cli.js', plain);
      for (const [program, env] of [
        [file, { OTEL_RESOURCE_ATTRIBUTES: '' }],
        [file, { OTEL_SDK_DISABLED: 'true' }],
        [file, { OTEL_TRACES_EXPORTER: 'none' }],
        [file, { OTEL_CONFIG_FILE: 'otel.yaml' }],
        [file, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }],
        [file, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector.example:4318/v1/traces' }],
        [file, { TRACELINE_PROBE: 'off' }],
        [own, {}],
        [npm, {}],
      ] as const) {
        const outcome = await run(program, receiver.url, env);
        assert.equal(outcome.stdout, 'answered\n0\n', JSON.stringify([program, env]));
      }
      assert.deepEqual(receiver.names, []);
    } finally {
      receiver.close();
    }
  });

  it('knows the capture and the name of a program that empties its environment first', async () => {
    const receiver = await FakeHub.start();
    try {
      const file = await folder.write('empties.cjs', `for (const name of Object.keys(process.env)) delete process.env[name];\n${asksItself('server.close(); console.log(Object.keys(process.env).length);')}`);
      const outcome = await run(file, receiver.url, { OTEL_SERVICE_NAME: 'named' });
      assert.deepEqual([outcome.stdout, outcome.code], ['answered\n0\n', 0]);
      await receiver.spans(2);
      assert.deepEqual([[...receiver.services], [...receiver.captures]], [['named'], ['test']]);
    } finally {
      receiver.close();
    }
  });

  it('is not noticed where its files are gone, or throw', async () => {
    const text = asksItself(`fetch('http://127.0.0.1:' + server.address().port).then((answer) => answer.text()).then((text) => { console.log(text, require('tiny')); server.close(); server.closeAllConnections(); });`);
    const file = await folder.write('broken/program.cjs', text);
    await folder.write('broken/node_modules/express/index.js', 'module.exports = 1;');
    await folder.write('broken/node_modules/tiny/index.js', `module.exports = require('express') + 1;`);
    const bare = await folder.run([file], { probe: false });
    assert.equal(bare.stdout, 'answered\nanswered 2\n');
    const alone = await folder.write('alone/node.cjs', await readFile(preload, 'utf8'));
    const throwing = await folder.write('throwing/node.cjs', await readFile(preload, 'utf8'));
    await folder.write('throwing/bundled/sdk.cjs', `exports.startSdk = () => { throw new Error('no SDK today'); };`);
    for (const broken of [alone, throwing]) {
      assert.deepEqual(await run(file, 'http://127.0.0.1:1', { NODE_OPTIONS: `--require "${broken.replace(/["\\]/g, '\\$&')}"` }), bare, broken);
    }
  });

  it('leaves what programs share as it is', async () => {
    const receiver = await FakeHub.start();
    try {
      const file = await folder.write('shared.cjs', `const http = require('node:http');
const module_ = require('node:module');
const given = ['OTEL_RESOURCE_ATTRIBUTES', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
console.log(Object.keys(process.env).filter((name) => /TRACELINE(?!_TEST)|OTEL/.test(name) && !given.includes(name)));
console.log(Object.keys(globalThis), Object.getOwnPropertyNames(http).length, http.get.name, http.get.length, http.request.length, fetch.name, fetch.length);
console.log(require.cache === module_._cache, module_._resolveFilename.name, module_._load.name, module_.prototype.require.name);
console.log(process.listenerCount('exit'), process.listenerCount('SIGTERM'), process.listenerCount('warning'));
http.get('http://127.0.0.1:1').on('error', (error) => console.log(error.code, http.get.name, http.get.length, http.request.length));
`);
      assert.deepEqual(await run(file, receiver.url), await folder.run([file], { probe: false }));
    } finally {
      receiver.close();
    }
  });
});
