import './telemetry';
import fastify from 'fastify';
import { RoutePlanner } from './routePlanner';
import { port } from './settings';
import { buildShelves } from './shelf';
import { Warehouse } from './warehouse';
import type { Line } from './warehouse';

const warehouse = new Warehouse(buildShelves(), new RoutePlanner());
const app = fastify();

app.post<{ Body: { lines: readonly Line[] } }>('/picks', async function pickLines(request) {
  return { route: await warehouse.pick(request.body.lines) };
});

app.get<{ Params: { sku: string } }>('/stock/:sku', async function showStock(request) {
  return { sku: request.params.sku, pieces: warehouse.piecesOf(request.params.sku) };
});

void app.listen({ port, host: '127.0.0.1' }).then((address) => console.log(`inventory: ${address}`));
