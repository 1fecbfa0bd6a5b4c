// A program with the official SDK and exporter that works until its input ends: `sendingProgram.mjs ENDPOINT FILE`. The ids of the spans
// whose export succeeded go to FILE, one a line.
import { writeFileSync } from 'node:fs';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const [, , url, file] = process.argv;
const acknowledged = [];
const exporter = new OTLPTraceExporter({ url });
const counting = {
  export(spans, done) {
    exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) for (const span of spans) acknowledged.push(span.spanContext().spanId);
      done(result);
    });
  },
  forceFlush: () => exporter.forceFlush(),
  shutdown: () => exporter.shutdown(),
};
const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(counting, { scheduledDelayMillis: 200, maxQueueSize: 20_000 })] });
const tracer = provider.getTracer('program');
let ended = 0;
let longestTickMs = 0;
let lastMs = performance.now();
const working = setInterval(() => {
  longestTickMs = Math.max(longestTickMs, performance.now() - lastMs);
  lastMs = performance.now();
  for (let n = 0; n < 5; n++) tracer.startSpan('step').end();
  ended += 5;
}, 20);
process.stdin.resume();
process.stdin.on('end', async () => {
  clearInterval(working);
  await provider.shutdown();
  writeFileSync(file, acknowledged.join('\n'));
  process.stdout.write(JSON.stringify({ ended, longestTickMs: Math.round(longestTickMs) }));
});
