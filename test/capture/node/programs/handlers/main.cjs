const http = require('node:http');
const Hapi = require('@hapi/hapi');
const connect = require('connect');
const { Server } = require('socket.io');
const { io } = require('socket.io-client');

const ask = (port, path) =>
  new Promise((resolve) => {
    http.get({ port, path, host: '127.0.0.1', agent: false }, (answer) => { // @row GET | client | ask
      answer.setEncoding('utf8').on('data', resolve);
    });
  });

function named() { // @row route - /named | internal | named @row GET /named | server | named
  return 'named';
}

function before(request, h) { // @row ext - onPreHandler - before | internal | before
  return h.continue;
}

async function withHapi() {
  const server = Hapi.server({ port: 0, host: '127.0.0.1' });
  server.route({ method: 'GET', path: '/named', handler: named });
  server.route([{ method: 'GET', path: '/{id}', options: { handler: (request) => `id ${request.params.id}` } }]); // @row route - /{id} | internal | options.handler @maybe GET /{id} | server | options.handler
  server.ext('onPreHandler', before);
  await server.start();
  console.log(await ask(server.info.port, '/named'), await ask(server.info.port, '/7'));
  await server.stop();
}

async function withConnect() {
  const app = connect();
  app.use(function first(request, response, next) { next(); }); // @row middleware - first | internal | first
  app.use('/c', function last(request, response) { response.end('connect'); }); // @row request handler - /c | internal | last
  const server = http.createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  console.log(await ask(server.address().port, '/c'));
  server.close();
}

async function withSocketIo() {
  const server = http.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const sockets = new Server(server);
  sockets.on('connection', (socket) => {
    socket.on('ask', function onAsk(text, reply) { // @row receive / | consumer | onAsk
      socket.emit('said', text); // @row send / | producer | onAsk
      reply(`you asked ${text}`);
    });
  });
  const client = io(`http://127.0.0.1:${server.address().port}`, { transports: ['websocket'] }); // @row GET | client | withSocketIo
  console.log(await client.emitWithAck('ask', 'this'));
  client.close();
  await sockets.close();
}

withHapi().then(withConnect).then(withSocketIo);
