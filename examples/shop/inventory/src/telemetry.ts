// The first import of server.ts, so that it runs before anything it watches is loaded.
import { FastifyOtelInstrumentation } from '@fastify/otel';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK({
  serviceName: 'inventory',
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation(), new FastifyOtelInstrumentation({ registerOnInitialization: true })],
});

sdk.start();

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sdk.shutdown().finally(() => process.exit(0)));
}
