const { NodeSDK } = require('@opentelemetry/sdk-node');
const { ExpressInstrumentation } = require('@opentelemetry/instrumentation-express');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');

const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()] });
sdk.start();
const express = require('express');

const app = express();
app.use(function auth(request, response, next) { // @row middleware - auth | internal | auth
  next();
});
app.get('/items/:id', (request, response) => { // @row request handler | internal | app.get('/items/:id') callback @row GET /items/:id | server | app.get('/items/:id') callback
  response.json(request.params);
});
const server = app.listen(0, '127.0.0.1', async () => {
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/items/3`);
  console.log(await answer.text());
  server.close();
  server.closeAllConnections();
  await sdk.shutdown().catch(() => undefined);
});
