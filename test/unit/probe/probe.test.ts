import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { inMemory, ProgramFolder, spansOf, type StampedSpan } from './program.ts';

/** 1-based line and column of a text within a program. */
function positionOf(program: string, text: string): { line: number; column: number } {
  const at = program.indexOf(text);
  assert.notEqual(at, -1, text);
  const before = program.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

describe('the Node probe', () => {
  let folder: ProgramFolder;
  before(async () => {
    folder = await ProgramFolder.create();
  });
  after(() => folder.remove());

  for (const sdk of ['1', '2'] as const) {
    it(`stamps the site of the call (CommonJS, SDK ${sdk})`, async () => {
      const program = `${inMemory(sdk)}
class Shop {
  order() {
    tracer.startActiveSpan('order', (span) => { this.pay(); span.end(); });
  }
  pay() {
    tracer.startSpan('pay', { attributes: { a: 1 } }).end();
  }
}
new Shop().order();
report();
`;
      const file = await folder.write(`shop${sdk}.cjs`, program);
      const [pay, order] = spansOf(await folder.run([file]));
      const at = positionOf(program, `startSpan('pay'`);
      assert.deepEqual(
        { ...pay?.attributes, 'code.stacktrace': undefined },
        { a: 1, 'code.file.path': file, 'code.line.number': at.line, 'code.column.number': at.column, 'code.function.name': 'Shop.pay', 'code.stacktrace': undefined },
      );
      const frames = String(pay?.attributes['code.stacktrace']).split('\n');
      assert.equal(frames[0], `    at Shop.pay (${file}:${at.line}:${at.column})`);
      assert.equal(order?.attributes['code.function.name'], 'Shop.order');
      assert.equal(order?.attributes['code.line.number'], positionOf(program, `startActiveSpan('order'`).line);
      assert.doesNotMatch(String(order?.attributes['code.stacktrace']), /node_modules|node:internal|probe\.cjs/);
    });

    it(`stamps in an ES module, with a path and not a URL (SDK ${sdk})`, async () => {
      const program = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
${inMemory(sdk)}
async function handler() {
  await null;
  await inner();
}
async function inner() {
  tracer.startSpan('inner').end();
}
await handler();
report();
`;
      const file = await folder.write(`app${sdk}.mjs`, program);
      const [inner] = spansOf(await folder.run([file]));
      assert.equal(inner?.attributes['code.file.path'], file);
      assert.equal(inner?.attributes['code.function.name'], 'inner');
      assert.equal(inner?.attributes['code.line.number'], positionOf(program, `startSpan('inner')`).line);
      const url = pathToFileURL(file).href;
      const frames = String(inner?.attributes['code.stacktrace']).split('\n');
      assert.ok(frames[0]?.startsWith(`    at inner (${url}:`), frames[0]);
      assert.ok(frames[1]?.startsWith(`    at handler (${url}:`), frames[1]);
    });
  }

  it('stamps with the SDK imported by name in an ES module, and with --enable-source-maps', async () => {
    const program = `import { trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
const early = trace.getTracer('early');
const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
function work() { early.startSpan('work').end(); }
work();
console.log('SPANS ' + JSON.stringify(exporter.getFinishedSpans().map((s) => ({ name: s.name, attributes: s.attributes }))));
`;
    const file = await folder.write('named.mjs', program);
    for (const flags of [[], ['--enable-source-maps']]) {
      const [work] = spansOf(await folder.run([...flags, file]));
      assert.equal(work?.attributes['code.file.path'], file);
      assert.equal(work?.attributes['code.line.number'], positionOf(program, `startSpan('work')`).line);
    }
  });

  it('stamps tracers that were taken before the provider was registered', async () => {
    const program = `const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
const provider = new NodeTracerProvider();
const tracer = provider.getTracer('direct');
provider.register();
console.log(tracer.startSpan('x').attributes['code.file.path']);
`;
    const file = await folder.write('direct.cjs', program);
    assert.equal((await folder.run([file])).stdout, `${file}\n`);
  });

  it('stamps where the SDK was set up by an earlier preload, and after trace.disable()', async () => {
    const setup = await folder.write('setup.cjs', `${inMemory('2')}
globalThis.again = () => { api.trace.disable(); new NodeTracerProvider().register(); return api.trace.getTracer('b'); };`);
    const program = await folder.write(
      'preloaded.cjs',
      `const api = require('@opentelemetry/api');
console.log(api.trace.getTracer('a').startSpan('x').attributes['code.line.number'], again().startSpan('y').attributes['code.line.number']);
`,
    );
    const options = [setup, folder.probe].map((file) => `--require "${file.replace(/["\\]/g, '\\$&')}"`).join(' ');
    assert.equal((await folder.run([program], { probe: false, env: { NODE_OPTIONS: options } })).stdout, '2 2\n');
  });

  it('stamps two copies of the SDK, worker threads and child processes', async () => {
    const program = `const { Worker, isMainThread, threadId } = require('node:worker_threads');
const { execFileSync } = require('node:child_process');
const two = require('@opentelemetry/sdk-trace-node');
const one = require('sdk-trace-node-1');
const api = require('@opentelemetry/api');
new two.NodeTracerProvider().register();
const first = api.trace.getTracer('x').startSpan('x');
api.trace.disable();
new one.NodeTracerProvider().register();
const second = api.trace.getTracer('x').startSpan('y');
const place = process.argv[2] ?? (isMainThread ? 'main' : 'worker');
console.log(place, first.attributes['code.line.number'], second.attributes['code.line.number'], first.constructor === second.constructor);
if (place === 'main') {
  new Worker(__filename).on('exit', () => process.stdout.write(execFileSync(process.execPath, [__filename, 'child'])));
}
`;
    const file = await folder.write('copies.cjs', program);
    assert.equal((await folder.run([file])).stdout, 'main 7 10 false\nworker 7 10 false\nchild 7 10 false\n');
  });

  it('sends several frames of a one-file bundle, where packages share the program\'s file', async () => {
    await folder.write('bundled.js', `${inMemory('2')}
function place() { tracer.startActiveSpan('place', (span) => span.end()); }
place();
report();
`);
    const file = await folder.bundle('bundled.js', 'out/bundled.cjs');
    const [place] = spansOf(await folder.run([file]));
    assert.equal(place?.attributes['code.file.path'], file);
    assert.ok(String(place?.attributes['code.stacktrace']).split('\n').length >= 3);
  });

  it('ends the stack with the outermost frame where the span speaks for a parent without a site', async () => {
    const library = `module.exports = (tracer, handler) => tracer.startActiveSpan('server', (span) => { handler(); span.end(); });`;
    await folder.write('packages/node_modules/server/index.js', library);
    const program = `${inMemory('2')}
const server = require('./packages/node_modules/server');
const down = (n, leaf) => (n === 0 ? leaf() : down(n - 1, leaf));
setImmediate(server, tracer, function handler() {
  down(40, () => tracer.startActiveSpan('deep', (span) => {
    down(40, () => tracer.startSpan('deeper').end());
    span.end();
  }));
});
setImmediate(report);
`;
    const file = await folder.write('deep.cjs', program);
    const spans = new Map(spansOf(await folder.run([file])).map((span) => [span.name, span.attributes]));
    assert.deepEqual(spans.get('server'), {});
    const deep = String(spans.get('deep')?.['code.stacktrace']).split('\n');
    assert.equal(deep.length, 17);
    assert.match(deep.at(-1) ?? '', /^ {4}at handler \(/);
    assert.equal(String(spans.get('deeper')?.['code.stacktrace']).split('\n').length, 16);
  });

  it('finds the program beneath a package that is many frames deep', async () => {
    await folder.write('packages/node_modules/orm/index.js', `const down = (n, leaf) => (n === 0 ? leaf() : down(n - 1, leaf));
module.exports = (leaf) => down(30, leaf);`);
    const program = `${inMemory('2')}
function query() { require('./packages/node_modules/orm')(tracer.startSpan.bind(tracer, 'SELECT')).end(); }
query();
report();
`;
    const file = await folder.write('orm.cjs', program);
    const [select] = spansOf(await folder.run([file]));
    assert.equal(select?.attributes['code.function.name'], 'query');
  });

  it('finds the same, however far it looked of late', async () => {
    await folder.write('packages/node_modules/deep/index.js', `const down = (n, leaf) => (n === 0 ? leaf() : down(n - 1, leaf));
const evaluated = new Function('leaf', 'return leaf();');
module.exports = { down: (n, leaf) => down(n, leaf), evaluated: (leaf) => evaluated(() => down(2, leaf)) };`);
    const program = `${inMemory('2')}
const { down, evaluated } = require('./packages/node_modules/deep');
const sites = { near: new Set(), far: new Set(), farther: new Set(), between: new Set() };
const start = (name) => tracer.startSpan.bind(tracer, name);
const keep = (span) => sites[span.name].add(JSON.stringify(span.attributes)) && span.end();
function near() { keep(down(4, start('near'))); }
function far() { keep(down(20, start('far'))); }
function farther() { keep(down(40, start('farther'))); }
function between() { keep(evaluated(start('between'))); }
const outer = (call) => call();
const order = [near, far, far, far, far, far, farther, near, between, far, farther, between, near, near, near, near, near, near, far, farther, between];
for (let i = 0; i < 20; i++) for (const call of order) outer(call);
console.log(JSON.stringify(Object.values(sites).map((all) => [...all].map((text) => JSON.parse(text)))));
`;
    const { stdout } = await folder.run([await folder.write('looks.cjs', program)]);
    const all = JSON.parse(stdout) as readonly (readonly StampedSpan['attributes'][])[];
    assert.deepEqual(all.map((sites) => sites.map((attributes) => attributes['code.function.name'])), [['near'], ['far'], ['farther'], ['between']]);
    for (const [site] of all) assert.match(String(site?.['code.stacktrace']), /\n {4}at outer /);
  });

  it('tells apart what is called at one place: by the receiver, by the name, by the caller', async () => {
    const program = `${inMemory('2')}
class Base { go() { tracer.startSpan('go').end(); } }
class One extends Base {}
class Two extends Base {}
const make = (name) => { const made = () => tracer.startSpan('made').end(); Object.defineProperty(made, 'name', { value: name }); return made; };
const [first, second] = [make('first'), make('second')];
function here() { new Two().go(); }
for (let i = 0; i < 2; i++) {
  new One().go();
  here();
  first();
  second();
}
report();
`;
    const spans = spansOf(await folder.run([await folder.write('receivers.cjs', program)]));
    const called = ['One.go', 'Two.go', 'first', 'second'];
    assert.deepEqual(spans.map(({ attributes }) => attributes['code.function.name']), [...called, ...called]);
    const stacks = spans.map(({ attributes }) => String(attributes['code.stacktrace']));
    assert.deepEqual(stacks.slice(4), stacks.slice(0, 4));
    assert.match(stacks[1] ?? '', /^ {4}at Two\.go .*\n {4}at here /);
    assert.doesNotMatch(stacks[0] ?? '', /at here/);
  });

  it('leaves alone a span that says its site, and one that is not recorded', async () => {
    const program = `const api = require('@opentelemetry/api');
const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
const { AlwaysOffSampler } = require('@opentelemetry/sdk-trace-base');
new NodeTracerProvider().register();
const tracer = api.trace.getTracer('x');
console.log(tracer.startSpan('x', { attributes: { 'code.file.path': '/theirs.js' } }).attributes, tracer.startSpan('x', { attributes: { 'code.filepath': 'old.js' } }).attributes);
api.trace.disable();
new NodeTracerProvider({ sampler: new AlwaysOffSampler() }).register();
console.log(api.trace.getTracer('x').startSpan('x').isRecording());
`;
    const file = await folder.write('theirs.cjs', program);
    assert.equal((await folder.run([file])).stdout, `{ 'code.file.path': '/theirs.js' } { 'code.filepath': 'old.js' }\nfalse\n`);
  });

  it('restores how the program formats its errors', async () => {
    const program = `${inMemory('2')}
const own = Object.hasOwn(Error, 'prepareStackTrace');
const before = Error.prepareStackTrace;
Error.stackTraceLimit = 3;
tracer.startSpan('a').end();
console.log(Error.stackTraceLimit, Object.hasOwn(Error, 'prepareStackTrace') === own, Error.prepareStackTrace === before);
const mine = (error, sites) => 'mine ' + sites.length;
Error.prepareStackTrace = mine;
Error.stackTraceLimit = 0;
tracer.startSpan('b').end();
console.log(Error.stackTraceLimit, Error.prepareStackTrace === mine, new Error('x').stack);
delete Error.prepareStackTrace;
tracer.startSpan('c').end();
console.log(Object.hasOwn(Error, 'prepareStackTrace'));
report();
`;
    const file = await folder.write('errors.cjs', program);
    const outcome = await folder.run([file]);
    assert.deepEqual(outcome.stdout.split('\n').slice(0, 3), ['3 true true', '0 true mine 0', 'false']);
    for (const span of spansOf(outcome)) assert.equal(span.attributes['code.file.path'], file, span.name);
  });

  it('lets the program\'s exceptions pass as they are, and keeps the shape of what it wraps', async () => {
    const program = `const api = require('@opentelemetry/api');
const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
const wrong = new Error('the sampler failed');
new NodeTracerProvider({ sampler: { shouldSample() { throw wrong; } } }).register();
const tracer = api.trace.getTracer('x');
try { tracer.startSpan('x'); } catch (error) { console.log(error === wrong); }
const provider = api.trace.getTracerProvider().getDelegate();
console.log(tracer.startSpan.name, tracer.startSpan.length, provider.getTracer.name, provider.getTracer.length);
console.log(Object.keys(Object.getPrototypeOf(tracer)).length, Object.getOwnPropertyDescriptor(globalThis, Symbol.for('opentelemetry.js.api.1')).writable);
`;
    const file = await folder.write('throws.cjs', program);
    const [plain, probed] = await Promise.all([folder.run([file], { probe: false }), folder.run([file])]);
    assert.deepEqual(probed, plain);
    assert.ok(plain.stdout.startsWith('true\n'));
  });

  it('is not noticed where it cannot work', async () => {
    const program = `${inMemory('2')}
tracer.startSpan('a').end();
console.log(exporter.getFinishedSpans().map((span) => span.name));
process.exitCode = 3;
`;
    const file = await folder.write('frozen.cjs', program);
    const freeze = await folder.write('freeze.cjs', `Object.freeze(Error);`);
    const broken = await folder.write('broken.cjs', `Error.captureStackTrace = () => { throw new Error('no stack for you'); };`);
    for (const preload of [freeze, broken]) {
      const flags = ['--require', preload, file];
      const [plain, probed] = await Promise.all([folder.run(flags, { probe: false }), folder.run(flags)]);
      assert.deepEqual(probed, plain);
      assert.equal(plain.code, 3);
      assert.equal(plain.stdout, `[ 'a' ]\n`);
    }
  });

  it('adds nothing to a program without OpenTelemetry, and stays out when told to', async () => {
    const plainProgram = await folder.write('plain.cjs', `console.log(Object.keys(globalThis), process.argv.length, require.main === module); process.exit(7);`);
    const [plain, probed] = await Promise.all([folder.run([plainProgram], { probe: false }), folder.run([plainProgram])]);
    assert.deepEqual(probed, plain);
    assert.equal(probed.code, 7);
    const traced = await folder.write('off.cjs', `${inMemory('2')}console.log(Object.keys(tracer.startSpan('x').attributes).length);`);
    assert.equal((await folder.run([traced], { env: { TRACELINE_PROBE: 'off' } })).stdout, '0\n');
    assert.equal((await folder.run([traced])).stdout, '4\n');
  });
});
