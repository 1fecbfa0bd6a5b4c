// Records what a program of another language sends: `node test/corpus/runner/record.mjs NAME LANGUAGE TITLE FOLDER -- COMMAND …` runs the command in the
// folder with an OTLP endpoint set, and writes recorded/NAME.json: the folder's marked sources, what they say of their spans, and those spans.
import { spawn } from 'node:child_process';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { decodeTraces as decodeJson } from '../../../src/decode/otlpJson.ts';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import { decodeTraces as decodeProtobuf } from '../../../src/decode/otlpProtobuf.ts';
import { readExpectations } from './expectations.mjs';
import { startReceiver } from './receiver.mjs';

/** Stands for the folder it ran in. */
const shownRoot = '/recorded/app';

const divide = process.argv.indexOf('--');
const [name, language, title, given] = process.argv.slice(2, divide);
const [command, ...args] = process.argv.slice(divide + 1);
const folder = await realpath(given);

const receiver = await startReceiver();
const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_SERVICE_NAME: name };
const code = await new Promise((resolve, reject) => {
  spawn(command, args, { cwd: folder, env, stdio: 'inherit' }).on('error', reject).on('close', resolve);
});
await receiver.close();
const expected = await readExpectations(folder);
const spans = receiver.bodies
  .flatMap(({ type, bytes }) => (type.includes('json') ? decodeJson(bytes) : decodeProtobuf(bytes)).spans)
  .filter((span) => expected.has(span.name))
  // Of the machine that recorded it nothing is kept but the language.
  .map((span) => ({ ...span, events: span.events.filter((event) => event.name === 'exception'), links: [], resource: { ...span.resource, attributes: span.resource.attributes.filter(({ key }) => /^(?:telemetry\.|service\.name)/.test(key)) } }));
if (code !== 0 || spans.length === 0) throw new Error(`it ended with ${code} and sent ${spans.length} of the marked spans`);

const files = Object.fromEntries(await Promise.all([...new Set([...expected.values()].map(({ file }) => file))].map(async (file) => [file, await readFile(path.join(folder, file), 'utf8')])));
const document = {
  title, language, recordedFrom: 'run', root: shownRoot, files,
  expected: [...expected].map(([span, place]) => ({ span, ...place })),
  spans: traceRequestJson(spans),
};
// Rules that somebody added stay.
const target = path.join(import.meta.dirname, '..', 'recorded', `${name}.json`);
const before = await readFile(target, 'utf8').then(JSON.parse, () => ({}));
if (before.rules !== undefined) document.rules = before.rules;
const text = JSON.stringify(document, undefined, 1).replaceAll(folder, shownRoot).replaceAll(os.homedir(), '/home/dev');
await writeFile(target, `${text}\n`);
console.log(`${spans.length} spans recorded`);
