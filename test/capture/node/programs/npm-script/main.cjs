const http = require('http');

const server = http.createServer((request, response) => response.end(request.url));
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1', path: '/npm' }, (response) => { // @row GET | client | server.listen('127.0.0.1') callback
    response.setEncoding('utf8').on('data', (text) => console.log(text));
    response.on('end', () => server.close());
  });
});
