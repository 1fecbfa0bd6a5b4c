const tracer = require('dd-trace').init({ startupLogs: false, flushInterval: 0 });
const http = require('http');

const server = http.createServer((request, response) => {
  response.end(String(Object.keys(request.headers)));
});
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1' }, (response) => {
    response.setEncoding('utf8').on('data', (text) => console.log(text, typeof tracer.scope));
    response.on('end', () => server.close(() => process.exit(5)));
  });
});
