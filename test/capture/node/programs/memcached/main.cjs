const { createServer } = require('node:net');
const Memcached = require('memcached');

/** Answers as memcached does. */
const server = createServer((connection) => {
  connection.on('data', (data) => connection.write(/^set /.test(data) ? 'STORED\r\n' : 'VALUE k 0 1\r\nv\r\nEND\r\n'));
});

function work(client, done) {
  client.set('k', 'v', 10, (error) => { // @row memcached set | client | work
    client.get('k', (error2, value) => done(error, error2, value)); // @row memcached get | client | client.set('k', 'v') callback
  });
}

server.listen(0, '127.0.0.1', () => {
  const client = new Memcached(`127.0.0.1:${server.address().port}`);
  work(client, (...results) => {
    console.log(results);
    client.end();
    server.close();
  });
});
