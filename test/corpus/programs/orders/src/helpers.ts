import { SpanStatusCode } from '@opentelemetry/api';
import { tracer } from './telemetry';

export async function traced<T>(name: string, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, async (span) => { // @span outer in traced
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

const pair = { left: () => tracer.startSpan('left'), right: () => tracer.startSpan('right') }; // @span left in pair.left @span right in pair.right

export function sameLine(): void {
  pair.left().end();
  pair.right().end();
}

export function viaHelper(): void {
  const inner = function named(): void {
    tracer.startSpan('nested').end(); // @span nested in named
  };
  inner();
  (() => {
    tracer.startSpan('immediate').end(); // @span immediate in viaHelper
  })();
  [3, 1].sort((a, b) => {
    tracer.startSpan('compare').end(); // @span compare in viaHelper
    return a - b;
  });
}
