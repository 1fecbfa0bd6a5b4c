const http = require('node:http');

const server = http.createServer((request, response) => response.end('watched'));
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, (response) => { // @row GET | client | server.listen('127.0.0.1') callback
    response.setEncoding('utf8').on('data', (text) => console.log(text)).on('end', () => console.log('ready'));
  });
});
