import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import pg from 'pg';
import { CardDeclined, CardTerminal } from './cards.mjs';
import { Ledger } from './ledger.mjs';
import { databaseUrl, port } from './settings.mjs';

const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
pool.on('error', (error) => console.error('database:', error.message));

const ledger = new Ledger(pool);
const terminal = new CardTerminal();

const routes = {
  'GET /balance': async () => [200, { cents: await ledger.balance() }],
  'POST /charges': charge,
  'POST /transfers': transfer,
};

async function charge(request) {
  const { customer, card, cents } = await json(request);
  await terminal.authorize(customer, card, cents);
  await ledger.write(customer, cents);
  return [201, { cents }];
}

async function transfer(request) {
  const { supplier, cents } = await json(request);
  await ledger.write(supplier, -cents);
  return [201, { cents }];
}

async function handle(request, response) {
  const route = routes[`${request.method} ${request.url}`];
  const answer = route === undefined ? [404, { error: 'no such page' }] : await route(request).catch(failure);
  const [status, body] = answer;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function failure(error) {
  if (error instanceof CardDeclined) return [402, { error: error.message }];
  console.error(error);
  return [500, { error: 'something went wrong' }];
}

createServer(handle).listen(port, '127.0.0.1', () => console.log(`payments: http://127.0.0.1:${port}`));
