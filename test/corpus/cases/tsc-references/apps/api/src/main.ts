import { price } from '@acme/pricing';
import { startTelemetry, stopTelemetry, tracer } from './telemetry.js';

interface Unused {
  readonly a: string;
}

async function index(unused?: Unused): Promise<number> {
  return tracer.startActiveSpan('index', async (span) => { // @span index in index
    const result = await price([{ sku: unused?.a ?? 'a' }, { sku: 'b' }]);
    span.end();
    return result;
  });
}

startTelemetry();
void index().finally(stopTelemetry);
