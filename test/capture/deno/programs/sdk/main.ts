import { SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

declare const Deno: {
  readonly args: readonly string[];
  exitCode: number;
  serve(options: { readonly port: number; readonly hostname: string; onListen(): void }, handler: (request: Request) => Response | Promise<Response>): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
};

const provider = new NodeTracerProvider({
  resource: detectResources({ detectors: [envDetector] }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const tracer = trace.getTracer('shop');

class Shop {
  price(article: string): number {
    return tracer.startActiveSpan('price', (span) => { // @row price | internal | Shop.price
      span.end();
      return article.length;
    });
  }
}

function order(request: Request): Promise<Response> {
  return tracer.startActiveSpan('order', { kind: SpanKind.SERVER }, async (span) => { // @row order | server | order
    await new Promise((resolve) => setTimeout(resolve, 5));
    const price = new Shop().price(new URL(request.url).pathname);
    span.end();
    return new Response(String(price));
  });
}

const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: () => undefined }, order);
const answer = await fetch(`http://127.0.0.1:${server.addr.port}/pen`);
process.stdout.write(`${Deno.args.join()} ${await answer.text()}\n`);
await server.shutdown();
// Without us nobody may be there to take the spans.
await provider.shutdown().catch(() => undefined);
Deno.exitCode = 3;
