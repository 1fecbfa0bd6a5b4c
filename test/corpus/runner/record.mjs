// Records what a program of another language sends: `node test/corpus/runner/record.mjs NAME LANGUAGE FOLDER -- COMMAND …` runs the command in the
// folder with an OTLP endpoint set, and writes recorded/NAME.json: the folder's sources, whose marks say where its spans were made, and all
// of its spans. What people wrote in a file that is there already (title, how, recordedFrom, rules, silent, knownWrong, withoutLines) stays. HIDE=FROM=TO;… takes
// machine paths out.
import { spawn } from 'node:child_process';
import { readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { decodeTraces as decodeJson } from '../../../src/decode/otlpJson.ts';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import { decodeTraces as decodeProtobuf } from '../../../src/decode/otlpProtobuf.ts';
import { startReceiver } from './receiver.mjs';

/** Stands for the folder it ran in. */
const shownRoot = '/recorded/app';
const kept = /(?:\.(?:py|java|kt|go|rs|rb|ru|php|cs|[cm]?[jt]sx?)|^go\.mod|^Cargo\.toml|^composer\.json|\.csproj|^pyproject\.toml)$/;
const passedOver = new Set(['node_modules', 'target', 'vendor', 'bin', 'obj', '.venv', '__pycache__', 'build', '.git']);

const divide = process.argv.indexOf('--');
const [name, language, given] = process.argv.slice(2, divide);
const [command, ...args] = process.argv.slice(divide + 1);
const folder = await realpath(given);

const receiver = await startReceiver();
const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_SERVICE_NAME: name };
const code = await new Promise((resolve, reject) => {
  spawn(command, args, { cwd: folder, env, stdio: 'inherit' }).on('error', reject).on('close', resolve);
});
await receiver.close();
const spans = receiver.bodies
  .flatMap(({ type, bytes }) => (type.includes('json') ? decodeJson(bytes) : decodeProtobuf(bytes)).spans)
  // Of the machine that recorded it nothing is kept but the language.
  .map((span) => ({ ...span, events: span.events.filter((event) => event.name === 'exception'), links: [], resource: { ...span.resource, attributes: span.resource.attributes.filter(({ key }) => /^(?:telemetry\.|service\.name)/.test(key)) } }));
if (code !== 0 || spans.length === 0) throw new Error(`it ended with ${code} and sent ${spans.length} spans`);

const files = {};
for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  const file = path.relative(folder, path.join(entry.parentPath, entry.name));
  if (entry.isFile() && kept.test(entry.name) && !file.split(path.sep).some((each) => passedOver.has(each))) files[file] = await readFile(path.join(folder, file), 'utf8');
}
const target = path.join(import.meta.dirname, '..', 'recorded', `${name}.json`);
const { title = name, recordedFrom = 'run', how = '', rules, silent, knownWrong, withoutLines } = await readFile(target, 'utf8').then(JSON.parse, () => ({}));
const document = { title, language, recordedFrom, how, root: shownRoot, rules, silent, knownWrong, withoutLines, files, spans: traceRequestJson(spans) };
const hidden = [[folder, shownRoot], ...(process.env.HIDE ?? '').split(';').filter((pair) => pair !== '').map((pair) => pair.split('=')), [os.homedir(), '/home/dev']];
const text = hidden.reduce((all, [from, to]) => all.replaceAll(from, to), JSON.stringify(document, undefined, 1));
await writeFile(target, `${text}\n`);
console.log(`${spans.length} spans recorded: ${[...new Set(spans.map((span) => span.name))].join(', ')}`);
