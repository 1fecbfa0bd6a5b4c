// The decoder alone on the bytes that are sent: `node decodeAlone.mjs FOLDER BATCHES`. Prints spans a second, and a second of the processor.
import { decodeTraces } from '../../../src/decode/otlpProtobuf.ts';
import { Batches, spansOfBatch } from './batch.mjs';

const [folder, count] = [process.argv[2], Number(process.argv[3])];
const batches = new Batches('protobuf', folder, 0);
const made = Array.from({ length: 64 }, (_, n) => Buffer.from(batches.batch(n)));
for (const bytes of made) decodeTraces(bytes);
const startMs = performance.now();
const before = process.cpuUsage();
let spans = 0;
for (let n = 0; n < count; n++) spans += decodeTraces(made[n % made.length]).spans.length;
const seconds = (performance.now() - startMs) / 1000;
const { user, system } = process.cpuUsage(before);
if (spans !== count * spansOfBatch) throw new Error(`${spans} spans`);
console.log(JSON.stringify({ perSecond: spans / seconds, perProcessorSecond: (spans * 1e6) / (user + system) }));
