import { tracer } from './telemetry';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { listOrders, ordersRouter } from './orders';

const app = express();

/** What every request goes through: it begins the work, and is not what the request is for. */
function signIn(_request: Request, _response: Response, next: NextFunction): void {
  tracer.startSpan('signIn').end(); // @span signIn in signIn
  next();
}

app.use(signIn);
app.use('/orders', ordersRouter);
app.get('/list', listOrders);
app.get('/health', (_request, response) => { // @span "GET /health" in app.get('/health') callback
  tracer.startSpan('health').end(); // @span health in app.get('/health') callback
  response.send('ok');
});

app.listen(Number(process.env.PORT), '127.0.0.1');
