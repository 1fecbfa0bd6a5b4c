import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { Pool } from 'pg';
import { ShopError } from './order';
import { OrderRepository } from './orderRepository';
import { OrderService } from './orderService';
import { databaseUrl, port } from './settings';

const pool = new Pool({ connectionString: databaseUrl, max: 4 });
pool.on('error', (error) => console.error('database:', error.message));

const repository = new OrderRepository(pool);
const orders = new OrderService(pool, repository);
const app = express();

app.use(express.json());

app.post('/checkout', async function checkout(request, response) {
  const order = await orders.create(request.body);
  response.status(201).json(order);
});

app.get('/orders/:id', async function showOrder(request, response) {
  const order = await repository.find(Number(request.params.id));
  if (order === undefined) response.status(404).json({ error: 'no such order' });
  else response.json(order);
});

app.get('/customers/:customer', async function showCustomer(request, response) {
  const { customer } = request.params;
  response.json({ customer, orders: await repository.countOf(customer) });
});

app.use(function answerFailure(error: unknown, _request: Request, response: Response, _next: NextFunction) {
  if (error instanceof ShopError) response.status(error.status).json({ error: error.message });
  else {
    console.error(error);
    response.status(500).json({ error: 'something went wrong' });
  }
});

app.listen(port, '127.0.0.1', () => console.log(`orders: http://127.0.0.1:${port}`));
