import assert from 'node:assert/strict';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import esbuild, { type BuildOptions } from 'esbuild';
import { probeBuilds } from '../../../scripts/lib/probeBuilds.mjs';
import { decodeProbeReport } from '../../../src/decode/probeReport.ts';
import { stringAttribute } from '../../../src/model/attributes.ts';
import { FakeHub } from '../../support/fakeHub.ts';
import { inMemory, type Outcome, ProgramFolder } from './program.ts';

const root = path.dirname(path.dirname(path.dirname(import.meta.dirname)));

describe('spans that have not ended, as the probe tells of them', () => {
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

  const run = (file: string, url: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
    folder.run(['--require', preload, file], {
      probe: false,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_RESOURCE_ATTRIBUTES: 'traceline.capture=c1', OTEL_TRACES_EXPORTER: 'otlp', ...env },
    });

  for (const sdk of ['1', '2'] as const) {
    it(`one that is slow is told once, where it was made and within what; and its end: SDK ${sdk}`, async () => {
      const hub = await FakeHub.start();
      const file = await folder.write(`slow${sdk}.cjs`, `${inMemory(sdk)}
function work() { return tracer.startSpan('slow', { kind: api.SpanKind.SERVER, attributes: { n: 5, list: ['a'] } }); }
const slow = work();
const inner = tracer.startSpan('inner', {}, api.trace.setSpan(api.context.active(), slow));
for (let i = 0; i < 100; i++) tracer.startSpan('quick').end();
setTimeout(() => { inner.end(); slow.end(); }, 900);
setTimeout(() => console.log('done'), 1300);
`);
      const outcome = await run(file, hub.url);
      hub.close();
      assert.deepEqual([outcome.code, outcome.stdout, outcome.stderr], [0, 'done\n', '']);
      assert.deepEqual([...hub.opened].sort(), ['inner', 'slow']);
      const spans = hub.reports.flatMap(({ open }) => open);
      const slow = spans.find(({ name }) => name === 'slow');
      const inner = spans.find(({ name }) => name === 'inner');
      assert.equal(inner?.parentSpanId, slow?.spanId);
      assert.deepEqual([slow?.kind, slow?.endUnixNano, stringAttribute(slow?.attributes ?? [], 'code.function.name')], [2, 0n, 'work']);
      assert.ok(slow !== undefined && Number(slow.startUnixNano / 1_000_000n) > Date.now() - 60_000);
      assert.deepEqual(hub.reports.flatMap(({ ended }) => ended.map(({ spanId }) => spanId)).sort(), spans.map(({ spanId }) => spanId).sort());
      assert.deepEqual(hub.reports.map(({ program }) => program).filter((program) => program !== undefined).map(({ captureId, sdk: who }) => [captureId, who]), [['c1', 'own']]);
    });
  }

  it('a request that hangs in a program without an SDK', async () => {
    const hub = await FakeHub.start();
    const file = await folder.write('hang.cjs', `const http = require('node:http');
const server = http.createServer(() => undefined).listen(0, '127.0.0.1', () => http.get({ port: server.address().port }).on('error', () => undefined));
setTimeout(() => process.exit(3), 1500);
`);
    const outcome = await run(file, hub.url);
    hub.close();
    assert.equal(outcome.code, 3);
    assert.deepEqual([...hub.opened].sort(), ['GET', 'GET']);
    const [span] = hub.reports.flatMap(({ open }) => open);
    assert.equal(stringAttribute(span?.resource.attributes ?? [], 'traceline.capture'), 'c1');
    assert.equal(stringAttribute(span?.resource.attributes ?? [], 'service.name'), 'the-program');
    assert.deepEqual(hub.reports.flatMap(({ program }) => (program === undefined ? [] : [[program.runtime, program.sdk]])), [['node', 'bundled']]);
  });

  it('a program that waits for nothing else ends, whatever is open, and whatever the hub does', async () => {
    const silentHub = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => silentHub.listen(0, '127.0.0.1', resolve));
    const file = await folder.write('open.cjs', `${inMemory('2')}
for (let i = 0; i < 5000; i++) tracer.startSpan('open ' + i);
setTimeout(() => console.log('done'), 300);
`);
    const outcome = await run(file, `http://127.0.0.1:${(silentHub.address() as AddressInfo).port}`);
    silentHub.close();
    assert.deepEqual([outcome.code, outcome.stdout, outcome.stderr], [0, 'done\n', '']);
  });

  it('a hub that is down is asked ever more seldom, one that is none but once', async () => {
    const file = await folder.write('long.cjs', `${inMemory('2')}
tracer.startSpan('hangs');
const timer = setInterval(() => tracer.startSpan('hangs too'), 100);
setTimeout(() => { clearInterval(timer); console.log('done'); }, 2600);
`);
    const other = await FakeHub.start(404);
    const outcome = await run(file, other.url);
    other.close();
    assert.equal(outcome.stdout, 'done\n');
    assert.equal(other.reports.length, 1);
    let connects = 0;
    const broken = createTcpServer((socket) => {
      connects++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    assert.equal((await run(file, `http://127.0.0.1:${(broken.address() as AddressInfo).port}`)).stdout, 'done\n');
    broken.close();
    assert.ok(connects >= 1 && connects <= 3, `${connects} connections in 2.6 s`);
  });

  it('nothing is sent where there is no capture, or the spans go elsewhere', async () => {
    const hub = await FakeHub.start();
    const file = await folder.write('none.cjs', `${inMemory('2')}
tracer.startSpan('hangs');
setTimeout(() => console.log(typeof globalThis[Symbol.for('traceline.openSpans')]), 1500);
`);
    const settings: readonly Readonly<Record<string, string>>[] = [{ OTEL_RESOURCE_ATTRIBUTES: '' }, { OTEL_TRACES_EXPORTER: 'console' }, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://192.0.2.1:4318' }];
    for (const env of settings) {
      assert.equal((await run(file, hub.url, env)).stdout, 'undefined\n', JSON.stringify(env));
    }
    hub.close();
    assert.equal(hub.reports.length, 0);
  });

  it('no span tells of it, where the program watches its own connections; no timer of its tests stops it', async () => {
    const hub = await FakeHub.start();
    const file = await folder.write('watched.cjs', `${inMemory('2')}
const net = require('node:net');
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...all) { console.log('connect'); return connect.apply(this, all); };
const { setTimeout } = globalThis;
globalThis.setTimeout = globalThis.setInterval = () => { console.log('timer'); };
tracer.startSpan('hangs');
setTimeout(() => console.log('done'), 600);
`);
    const outcome = await run(file, hub.url);
    hub.close();
    assert.deepEqual([outcome.stdout, outcome.stderr], ['done\n', '']);
    assert.deepEqual(hub.opened, ['hangs']);
  });

  it('a debugger gets those that are open at once, without those that are not', async () => {
    const hub = await FakeHub.start();
    const file = await folder.write('asked.cjs', `${inMemory('2')}
const open = tracer.startSpan('open');
tracer.startSpan('ended').end();
tracer.startActiveSpan('within', () => {
  console.log(globalThis[Symbol.for('traceline.openSpans')]?.());
});
`);
    const outcome = await run(file, hub.url);
    hub.close();
    const asked = decodeProbeReport(outcome.stdout.trim());
    assert.deepEqual(asked.open.map(({ name }) => name).sort(), ['open', 'within']);
  });

  it('spans that cannot be read, or whose end cannot be seen, are left out', async () => {
    const hub = await FakeHub.start();
    const file = await folder.write('odd.cjs', `${inMemory('2')}
const thrower = tracer.startSpan('throws');
Object.defineProperty(thrower, 'name', { get() { throw new Error('no'); } });
const plain = tracer.startSpan('plain');
setTimeout(() => {
  console.log(JSON.parse(globalThis[Symbol.for('traceline.openSpans')]()).resourceSpans.length);
}, 500);
`);
    const outcome = await run(file, hub.url);
    hub.close();
    assert.deepEqual([outcome.stdout, outcome.stderr], ['1\n', '']);
    assert.deepEqual(hub.opened, ['plain']);
  });
});
