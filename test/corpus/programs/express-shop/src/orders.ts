import { tracer } from './telemetry';
import { Router } from 'express';
import type { Request, Response } from 'express';

export const ordersRouter = Router();

ordersRouter.get('/:id', async (request, response) => { // @span "GET /orders/7" in ordersRouter.get('/:id') callback
  await new Promise((resolve) => setTimeout(resolve, 1));
  tracer.startSpan('findOrder').end(); // @span findOrder in ordersRouter.get('/:id') callback
  response.json({ id: request.params.id });
});

export function listOrders(_request: Request, response: Response): void { // @span "GET /list" in listOrders
  tracer.startActiveSpan('listOrders', (span) => { // @span listOrders in listOrders
    response.json([]);
    span.end();
  });
}
