// Customers of the shop: node traffic.mjs [--rate REQUESTS_PER_SECOND] [--seconds SECONDS]. Without --seconds it goes on until it is stopped.
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rate: { type: 'string', default: '2' }, seconds: { type: 'string', default: 'Infinity' } } });
const rate = Number(values.rate);
const seconds = Number(values.seconds);
if (!(rate > 0) || !(seconds > 0)) {
  console.error('usage: node traffic.mjs [--rate REQUESTS_PER_SECOND] [--seconds SECONDS]');
  process.exit(2);
}

const { ORDERS_PORT = '3101', INVENTORY_PORT = '3102', PAYMENTS_PORT = '3103', DATABASE_PORT = '54329' } = process.env;
const shop = `http://127.0.0.1:${ORDERS_PORT}`;
const answers = new Map();
let lastOrder = 1;
const stopped = new AbortController();

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stopped.abort());

await Promise.all([ORDERS_PORT, INVENTORY_PORT, PAYMENTS_PORT, DATABASE_PORT].map(waitForPort));
console.log(`traffic: ${rate} requests a second to ${shop}`);
const endsAt = Date.now() + seconds * 1000;
const running = new Set();
while (!stopped.signal.aborted && Date.now() < endsAt) {
  const request = send(chooseRequest()).finally(() => running.delete(request));
  running.add(request);
  await pause(1000 / rate);
}
await Promise.all(running);
console.log(`traffic: ${[...answers].map(([status, count]) => `${count} × ${status}`).join(', ') || 'nothing sent'}`);
process.exit(0);

/** Mostly orders of a few lines; some are large (slow), some ask for too much, some pay with a card the bank declines. */
function chooseRequest() {
  const dice = Math.random();
  if (dice < 0.2) return { method: 'GET', path: `/orders/${lastOrder}`, what: `order ${lastOrder}` };
  if (dice < 0.28) return checkout({ lines: randomLines(3), card: '4000 0000 0000 0002' });
  if (dice < 0.35) return checkout({ lines: [...randomLines(2), { sku: 'sku-13', quantity: 1000 }] });
  if (dice < 0.45) return checkout({ lines: randomLines(9) });
  return checkout({ lines: randomLines(1 + Math.floor(Math.random() * 6)) });
}

function checkout({ lines, card = '4242 4242 4242 4242' }) {
  const customer = `customer-${Math.floor(Math.random() * 8)}`;
  return { method: 'POST', path: '/checkout', body: { customer, card, lines }, what: `checkout of ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}` };
}

function randomLines(count) {
  const numbers = new Set();
  while (numbers.size < count) numbers.add(1 + Math.floor(Math.random() * 40));
  return [...numbers].map((number) => ({ sku: `sku-${String(number).padStart(2, '0')}`, quantity: 1 + Math.floor(Math.random() * 20) }));
}

async function send({ method, path, body, what }) {
  const startedAt = Date.now();
  const answer = await fetch(`${shop}${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then(readAnswer, failure);
  if (answer.id !== undefined) lastOrder = answer.id;
  answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
  console.log(`${what}: ${answer.status}${answer.error === undefined ? '' : ` (${answer.error})`} in ${Date.now() - startedAt} ms`);
}

async function readAnswer(response) {
  return { status: response.status, ...(await response.json()) };
}

function failure(error) {
  return { status: 'no answer', error: error.cause?.code ?? error.message };
}

/** Resolves once something listens there. Looks without sending a request, so that no span comes of it. */
async function waitForPort(port) {
  while (!stopped.signal.aborted && !(await listens(port))) await pause(200);
}

/** Ends early where the traffic is stopped. */
async function pause(ms) {
  await wait(ms, undefined, { signal: stopped.signal }).catch(() => undefined);
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
