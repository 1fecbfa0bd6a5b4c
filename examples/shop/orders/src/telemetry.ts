// Loaded before the program: node --require ./orders/dist/telemetry.js orders/dist/server.js
// Where the spans go is told by the environment (OTEL_EXPORTER_OTLP_ENDPOINT), http://localhost:4318 where it says nothing.
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK({
  serviceName: 'orders',
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation(), new UndiciInstrumentation(), new PgInstrumentation()],
});

sdk.start();

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sdk.shutdown().finally(() => process.exit(0)));
}
