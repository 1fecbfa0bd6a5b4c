const { diag, trace } = require('@opentelemetry/api');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');

// Where nobody receives, that is an error too, and not the one that is looked for.
const say = (text) => /regist/i.test(text) && console.error(text);
diag.setLogger({ error: say, warn: say, info() {}, debug() {}, verbose() {} }, 50);
const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()], serviceName: 'theirs' });
sdk.start();
const http = require('http');

const server = http.createServer((request, response) => { // @row GET | server | http.createServer() callback
  trace.getTracer('program').startSpan('theirs').end(); // @row theirs | internal | http.createServer() callback
  response.end(JSON.stringify(Object.keys(request.headers)));
});
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1' }, (response) => { // @row GET | client | server.listen('127.0.0.1') callback
    response.setEncoding('utf8').on('data', (text) => console.log(text));
    response.on('end', async () => {
      server.close();
      await sdk.shutdown().catch(() => undefined);
    });
  });
});
