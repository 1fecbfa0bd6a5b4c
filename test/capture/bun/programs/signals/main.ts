import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector } from '@opentelemetry/resources';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const provider = new NodeTracerProvider({
  resource: detectResources({ detectors: [envDetector] }),
  spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())],
});
provider.register();

if (process.argv[2] === 'handled') {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      process.stdout.write(`got ${signal}\n`);
      process.exit(signal === 'SIGINT' ? 42 : 55);
    });
  }
}
trace.getTracer('shop').startSpan('started').end(); // @row started | internal | -
await provider.forceFlush().catch(() => undefined);
process.stdout.write('ready\n');
setInterval(() => undefined, 50);
