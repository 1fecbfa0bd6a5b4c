const { diag, DiagConsoleLogger, trace } = require('@opentelemetry/api');
const http = require('http');
const { NodeTracerProvider } = require('sdk-trace-node-1');

diag.setLogger(new DiagConsoleLogger(), 50);
const ended = [];
const provider = new NodeTracerProvider({ spanProcessors: [{ onStart() {}, onEnd: (span) => ended.push(span), forceFlush: async () => {}, shutdown: async () => {} }] });
provider.register();

const server = http.createServer((request, response) => {
  trace.getTracer('program').startActiveSpan('theirs', (span) => {
    response.end(String(Object.keys(request.headers)));
    span.end();
  });
});
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1' }, (response) => {
    response.setEncoding('utf8').on('data', (text) => console.log(text));
    response.on('end', () => {
      console.log(ended.map(({ name }) => name));
      server.close();
    });
  });
});
