// @ts-nocheck: its packages are those of test/capture.
/* eslint no-console: off */
import express, { type Request, type Response } from 'express';

interface Order {
  readonly id: string;
}

class Orders {
  readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  find = async (request: Request, response: Response): Promise<void> => { // @row request handler | internal | Orders.find
    const order: Order = { id: this.prefix + String(request.params.id) };
    response.json(order);
  };
}

const app = express();
app.get('/orders/:id', new Orders('a').find); // @maybe GET /orders/:id | server | -
const server = app.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as { port: number };
  const answer = await fetch(`http://127.0.0.1:${port}/orders/1`); // @row GET | client | app.listen('127.0.0.1') callback
  console.log(await answer.text());
  server.close();
  server.closeAllConnections();
});
