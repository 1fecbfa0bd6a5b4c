const http = require('http');

const [, , how] = process.argv;
const server = http.createServer((request, response) => response.end('served'));
if (how === 'handled') {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      console.log('got', signal, process.listenerCount(signal));
      server.close(() => console.log('closed'));
      server.closeAllConnections();
    });
  }
}
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1' }, (response) => { // @row GET | client | server.listen('127.0.0.1') callback
    response.setEncoding('utf8').on('data', (text) => console.log(text));
    response.on('end', () => console.log(process.listenerCount('SIGINT'), process.listenerCount('SIGTERM'), process.listenerCount('beforeExit'), process.listenerCount('uncaughtException'), '\nready'));
  });
});
