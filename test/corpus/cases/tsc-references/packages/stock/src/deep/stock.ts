import { trace } from '@opentelemetry/api';

export interface Item {
  readonly sku: string;
}

export class Stock {
  async take(item: Item): Promise<number> {
    return trace.getTracer('stock').startActiveSpan('take', async (span) => { // @span take in Stock.take
      await Promise.resolve();
      span.end();
      return item.sku.length;
    });
  }
}
