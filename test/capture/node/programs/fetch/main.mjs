import { createServer } from 'node:http';
import { request } from 'undici';

const server = createServer((incoming, response) => response.end(incoming.url));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;

async function viaFetch() {
  const answer = await fetch(`${base}/fetch`); // @row GET | client | viaFetch
  return answer.text();
}

async function viaUndici() {
  const { body } = await request(`${base}/undici`); // @row GET | client | viaUndici
  return body.text();
}

function viaThen() {
  return fetch(new URL('/then', base)).then((answer) => answer.text()); // @row GET | client | viaThen
}

console.log(await viaFetch(), await viaUndici(), await viaThen(), fetch.name, fetch.length);
try {
  await fetch('http://127.0.0.1:2/refused'); // @row GET | client | -
} catch (error) {
  console.log(error.message, error.cause.message);
}
server.closeAllConnections?.();
server.close();
