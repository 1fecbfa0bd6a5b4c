import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { divertHttp2 } from '../../../src/hub/receivers/http2Preface.ts';

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

describe('divertHttp2', () => {
  const taken: Socket[] = [];
  const server = http.createServer((request, response) => {
    let length = 0;
    request.on('data', (chunk: Buffer) => (length += chunk.length));
    request.on('end', () => response.end(`${request.method} ${length}`));
  });
  let port = 0;
  before(async () => {
    divertHttp2(server, 60_000, (socket) => taken.push(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  after(() => {
    for (const socket of taken) socket.destroy();
    server.closeAllConnections();
    server.close();
  });

  /** Writes the pieces, each by itself, and gives the connection. */
  const write = async (...pieces: readonly (string | Buffer)[]): Promise<Socket> => {
    const socket = net.connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    for (const piece of pieces) {
      socket.write(piece);
      await sleep(15);
    }
    return socket;
  };
  const answer = async (socket: Socket): Promise<string> => {
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    await once(socket, 'end');
    return text;
  };

  test('HTTP/2 is handed over with every byte, however it came', async () => {
    for (const pieces of [[`${preface}rest`], [...`${preface}rest`], ['P', `${preface.slice(1)}`, 'rest'], ['PR', preface.slice(2), 're', 'st']]) {
      const before = taken.length;
      const socket = await write(...pieces);
      while (taken.length === before) await sleep(5);
      const given = taken.at(-1) as Socket;
      let text = '';
      given.on('data', (chunk) => (text += String(chunk)));
      while (text.length < preface.length + 4) await sleep(5);
      assert.equal(text, `${preface}rest`);
      socket.destroy();
    }
  });

  test('HTTP/1 goes on as before, whole or letter by letter, and stays open for the next request', async () => {
    const request = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello';
    assert.match(await answer(await write(`${request}${request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`)), /POST 5[^]*POST 5$/);
    assert.match(await answer(await write(...request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))), /POST 5$/);
    assert.match(await answer(await write('PR', 'OPFIND / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')), /PROPFIND 0$/);
  });

  test('bodies of megabytes arrive whole', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
    const send = (length: number): Promise<string> => new Promise((resolve, reject) => {
      const request = http.request({ port, host: '127.0.0.1', method: 'POST', agent }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve(text));
      });
      request.on('error', reject);
      request.end(Buffer.alloc(length, 'x'));
    });
    const lengths = Array.from({ length: 30 }, (_, index) => 1 + index * 97_003);
    assert.deepEqual(await Promise.all(lengths.map(send)), lengths.map((length) => `POST ${length}`));
    agent.destroy();
  });

  test('a connection that ends or breaks before it says anything harms nobody', async () => {
    (await write()).end();
    (await write('P')).destroy();
    const reset = await write('PO');
    reset.resetAndDestroy();
    await sleep(30);
    assert.match(await answer(await write('GET / HTTP/1.0\r\n\r\n')), /GET 0$/);
  });
});
