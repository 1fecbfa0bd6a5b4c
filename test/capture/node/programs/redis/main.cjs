const { createServer } = require('node:net');
const { Redis } = require('ioredis');
const { createClient } = require('redis');

/** Answers as Redis does, to what the clients ask. */
const server = createServer((connection) => {
  connection.on('data', (data) => {
    for (const command of data.toString().split(/(?=\*\d+\r\n)/)) {
      const [name, ...words] = command.split('\r\n').filter((line) => line !== '' && !/^[*$]\d/.test(line));
      if (/^info$/i.test(name)) connection.write('$29\r\nredis_version:7.0.0\r\nloading:0\r\n\r\n'.replace('$29', '$32'));
      else if (/^get$/i.test(name)) connection.write(`$${words[0].length}\r\n${words[0]}\r\n`);
      else if (/^hello$/i.test(name)) connection.write('-ERR unknown command\r\n');
      else connection.write('+OK\r\n');
    }
  });
  connection.on('error', () => undefined);
});

async function withIoredis(port) {
  const client = new Redis({ port, host: '127.0.0.1', enableReadyCheck: false, lazyConnect: true });
  await client.connect(); // @row connect | client | withIoredis
  const value = await client.get('first'); // @row get | client | withIoredis
  client.disconnect();
  return value;
}

async function withRedis(port) {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, disableClientInfo: true });
  await client.connect(); // @row redis-connect | client | withRedis
  const value = await client.get('second'); // @row redis-GET | client | withRedis
  client.destroy();
  return value;
}

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  console.log(await withIoredis(port), await withRedis(port));
  server.close();
});
