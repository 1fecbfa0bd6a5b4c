import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
provider.register();
const tracer = trace.getTracer('stock');

class Stock {
  constructor(items) {
    this.items = items;
  }

  async find({ sku, ...rest }) {
    await Promise.resolve(rest);
    const span = tracer.startSpan('find'); // @span find in Stock.find
    const found = this.items.find((item) => item?.sku === sku) ?? undefined;
    span.end();
    return found;
  }

  async *all() {
    for (const item of this.items) {
      tracer.startSpan('each').end(); // @span each in Stock.all
      yield item;
    }
  }
}

(async () => {
  const stock = new Stock([{ sku: 'a' }]);
  await stock.find({ sku: 'a', colour: 'red' });
  for await (const item of stock.all()) {
    tracer.startSpan('seen', { attributes: { sku: item.sku } }).end(); // @span seen in -
  }
  await provider.shutdown();
})();
