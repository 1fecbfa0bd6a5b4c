import { tracer } from './telemetry';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Cart } from './cart';
import { Orders } from './orders';

const orders = new Orders();
const cart = new Cart();

async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> { // @span "GET /orders/7" in onRequest @span "GET /cart" in onRequest @span "GET /price" in onRequest
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/orders/7') response.end(JSON.stringify(await orders.find(7)));
  else if (pathname === '/cart') response.end(String(cart.total()));
  else if (pathname === '/price') response.end(String(await price(request.headers.host ?? '')));
  else response.end('nothing here');
}

/** Asks itself: the server span of the inner request is beneath a client span of the outer one. */
async function price(host: string): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return tracer.startActiveSpan('price', async (span) => { // @span price in price
    const response = await fetch(`http://${host}/cart?inner`);
    span.end();
    return Number(await response.text());
  });
}

createServer(onRequest).listen(Number(process.env.PORT), '127.0.0.1');
