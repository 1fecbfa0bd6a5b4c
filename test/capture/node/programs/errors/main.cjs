// Ends in one of the ways in which programs end.
const http = require('http');

const [, , how] = process.argv;
const server = http.createServer((request, response) => response.end('served'));
server.unref();
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, (response) => { // @row GET | client | server.listen('127.0.0.1') callback
    response.resume().on('end', () => setTimeout(end, 50));
  });
});

function end() {
  if (how === 'throw') throw new Error('thrown');
  if (how === 'reject') Promise.reject(new Error('rejected'));
  if (how === 'exit') process.exit(3);
  if (how === 'code') process.exitCode = 6;
  if (how === 'load') require('./broken.cjs');
  if (how === 'missing') require('express/there-is-no-such-file');
  if (how === 'beforeExit') {
    let times = 0;
    process.on('beforeExit', () => console.log('beforeExit', ++times));
    process.on('exit', (code) => console.log('exit', code));
  }
  if (how === 'warn') process.emitWarning('a warning');
}
