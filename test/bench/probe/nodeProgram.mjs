import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const root = path.dirname(path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))));

/** Functions of a program on the stack when it starts a span; and where most of what is there is a package's. */
export const depths = [5, 30, 60];
const packageFrames = 25;

/**
 * Writes a program that starts spans at the ends of chains of functions, each on a line of its own, as CommonJS (`main.cjs`) and as an ES module
 * (`main.mjs`). It holds the SDK twice: one copy registered, as programs do it, which the probe finds; the other never, which it cannot find. So the cost
 * of the probe is a difference within one process, between batches that take turns.
 * @param {string} folder
 */
export async function writeNodeProgram(folder) {
  const packages = path.join(folder, 'node_modules');
  const sdk = `export { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'; export { trace, context, ROOT_CONTEXT } from '@opentelemetry/api';
export { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';`;
  for (const name of ['sdk', 'bare-sdk', 'framework']) await mkdir(path.join(packages, name), { recursive: true });
  for (const name of ['sdk', 'bare-sdk']) {
    await esbuild.build({ stdin: { contents: sdk, resolveDir: root }, outfile: path.join(packages, name, 'index.js'), bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
  }
  await writeFile(path.join(packages, 'framework', 'index.js'), `${spans}${chain('step', packageFrames, call, parameters)}\nexports.run = step0;\n`);
  await writeFile(path.join(folder, 'package.json'), '{"name":"bench","dependencies":{"@opentelemetry/sdk-trace-base":"2"}}\n');
  const program = [
    ...depths.map((depth) => chain(`at${depth}_`, depth, call, parameters)),
    chain('asked_', 5, `run(${parameters})`, parameters),
    `const starts = { ${depths.map((depth) => `${depth}: at${depth}_0`).join(', ')}, package: asked_0 };`,
    measuring,
  ].join('\n');
  await writeFile(path.join(folder, 'main.cjs'), `const sdk = require('sdk');\nconst bareSdk = require('bare-sdk');\nconst { run } = require('framework');\n${program}`);
  await writeFile(path.join(folder, 'main.mjs'), `import sdk from 'sdk';\nimport bareSdk from 'bare-sdk';\nimport { run } from 'framework';\n${program}`);
}

/** `count` functions that call one another, and at last `end`. */
function chain(name, count, end, parameters) {
  const line = (i) => `function ${name}${i}(${parameters}) {\n  const result = ${i + 1 === count ? end : `${name}${i + 1}(${parameters})`};\n  return result;\n}`;
  return Array.from({ length: count }, (_, i) => line(i)).join('\n');
}

const parameters = 'tracer, count, within';
const call = `spans(${parameters})`;
const spans = `function spans(${parameters}) {
  for (let i = 0; i < count; i++) tracer.startSpan('work', undefined, within).end();
  return count;
}
`;

const measuring = `${spans}
const none = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
function world({ BasicTracerProvider, trace, context, ROOT_CONTEXT, AsyncLocalStorageContextManager }, isRegistered) {
  const provider = new BasicTracerProvider({ spanProcessors: [none] });
  if (isRegistered) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(provider);
  }
  const tracer = isRegistered ? trace.getTracer('bench') : provider.getTracer('bench');
  // A server's span is not started by the program, so what is right beneath it is looked through to its outermost frame.
  const server = trace.setSpanContext(ROOT_CONTEXT, { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 });
  return { tracer, beneath: { root: ROOT_CONTEXT, server } };
}
const worlds = { bare: world(bareSdk, false), probed: world(sdk, true) };
const { rounds, batch, cases } = JSON.parse(process.argv[2]);
const turn = ({ tracer, beneath }, { stack, parent }) => {
  const cpuBefore = process.cpuUsage();
  const started = process.hrtime.bigint();
  starts[stack](tracer, batch, beneath[parent]);
  const wallUs = Number(process.hrtime.bigint() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wallUs: wallUs / batch, cpuUs: (user + system) / batch };
};
// As a request does: called by Node, with nothing of the program's module on the stack.
setTimeout(() => {
  const results = cases.map((each) => ({ ...each, bare: [], probed: [] }));
  for (let round = -10; round < rounds; round++) {
    for (const result of results) {
      for (const name of round % 2 === 0 ? ['bare', 'probed'] : ['probed', 'bare']) {
        const measured = turn(worlds[name], result);
        if (round >= 0) result[name].push(measured);
      }
    }
  }
  const span = worlds.probed.tracer.startSpan('last');
  console.log(JSON.stringify({ results, isStamped: span.attributes['code.line.number'] !== undefined }));
}, 0);
`;
