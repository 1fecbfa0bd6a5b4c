import { SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

declare const Bun: {
  readonly main: string;
  serve(options: { readonly port: number; readonly hostname: string; fetch(request: Request): Promise<Response> }): { readonly port: number; stop(): Promise<void> };
};

const provider = new NodeTracerProvider({
  resource: detectResources({ detectors: [envDetector] }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const tracer = trace.getTracer('shop');

class Shop {
  price(article: string): number {
    let price = 0;
    tracer.startActiveSpan('price', (span) => { // @row price | internal | Shop.price
      price = article.length;
      span.end();
    });
    return price;
  }

  discount(): number {
    // A call that a function ends with takes its place on the stack, as the language has it and only Bun's engine does: who called it is found.
    return tracer.startActiveSpan('discount', (span) => {
      span.end();
      return 0;
    });
  }
}

async function order(request: Request): Promise<Response> {
  const response = await tracer.startActiveSpan('order', { kind: SpanKind.SERVER }, async (span) => { // @row order | server | order
    await new Promise((resolve) => setTimeout(resolve, 5));
    const price = new Shop().price(new URL(request.url).pathname);
    const discount = new Shop().discount(); // @row discount | internal | order
    span.end();
    return new Response(String(price - discount));
  });
  return response;
}

const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: order });
const answer = await fetch(`http://127.0.0.1:${server.port}/pen`);
process.stdout.write(`${process.argv.slice(2).join()} ${await answer.text()} ${Bun.main.endsWith('main.ts')}\n`);
await server.stop();
// Without us nobody may be there to take the spans.
await provider.shutdown().catch(() => undefined);
process.exitCode = 3;
