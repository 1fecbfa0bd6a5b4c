const { context, diag, DiagConsoleLogger, trace } = require('@opentelemetry/api');
const http = require('http');

const early = trace.getTracer('program');

function serve(request, response) { // @row GET | server | serve
  early.startActiveSpan('by hand', (span) => { // @row by hand | internal | serve
    response.end(String(trace.getSpan(context.active()) === span));
    span.end();
  });
}

function ask(port) {
  return new Promise((resolve) => {
    http.get({ port, host: '127.0.0.1' }, (response) => response.setEncoding('utf8').on('data', resolve)); // @row GET | client | ask
  });
}

const server = http.createServer(serve);
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  await ask(port);
  // Under a name that does not say what it is, and when ours is at work.
  const { BatchSpanProcessor, ConsoleSpanExporter, NodeTracerProvider } = require('sdk-trace-node-1');
  diag.setLogger(new DiagConsoleLogger(), 50);
  const ended = [];
  const provider = new NodeTracerProvider({ spanProcessors: [{ onStart() {}, onEnd: (span) => ended.push(span.name), forceFlush: async () => {}, shutdown: async () => {} }] });
  provider.register();
  console.log(await ask(port), ended, typeof BatchSpanProcessor, typeof ConsoleSpanExporter, trace.getTracerProvider().getDelegate() === provider);
  server.close();
});
