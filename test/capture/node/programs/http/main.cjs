const http = require('node:http');

function ask(path) {
  const { port } = server.address();
  return new Promise((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', path }, (response) => { // @row GET | client | ask
      response.setEncoding('utf8').on('data', resolve);
    }).on('error', reject);
  });
}

async function answer(request, response) { // @row GET | server | answer
  if (request.url === '/price') return response.end('12');
  response.end(`costs ${await ask('/price')}`);
}

const server = http.createServer(answer);
server.listen(0, '127.0.0.1', async () => {
  console.log(await ask('/order'));
  console.log(new Error('a stack').stack.split('\n')[0], http.get.name, http.request.length, Object.keys(http).length);
  server.close();
});
