const cluster = require('node:cluster');
const http = require('node:http');

if (cluster.isPrimary) {
  const worker = cluster.fork();
  cluster.on('listening', (_worker, { port }) => {
    http.get({ port, host: '127.0.0.1', path: '/' }, (response) => { // @row GET | client | cluster.on('listening') callback
      response.setEncoding('utf8').on('data', (text) => {
        console.log(text);
        setTimeout(() => worker.disconnect(), 300);
      });
    });
  });
  cluster.on('exit', (_worker, code) => console.log('ended with', code));
} else {
  const server = http.createServer((request, response) => { // @row GET | server | http.createServer() callback
    if (request.url === '/inner') return response.end('inner');
    http.get({ port: server.address().port, host: '127.0.0.1', path: '/inner' }, (inner) => { // @row GET | client | http.createServer() callback
      inner.resume().on('end', () => response.end('from the worker'));
    });
  });
  server.listen(0, '127.0.0.1');
}
