const { serve } = require('@hono/node-server');
const { Hono } = require('hono');

const app = new Hono();
app.use(async function timing(context, next) { // @row middleware - timing | internal | timing
  await next();
});
app.get('/items/:id', (context) => context.json({ id: context.req.param('id') })); // @row request handler - /items/:id | internal | app.get('/items/:id') callback @row GET /items/:id | server | app.get('/items/:id') callback

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, async ({ port }) => {
  const answer = await fetch(`http://127.0.0.1:${port}/items/3`); // @row GET | client | serve() callback
  console.log(answer.status, await answer.text());
  server.close();
});
