import { trace } from '@opentelemetry/api';

declare const Deno: {
  exitCode: number;
  serve(options: { readonly port: number; readonly hostname: string; onListen(): void }, handler: (request: Request) => Response | Promise<Response>): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
};

// Deno's own SDK is there where it is asked for; without it these are spans of nobody.
const tracer = trace.getTracer('shop');

function stock(article: string): number {
  return tracer.startActiveSpan('stock', (span) => { // @row stock | internal | stock
    span.end();
    return article.length;
  });
}

function order(request: Request): Response { // @row GET | server | order
  return new Response(String(stock(new URL(request.url).pathname)));
}

async function ask(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/pen`); // @row GET | client | ask
  return answer.text();
}

const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: () => undefined }, order);
process.stdout.write(`${await ask(server.addr.port)}\n`);
await server.shutdown();
Deno.exitCode = 3;
